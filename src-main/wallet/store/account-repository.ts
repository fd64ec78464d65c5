/**
 * What cannot be worked out again: the sealed keys, and the account they belong to. Each row carries a SHA-256 of itself, so
 * that a byte changed on the medium shows when the file is opened and not when somebody pays to a wrong address.
 */
import { createHash } from 'node:crypto'
import { bytesEqual } from '../../kernel/bytes.ts'
import type { Database, SqlRow } from '../../kernel/database.ts'
import { bytesIn, flagIn, optionalAmountIn, textIn } from '../../storage/checked-row.ts'
import type { KeptKeys, NewAccount } from '../vault/vault.ts'

export class AccountRepository {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** Undefined where no wallet was begun. @throws RangeError where the row is not what was written */
  account(): NewAccount | undefined {
    const row = this.#db.prepare('SELECT * FROM account WHERE id = 1').get()
    if (row === undefined) return undefined
    const account = {
      extendedPublicKey: textIn(row, 'extended_public_key'),
      fingerprint: textIn(row, 'fingerprint'),
      birthday: optionalAmountIn(row, 'birthday'),
      wordsConfirmed: flagIn(row, 'words_confirmed'),
    }
    refuseChanged(row, digestOfAccount(account), 'the account')
    return account
  }

  setAccount(account: NewAccount): void {
    const { extendedPublicKey, fingerprint, birthday, wordsConfirmed } = account
    this.#db
      .prepare('INSERT OR REPLACE INTO account VALUES (1, ?, ?, ?, ?, ?)')
      .run(extendedPublicKey, fingerprint, birthday ?? null, wordsConfirmed ? 1 : 0, digestOfAccount(account))
  }

  /** The newest generation and the one beside it. @throws RangeError where the rows are not what was written */
  keptKeys(): KeptKeys | undefined {
    const account = this.account()
    const [newest, before] = this.#db.prepare('SELECT * FROM sealed_keys ORDER BY generation DESC').all().map(sealedIn)
    if (account === undefined || newest === undefined) return undefined
    const { wordsConfirmed, extendedPublicKey } = account
    return { sealed: newest, previous: before, extendedPublicKey, wordsConfirmed }
  }

  /** A generation after the settled one, which stays until `settle`; one that was not settled gives way. */
  addGeneration(sealed: Uint8Array): void {
    this.#db.prepare('DELETE FROM sealed_keys WHERE generation > (SELECT min(generation) FROM sealed_keys)').run()
    this.#db
      .prepare('INSERT INTO sealed_keys SELECT coalesce(max(generation), 0) + 1, ?, ? FROM sealed_keys')
      .run(sealed, digestOf(sealed))
  }

  /** The newest generation alone stays. Whether there was another. */
  settle(): boolean {
    const { changes } = this.#db
      .prepare('DELETE FROM sealed_keys WHERE generation < (SELECT max(generation) FROM sealed_keys)')
      .run()
    return changes > 0
  }
}

function sealedIn(row: SqlRow): Uint8Array {
  const sealed = bytesIn(row, 'sealed')
  refuseChanged(row, digestOf(sealed), 'the keys')
  return sealed
}

function refuseChanged(row: SqlRow, digest: Uint8Array, what: string): void {
  if (!bytesEqual(bytesIn(row, 'digest'), digest)) throw new RangeError(`${what} in it are not as they were written`)
}

function digestOf(bytes: Uint8Array | string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest())
}

function digestOfAccount(account: NewAccount): Uint8Array {
  const { extendedPublicKey, fingerprint, birthday, wordsConfirmed } = account
  return digestOf(JSON.stringify([extendedPublicKey, fingerprint, birthday ?? null, wordsConfirmed]))
}

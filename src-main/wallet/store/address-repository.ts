/** Addresses of the account that were derived so far, and which of them were handed out. */
import type { Database, SqlRow } from '../../kernel/database.ts'
import { bytesIn, countIn, optionalCountIn, textIn } from '../../storage/checked-row.ts'
import type { KeyChain, KeyPath } from '../wallet-types.ts'

/** `reward`: the miner pays to it. */
export type AddressPurpose = 'payment' | 'reward'

export interface KeptAddress {
  readonly path: KeyPath
  /** Output script. */
  readonly script: Uint8Array
  /** Unix seconds; undefined for not. */
  readonly handedOut: number | undefined
  readonly purpose: AddressPurpose
}

export class AddressRepository {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** In the order of their paths; those that do not read are left out. */
  list(): readonly KeptAddress[] {
    return this.#db
      .prepare('SELECT * FROM address ORDER BY chain, position')
      .all()
      .flatMap((row) => addressOf(row) ?? [])
  }

  put({ path, script, handedOut, purpose }: KeptAddress): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO address VALUES (?, ?, ?, ?, ?)')
      .run(path.chain, path.index, script, handedOut ?? null, purpose)
  }
}

function addressOf(row: SqlRow): KeptAddress | undefined {
  try {
    const chain = countIn(row, 'chain')
    if (chain > 1) return undefined
    return {
      path: { chain: chain as KeyChain, index: countIn(row, 'position') },
      script: bytesIn(row, 'script', 22),
      handedOut: optionalCountIn(row, 'handed_out'),
      purpose: textIn(row, 'purpose') === 'reward' ? 'reward' : 'payment',
    }
  } catch {
    return undefined
  }
}

/**
 * wallet.db in the folder of a network, and its previous generation beside it as wallet.db.previous.
 *
 * The previous generation is a verified copy: made when a wallet begins, before each migration and each change of password,
 * after one is settled (so that no copy stays that the old password opens), and at a sound opening when the last is older
 * than `PREVIOUS_AGE` or holds other keys: a crash came between settling a password and its copy. A damaged wallet.db is never changed and never thrown away: it is said what is wrong with it, the
 * previous generation is offered where it is sound, and whatever is replaced is kept under another name. Each step leaves
 * a whole wallet.db, or none and a whole previous generation; so a crash at any of them loses nothing.
 */
import { dirname, join } from 'node:path'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import { type Migration, migrate, newestVersion, refuseNewer } from '../../storage/migrate.ts'
import type { KeptKeys, KeyStore, NewAccount } from '../vault/vault.ts'
import { walletMigrations } from './migrations/index.ts'
import { accountOfSound, causeOf, isDamage, rememberTables } from './soundness.ts'
import {
  closeQuietly,
  copyFile,
  faultOf,
  hasOldKeys,
  moveDatabase,
  namesBeside,
  type StorePorts,
  writeCopy,
  writeWhole,
} from './wallet-copies.ts'
import { WalletFileError } from './wallet-file-error.ts'
import type { PreviousGeneration, WalletFileCalls, WalletOpening } from './wallet-opening.ts'
import { WalletStore } from './wallet-store.ts'

export const WALLET_FILE = 'wallet.db'
/** Milliseconds. */
export const PREVIOUS_AGE = 24 * 3_600_000

export interface WalletFileParts extends StorePorts {
  readonly clock: Pick<Clock, 'wallTime'>
  readonly log: Log
  /** Absolute; made when a wallet begins. */
  readonly folder: string
  /** Those of today; tests give others. */
  readonly migrations?: readonly Migration[]
}

export class WalletFile implements WalletFileCalls {
  readonly keys: KeyStore
  #opening: WalletOpening = { state: 'none' }
  readonly #parts: WalletFileParts
  readonly #path: string
  readonly #migrations: readonly Migration[]
  readonly #listeners = new Set<() => void>()
  /** What touches the files is done one after another. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: WalletFileParts) {
    this.#parts = parts
    this.#path = join(parts.folder, WALLET_FILE)
    this.#migrations = parts.migrations ?? walletMigrations
    this.keys = {
      read: () => this.#inTurn(async () => this.#readKeys()),
      begin: (sealed, account) => this.#inTurn(() => this.#begin(sealed, account)),
      replace: (sealed) => this.#inTurn(() => this.#replaceKeys(sealed)),
      settle: () => this.#inTurn(() => this.#settleKeys()),
      confirmWords: () => this.#inTurn(async () => this.#confirmWords()),
    }
  }

  get folder(): string {
    return this.#parts.folder
  }

  get opening(): WalletOpening {
    return this.#opening
  }

  watch(changed: () => void): () => void {
    this.#listeners.add(changed)
    return () => this.#listeners.delete(changed)
  }

  open(): Promise<WalletOpening> {
    return this.#inTurn(() => this.#open())
  }

  usePrevious(): Promise<WalletOpening> {
    return this.#inTurn(async () => {
      const { files } = this.#parts
      if (this.#opening.state === 'ready') throw new WalletFileError({ code: 'NOT_DAMAGED', path: this.#path })
      if (this.#opening.state !== 'damaged' || this.#opening.previous === undefined)
        throw new WalletFileError({ code: 'NO_PREVIOUS', path: this.#path })
      const part = `${this.#path}.new`
      await copyFile(files, this.#opening.previous.path, part)
      // Also a log alone: it would be played into what comes in its place.
      await moveDatabase(files, this.#path, await this.#freeName('damaged'))
      await files.rename(part, this.#path)
      await files.syncDirectory(dirname(this.#path))
      return this.#open()
    })
  }

  putAside(): Promise<{ readonly path: string }> {
    return this.#inTurn(async () => {
      const { files } = this.#parts
      if (this.#opening.state === 'none') throw new WalletFileError({ code: 'NO_WALLET', path: this.#path })
      this.#closeStore()
      const aside = await this.#freeName('aside')
      // The previous generation first: alone it would be taken for what is left of a lost wallet.
      await moveDatabase(files, this.#previousPath, `${aside}.previous`)
      await moveDatabase(files, this.#path, aside)
      this.#became({ state: 'none' })
      return { path: aside }
    })
  }

  backup(path: string): Promise<void> {
    return this.#inTurn(async () => {
      const { database } = this.#ready().store
      for (const taken of [path, ...namesBeside(path)])
        if (await this.#parts.files.stat(taken)) throw new WalletFileError({ code: 'EXISTS', path: taken })
      await writeCopy(this.#parts, database, path)
    })
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      this.#closeStore()
      this.#opening = { state: 'none' }
    })
  }

  get #previousPath(): string {
    return `${this.#path}.previous`
  }

  async #open(): Promise<WalletOpening> {
    this.#closeStore()
    const stat = await this.#parts.files.stat(this.#path)
    if (stat === undefined) return this.#became(await this.#openingOfNone())
    if (stat.size === 0) return this.#damaged('it is empty')
    let db: Database | undefined
    try {
      db = this.#parts.databases.open(this.#path, { synchronous: 'FULL' })
      return this.#became(await this.#openingOf(db))
    } catch (error) {
      closeQuietly(db)
      if (!isDamage(error)) return this.#became({ state: 'failed', code: codeOf(error), message: messageOf(error) })
      return this.#damaged(causeOf(error))
    }
  }

  async #openingOf(db: Database): Promise<WalletOpening> {
    const newest = newestVersion(this.#migrations)
    refuseNewer(db.version(), newest, this.#path)
    let account = accountOfSound(db)
    db.exec('PRAGMA secure_delete = ON')
    if (db.version() < newest) {
      await writeCopy(this.#parts, db, this.#previousPath)
      migrate(db, this.#migrations, this.#path)
      rememberTables(db)
      account = accountOfSound(db)
    } else if ((await this.#isPreviousOld()) || hasOldKeys(this.#parts.databases, this.#previousPath, db)) {
      await this.#tryKeepPrevious(db)
    }
    return { state: 'ready', store: new WalletStore(db), account }
  }

  async #openingOfNone(): Promise<WalletOpening> {
    const previous = await this.#previous()
    return previous ? { state: 'damaged', cause: 'it is not there any more', previous } : { state: 'none' }
  }

  async #damaged(cause: string): Promise<WalletOpening> {
    this.#parts.log.write('error', 'wallet.db damaged', { path: this.#path, cause })
    return this.#became({ state: 'damaged', cause, previous: await this.#previous() })
  }

  /** Undefined where there is none that is sound. */
  async #previous(): Promise<PreviousGeneration | undefined> {
    const { files, databases, log } = this.#parts
    const stat = await files.stat(this.#previousPath)
    if (stat === undefined || stat.kind !== 'file' || stat.size === 0) return undefined
    try {
      const cause = faultOf(databases, this.#previousPath)
      if (cause === undefined) return { time: stat.modifiedMs, path: this.#previousPath }
      log.write('warn', 'previous generation of wallet.db damaged', { cause })
    } catch (error) {
      log.write('warn', 'previous generation of wallet.db not read', { code: codeOf(error) })
    }
    return undefined
  }

  async #isPreviousOld(): Promise<boolean> {
    const stat = await this.#parts.files.stat(this.#previousPath)
    return stat === undefined || this.#parts.clock.wallTime() - stat.modifiedMs > PREVIOUS_AGE
  }

  /** A full disk is no reason not to open a wallet that is whole. */
  async #tryKeepPrevious(db: Database): Promise<void> {
    try {
      await writeCopy(this.#parts, db, this.#previousPath)
    } catch (error) {
      this.#parts.log.write('warn', 'previous generation of wallet.db not made', { code: codeOf(error) })
    }
  }

  #readKeys(): KeptKeys | undefined {
    if (this.#opening.state === 'none') return undefined
    const { store } = this.#ready()
    // From the medium, not from what SQLite remembers of having written it.
    store.database.exec('PRAGMA shrink_memory')
    return store.accounts.keptKeys()
  }

  async #begin(sealed: Uint8Array, account: NewAccount): Promise<void> {
    const { files, folder } = this.#parts
    if (this.#opening.state !== 'none' || (await files.stat(this.#path)))
      throw new WalletFileError({ code: 'WALLET_EXISTS', path: this.#path })
    await files.makeDirectory(folder)
    await writeWhole(this.#parts, this.#path, (db) => {
      migrate(db, this.#migrations, this.#path)
      const { accounts } = new WalletStore(db)
      db.transaction(() => {
        accounts.setAccount(account)
        accounts.addGeneration(sealed)
        rememberTables(db)
      })
    })
    await this.#open()
  }

  async #replaceKeys(sealed: Uint8Array): Promise<void> {
    const { store } = this.#ready()
    await writeCopy(this.#parts, store.database, this.#previousPath)
    store.transaction(() => store.accounts.addGeneration(sealed))
  }

  async #settleKeys(): Promise<void> {
    const { store } = this.#ready()
    if (!store.transaction(() => store.accounts.settle())) return
    store.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    await writeCopy(this.#parts, store.database, this.#previousPath)
  }

  #confirmWords(): void {
    const { store, account } = this.#ready()
    const confirmed = { ...account, wordsConfirmed: true }
    store.transaction(() => store.accounts.setAccount(confirmed))
    this.#became({ state: 'ready', store, account: confirmed })
  }

  #ready(): Extract<WalletOpening, { state: 'ready' }> {
    if (this.#opening.state === 'ready') return this.#opening
    const code = this.#opening.state === 'none' ? 'NO_WALLET' : 'WALLET_DAMAGED'
    throw new WalletFileError({ code, path: this.#path })
  }

  #became(opening: WalletOpening): WalletOpening {
    this.#opening = opening
    for (const changed of [...this.#listeners]) changed()
    return opening
  }

  #closeStore(): void {
    if (this.#opening.state === 'ready') closeQuietly(this.#opening.store.database)
  }

  async #freeName(suffix: string): Promise<string> {
    for (let n = 1; ; n++) {
      const name = `${this.#path}.${suffix}-${n}`
      if ((await this.#parts.files.stat(name)) === undefined) return name
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}

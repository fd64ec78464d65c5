/** chain.db in a folder of its own on the real disk, for tests that damage, copy or fill it. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabases } from '../../host/database.ts'
import { createFileStore } from '../../host/files.ts'
import type { Database, Databases } from '../../kernel/database.ts'
import { type OpenChainStoreOptions, type OpenedChainStore, openChainStore } from '../store/open-chain-store.ts'
import type { SqliteChainStore } from '../store/sqlite-chain-store.ts'
import { HASTY_NETWORK, RecordedChain, seededNumbers } from './recorded-chain.ts'

export class ChainStoreFolder {
  readonly folder: string
  /** The database opened last, for what a store does not offer. */
  database: Database | undefined
  readonly #databases = createDatabases()
  #copies = 0

  constructor(folder: string = mkdtempSync(join(tmpdir(), 'shoal-chain-'))) {
    this.folder = folder
  }

  get path(): string {
    return join(this.folder, 'chain.db')
  }

  open(options: Partial<OpenChainStoreOptions> = {}): Promise<OpenedChainStore> {
    const databases: Databases = {
      open: (path, how) => {
        this.database = this.#databases.open(path, how)
        return this.database
      },
    }
    return openChainStore(
      { databases, files: createFileStore() },
      {
        path: this.path,
        network: HASTY_NETWORK,
        mode: 'archive',
        keep: { blocks: 288 },
        indexes: { transactions: true, filters: true },
        ...options,
      },
    )
  }

  /** The folder as it stands while a store is open: what a `kill -9` leaves. */
  copy(): ChainStoreFolder {
    const copy = new ChainStoreFolder(join(this.folder, `copy-${++this.#copies}`))
    mkdirSync(copy.folder)
    for (const name of this.names()) copyFileSync(join(this.folder, name), join(copy.folder, name))
    return copy
  }

  /** Files, sorted. */
  names(): readonly string[] {
    return readdirSync(this.folder)
      .filter((name) => !name.startsWith('copy-'))
      .sort()
  }

  read(name = 'chain.db'): Buffer {
    return readFileSync(join(this.folder, name))
  }

  write(bytes: Uint8Array, name = 'chain.db'): void {
    writeFileSync(join(this.folder, name), bytes)
  }

  remove(name?: string): void {
    rmSync(name === undefined ? this.folder : join(this.folder, name), { recursive: true, force: true })
  }
}

/** A chain of so many random blocks. */
export function randomChain(seed: number, blocks: number): RecordedChain {
  const recorded = new RecordedChain()
  const random = seededNumbers(seed)
  for (let i = 0; i < blocks; i++) recorded.mineAtRandom(random)
  return recorded
}

/** Gives a store a chain from nothing, in commits of some blocks each. */
export function fill(store: SqliteChainStore, recorded: RecordedChain, blocksOfCommit = 20): void {
  recorded.offer(store)
  let before: RecordedChain | undefined
  for (let height = 0; height <= recorded.height; height = Math.min(recorded.height, height + blocksOfCommit)) {
    const next = recorded.fork(height)
    store.commit(next.commitFrom(before))
    before = next
    if (height === recorded.height) return
  }
}

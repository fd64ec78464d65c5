/**
 * Opens chain.db, and mends it where it is damaged.
 *
 * A database of a newer Shoal or of another network is refused and stays as it is. What is looked at: always whether the
 * tip and what belongs to it are there; after an end that was not clean also the structure of headers and coins; where
 * the log of such an end is missing, everything, coins against their totals included. A damaged database is moved aside as
 * `chain.db.damaged-<n>` (the newest `MAX_KEPT_DAMAGED` are kept) and replaced by one with the headers and blocks that can be read of it: blocks
 * are then connected again, and the others come from peers. The renames at the end are in such an order that a crash
 * between any two steps loses nothing.
 */
import { basename, dirname } from 'node:path'
import { bytesEqual } from '../../kernel/bytes.ts'
import type { Database, Databases } from '../../kernel/database.ts'
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { FileStore } from '../../kernel/files.ts'
import { migrate, newestVersion, refuseNewer } from '../../storage/migrate.ts'
import type { ChainMode } from '../chain.ts'
import type { ChainNetwork } from '../consensus/network.ts'
import { ChainStoreError, isDamage, storeErrorOf } from './chain-store-error.ts'
import { type Depth, faultOf } from './integrity.ts'
import { chainMigrations } from './migrations/index.ts'
import { type SalvagedChain, type SalvageProgress, salvageChain } from './salvage-chain.ts'
import { type ChainStoreOptions, SqliteChainStore } from './sqlite-chain-store.ts'
import { MAX_KEPT_DAMAGED } from './store-limits.ts'
import { StoreParts } from './store-parts.ts'
import { StateRow } from './store-state.ts'

export interface OpenChainStoreOptions extends ChainStoreOptions {
  /** Absolute path of chain.db; its folder exists and is ours alone. */
  readonly path: string
  readonly network: ChainNetwork
  /** Another mode than the store had is changed to (`SqliteChainStore.setMode`). */
  readonly mode: ChainMode
  /** Told while a damaged store is read; what it throws ends that, and the next opening begins it anew. */
  readonly progress?: SalvageProgress
}

/** A damaged chain.db was found and replaced by one with what could be read of it. */
export interface ChainDamage extends SalvagedChain {
  readonly cause: string
  /** Where the damaged file is now. */
  readonly movedTo: string
}

export interface OpenedChainStore {
  readonly store: SqliteChainStore
  /** Whether the last user closed it in order. */
  readonly endedCleanly: boolean
  /** To be said to the person, where there was any. */
  readonly damage: ChainDamage | undefined
}

interface Ports {
  readonly databases: Databases
  readonly files: FileStore
}

/** SQLite's own choice for a new database. */
const PAGE_BYTES = 4_096
/** Memory for pages, in KiB: coins lie in no order, so that twice as much finds hardly more of them. */
const CACHE_KIB = 16 * 1024
/** Pages in the log before they are moved into the file (64 MB). */
const LOG_PAGES = 16_384
/** Bytes that the log keeps afterwards. */
const KEPT_LOG_BYTES = 16 * 1024 * 1024

const COMPANIONS = ['-wal', '-shm'] as const
const salvagePath = (path: string) => `${path}.salvage`
const damagedPath = (path: string, n: number) => `${path}.damaged-${n}`

/** @throws ChainStoreError, StorageError NEWER_THAN_APP, and what `progress` throws */
export async function openChainStore(ports: Ports, options: OpenChainStoreOptions): Promise<OpenedChainStore> {
  const { path } = options
  await finishInterruptedReplacing(ports.files, path)
  const log = await ports.files.stat(`${path}-wal`)
  // SQLite takes the rest of such a page for zeros. While there is a log the page is written again from it.
  const isCut = !log?.size && ((await ports.files.stat(path))?.size ?? 0) % PAGE_BYTES !== 0
  let found: Opened = isCut
    ? { cause: 'it ends within a page' }
    : openSound(ports.databases, options, log === undefined)
  let damage: ChainDamage | undefined
  if ('cause' in found) {
    damage = await replaceDamaged(ports, options, found.cause)
    found = openSound(ports.databases, options, false)
    if ('cause' in found) throw new ChainStoreError({ code: 'DAMAGED', path, cause: found.cause })
  }
  const { db, endedCleanly } = found
  try {
    const store = new SqliteChainStore(db, path, options)
    store.setMode(options.mode)
    return { store, endedCleanly: endedCleanly && damage === undefined, damage }
  } catch (error) {
    closeQuietly(db)
    throw storeErrorOf(error, path)
  }
}

async function exists(files: FileStore, path: string): Promise<boolean> {
  return (await files.stat(path)) !== undefined
}

function open(databases: Databases, path: string): Database {
  try {
    const db = databases.open(path, { synchronous: 'NORMAL' })
    db.exec(`PRAGMA cache_size = -${CACHE_KIB}; PRAGMA wal_autocheckpoint = ${LOG_PAGES};
      PRAGMA journal_size_limit = ${KEPT_LOG_BYTES}`)
    return db
  } catch (error) {
    if (isUnreadable(error)) throw error
    throw new ChainStoreError({ code: 'CANNOT_OPEN', path, cause: messageOf(error) }, { cause: error })
  }
}

/** Our statements are right: where SQLite does not understand one, its tables are not what they were. */
function isUnreadable(error: unknown): boolean {
  return isDamage(error) || codeOf(error) === 'SQLITE_ERROR'
}

type Opened = { readonly db: Database; readonly endedCleanly: boolean } | { readonly cause: string }

/** The database, marked as in use, where nothing is found wrong with it; else why not. */
function openSound(databases: Databases, options: OpenChainStoreOptions, isLogMissing: boolean): Opened {
  let db: Database | undefined
  try {
    db = open(databases, options.path)
    prepare(db, options)
    const parts = new StoreParts(db, options.path)
    const { genesis, clean, suspect } = parts.state.current
    if (!bytesEqual(genesis, options.network.genesis.hash))
      throw new ChainStoreError({ code: 'WRONG_NETWORK', path: options.path, network: options.network.addresses.title })
    const depth: Depth = clean ? 'tip' : isLogMissing ? 'all' : 'structure'
    const cause = suspect ?? faultOf(parts, depth)
    if (cause !== undefined) {
      closeQuietly(db)
      return { cause }
    }
    parts.state.write({ clean: false })
    // In the file and not only in its log: who takes the log away must not make an unclean end look like a clean one.
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    return { db, endedCleanly: clean }
  } catch (error) {
    if (db) closeQuietly(db)
    if (isUnreadable(error) || error instanceof RangeError) return { cause: messageOf(error) }
    throw storeErrorOf(error, options.path)
  }
}

/** Makes or brings up to date the tables. */
function prepare(
  db: Database,
  { path, network, mode }: Pick<OpenChainStoreOptions, 'path' | 'network' | 'mode'>,
): void {
  refuseNewer(db.version(), newestVersion(chainMigrations), path)
  if (db.version() === 0) {
    if (db.prepare('SELECT name FROM sqlite_schema LIMIT 1').get()) throw new RangeError('it has tables and no version')
    // Only a database without tables takes it up, and only when it is written anew.
    db.exec('PRAGMA auto_vacuum = INCREMENTAL; VACUUM')
  }
  migrate(db, chainMigrations, path)
  if (StateRow.select(db) === undefined && db.prepare('SELECT id FROM header LIMIT 1').get() === undefined)
    StateRow.insert(db, network.genesis.hash, mode)
}

function closeQuietly(db: Database): void {
  try {
    db.close()
  } catch {
    // a damaged file may refuse even that; nothing was written through this handle
  }
}

/**
 * Between the renames of `replaceDamaged` there is no chain.db, and the salvaged one is whole. What is left of the damaged
 * one's log must go first: SQLite would play it into a database that it does not belong to.
 */
async function finishInterruptedReplacing(files: FileStore, path: string): Promise<void> {
  if ((await exists(files, path)) || !(await exists(files, salvagePath(path)))) return
  const newest = (await damagedNumbers(files, path)).at(-1) ?? 1
  await finishReplacing(files, path, newest)
}

async function finishReplacing(files: FileStore, path: string, newest: number): Promise<void> {
  for (const companion of COMPANIONS)
    if (await exists(files, path + companion))
      await files.rename(path + companion, damagedPath(path, newest) + companion)
  await files.rename(salvagePath(path), path)
  await files.syncDirectory(dirname(path))
}

async function replaceDamaged(ports: Ports, options: OpenChainStoreOptions, cause: string): Promise<ChainDamage> {
  const { files } = ports
  const { path } = options
  for (const companion of ['', ...COMPANIONS]) await files.remove(salvagePath(path) + companion)
  const size = (await files.stat(path))?.size ?? 0
  const hasRoom = (await files.freeSpace(dirname(path))) > size
  const saved = await salvageTo(ports.databases, options, hasRoom)
  const numbers = await damagedNumbers(files, path)
  const n = (numbers.at(-1) ?? 0) + 1
  await files.rename(path, damagedPath(path, n))
  await finishReplacing(files, path, n)
  for (const old of numbers.slice(0, Math.max(0, numbers.length + 1 - MAX_KEPT_DAMAGED)))
    for (const companion of ['', ...COMPANIONS]) await files.remove(damagedPath(path, old) + companion)
  return { ...saved, cause, movedTo: damagedPath(path, n) }
}

/** Rising. */
async function damagedNumbers(files: FileStore, path: string): Promise<readonly number[]> {
  const prefix = basename(damagedPath(path, 0)).slice(0, -1)
  const numbers = (await files.list(dirname(path))).flatMap((name) => {
    const digits = name.startsWith(prefix) ? name.slice(prefix.length) : ''
    return /^\d{1,9}$/.test(digits) ? [Number(digits)] : []
  })
  return numbers.sort((a, b) => a - b)
}

async function salvageTo(
  databases: Databases,
  options: OpenChainStoreOptions,
  blocks: boolean,
): Promise<SalvagedChain> {
  const { path, network, mode, progress } = options
  let damaged: Database | undefined
  try {
    damaged = databases.open(path, { synchronous: 'NORMAL' })
  } catch {
    // not even a header: the fresh database stays empty
  }
  const fresh = open(databases, salvagePath(path))
  try {
    prepare(fresh, { path: salvagePath(path), network, mode })
    if (damaged === undefined) return { headers: 0, blocks: 0, incomplete: true }
    const saved = await salvageChain(damaged, fresh, { network, blocks, progress })
    const to = Number(fresh.prepare('SELECT coalesce(max(height), -1) AS n FROM header WHERE kept = 1').get()?.n)
    if (to > 0) fresh.prepare('UPDATE state SET rebuild_to = ?').run(to)
    return saved
  } finally {
    fresh.close()
    if (damaged) closeQuietly(damaged)
  }
}

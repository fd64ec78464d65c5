/**
 * Opens session.db: settings, torrents with their resume data, magnets, good peers, bans, what the DHT and the Chord ring keep.
 *
 * A database of a newer Shoal is refused and stays as it is. Before a migration the file is copied, so that the previous
 * generation is kept. A damaged file is never thrown away: what it still gives is read into a fresh one, it is then
 * moved aside as `session.db.damaged-<n>`, and the caller is told. The renames at the end are in such an order that a crash
 * between any two steps loses nothing.
 */
import { dirname, join } from 'node:path'
import type { Database, Databases } from '../kernel/database.ts'
import { codeOf, messageOf } from '../kernel/errors.ts'
import type { FileHandle, FileStore } from '../kernel/files.ts'
import { BanRepository } from './ban-repository.ts'
import { ChordRepository } from './chord-repository.ts'
import { KademliaStateRepository } from './kademlia-state-repository.ts'
import { MagnetPeerRepository } from './magnet-peer-repository.ts'
import { MagnetRepository } from './magnet-repository.ts'
import { type Migration, migrate, newestVersion, refuseNewer } from './migrate.ts'
import { sessionMigrations } from './migrations/index.ts'
import { PeerRepository } from './peer-repository.ts'
import { PublicationRepository } from './publication-repository.ts'
import { ResumeRepository } from './resume-repository.ts'
import { type Salvage, salvage } from './salvage.ts'
import { SelectionRepository } from './selection-repository.ts'
import { SettingsRepository } from './settings-repository.ts'
import { StorageError } from './storage-error.ts'
import { SubscriptionRepository } from './subscription-repository.ts'
import { TorrentKeys } from './torrent-keys.ts'
import { TorrentRepository } from './torrent-repository.ts'

export const SESSION_FILE = 'session.db'
const COPY_BYTES = 1024 * 1024
const COMPANIONS = ['-wal', '-shm'] as const

/** A damaged session.db was found and replaced by what could be read of it. */
export interface SessionDamage extends Salvage {
  /** Where the damaged file is now. */
  readonly movedTo: string
  readonly cause: string
}

export interface SessionStore {
  readonly settings: SettingsRepository
  readonly torrents: TorrentRepository
  readonly resume: ResumeRepository
  readonly peers: PeerRepository
  readonly magnets: MagnetRepository
  readonly magnetPeers: MagnetPeerRepository
  readonly selections: SelectionRepository
  readonly bans: BanRepository
  readonly kademliaState: KademliaStateRepository
  /** Of the rings of IPv4 and of IPv6. */
  readonly chord: { readonly 4: ChordRepository; readonly 6: ChordRepository }
  readonly publications: PublicationRepository
  readonly subscriptions: SubscriptionRepository
  /** Whether the last user of the profile closed it in order. */
  readonly endedCleanly: boolean
  /** To be said to the person, where there was any. */
  readonly damage: SessionDamage | undefined
  /** All of `work` or nothing of it, over several repositories. May be nested. */
  transaction<T>(work: () => T): T
  /** Marks the end as clean and closes. Call it last, once. */
  close(): void
}

interface Ports {
  readonly databases: Databases
  readonly files: FileStore
}

/**
 * @param profile absolute path of the profile folder, which exists and is locked by us
 * @throws StorageError NEWER_THAN_APP, CANNOT_OPEN
 */
export async function openSessionStore(
  ports: Ports,
  profile: string,
  migrations: readonly Migration[] = sessionMigrations,
): Promise<SessionStore> {
  const path = join(profile, SESSION_FILE)
  await finishInterruptedSalvage(ports.files, path)
  let db = openSound(ports.databases, path)
  let damage: SessionDamage | undefined
  if ('cause' in db) {
    damage = await replaceDamaged(ports, path, db.cause, migrations)
    db = open(ports.databases, path)
  }
  try {
    refuseNewer(db.version(), newestVersion(migrations), path)
    if (db.version() > 0 && db.version() < newestVersion(migrations)) await keepGeneration(ports.files, db, path)
    migrate(db, migrations, path)
  } catch (error) {
    db.close()
    throw error
  }
  return storeOver(db, damage)
}

/**
 * Pages in the log before they are moved into the file (32 MB). Moving them makes the disk write everything down while
 * the main thread waits, so it must not happen each second of a fast download.
 */
const LOG_PAGES = 8_192
/** Bytes the log keeps afterwards. */
const KEPT_LOG_BYTES = 4 * 1024 * 1024

function storeOver(db: Database, damage: SessionDamage | undefined): SessionStore {
  db.exec(`PRAGMA wal_autocheckpoint = ${LOG_PAGES}; PRAGMA journal_size_limit = ${KEPT_LOG_BYTES}`)
  const endedCleanly = db.prepare('SELECT clean FROM session WHERE id = 1').get()?.clean !== 0
  const setClean = (clean: 0 | 1) => db.prepare('INSERT OR REPLACE INTO session (id, clean) VALUES (1, ?)').run(clean)
  setClean(0)
  const keys = new TorrentKeys(db)
  return {
    settings: new SettingsRepository(db),
    torrents: new TorrentRepository(db, keys),
    resume: new ResumeRepository(db, keys),
    peers: new PeerRepository(db, keys),
    magnets: new MagnetRepository(db),
    magnetPeers: new MagnetPeerRepository(db),
    selections: new SelectionRepository(db, keys),
    bans: new BanRepository(db),
    kademliaState: new KademliaStateRepository(db),
    chord: { 4: new ChordRepository(db, 4), 6: new ChordRepository(db, 6) },
    publications: new PublicationRepository(db),
    subscriptions: new SubscriptionRepository(db),
    endedCleanly: endedCleanly && damage === undefined,
    damage,
    transaction: (work) => keys.transaction(work),
    close() {
      try {
        setClean(1)
      } finally {
        db.close()
      }
    },
  }
}

function open(databases: Databases, path: string): Database {
  try {
    return databases.open(path, { synchronous: 'NORMAL' })
  } catch (error) {
    if (isDamage(error)) throw error
    throw new StorageError(
      { code: 'CANNOT_OPEN', path, cause: codeOf(error) },
      `${path} cannot be opened (${messageOf(error)}). Check that the folder can be written and that no other program holds the file.`,
      { cause: error },
    )
  }
}

/** The database where SQLite finds nothing wrong with it, else why not. */
function openSound(databases: Databases, path: string): Database | { readonly cause: string } {
  let db: Database | undefined
  try {
    db = open(databases, path)
    const found = db.prepare('PRAGMA quick_check(1)').get()
    const verdict = String(found && Object.values(found)[0])
    if (verdict === 'ok') return db
    closeQuietly(db)
    return { cause: verdict }
  } catch (error) {
    if (db) closeQuietly(db)
    if (!isDamage(error)) throw error
    return { cause: messageOf(error) }
  }
}

function isDamage(error: unknown): boolean {
  const code = codeOf(error)
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB'
}

function closeQuietly(db: Database): void {
  try {
    db.close()
  } catch {
    // a damaged file may refuse even that; nothing was written through this handle
  }
}

const salvagePath = (path: string) => `${path}.salvage`
const damagedPath = (path: string, n: number) => `${path}.damaged-${n}`

/**
 * Between the renames of `replaceDamaged` there is no session.db, and the salvaged one is whole. What is left of the
 * damaged one's log must go first: SQLite would play it into a database that it does not belong to.
 */
async function finishInterruptedSalvage(files: FileStore, path: string): Promise<void> {
  if ((await files.stat(path)) !== undefined || (await files.stat(salvagePath(path))) === undefined) return
  let last = 1
  while ((await files.stat(damagedPath(path, last + 1))) !== undefined) last++
  await finishReplacing(files, path, damagedPath(path, last))
}

async function finishReplacing(files: FileStore, path: string, movedTo: string): Promise<void> {
  for (const companion of COMPANIONS)
    if (await files.stat(path + companion)) await files.rename(path + companion, movedTo + companion)
  await files.rename(salvagePath(path), path)
  await files.syncDirectory(dirname(path))
}

async function replaceDamaged(
  { databases, files }: Ports,
  path: string,
  cause: string,
  migrations: readonly Migration[],
): Promise<SessionDamage> {
  for (const companion of ['', ...COMPANIONS]) await files.remove(salvagePath(path) + companion)
  const saved = salvageTo(databases, path, migrations)
  let n = 1
  while ((await files.stat(damagedPath(path, n))) !== undefined) n++
  await files.rename(path, damagedPath(path, n))
  await finishReplacing(files, path, damagedPath(path, n))
  return { ...saved, movedTo: damagedPath(path, n), cause }
}

function salvageTo(databases: Databases, path: string, migrations: readonly Migration[]): Salvage {
  let damaged: Database | undefined
  try {
    damaged = databases.open(path, { synchronous: 'NORMAL' })
  } catch {
    // not even a header: the fresh database stays empty
  }
  const newest = newestVersion(migrations)
  const version = damaged ? versionOf(damaged, newest) : newest
  const fresh = open(databases, salvagePath(path))
  try {
    refuseNewer(version, newest, path)
    migrate(fresh, migrations, path, version)
    return damaged ? salvage(damaged, fresh) : { saved: {}, incomplete: ['all'] }
  } finally {
    fresh.close()
    if (damaged) closeQuietly(damaged)
  }
}

function versionOf(damaged: Database, newest: number): number {
  try {
    return damaged.version() || newest
  } catch {
    return newest
  }
}

/** Copies the file as it is before a migration to `session.db.v<version>`, whole or not at all. */
async function keepGeneration(files: FileStore, db: Database, path: string): Promise<void> {
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  const kept = `${path}.v${db.version()}`
  const part = `${kept}.part`
  await files.remove(part)
  const from = await files.open(path, 'read')
  try {
    const to = await files.open(part, 'exclusive')
    try {
      await copyAll(from, to)
      await to.sync()
    } finally {
      await to.close()
    }
  } finally {
    await from.close()
  }
  await files.rename(part, kept)
}

async function copyAll(from: FileHandle, to: FileHandle): Promise<void> {
  const buffer = new Uint8Array(COPY_BYTES)
  for (let at = 0; ; ) {
    const count = await from.read(buffer, at)
    if (count === 0) return
    await to.write(buffer.subarray(0, count), at)
    at += count
  }
}

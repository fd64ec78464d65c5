import { toHex } from '../kernel/bytes.ts'
import type { Database, SqlRow } from '../kernel/database.ts'
import { messageOf } from '../kernel/errors.ts'
import { amountIn, bytesIn, flagIn, optionalBytesIn, optionalTextIn, textIn } from './checked-row.ts'
import { StorageError } from './storage-error.ts'
import type { UnreadableTorrent } from './torrent-repository.ts'

/** A magnet of the list that is no torrent yet. */
export interface MagnetRecord {
  /** 20 bytes. */
  readonly infoHash: Uint8Array
  /** The link, with every tracker, web seed and peer that was given; the reader parses it again. */
  readonly uri: string
  /** Absolute path of the download folder. */
  readonly directory: string
  /** Unix milliseconds. */
  readonly addedAt: number
  readonly paused: boolean
  /** Files that already stand there are to be checked and used. */
  readonly useExisting: boolean
  /** A bit for each file that a person chose; undefined: what the link says. */
  readonly wanted: Uint8Array | undefined
  /** The info dictionary, where it has come but could not be made a torrent. */
  readonly info: Uint8Array | undefined
  /** Why not. */
  readonly error: { readonly code: string; readonly message: string } | undefined
}

/** What of a magnet may change while it is in the list. */
export type MagnetState = Omit<MagnetRecord, 'infoHash' | 'addedAt'>

export class MagnetRepository {
  private readonly db: Database

  constructor(db: Database) {
    this.db = db
  }

  /** @throws StorageError ALREADY_THERE */
  add(magnet: MagnetRecord): void {
    const { changes } = this.db
      .prepare(
        `INSERT OR IGNORE INTO magnet
         (info_hash, uri, directory, added_at, paused, use_existing, wanted, info, error_code, error_message)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        magnet.infoHash,
        magnet.uri,
        magnet.directory,
        magnet.addedAt,
        magnet.paused ? 1 : 0,
        magnet.useExisting ? 1 : 0,
        magnet.wanted ?? null,
        magnet.info ?? null,
        magnet.error?.code ?? null,
        magnet.error?.message ?? null,
      )
    if (changes > 0) return
    const name = toHex(magnet.infoHash)
    throw new StorageError(
      { code: 'ALREADY_THERE', infoHash: name },
      `The magnet ${name} is already in the list. Find it there.`,
    )
  }

  /** Nothing where it is not there. */
  update(infoHash: Uint8Array, magnet: MagnetState): void {
    this.db
      .prepare(
        `UPDATE magnet SET uri = ?, directory = ?, paused = ?, use_existing = ?, wanted = ?, info = ?, error_code = ?,
         error_message = ? WHERE info_hash = ?`,
      )
      .run(
        magnet.uri,
        magnet.directory,
        magnet.paused ? 1 : 0,
        magnet.useExisting ? 1 : 0,
        magnet.wanted ?? null,
        magnet.info ?? null,
        magnet.error?.code ?? null,
        magnet.error?.message ?? null,
        infoHash,
      )
  }

  /** With its peers. */
  remove(infoHash: Uint8Array): void {
    this.db.prepare('DELETE FROM magnet WHERE info_hash = ?').run(infoHash)
  }

  /** In the order they were added, and the rows that cannot be read. */
  list(): { readonly magnets: readonly MagnetRecord[]; readonly unreadable: readonly UnreadableTorrent[] } {
    const magnets: MagnetRecord[] = []
    const unreadable: UnreadableTorrent[] = []
    for (const row of this.db.prepare('SELECT * FROM magnet ORDER BY id').all()) {
      try {
        magnets.push(magnetOf(row))
      } catch (error) {
        const hash = row.info_hash
        unreadable.push({ infoHash: hash instanceof Uint8Array ? toHex(hash) : '', reason: messageOf(error) })
      }
    }
    return { magnets, unreadable }
  }
}

/** @throws RangeError where a column is not what it must be */
function magnetOf(row: SqlRow): MagnetRecord {
  const code = optionalTextIn(row, 'error_code')
  return {
    infoHash: bytesIn(row, 'info_hash', 20),
    uri: textIn(row, 'uri'),
    directory: textIn(row, 'directory'),
    addedAt: amountIn(row, 'added_at'),
    paused: flagIn(row, 'paused'),
    useExisting: flagIn(row, 'use_existing'),
    wanted: optionalBytesIn(row, 'wanted'),
    info: optionalBytesIn(row, 'info'),
    error: code === undefined ? undefined : { code, message: optionalTextIn(row, 'error_message') ?? code },
  }
}

import { toHex } from '../kernel/bytes.ts'
import type { Database, SqlRow } from '../kernel/database.ts'
import { messageOf } from '../kernel/errors.ts'
import { amountIn, bytesIn, countIn, flagIn, optionalAmountIn, optionalTextIn, textIn } from './checked-row.ts'
import { type NewFileRecord, sumOf } from './resume-repository.ts'
import { StorageError } from './storage-error.ts'
import type { TorrentKeys } from './torrent-keys.ts'

/** A torrent of the list as it is kept. What of it is on disk stands in `ResumeRepository`. */
export interface TorrentRecord {
  /** 20 bytes. */
  readonly infoHash: Uint8Array
  /** The .torrent as it was given; the reader parses and checks it again. */
  readonly metainfo: Uint8Array
  /** Absolute path of the download folder. */
  readonly directory: string
  /** Unix milliseconds. */
  readonly addedAt: number
  readonly completedAt: number | undefined
  readonly paused: boolean
  /** Payload bytes of all times. */
  readonly uploaded: number
  readonly downloaded: number
  /** Why it stopped, kept over a restart. */
  readonly error: { readonly code: string; readonly message: string } | undefined
}

export interface NewTorrent extends Pick<TorrentRecord, 'infoHash' | 'metainfo' | 'directory' | 'addedAt' | 'paused'> {
  readonly completedAt?: number
  /** Bitfield of the pieces that are there, or undefined: not known, to be checked. */
  readonly have: Uint8Array | undefined
  /** Files that are there already and not ours, or that were just hashed. */
  readonly files: readonly NewFileRecord[]
}

export type TorrentSummary = Pick<TorrentRecord, 'infoHash' | 'addedAt'>

/** A row that cannot be used: reported, never dropped silently. */
export interface UnreadableTorrent {
  /** Hex, empty where not even that can be read. */
  readonly infoHash: string
  readonly reason: string
}

const COLUMNS = `t.info_hash, t.directory, t.added_at, t.completed_at, t.paused, t.uploaded, t.downloaded,
  t.error_code, t.error_message, m.bytes AS metainfo`
const SOURCE = 'torrent t LEFT JOIN torrent_metainfo m ON m.torrent_id = t.id'

export class TorrentRepository {
  private readonly db: Database
  private readonly keys: TorrentKeys

  constructor(db: Database, keys: TorrentKeys) {
    this.db = db
    this.keys = keys
  }

  /** @throws StorageError ALREADY_THERE */
  add(torrent: NewTorrent): void {
    const { infoHash, have } = torrent
    if (this.keys.find(infoHash) !== undefined) {
      const name = toHex(infoHash)
      throw new StorageError(
        { code: 'ALREADY_THERE', infoHash: name },
        `The torrent ${name} is already in the list. Find it there.`,
      )
    }
    this.keys.transaction(() => {
      this.db
        .prepare(
          `INSERT INTO torrent (info_hash, directory, added_at, completed_at, paused, have, have_sum)
           VALUES (?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          infoHash,
          torrent.directory,
          torrent.addedAt,
          torrent.completedAt ?? null,
          torrent.paused ? 1 : 0,
          have ?? null,
          have ? sumOf(have) : null,
        )
      const id = this.keys.of(infoHash)
      this.db.prepare('INSERT INTO torrent_metainfo (torrent_id, bytes) VALUES (?, ?)').run(id, torrent.metainfo)
      const file = this.db.prepare(
        'INSERT INTO torrent_file (torrent_id, file, made, size, modified_ms) VALUES (?, ?, ?, ?, ?)',
      )
      for (const { index, made, seen } of torrent.files)
        file.run(id, index, made ? 1 : 0, seen?.size ?? null, seen?.modifiedMs ?? null)
    })
  }

  /** @throws RangeError where the row cannot be read */
  get(infoHash: Uint8Array): TorrentRecord | undefined {
    const row = this.db.prepare(`SELECT ${COLUMNS} FROM ${SOURCE} WHERE t.info_hash = ?`).get(infoHash)
    return row && torrentOf(row)
  }

  /** Which torrents there are, without what is kept of them: cheap for any number. And how many rows have no info-hash. */
  summaries(): { readonly torrents: readonly TorrentSummary[]; readonly unreadable: number } {
    const rows = this.db.prepare('SELECT info_hash, added_at FROM torrent ORDER BY id').all()
    const torrents = rows.flatMap(({ info_hash: infoHash, added_at: addedAt }) =>
      infoHash instanceof Uint8Array ? [{ infoHash, addedAt: typeof addedAt === 'number' ? addedAt : 0 }] : [],
    )
    return { torrents, unreadable: rows.length - torrents.length }
  }

  /** All torrents in the order they were added, and the rows that cannot be read. */
  list(): { readonly torrents: readonly TorrentRecord[]; readonly unreadable: readonly UnreadableTorrent[] } {
    const torrents: TorrentRecord[] = []
    const unreadable: UnreadableTorrent[] = []
    for (const row of this.db.prepare(`SELECT ${COLUMNS} FROM ${SOURCE} ORDER BY t.id`).all()) {
      try {
        torrents.push(torrentOf(row))
      } catch (error) {
        const hash = row.info_hash
        unreadable.push({ infoHash: hash instanceof Uint8Array ? toHex(hash) : '', reason: messageOf(error) })
      }
    }
    return { torrents, unreadable }
  }

  /** Takes it off the list with everything that was kept for it. Nothing where it is not there. */
  remove(infoHash: Uint8Array): void {
    const id = this.keys.find(infoHash)
    if (id === undefined) return
    this.db.transaction(() => {
      for (const table of ['peer', 'piece_writing', 'torrent_file', 'torrent_metainfo', 'torrent_selection'])
        this.db.prepare(`DELETE FROM ${table} WHERE torrent_id = ?`).run(id)
      this.db.prepare('DELETE FROM torrent WHERE id = ?').run(id)
    })
    this.keys.forget(infoHash)
  }

  /** Another form of the same .torrent: with further trackers. */
  setMetainfo(infoHash: Uint8Array, bytes: Uint8Array): void {
    this.db.prepare('UPDATE torrent_metainfo SET bytes = ? WHERE torrent_id = ?').run(bytes, this.keys.of(infoHash))
  }

  setPaused(infoHash: Uint8Array, paused: boolean): void {
    this.db.prepare('UPDATE torrent SET paused = ? WHERE id = ?').run(paused ? 1 : 0, this.keys.of(infoHash))
  }

  /** @param at Unix milliseconds, or undefined: not complete any more */
  setCompleted(infoHash: Uint8Array, at: number | undefined): void {
    this.db.prepare('UPDATE torrent SET completed_at = ? WHERE id = ?').run(at ?? null, this.keys.of(infoHash))
  }

  /** Payload bytes of all times. */
  setTotals(infoHash: Uint8Array, totals: { readonly uploaded: number; readonly downloaded: number }): void {
    this.db
      .prepare('UPDATE torrent SET uploaded = ?, downloaded = ? WHERE id = ?')
      .run(totals.uploaded, totals.downloaded, this.keys.of(infoHash))
  }

  setError(infoHash: Uint8Array, error: TorrentRecord['error']): void {
    this.db
      .prepare('UPDATE torrent SET error_code = ?, error_message = ? WHERE id = ?')
      .run(error?.code ?? null, error?.message ?? null, this.keys.of(infoHash))
  }
}

/** @throws RangeError where a column is not what it must be */
function torrentOf(row: SqlRow): TorrentRecord {
  const code = optionalTextIn(row, 'error_code')
  return {
    infoHash: bytesIn(row, 'info_hash', 20),
    metainfo: bytesIn(row, 'metainfo'),
    directory: textIn(row, 'directory'),
    addedAt: amountIn(row, 'added_at'),
    completedAt: optionalAmountIn(row, 'completed_at'),
    paused: flagIn(row, 'paused'),
    uploaded: countIn(row, 'uploaded'),
    downloaded: countIn(row, 'downloaded'),
    error: code === undefined ? undefined : { code, message: optionalTextIn(row, 'error_message') ?? code },
  }
}

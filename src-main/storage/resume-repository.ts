import { createHash } from 'node:crypto'
import { bytesEqual } from '../kernel/bytes.ts'
import type { Database, SqlRow, Statement } from '../kernel/database.ts'
import { amountIn, countIn, flagIn, optionalAmountIn, optionalCountIn } from './checked-row.ts'
import type { TorrentKeys } from './torrent-keys.ts'

/** Size and time of a file when we last looked. */
export interface SeenFile {
  readonly size: number
  /** Unix milliseconds, as the file system says. */
  readonly modifiedMs: number
}

/** A file of a torrent that we made, are about to make, or found there. */
export interface FileRecord {
  /** Its number in the torrent. */
  readonly index: number
  /** Made by us; otherwise it stood there before. */
  readonly made: boolean
  /** As last recorded; undefined before that. */
  readonly seen: SeenFile | undefined
}
export type NewFileRecord = FileRecord

/** A piece whose bytes may be on disk without being recorded. */
export interface PieceWriting {
  readonly piece: number
  /** Unix milliseconds by our clock, just before the write. */
  readonly claimedAt: number
}

/** What is recorded of a torrent's data on disk. */
export interface ResumeRecord {
  /** Bitfield of the pieces that are on disk and verified; undefined: not known or damaged, to be checked. */
  readonly have: Uint8Array | undefined
  /** Empty after a clean end. */
  readonly writing: readonly PieceWriting[]
  readonly files: readonly FileRecord[]
}

/** Bytes of the sum that tells a damaged bitfield. */
const SUM_BYTES = 8

export function sumOf(have: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha1').update(have).digest().subarray(0, SUM_BYTES))
}

/** Pieces and files of each torrent as recorded. Each method is one transaction. */
export class ResumeRepository {
  private readonly db: Database
  private readonly keys: TorrentKeys
  private readonly claimPiece: Statement
  private readonly claimFile: Statement
  private readonly setHave: Statement
  private readonly endWriting: Statement
  private readonly setFile: Statement

  constructor(db: Database, keys: TorrentKeys) {
    this.db = db
    this.keys = keys
    // prepared once: these run many times a second while a torrent downloads
    this.claimPiece = db.prepare(
      'INSERT OR REPLACE INTO piece_writing (torrent_id, piece, claimed_at) VALUES (?, ?, ?)',
    )
    this.claimFile = db.prepare('INSERT OR IGNORE INTO torrent_file (torrent_id, file, made) VALUES (?, ?, 1)')
    this.setHave = db.prepare('UPDATE torrent SET have = ?, have_sum = ? WHERE id = ?')
    this.endWriting = db.prepare('DELETE FROM piece_writing WHERE torrent_id = ? AND piece = ?')
    this.setFile = db.prepare(
      `INSERT INTO torrent_file (torrent_id, file, made, size, modified_ms) VALUES (?, ?, 0, ?, ?)
       ON CONFLICT (torrent_id, file) DO UPDATE SET size = excluded.size, modified_ms = excluded.modified_ms`,
    )
  }

  /** @throws StorageError NOT_THERE */
  load(infoHash: Uint8Array): ResumeRecord {
    const id = this.keys.of(infoHash)
    const row = this.db.prepare('SELECT have, have_sum FROM torrent WHERE id = ?').get(id)
    const writing = this.db
      .prepare('SELECT piece, claimed_at FROM piece_writing WHERE torrent_id = ? ORDER BY piece')
      .all(id)
    const files = this.db
      .prepare('SELECT file, made, size, modified_ms FROM torrent_file WHERE torrent_id = ? ORDER BY file')
      .all(id)
    return {
      have: row && haveOf(row),
      writing: readable(writing, (w) => ({ piece: countIn(w, 'piece'), claimedAt: amountIn(w, 'claimed_at') })),
      files: readable(files, fileOf),
    }
  }

  /** Says that the bytes of `pieces` are about to be written, and that `files` are about to be made. */
  claim(infoHash: Uint8Array, pieces: Iterable<number>, files: Iterable<number>, at: number): void {
    const id = this.keys.of(infoHash)
    this.db.transaction(() => {
      for (const piece of pieces) this.claimPiece.run(id, piece, at)
      for (const file of files) this.claimFile.run(id, file)
    })
  }

  /**
   * Records the pieces that are there now, and that `written` need no second look, with the files as they are.
   * @param have bitfield to copy, or undefined: to be checked
   */
  record(
    infoHash: Uint8Array,
    have: Uint8Array | undefined,
    written: Iterable<number>,
    files: Iterable<readonly [index: number, seen: SeenFile]>,
  ): void {
    const id = this.keys.of(infoHash)
    this.db.transaction(() => {
      this.setHave.run(have ?? null, have ? sumOf(have) : null, id)
      for (const piece of written) this.endWriting.run(id, piece)
      for (const [file, seen] of files) this.setFile.run(id, file, seen.size, seen.modifiedMs)
    })
  }

  /** After a clean end or a check: no piece is being written. */
  clearWriting(infoHash: Uint8Array): void {
    this.db.prepare('DELETE FROM piece_writing WHERE torrent_id = ?').run(this.keys.of(infoHash))
  }

  /** Forgets files that are gone, so that they may be made again. */
  forgetFiles(infoHash: Uint8Array, indexes: Iterable<number>): void {
    const id = this.keys.of(infoHash)
    this.db.transaction(() => {
      const file = this.db.prepare('DELETE FROM torrent_file WHERE torrent_id = ? AND file = ?')
      for (const index of indexes) file.run(id, index)
    })
  }
}

function haveOf(row: SqlRow): Uint8Array | undefined {
  const { have, have_sum: sum } = row
  if (!(have instanceof Uint8Array) || !(sum instanceof Uint8Array)) return undefined
  return bytesEqual(sumOf(have), sum) ? have : undefined
}

function fileOf(row: SqlRow): FileRecord {
  const size = optionalCountIn(row, 'size')
  const modifiedMs = optionalAmountIn(row, 'modified_ms')
  return {
    index: countIn(row, 'file'),
    made: flagIn(row, 'made'),
    seen: size === undefined || modifiedMs === undefined ? undefined : { size, modifiedMs },
  }
}

/** A row that cannot be read counts as not there: its pieces are then hashed or fetched again. */
function readable<T>(rows: readonly SqlRow[], read: (row: SqlRow) => T): T[] {
  return rows.flatMap((row) => {
    try {
      return [read(row)]
    } catch {
      return []
    }
  })
}

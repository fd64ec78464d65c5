/**
 * Decides, from what was recorded and what now stands on disk, which pieces are believed and which are hashed again.
 *
 * The rule: a recorded piece is believed while its files are as recorded. Pieces that were being written at an unclean
 * end are hashed again, and nothing else is. A file that differs from its record for no reason of ours has its recorded
 * pieces hashed again; a piece that a cut file does not hold any more is dropped alone. Where a file with recorded
 * pieces is gone, nothing is decided: the drive may be away, and progress stays.
 *
 * Why that is exact after an unclean end: sizes and times are read after the pieces recorded with them were written,
 * and every later write to those files is listed in `writing`. So a file may differ from its record only where a listed
 * piece touches it, and then its time lies shortly after that piece was claimed.
 */
import type { ResumeRecord, SeenFile } from '../../storage/resume-repository.ts'
import { Bitfield } from '../bitfield.ts'
import type { Layout } from './layout.ts'

/** How long after its claim a piece's bytes may reach the file. Beyond it the file counts as changed by someone else. */
export const WRITE_DELAY = 30_000
/** FAT keeps times to two seconds; such a time has no fraction of a second. */
const COARSE_TIME = 2_000

export interface ResumePlan {
  /** The bitfield was not recorded or is damaged: everything that may be there is in `hashAgain`. */
  readonly unknown: boolean
  /** Recorded pieces that are believed as they stand. */
  readonly trusted: Bitfield
  /** In order. Counted as there once their hash is right. */
  readonly hashAgain: readonly number[]
  /** Recorded pieces that a file does not hold any more. */
  readonly dropped: readonly number[]
  /** Paths that should be there and are not. Where there are any, the other fields mean nothing. */
  readonly missing: readonly string[]
}

/** @param seen the file as it stands now; undefined where there is no file */
export function planResume(
  layout: Layout,
  record: ResumeRecord,
  seen: (file: number) => SeenFile | undefined,
): ResumePlan {
  const { pieceCount } = layout.metainfo
  const have = bitfieldOf(record.have, pieceCount)
  const known = new Map(record.files.map((file) => [file.index, file]))
  const writing = record.writing.filter(({ piece }) => piece < pieceCount)
  const missing = missingFiles(layout, have, known, seen)
  const trusted = have ?? new Bitfield(pieceCount)
  if (missing.length > 0) return { unknown: !have, trusted, hashAgain: [], dropped: [], missing }
  if (!have) return { unknown: true, trusted, hashAgain: presentPieces(layout, seen), dropped: [], missing }

  const again = new Set(writing.map(({ piece }) => piece).filter((piece) => isHeld(layout, piece, seen)))
  const dropped = new Set<number>()
  const claims = claimsByFile(layout, writing)
  for (const file of layout.fileIndexes) {
    const range = layout.pieces(file)
    if (!range) continue
    const now = seen(file)
    const changed = !isAsRecorded(known.get(file)?.seen, now, claims.get(file))
    if (!changed && now && now.size >= layout.file(file).length) continue
    for (let piece = range.first; piece <= range.last; piece++) {
      if (!have.has(piece)) continue
      if (!isHeld(layout, piece, seen)) dropped.add(piece)
      else if (changed) again.add(piece)
    }
  }
  for (const piece of [...dropped, ...again]) trusted.clear(piece)
  return {
    unknown: false,
    trusted,
    hashAgain: [...again].filter((piece) => !dropped.has(piece)).sort(ascending),
    dropped: [...dropped].sort(ascending),
    missing,
  }
}

/** The recorded bitfield, or undefined where its length is not that of this torrent. */
export function bitfieldOf(bytes: Uint8Array | undefined, pieceCount: number): Bitfield | undefined {
  if (!bytes || bytes.length !== Math.ceil(pieceCount / 8)) return undefined
  return new Bitfield(pieceCount, bytes)
}

type Known = ReadonlyMap<number, { readonly made: boolean; readonly seen: SeenFile | undefined }>

/** Files that were there with bytes, or hold a recorded piece, and are gone. Empty ones can be made again at any time. */
function missingFiles(
  layout: Layout,
  have: Bitfield | undefined,
  known: Known,
  seen: (file: number) => SeenFile | undefined,
): string[] {
  return layout.fileIndexes
    .filter((file) => {
      if (layout.file(file).length === 0 || seen(file)) return false
      return (known.get(file)?.seen?.size ?? 0) > 0 || (have !== undefined && holdsAny(layout, have, file))
    })
    .map((file) => layout.path(file))
}

/** Whether a recorded piece lies in the file. */
export function holdsAny(layout: Layout, have: Bitfield, file: number): boolean {
  const range = layout.pieces(file)
  if (!range || have.count === 0) return false
  for (let piece = range.first; piece <= range.last; piece++) if (have.has(piece)) return true
  return false
}

function presentPieces(layout: Layout, seen: (file: number) => SeenFile | undefined): number[] {
  const pieces: number[] = []
  for (let piece = 0; piece < layout.metainfo.pieceCount; piece++) if (isHeld(layout, piece, seen)) pieces.push(piece)
  return pieces
}

/** Whether every file is long enough to hold its part of the piece. */
function isHeld(layout: Layout, piece: number, seen: (file: number) => SeenFile | undefined): boolean {
  return layout
    .stretches(piece)
    .every(({ file, offset, length, padding }) => padding || (seen(file)?.size ?? 0) >= offset + length)
}

interface Claims {
  readonly last: number
}

function claimsByFile(layout: Layout, writing: ResumeRecord['writing']): Map<number, Claims> {
  const claims = new Map<number, Claims>()
  for (const { piece, claimedAt } of writing)
    for (const { file } of layout.stretches(piece))
      claims.set(file, { last: Math.max(claimedAt, claims.get(file)?.last ?? 0) })
  return claims
}

function isAsRecorded(recorded: SeenFile | undefined, now: SeenFile | undefined, claims: Claims | undefined): boolean {
  if (!recorded || !now) return false
  if (recorded.size === now.size && isSameTime(recorded.modifiedMs, now.modifiedMs)) return true
  if (!claims || now.size < recorded.size) return false
  return now.modifiedMs >= recorded.modifiedMs - COARSE_TIME && now.modifiedMs <= claims.last + WRITE_DELAY
}

function isSameTime(recorded: number, now: number): boolean {
  return recorded === now || (now % 1_000 === 0 && Math.abs(recorded - now) <= COARSE_TIME)
}

function ascending(a: number, b: number): number {
  return a - b
}

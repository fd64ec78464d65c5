/**
 * Which files of a torrent are wanted (BEP 53), and what follows: the pieces to fetch and how much of it is there.
 * A piece is wanted where it holds a byte of a wanted file; what of it belongs to other files comes along.
 *
 * Files are numbered as in the metainfo, pad files (BEP 47) included; these are never wanted for themselves. People are
 * shown no pad files, so their numbers leave these out: see `shownFiles`.
 */
import { Bitfield } from './bitfield.ts'
import type { Metainfo } from './metainfo/metainfo.ts'

type Described = Pick<Metainfo, 'files' | 'pieceLength' | 'pieceCount'>

export class FileSelection {
  /** A bit for each file. Never change it. */
  readonly files: Bitfield
  /** A bit for each piece. Never change it. */
  readonly pieces: Bitfield
  /** Bytes of the wanted files. */
  readonly bytes: number
  /** Bytes of wanted files in each piece. */
  private readonly wantedIn: Float64Array

  /** @param wanted a bit for each file */
  constructor({ files, pieceLength, pieceCount }: Described, wanted: Bitfield) {
    this.files = new Bitfield(files.length)
    this.pieces = new Bitfield(pieceCount)
    this.wantedIn = new Float64Array(pieceCount)
    let bytes = 0
    for (const [index, { offset, length, padding }] of files.entries()) {
      if (padding || !wanted.has(index)) continue
      this.files.set(index)
      bytes += length
      for (let at = offset; at < offset + length; ) {
        const piece = Math.floor(at / pieceLength)
        const end = Math.min(offset + length, (piece + 1) * pieceLength)
        this.pieces.set(piece)
        this.wantedIn[piece] = (this.wantedIn[piece] as number) + end - at
        at = end
      }
    }
    this.bytes = bytes
  }

  /** Verified bytes of the wanted files. */
  done(have: Bitfield): number {
    let done = 0
    for (let piece = 0; piece < this.wantedIn.length; piece++)
      if (have.has(piece)) done += this.wantedIn[piece] as number
    return done
  }

  /** Whether every wanted piece is there. */
  isComplete(have: Bitfield): boolean {
    return this.pieces.bytes.every((byte, at) => (byte & ~(have.bytes[at] as number)) === 0)
  }
}

/** Numbers of the files that people are shown, in order: all but pad files. */
export function shownFiles({ files }: Pick<Metainfo, 'files'>): number[] {
  return [...files.keys()].filter((index) => !files[index]?.padding)
}

/** The selection of these files; undefined where every file is wanted. @param wanted numbers in the metainfo; others are passed over */
export function selectionOf(metainfo: Described, wanted: Iterable<number>): FileSelection | undefined {
  const bits = new Bitfield(metainfo.files.length)
  for (const index of wanted) if (index < bits.length) bits.set(index)
  if (shownFiles(metainfo).every((index) => bits.has(index))) return undefined
  return new FileSelection(metainfo, bits)
}

/** A selection as it was kept, a bit for each file. Undefined, all files, where it is not one of this torrent. */
export function keptSelection(metainfo: Described, kept: Uint8Array | undefined): FileSelection | undefined {
  const count = metainfo.files.length
  if (kept?.length !== Math.ceil(count / 8)) return undefined
  const bits = new Bitfield(count, kept)
  return selectionOf(
    metainfo,
    [...metainfo.files.keys()].filter((index) => bits.has(index)),
  )
}

/**
 * Where each byte of a torrent stands on disk. Pure: knows paths, asks nothing of the disk.
 *
 * The pieces run over the concatenation of all files (BEP 3); pad files (BEP 47) are zeros that are not on disk.
 * Every path lies below the download folder, because path elements of a `Metainfo` are safe.
 */
import { join, sep } from 'node:path'
import { utf8 } from '../../kernel/bytes.ts'
import type { FileSpan } from '../../kernel/hasher.ts'
import { type Metainfo, type MetainfoFile, pieceSize } from '../metainfo/metainfo.ts'
import { DiskError } from './piece-storage.ts'

/** A run of bytes of a piece within one file. */
export interface Stretch {
  /** The file's number in the torrent. */
  readonly file: number
  /** Where it starts in that file. */
  readonly offset: number
  /** Where it starts in the bytes that were asked for. */
  readonly at: number
  readonly length: number
  /** Zeros that are not on disk. */
  readonly padding: boolean
}

/** Windows: what its own programs open, in UTF-16 units. Elsewhere: the smallest PATH_MAX (macOS) less its end mark, in bytes. */
export const MAX_WINDOWS_PATH = 259
export const MAX_POSIX_PATH = 1_023

export class Layout {
  readonly metainfo: Metainfo
  /** The download folder. */
  readonly directory: string
  /** The file itself, or the torrent's own folder. */
  readonly root: string
  /** Numbers of the files that have bytes on disk or are empty: all but pad files. */
  readonly fileIndexes: readonly number[]
  /** Files with bytes, by offset: what the search for a byte walks. */
  private readonly filled: readonly number[]

  /** @param directory absolute path. @throws DiskError PATH_TOO_LONG */
  constructor(metainfo: Metainfo, directory: string) {
    this.metainfo = metainfo
    this.directory = directory
    this.root = join(directory, metainfo.name)
    const indexes = metainfo.files.map((_, index) => index)
    this.fileIndexes = indexes.filter((index) => !this.file(index).padding)
    this.filled = indexes.filter((index) => this.file(index).length > 0)
    for (const index of this.fileIndexes) checkLength(this.path(index))
  }

  file(index: number): MetainfoFile {
    return this.metainfo.files[index] as MetainfoFile
  }

  path(index: number): string {
    return join(this.directory, ...this.file(index).path)
  }

  /** Folders between the download folder and the file, the outermost first. */
  folders(index: number): string[] {
    const { path } = this.file(index)
    return path.slice(0, -1).map((_, depth) => join(this.directory, ...path.slice(0, depth + 1)))
  }

  /** The files that hold `length` bytes of a piece from `begin`, in order. */
  stretches(piece: number, begin = 0, length = pieceSize(this.metainfo, piece) - begin): Stretch[] {
    const start = piece * this.metainfo.pieceLength + begin
    const end = start + length
    const found: Stretch[] = []
    for (let n = this.filledAt(start); n < this.filled.length; n++) {
      const index = this.filled[n] as number
      const file = this.file(index)
      if (file.offset >= end) break
      const from = Math.max(start, file.offset)
      const to = Math.min(end, file.offset + file.length)
      found.push({
        file: index,
        offset: from - file.offset,
        at: from - start,
        length: to - from,
        padding: file.padding,
      })
    }
    return found
  }

  /** What to read to hash a piece, or undefined where it holds padding and must be put together in memory. */
  spans(piece: number): FileSpan[] | undefined {
    const stretches = this.stretches(piece)
    if (stretches.some(({ padding }) => padding)) return undefined
    return stretches.map(({ file, offset, length }) => ({ path: this.path(file), offset, length }))
  }

  /** First and last piece with bytes of the file; undefined for an empty one. */
  pieces(index: number): { readonly first: number; readonly last: number } | undefined {
    const { offset, length } = this.file(index)
    if (length === 0) return undefined
    const { pieceLength } = this.metainfo
    return { first: Math.floor(offset / pieceLength), last: Math.floor((offset + length - 1) / pieceLength) }
  }

  /** Place in `filled` of the file that holds byte `position`. */
  private filledAt(position: number): number {
    let low = 0
    let high = this.filled.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const { offset, length } = this.file(this.filled[middle] as number)
      if (offset + length <= position) low = middle + 1
      else high = middle
    }
    return low
  }
}

function checkLength(path: string): void {
  const [length, limit] = sep === '\\' ? [path.length, MAX_WINDOWS_PATH] : [utf8(path).length, MAX_POSIX_PATH]
  if (length <= limit) return
  throw new DiskError(
    { code: 'PATH_TOO_LONG', path },
    `The path ${path} is too long for this system (${length} of at most ${limit}). Choose a download folder with a shorter path.`,
  )
}

/** Compares what stands in a folder with a .torrent, piece by piece. Reads only: makes and changes nothing. */
import type { Clock } from '../../kernel/clock.ts'
import type { FileStore } from '../../kernel/files.ts'
import type { Hasher } from '../../kernel/hasher.ts'
import { Checker, type CheckOptions } from '../../torrent/disk/checker.ts'
import { FilePool } from '../../torrent/disk/file-pool.ts'
import { Layout } from '../../torrent/disk/layout.ts'
import { statTarget } from '../../torrent/disk/stat-target.ts'
import type { Metainfo } from '../../torrent/metainfo/metainfo.ts'
import { verifiedBytes, verifiedBytesOf } from './rows.ts'

export interface VerifiedFile {
  /** In the torrent, with forward slashes. */
  readonly path: string
  readonly size: number
  /** Bytes in pieces that are right. */
  readonly done: number
  /** `damaged`: some of its pieces are not right. `wrong-size`: shorter or longer than it should be. */
  readonly state: 'complete' | 'damaged' | 'wrong-size' | 'missing'
}

export interface Verification {
  readonly files: readonly VerifiedFile[]
  /** Bytes in pieces that are right, of `size`. */
  readonly done: number
  readonly size: number
  /** Every file is there, whole, and of the right size. */
  readonly complete: boolean
}

export interface VerifyPorts {
  readonly files: FileStore
  readonly hasher: Hasher
  readonly clock: Clock
}

/** @param directory absolute path of the folder that holds the torrent's file or folder. @throws DiskError; the reason of `options.signal` */
export async function verifyFiles(
  ports: VerifyPorts,
  metainfo: Metainfo,
  directory: string,
  options: CheckOptions,
): Promise<Verification> {
  const layout = new Layout(metainfo, directory)
  const pool = new FilePool(ports.files, ports.clock)
  try {
    const pieces = Array.from({ length: metainfo.pieceCount }, (_, piece) => piece)
    const have = await new Checker(ports.hasher, pool).check(layout, pieces, options)
    const files: VerifiedFile[] = []
    for (const index of layout.fileIndexes) {
      const { path, length } = layout.file(index)
      const seen = await statTarget(ports.files, layout.path(index)).catch(() => undefined)
      const done = seen ? verifiedBytesOf(metainfo, have, layout.file(index)) : 0
      files.push({ path: path.join('/'), size: length, done, state: stateOf(seen?.size, done, length) })
    }
    const complete = files.every(({ state }) => state === 'complete')
    return { files, done: verifiedBytes(metainfo, have), size: metainfo.totalLength, complete }
  } finally {
    await pool.close()
  }
}

function stateOf(found: number | undefined, done: number, size: number): VerifiedFile['state'] {
  if (found === undefined) return 'missing'
  if (found !== size) return 'wrong-size'
  return done === size ? 'complete' : 'damaged'
}

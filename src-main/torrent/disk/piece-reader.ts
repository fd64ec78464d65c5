import { pieceSize } from '../metainfo/metainfo.ts'
import { shortRead } from './disk-faults.ts'
import type { FilePool } from './file-pool.ts'
import type { Layout } from './layout.ts'

/**
 * Reads a run of a piece, padding as zeros, into new memory or the start of `into`.
 * @throws DiskError SHORT_READ where a file ends too early; else the system's error, with `path` set to its file;
 * RangeError for a run that the piece does not have, which the caller must have refused
 */
export async function readRun(
  pool: FilePool,
  layout: Layout,
  piece: number,
  begin: number,
  length: number,
  into?: Uint8Array,
): Promise<Uint8Array> {
  if (begin < 0 || length < 0 || begin + length > pieceSize(layout.metainfo, piece))
    throw new RangeError(`piece ${piece} has no ${length} bytes from ${begin}`)
  const stretches = layout.stretches(piece, begin, length)
  // not zeroed: everything below is either filled from a file, filled with zeros, or the read fails
  const bytes = into?.subarray(0, length) ?? Buffer.allocUnsafeSlow(length)
  for (const { file, offset, at, length: part, padding } of stretches) {
    const target = bytes.subarray(at, at + part)
    if (padding) {
      target.fill(0)
      continue
    }
    const path = layout.path(file)
    const count = await pool.read(path, (handle) => handle.read(target, offset))
    if (count < part) throw shortRead(path, piece)
  }
  return bytes
}

/** Compares two folders byte for byte by SHA-256: which files are there, their sizes and their contents. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { codeOf } from '../../kernel/errors.ts'
import type { FileStore } from '../../kernel/files.ts'

const CHUNK_BYTES = 1024 * 1024

export interface ComparedFile {
  /** Below the folder. */
  readonly path: string
  readonly sha256: string
  readonly same: boolean
}

/**
 * @param paths path elements of the files that both folders must hold
 * @param compared gets each file in turn
 * @returns how many files are the same
 */
export async function compareFiles(
  files: FileStore,
  one: string,
  other: string,
  paths: readonly (readonly string[])[],
  compared: (file: ComparedFile) => void,
): Promise<number> {
  let same = 0
  for (const path of paths) {
    const [left, right] = await Promise.all([sha256(files, join(one, ...path)), sha256(files, join(other, ...path))])
    const equal = left === right && left !== undefined
    if (equal) same++
    compared({ path: path.join('/'), sha256: left ?? '', same: equal })
  }
  return same
}

/** In hex; undefined where there is no such file. */
async function sha256(files: FileStore, path: string): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    const file = await files.open(path, 'read')
    try {
      const chunk = new Uint8Array(CHUNK_BYTES)
      for (let at = 0; ; ) {
        const read = await file.read(chunk, at)
        if (read === 0) return hash.digest('hex')
        hash.update(chunk.subarray(0, read))
        at += read
      }
    } finally {
      await file.close()
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}

/** Reading and writing .torrent files: bounded reading, atomic writing. */
import { dirname, isAbsolute } from 'node:path'
import { toHex } from '../../kernel/bytes.ts'
import { codeOf } from '../../kernel/errors.ts'
import type { FileStore } from '../../kernel/files.ts'
import type { Random } from '../../kernel/random.ts'
import type { Metainfo } from '../../torrent/metainfo/metainfo.ts'
import { MAX_TORRENT_FILE_BYTES, parseMetainfo } from '../../torrent/metainfo/parse.ts'
import { TorrentsError } from './torrents-error.ts'

export interface TorrentFile {
  /** As it stands on disk. */
  readonly bytes: Uint8Array
  readonly metainfo: Metainfo
}

/** @param path absolute. @throws TorrentsError, MetainfoError */
export async function readTorrentFile(files: FileStore, path: string, platform: NodeJS.Platform): Promise<TorrentFile> {
  if (!isAbsolute(path)) throw new TorrentsError({ code: 'NOT_ABSOLUTE', path })
  const bytes = await readBounded(files, path)
  return { bytes, metainfo: parseMetainfo(bytes, { platform }) }
}

async function readBounded(files: FileStore, path: string): Promise<Uint8Array> {
  try {
    const file = await files.open(path, 'read')
    try {
      const { size, kind } = await file.stat()
      if (kind !== 'file') throw new TorrentsError({ code: 'UNREADABLE_FILE', path, cause: 'not a file' })
      if (size > MAX_TORRENT_FILE_BYTES) throw new TorrentsError({ code: 'TORRENT_FILE_TOO_LARGE', path })
      const bytes = new Uint8Array(size)
      return bytes.subarray(0, await file.read(bytes, 0))
    } finally {
      await file.close()
    }
  } catch (error) {
    if (error instanceof TorrentsError) throw error
    throw new TorrentsError({ code: 'UNREADABLE_FILE', path, cause: codeOf(error) }, { cause: error })
  }
}

/** Writes the whole file or nothing: a file of the same name stays until the new one is safe on disk. @throws TorrentsError */
export async function writeTorrentFile(
  files: FileStore,
  random: Random,
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  if (!isAbsolute(path)) throw new TorrentsError({ code: 'NOT_ABSOLUTE', path })
  const draft = `${path}.${toHex(random.bytes(4))}.part`
  try {
    const file = await files.open(draft, 'exclusive')
    try {
      await file.write(bytes, 0)
      await file.sync()
    } finally {
      await file.close()
    }
    await files.rename(draft, path)
    await files.syncDirectory(dirname(path))
  } catch (error) {
    await files.remove(draft).catch(() => {})
    throw new TorrentsError({ code: 'UNWRITABLE_FILE', path, cause: codeOf(error) }, { cause: error })
  }
}

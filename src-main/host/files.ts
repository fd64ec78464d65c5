/** The file system over node:fs. Errors are the system's own and keep their code. */
import fs from 'node:fs'
import fsp from 'node:fs/promises'
import { dirname } from 'node:path'
import type { FileHandle, FileStore, OpenMode } from '../kernel/files.ts'
import { fileStat, NodeFileHandle } from './file-handle.ts'
import { systemError } from './system-error.ts'

const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL } = fs.constants
/** Both are missing on Windows: links are looked for there before opening, and there is nothing that would block. */
const O_NOFOLLOW = fs.constants.O_NOFOLLOW ?? 0
const O_NONBLOCK = fs.constants.O_NONBLOCK ?? 0

/** Not blocking matters for a named pipe in a user's folder: opening it would occupy a thread for ever. */
const FLAGS: Readonly<Record<OpenMode, number>> = {
  read: O_RDONLY | O_NONBLOCK,
  update: O_RDWR | O_NOFOLLOW | O_NONBLOCK,
  create: O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK,
  exclusive: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_NONBLOCK,
  secret: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_NONBLOCK,
}

export function createFileStore(): FileStore {
  return {
    open,
    stat: (path) => fsp.lstat(path).then(fileStat, nothing('ENOENT', 'ENOTDIR')),
    list: (path) => fsp.readdir(path),
    realPath: (path) => fsp.realpath(path),
    makeDirectory: async (path) => {
      await fsp.mkdir(path, { recursive: true })
    },
    rename: (from, to) => fsp.rename(from, to),
    remove,
    syncDirectory,
    freeSpace,
  }
}

async function open(path: string, mode: OpenMode): Promise<FileHandle> {
  if (O_NOFOLLOW === 0 && mode !== 'read') await refuseLink(path)
  const fd = await new Promise<number>((resolve, reject) => {
    fs.open(path, FLAGS[mode], mode === 'secret' ? 0o600 : 0o666, (error, opened) =>
      error === null ? resolve(opened) : reject(error),
    )
  })
  return new NodeFileHandle(fd, path)
}

async function refuseLink(path: string): Promise<void> {
  const stat = await fsp.lstat(path).catch(nothing('ENOENT'))
  if (stat?.isSymbolicLink()) throw systemError('ELOOP', 'open', path, 'too many symbolic links')
}

async function remove(path: string): Promise<void> {
  const stat = await fsp.lstat(path).catch(nothing('ENOENT', 'ENOTDIR'))
  if (stat === undefined) return
  await (stat.isDirectory() ? fsp.rmdir(path) : fsp.unlink(path)).catch(nothing('ENOENT'))
}

async function syncDirectory(path: string): Promise<void> {
  // Windows has no such call; its file systems keep folders in their own journal.
  if (process.platform === 'win32') return
  const folder = await fsp.open(path, O_RDONLY)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function freeSpace(path: string): Promise<number> {
  for (let folder = path; ; folder = dirname(folder)) {
    const space = await fsp.statfs(folder).catch(nothing('ENOENT', 'ENOTDIR'))
    if (space !== undefined) return space.bavail * space.bsize
    if (dirname(folder) === folder) throw systemError('ENOENT', 'statfs', path, 'no such file or directory')
  }
}

/** For `catch`: undefined in place of an error with one of these codes. */
function nothing(...codes: readonly string[]): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (!codes.includes(error.code ?? '')) throw error
  }
}

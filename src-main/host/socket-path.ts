/** Where a local socket really lies: the system's limit on such paths is about 100 bytes, and Windows has named pipes. */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import { NetworkError } from './network-error.ts'

/** `sun_path` holds 104 bytes on macOS, 108 on Linux, with a zero at the end. */
export const MAX_SOCKET_PATH_BYTES = 100

/**
 * The path to use for a socket that is asked for at `path`: that path itself, or where it is too long one in a private
 * folder of the temporary folder, the same for every process of this user. @throws NetworkError `ENAMETOOLONG` | `EACCES`
 */
export function socketPath(path: string, temporaryFolder = os.tmpdir()): string {
  const digest = createHash('sha256').update(path).digest('hex').slice(0, 24)
  if (process.platform === 'win32') return `\\\\.\\pipe\\shoal-${digest}`
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return path
  const folder = join(temporaryFolder, `shoal-${process.getuid?.() ?? 'user'}`)
  const short = join(folder, `${digest}.sock`)
  if (Buffer.byteLength(short) > MAX_SOCKET_PATH_BYTES) {
    const message = `${path} is too long for a socket, and so is ${folder}. Use a profile folder with a shorter path.`
    throw new NetworkError({ code: 'ENAMETOOLONG', path }, message)
  }
  checkPrivate(folder)
  return short
}

/** Makes the folder for this user alone; one that somebody else could have prepared is refused. */
function checkPrivate(folder: string): void {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  const stat = fs.lstatSync(folder)
  if (stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o077) === 0) return
  const message = `${folder} must be a folder that only you can open. Remove it, or use a profile folder with a shorter path.`
  throw new NetworkError({ code: 'EACCES', path: folder }, message)
}

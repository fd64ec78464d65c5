import { codeOf, messageOf } from '../../kernel/errors.ts'
import { DiskError } from './piece-storage.ts'

/** Bytes as people read them: `1.5 MB` is 1,500,000. */
function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB']
  let [value, unit] = [bytes, 0]
  while (value >= 1_000 && unit < units.length - 1) [value, unit] = [value / 1_000, unit + 1]
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** @param needed bytes that must be freed */
export function diskFull(path: string, needed: number, cause?: unknown): DiskError {
  return new DiskError(
    { code: 'DISK_FULL', path, needed },
    `The disk that holds ${path} is full: ${formatBytes(needed)} more are needed. Free some space, and it goes on by itself.`,
    { cause },
  )
}

/** Not the download folder's disk is full, but that of the profile. */
function databaseFull(path: string, cause: unknown): DiskError {
  return new DiskError(
    { code: 'DISK_FULL', path, needed: 1 },
    'The disk that holds Shoal’s own database (session.db in the profile folder) is full. Free some space there, and it goes on by itself.',
    { cause },
  )
}

export function notWritable(path: string, why: string, cause?: unknown): DiskError {
  return new DiskError(
    { code: 'NOT_WRITABLE', path },
    `${path} cannot be written: ${why}. Allow Shoal to write there, or choose another folder.`,
    { cause },
  )
}

export function dataMissing(path: string, cause?: unknown): DiskError {
  return new DiskError(
    { code: 'DATA_MISSING', path },
    `${path} is not there. Connect the drive or put it back, and it goes on by itself; or check the torrent again to fetch it anew.`,
    { cause },
  )
}

export function shortRead(path: string, piece: number): DiskError {
  return new DiskError(
    { code: 'SHORT_READ', path, piece },
    `${path} is shorter than it was. Piece ${piece} is fetched again.`,
  )
}

/** A system's error on a file of ours, as one of ours. `needed` is what a full disk lacks. @throws what is our own mistake */
export function asDiskError(error: unknown, path: string, needed: () => number): DiskError {
  if (error instanceof RangeError) throw error
  if (error instanceof DiskError) return error
  const code = codeOf(error)
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(path, needed(), error)
    case 'SQLITE_FULL':
      return databaseFull(path, error)
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return notWritable(path, 'permission denied', error)
    case 'ELOOP':
      return notWritable(path, 'it is a symbolic link, which could lead anywhere', error)
    case 'EISDIR':
    case 'ENOTDIR':
      return notWritable(path, 'a file stands where a folder must be, or the other way round', error)
    case 'EFBIG':
      return notWritable(path, 'the file system does not hold files that large', error)
    case 'ENOENT':
    case 'ENODEV':
    case 'ENXIO':
    case 'ESTALE':
      return dataMissing(path, error)
    default:
      return new DiskError(
        { code: 'IO', path, cause: code },
        `${path} could not be read or written (${messageOf(error)}). Check the drive, then resume the torrent.`,
        { cause: error },
      )
  }
}

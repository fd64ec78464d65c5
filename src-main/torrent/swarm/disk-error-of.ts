import { messageOf } from '../../kernel/errors.ts'
import { DiskError } from '../disk/piece-storage.ts'

/** Whatever a storage threw, as a DiskError. @param name of the torrent */
export function diskErrorOf(error: unknown, name: string): DiskError {
  if (error instanceof DiskError) return error
  const cause = messageOf(error)
  return new DiskError(
    { code: 'IO', path: name, cause },
    `“${name}” could not be read or written (${cause}). Try again.`,
  )
}

/**
 * Whether the disk has room for what a torrent still lacks. Keeps a reserve free, so that a full download folder does
 * not also stop the session database and the rest of the machine.
 */
import type { FileStore } from '../../kernel/files.ts'
import { diskFull } from './disk-faults.ts'

const MIB = 1024 * 1024
/** Left free on the disk; for a small remainder a sixteenth of it. */
export const MAX_RESERVE = 64 * MIB
/** Written between two looks at the free space. */
export const ROOM_CHECK_BYTES = 16 * MIB

export function reserveFor(remaining: number): number {
  return Math.min(MAX_RESERVE, Math.ceil(remaining / 16))
}

export class Room {
  private readonly files: FileStore
  private readonly directory: string
  private readonly remaining: () => number
  private unlooked = Number.POSITIVE_INFINITY

  /** @param remaining bytes that are still to be written */
  constructor(files: FileStore, directory: string, remaining: () => number) {
    this.files = files
    this.directory = directory
    this.remaining = remaining
  }

  /** Bytes that are still to be written. */
  get remainingBytes(): number {
    return this.remaining()
  }

  /** Bytes that must be freed before everything fits; 0 where it does. */
  async lacking(): Promise<number> {
    const remaining = this.remaining()
    if (remaining === 0) return 0
    return Math.max(0, remaining + reserveFor(remaining) - (await this.files.freeSpace(this.directory)))
  }

  /** @throws DiskError DISK_FULL where not everything fits */
  async check(): Promise<void> {
    const lacking = await this.lacking()
    if (lacking > 0) throw diskFull(this.directory, lacking)
  }

  /** Now and then looks whether the reserve is still free. @throws DiskError DISK_FULL */
  async beforeWriting(bytes: number): Promise<void> {
    this.unlooked += bytes
    if (this.unlooked < ROOM_CHECK_BYTES) return
    this.unlooked = bytes
    const remaining = this.remaining()
    const free = await this.files.freeSpace(this.directory)
    if (free >= reserveFor(remaining) + bytes) return
    this.unlooked = Number.POSITIVE_INFINITY
    throw diskFull(this.directory, Math.max(bytes, remaining + reserveFor(remaining) - free))
  }
}

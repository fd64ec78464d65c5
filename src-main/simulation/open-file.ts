import type { FileHandle, FileStat } from '../kernel/files.ts'
import type { Disk } from './disk.ts'
import { systemError } from './errors.ts'
import type { FileOperation } from './file-faults.ts'
import { type FileNode, type Place, statOf } from './file-tree.ts'
import type { Claim, Origin, Program } from './ledger.ts'

/** An open file. What is asked of it happens after the disk's delay, on the bytes as they are then. */
export class OpenFile implements FileHandle {
  private readonly disk: Disk
  private readonly program: Program
  private readonly place: Place
  private readonly file: FileNode
  private readonly writable: boolean
  private readonly claim: Claim
  private closing: Promise<void> | undefined
  private readonly underWay = new Set<Promise<unknown>>()

  constructor(
    disk: Disk,
    program: Program,
    place: Place,
    file: FileNode,
    writable: boolean,
    origin: Origin | undefined,
  ) {
    this.disk = disk
    this.program = program
    this.place = place
    this.file = file
    this.writable = writable
    file.inode.use()
    this.claim = program.claim(
      'open file',
      place.path,
      () => {
        file.inode.release()
      },
      origin,
    )
  }

  read(into: Uint8Array, position: number): Promise<number> {
    return this.operation('read', (shortBy) => {
      if (shortBy === 0) return this.file.inode.read(into, position)
      return this.file.inode.read(into.subarray(0, Math.max(0, into.length - shortBy)), position)
    })
  }

  write(bytes: Uint8Array, position: number): Promise<void> {
    return this.operation('write', () => {
      this.assertWritable('write')
      this.file.inode.modifiedMs = this.disk.time.now
      this.file.inode.write(bytes, position)
    })
  }

  truncate(size: number): Promise<void> {
    return this.operation('truncate', () => {
      this.assertWritable('ftruncate')
      this.file.inode.modifiedMs = this.disk.time.now
      this.file.inode.truncate(size)
    })
  }

  stat(): Promise<FileStat> {
    return this.operation('stat', () => statOf(this.file))
  }

  sync(): Promise<void> {
    return this.operation('sync', () => {
      this.file.inode.sync()
      this.disk.tree.syncEntry(this.place.directory, this.place.name, this.file)
    })
  }

  /** Waits for what was asked before. Closing again is harmless. */
  close(): Promise<void> {
    this.closing ??= this.finish()
    return this.closing
  }

  private async finish(): Promise<void> {
    await Promise.allSettled(this.underWay)
    const { path } = this.place
    return this.program.later(`close ${path}`, this.disk.nextDelay(), () => {
      this.claim.end()
      this.disk.faults.strike('close', path)
    })
  }

  private operation<T>(on: FileOperation, work: (shortBy: number) => T): Promise<T> {
    const { path } = this.place
    if (this.closing) return Promise.reject(systemError('EBADF', on, path))
    const done = this.program.later(`${on} ${path}`, this.disk.nextDelay(), () => {
      if (this.disk.tree.isUnmounted(path)) throw systemError('EIO', on, path)
      return work(this.disk.faults.strike(on, path))
    })
    this.underWay.add(done)
    const settled = () => this.underWay.delete(done)
    done.then(settled, settled)
    return done
  }

  private assertWritable(call: string): void {
    if (!this.writable) throw systemError('EBADF', call)
  }
}

import { posix } from 'node:path'
import type { FileHandle, FileStat, FileStore, OpenMode } from '../kernel/files.ts'
import type { Disk } from './disk.ts'
import { systemError } from './errors.ts'
import type { FileFault, FileOperation } from './file-faults.ts'
import { Directory, SymbolicLink, statOf, type TreeNode } from './file-tree.ts'
import type { Origin, Program } from './ledger.ts'
import { OpenFile } from './open-file.ts'

/** The file store of one program on a disk, and the levers that tests pull on that disk. */
export class SimulatedFiles implements FileStore {
  private readonly disk: Disk
  private readonly program: Program

  constructor(disk: Disk, program: Program) {
    this.disk = disk
    this.program = program
  }

  open(path: string, mode: OpenMode): Promise<FileHandle> {
    return this.operation('open', path, (origin) => {
      const place = this.disk.tree.locate(path, 'open', mode === 'read')
      if (place.node && (mode === 'exclusive' || mode === 'secret')) throw systemError('EEXIST', 'open', path)
      if (place.node?.kind === 'symlink') throw systemError('ELOOP', 'open', path)
      if (place.node?.kind === 'directory') throw systemError('EISDIR', 'open', path)
      if (place.node === undefined && (mode === 'read' || mode === 'update')) throw systemError('ENOENT', 'open', path)
      if (place.node && mode !== 'read' && place.directory.readOnly) throw systemError('EACCES', 'open', path)
      const file = place.node ?? this.disk.tree.createFile(place, this.disk.time.now)
      return new OpenFile(this.disk, this.program, place, file, mode !== 'read', origin)
    })
  }

  stat(path: string): Promise<FileStat | undefined> {
    return this.operation('stat', path, () => {
      const node = this.disk.tree.find(path, false)
      return node && statOf(node)
    })
  }

  list(path: string): Promise<readonly string[]> {
    return this.operation('list', path, () => [...this.directory(path, 'scandir').entries.keys()])
  }

  realPath(path: string): Promise<string> {
    return this.operation('realPath', path, () => {
      const place = this.disk.tree.locate(path, 'realpath', true)
      if (place.node === undefined) throw systemError('ENOENT', 'realpath', path)
      return place.path
    })
  }

  makeDirectory(path: string): Promise<void> {
    return this.operation('makeDirectory', path, () => this.makeDirectories(posix.resolve('/', path)))
  }

  rename(from: string, to: string): Promise<void> {
    return this.operation('rename', from, () => {
      const source = this.disk.tree.locate(from, 'rename', false)
      const target = this.disk.tree.locate(to, 'rename', false)
      if (source.node === undefined) throw systemError('ENOENT', 'rename', from)
      if (source.node === target.node) return
      if (source.directory.readOnly || target.directory.readOnly) throw systemError('EACCES', 'rename', from)
      if (target.node) assertReplaceable(source.node, target.node, to)
      if (target.path.startsWith(`${source.path}/`)) throw systemError('EINVAL', 'rename', from)
      this.disk.tree.move(source, target, source.node)
    })
  }

  remove(path: string): Promise<void> {
    return this.operation('remove', path, () => {
      const parent = this.disk.tree.find(posix.dirname(posix.resolve('/', path)), true)
      if (parent === undefined) return
      const { directory, name, node } = this.disk.tree.locate(path, 'unlink', false)
      if (node === undefined) return
      if (directory.readOnly) throw systemError('EACCES', 'unlink', path)
      if (node.kind === 'directory' && node.entries.size > 0) throw systemError('ENOTEMPTY', 'rmdir', path)
      this.disk.tree.take(directory, name)
    })
  }

  syncDirectory(path: string): Promise<void> {
    return this.operation('syncDirectory', path, () => this.disk.tree.syncDirectory(this.directory(path, 'fsync')))
  }

  freeSpace(path: string): Promise<number> {
    return this.operation('freeSpace', path, () => {
      if (this.disk.tree.isUnmounted(posix.resolve('/', path))) throw systemError('ENOENT', 'statfs', path)
      return this.disk.tree.space.free
    })
  }

  // Levers for tests: at once, without faults, and outside of virtual time

  /** The whole contents of a file; undefined where there is none. */
  get(path: string): Uint8Array | undefined {
    const node = this.disk.tree.find(path, true)
    if (node?.kind !== 'file') return undefined
    const bytes = new Uint8Array(node.inode.size)
    node.inode.read(bytes, 0)
    return bytes
  }

  /** Puts a durable file there, with its folders. */
  put(path: string, bytes: Uint8Array): void {
    this.makeDirectories(posix.dirname(posix.resolve('/', path)))
    const place = this.disk.tree.locate(path, 'open', true)
    if (place.node !== undefined && place.node.kind !== 'file') throw systemError('EISDIR', 'open', path)
    const file = place.node ?? this.disk.tree.createFile(place, this.disk.time.now)
    file.inode.truncate(0)
    file.inode.write(bytes, 0)
    file.inode.modifiedMs = this.disk.time.now
    file.inode.sync()
    this.disk.tree.syncEntry(place.directory, place.name, file)
  }

  /** Every file below a folder, sorted. */
  tree(path = '/'): string[] {
    const node = this.disk.tree.find(path, true)
    if (node?.kind !== 'directory') return []
    const below = [...node.entries].flatMap(([name, child]) => {
      const here = posix.join(path, name)
      return child.kind === 'directory' ? this.tree(here) : [here]
    })
    return below.sort()
  }

  symlink(target: string, path: string): void {
    this.makeDirectories(posix.dirname(posix.resolve('/', path)))
    const place = this.disk.tree.locate(path, 'symlink', false)
    if (place.node) throw systemError('EEXIST', 'symlink', path)
    const link = new SymbolicLink(target)
    this.disk.tree.put(place.directory, place.name, link)
    this.disk.tree.syncEntry(place.directory, place.name, link)
  }

  /** Bytes that fit on the drive; less than what is used leaves nothing free. */
  setCapacity(bytes: number): void {
    this.disk.tree.space.capacity = bytes
  }

  get usedBytes(): number {
    return this.disk.tree.space.used
  }

  /** Nothing may be made, changed or removed directly in this folder. */
  setReadOnly(path: string, readOnly: boolean): void {
    this.directory(path, 'chmod').readOnly = readOnly
  }

  /** Takes the drive below a folder away: what is there is missing (`ENOENT`), open files fail (`EIO`). */
  unmount(prefix: string): void {
    this.disk.tree.setMounted(prefix, false)
  }

  mount(prefix: string): void {
    this.disk.tree.setMounted(prefix, true)
  }

  /** Returns what takes the fault away again. */
  inject(fault: FileFault): () => void {
    return this.disk.faults.inject(fault)
  }

  /**
   * The power fails: what was not synced is lost, but for a part of it chosen by chance (`survivors` from 0 to 1, in
   * blocks of 4 KiB). To end the program as well, crash the host.
   */
  crash(survivors = 0): void {
    for (const file of this.disk.tree.losePower()) file.inode.losePower(survivors, this.disk.random)
  }

  private operation<T>(on: FileOperation, path: string, work: (origin: Origin | undefined) => T): Promise<T> {
    const { disk } = this
    return this.program.later(`${on} ${path}`, disk.nextDelay(), (origin) => {
      disk.faults.strike(on, path)
      return work(origin)
    })
  }

  private directory(path: string, call: string): Directory {
    const { node } = this.disk.tree.locate(path, call, true)
    if (node === undefined) throw systemError('ENOENT', call, path)
    if (node.kind !== 'directory') throw systemError('ENOTDIR', call, path)
    return node
  }

  private makeDirectories(path: string): void {
    if (path === '/') return
    this.makeDirectories(posix.dirname(path))
    const { directory, name, node } = this.disk.tree.locate(path, 'mkdir', true)
    if (node?.kind === 'directory') return
    if (node) throw systemError('EEXIST', 'mkdir', path)
    if (directory.readOnly) throw systemError('EACCES', 'mkdir', path)
    const made = new Directory()
    made.modifiedMs = this.disk.time.now
    this.disk.tree.put(directory, name, made)
    this.disk.tree.syncEntry(directory, name, made)
  }
}

function assertReplaceable(from: TreeNode, to: TreeNode, path: string): void {
  if (to.kind !== 'directory') {
    if (from.kind === 'directory') throw systemError('ENOTDIR', 'rename', path)
    return
  }
  if (from.kind !== 'directory') throw systemError('EISDIR', 'rename', path)
  if (to.entries.size > 0) throw systemError('ENOTEMPTY', 'rename', path)
}

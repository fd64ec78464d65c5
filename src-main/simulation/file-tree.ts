import { posix } from 'node:path'
import type { FileStat } from '../kernel/files.ts'
import { systemError } from './errors.ts'
import { Inode, type Space } from './inode.ts'

/** Symbolic links followed on one path (Linux: 40). */
const MAX_LINKS_FOLLOWED = 40

export class Directory {
  readonly kind = 'directory'
  readonly entries = new Map<string, TreeNode>()
  /** Entries that survive a loss of power. */
  durable = new Map<string, TreeNode>()
  readOnly = false
  modifiedMs = 0
}

export class FileNode {
  readonly kind = 'file'
  readonly inode: Inode

  constructor(inode: Inode) {
    this.inode = inode
  }
}

export class SymbolicLink {
  readonly kind = 'symlink'
  readonly target: string

  constructor(target: string) {
    this.target = target
  }
}

export type TreeNode = Directory | FileNode | SymbolicLink

/** Where a path leads: its folder, the name in it, and what is there. */
export interface Place {
  readonly path: string
  readonly directory: Directory
  readonly name: string
  readonly node: TreeNode | undefined
}

/**
 * Folders, files and links of one simulated drive, by POSIX rules. Synchronous and without faults; those are added by
 * the file store. A new folder is durable at once; a new file's entry when the file or its folder is synced.
 */
export class FileTree {
  readonly root = new Directory()
  readonly space: Space
  private readonly unmounted = new Set<string>()

  constructor(space: Space) {
    this.space = space
  }

  /** The place of a path. Links in its folders are followed, one at its end only when asked. @throws `ENOENT`, `ENOTDIR`, `ELOOP` */
  locate(path: string, call: string, followLast: boolean): Place {
    return this.walk(path, call, followLast, { links: 0 })
  }

  /** Like `locate`, undefined where a folder on the way is missing. */
  find(path: string, followLast: boolean): TreeNode | undefined {
    try {
      return this.locate(path, 'stat', followLast).node
    } catch {
      return undefined
    }
  }

  setMounted(prefix: string, mounted: boolean): void {
    if (mounted) this.unmounted.delete(posix.resolve(prefix))
    else this.unmounted.add(posix.resolve(prefix))
  }

  isUnmounted(path: string): boolean {
    if (this.unmounted.size === 0) return false
    for (const prefix of this.unmounted) if (path === prefix || path.startsWith(`${prefix}/`)) return true
    return false
  }

  createFile({ directory, name, path }: Place, modifiedMs: number): FileNode {
    if (directory.readOnly) throw systemError('EACCES', 'open', path)
    const file = new FileNode(new Inode(this.space))
    file.inode.modifiedMs = modifiedMs
    this.put(directory, name, file)
    return file
  }

  put(directory: Directory, name: string, node: TreeNode): void {
    const old = directory.entries.get(name)
    directory.entries.set(name, node)
    if (node.kind === 'file') node.inode.use()
    if (old?.kind === 'file') old.inode.release()
  }

  take(directory: Directory, name: string): void {
    const old = directory.entries.get(name)
    directory.entries.delete(name)
    if (old?.kind === 'file') old.inode.release()
  }

  /** Makes a folder's entries durable. */
  syncDirectory(directory: Directory): void {
    const gone = [...directory.durable.values()]
    directory.durable = new Map(directory.entries)
    for (const node of directory.durable.values()) if (node.kind === 'file') node.inode.keepDurably()
    for (const node of gone) if (node.kind === 'file') node.inode.releaseDurably()
  }

  /** Makes one entry durable, if the file is still there under that name. */
  syncEntry(directory: Directory, name: string, node: TreeNode): void {
    if (directory.entries.get(name) !== node || directory.durable.get(name) === node) return
    const old = directory.durable.get(name)
    directory.durable.set(name, node)
    if (node.kind === 'file') node.inode.keepDurably()
    if (old?.kind === 'file') old.inode.releaseDurably()
  }

  /** Moves an entry; a folder's move is durable at once, a file's when both folders are synced. */
  move(from: Place, to: Place, node: TreeNode): void {
    this.put(to.directory, to.name, node)
    this.take(from.directory, from.name)
    if (node.kind !== 'directory') return
    from.directory.durable.delete(from.name)
    this.syncEntry(to.directory, to.name, node)
  }

  /** Every folder goes back to its durable entries. Returns the files that are left. */
  losePower(directory: Directory = this.root): FileNode[] {
    const files: FileNode[] = []
    for (const [name, node] of [...directory.entries]) {
      if (directory.durable.get(name) !== node) this.take(directory, name)
    }
    for (const [name, node] of directory.durable) {
      if (directory.entries.get(name) !== node) this.put(directory, name, node)
      if (node.kind === 'file') files.push(node)
      if (node.kind === 'directory') files.push(...this.losePower(node))
    }
    return files
  }

  private walk(path: string, call: string, followLast: boolean, seen: { links: number }): Place {
    const absolute = posix.resolve('/', path)
    if (this.isUnmounted(absolute)) throw systemError('ENOENT', call, path)
    const names = absolute.split('/').filter((name) => name !== '')
    let directory = this.root
    let at = '/'
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string
      const last = i === names.length - 1
      const node = directory.entries.get(name)
      const here = posix.join(at, name)
      if (node?.kind === 'symlink' && (!last || followLast)) {
        if (++seen.links > MAX_LINKS_FOLLOWED) throw systemError('ELOOP', call, path)
        return this.walk(posix.resolve(at, node.target, ...names.slice(i + 1)), call, followLast, seen)
      }
      if (last) return { path: here, directory, name, node }
      if (node === undefined) throw systemError('ENOENT', call, path)
      if (node.kind !== 'directory') throw systemError('ENOTDIR', call, path)
      directory = node
      at = here
    }
    return { path: '/', directory: this.root, name: '', node: this.root }
  }
}

/** What `stat` says of it. */
export function statOf(node: TreeNode): FileStat {
  if (node.kind === 'file') return { kind: 'file', size: node.inode.size, modifiedMs: node.inode.modifiedMs }
  return { kind: node.kind, size: 0, modifiedMs: node.kind === 'directory' ? node.modifiedMs : 0 }
}

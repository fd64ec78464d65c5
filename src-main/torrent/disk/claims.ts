/**
 * Which paths a new torrent may use: none that another torrent in the list owns, and none where something stands that
 * is not ours, unless the person says that it shall be used.
 *
 * Paths are compared with links in the download folder resolved, and without regard to case or to how accents are
 * composed: on many disks such names are one file.
 */
import { dirname, join, relative, sep } from 'node:path'
import { codeOf } from '../../kernel/errors.ts'
import type { FileStore } from '../../kernel/files.ts'
import { asDiskError } from './disk-faults.ts'
import type { Layout } from './layout.ts'
import { filesExist } from './own-files.ts'
import { DiskError } from './piece-storage.ts'

/** Makes the folder that a person chose, with its parents. @throws DiskError */
export async function prepareDirectory(files: FileStore, directory: string): Promise<void> {
  try {
    await files.makeDirectory(directory)
  } catch (error) {
    throw asDiskError(error, directory, () => 1)
  }
}

/**
 * Looks at every target of a torrent that is to be added.
 * @param others layouts of the torrents in the list
 * @returns numbers of the files that are there already; empty unless `useExisting`
 * @throws DiskError PATH_TAKEN, FILES_EXIST
 */
export async function claimTargets(
  files: FileStore,
  layout: Layout,
  others: Iterable<Layout>,
  useExisting: boolean,
): Promise<number[]> {
  await refuseTaken(files, layout, others)
  const existing: number[] = []
  for (const index of layout.fileIndexes) {
    const path = layout.path(index)
    if ((await statOrError(files, path)) === undefined) continue
    if (!useExisting) throw filesExist(path)
    existing.push(index)
  }
  return existing
}

async function refuseTaken(files: FileStore, layout: Layout, others: Iterable<Layout>): Promise<void> {
  const real = new RealFolders(files)
  const own = await real.targetsOf(layout)
  for (const other of others) {
    const theirs = await real.targetsOf(other)
    if (!isWithin(own.root, theirs.root) && !isWithin(theirs.root, own.root)) continue
    const clash = firstClash(layout, own.folder, other, theirs.folder)
    if (clash === undefined) continue
    const owner = other.metainfo.name
    throw new DiskError(
      { code: 'PATH_TAKEN', path: clash, owner },
      `${clash} belongs to the torrent “${owner}” in the list. Choose another folder, or remove that torrent first.`,
    )
  }
}

/** The first file of `layout` that is, lies below, or lies above a file of `other`. */
function firstClash(layout: Layout, folder: string, other: Layout, otherFolder: string): string | undefined {
  const theirs = new Set<string>()
  const theirFolders = new Set<string>()
  for (const index of other.fileIndexes) {
    const path = comparable(join(otherFolder, ...other.file(index).path))
    theirs.add(path)
    for (let parent = dirname(path); parent.length >= otherFolder.length && !theirFolders.has(parent); ) {
      theirFolders.add(parent)
      parent = dirname(parent)
    }
  }
  for (const index of layout.fileIndexes) {
    const path = comparable(join(folder, ...layout.file(index).path))
    if (theirs.has(path) || theirFolders.has(path)) return layout.path(index)
    for (let parent = dirname(path); isWithin(parent, comparable(folder)); parent = dirname(parent)) {
      if (theirs.has(parent)) return layout.path(index)
      if (parent === dirname(parent)) break
    }
  }
  return undefined
}

/** Real paths of download folders, each asked once. */
export class RealFolders {
  private readonly files: FileStore
  private readonly known = new Map<string, Promise<string>>()

  constructor(files: FileStore) {
    this.files = files
  }

  /** The real download folder, and the torrent's own file or folder in it in a form for comparing. */
  async targetsOf(layout: Layout): Promise<{ readonly folder: string; readonly root: string }> {
    let real = this.known.get(layout.directory)
    if (!real) {
      real = realOrAsGiven(this.files, layout.directory)
      this.known.set(layout.directory, real)
    }
    const folder = await real
    return { folder, root: comparable(join(folder, layout.metainfo.name)) }
  }
}

/** The real path of a folder; of one that is not there, of its nearest parent that is, and the rest as given. */
async function realOrAsGiven(files: FileStore, path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    try {
      return join(await files.realPath(at), relative(at, path))
    } catch {
      if (at === dirname(at)) return path
    }
  }
}

export function comparable(path: string): string {
  return path.normalize('NFC').toLowerCase().normalize('NFC')
}

/** Whether `path` is `folder` or lies below it; both comparable. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

async function statOrError(files: FileStore, path: string) {
  try {
    return await files.stat(path)
  } catch (error) {
    // a file where a folder must be: nothing of ours can stand there, and writing says so
    if (codeOf(error) === 'ENOTDIR') throw filesExist(dirname(path))
    throw asDiskError(error, path, () => 1)
  }
}

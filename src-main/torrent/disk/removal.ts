/**
 * What goes to the trash when a torrent is removed with its data: only files that this torrent made, and never a path
 * that another torrent in the list uses. The torrent's own folder goes as one where nothing else is in it.
 */
import { dirname, join } from 'node:path'
import { codeOf } from '../../kernel/errors.ts'
import type { FileStore, Trash } from '../../kernel/files.ts'
import { comparable, isWithin, RealFolders } from './claims.ts'
import { asDiskError } from './disk-faults.ts'
import type { Layout } from './layout.ts'
import type { OwnFiles } from './own-files.ts'

export interface Removal {
  /** Files, or the torrent's own folder alone. */
  readonly trash: readonly string[]
  /** Folders that are removed where they are empty afterwards, the deepest first. */
  readonly folders: readonly string[]
  /** Files of the torrent that stay, with the reason. */
  readonly kept: readonly {
    readonly path: string
    readonly reason: 'not made by this torrent' | 'used by another torrent'
  }[]
}

/** @param others layouts of the other torrents in the list */
export async function planRemoval(
  files: FileStore,
  layout: Layout,
  own: OwnFiles,
  others: Iterable<Layout>,
): Promise<Removal> {
  const shared = await pathsOfOthers(files, layout, others)
  const { folder } = await new RealFolders(files).targetsOf(layout)
  const trash: string[] = []
  const kept: { path: string; reason: Removal['kept'][number]['reason'] }[] = []
  for (const index of layout.fileIndexes) {
    const path = layout.path(index)
    if ((await files.stat(path).catch(() => undefined)) === undefined) continue
    if (!own.isMade(index)) kept.push({ path, reason: 'not made by this torrent' })
    else if (shared.has(comparable(join(folder, ...layout.file(index).path))))
      kept.push({ path, reason: 'used by another torrent' })
    else trash.push(path)
  }
  const folders = foldersOf(layout)
  if (layout.metainfo.multiFile && kept.length === 0 && trash.length > 0) {
    const known = new Set([...trash, ...folders])
    if (await holdsOnly(files, layout.root, known)) return { trash: [layout.root], folders: [], kept }
  }
  return { trash, folders: trash.length > 0 ? folders : [], kept }
}

/** Does what was planned. What is gone already is passed over. @throws DiskError for the first that cannot be moved */
export async function remove(files: FileStore, bin: Trash, removal: Removal): Promise<void> {
  for (const path of removal.trash) {
    try {
      if (await files.stat(path)) await bin.move(path)
    } catch (error) {
      throw asDiskError(error, path, () => 1)
    }
  }
  for (const folder of removal.folders) {
    try {
      if ((await files.stat(folder))?.kind === 'directory') await files.remove(folder)
    } catch (error) {
      if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw asDiskError(error, folder, () => 1)
    }
  }
}

async function pathsOfOthers(files: FileStore, layout: Layout, others: Iterable<Layout>): Promise<Set<string>> {
  const real = new RealFolders(files)
  const own = await real.targetsOf(layout)
  const paths = new Set<string>()
  for (const other of others) {
    const theirs = await real.targetsOf(other)
    if (!isWithin(own.root, theirs.root) && !isWithin(theirs.root, own.root)) continue
    for (const index of other.fileIndexes) paths.add(comparable(join(theirs.folder, ...other.file(index).path)))
  }
  return paths
}

/** The torrent's folders, the deepest first. */
function foldersOf(layout: Layout): string[] {
  const folders = new Set<string>()
  for (const index of layout.fileIndexes) for (const folder of layout.folders(index)) folders.add(folder)
  return [...folders].sort((a, b) => b.length - a.length)
}

/** Whether a folder holds nothing but the paths named. Stops at the first other thing. */
async function holdsOnly(files: FileStore, folder: string, known: ReadonlySet<string>): Promise<boolean> {
  const open = [folder]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const name of await files.list(at)) {
      const path = join(at, name)
      if (!known.has(path) || dirname(path) !== at) return false
      if ((await files.stat(path))?.kind === 'directory') open.push(path)
    }
  }
  return true
}

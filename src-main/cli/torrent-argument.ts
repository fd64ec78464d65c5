/** The torrent that a command is about, as it is named on the line. */
import { readTorrentFile, type TorrentFile } from '../engine/torrents/torrent-file.ts'
import type { FileStore } from '../kernel/files.ts'
import { type CommandContext, UsageError } from './command.ts'
import { CommandError } from './command-error.ts'
import { pathOf } from './values.ts'

/** The path of a .torrent. @throws UsageError for a magnet link, which this Shoal cannot follow yet */
export function torrentPath(text: string, workingDirectory: string): string {
  if (/^magnet:/i.test(text))
    throw new UsageError('Magnet links cannot be followed by this version of Shoal; give a .torrent file.')
  if (/^https?:/i.test(text))
    throw new UsageError('Shoal takes a .torrent file, no web address; fetch the file first and name its path.')
  return pathOf(text, workingDirectory)
}

/** @throws UsageError, TorrentsError, MetainfoError */
export function openTorrent(context: CommandContext, files: FileStore, text: string): Promise<TorrentFile> {
  return readTorrentFile(files, torrentPath(text, context.workingDirectory), context.system.platform)
}

/** A folder that must be there already. @throws CommandError NOT_FOUND */
export async function requireFolder(files: FileStore, path: string): Promise<void> {
  const real = await files.realPath(path).catch(() => undefined)
  const stat = real === undefined ? undefined : await files.stat(real)
  if (stat?.kind === 'directory') return
  throw new CommandError({ code: 'NOT_FOUND', path }, `There is no folder ${path}; name the one that holds the files.`)
}

/** The torrent that a command is about, as it is named on the line. */
import { type Magnet, parseMagnet } from '../codec/magnet.ts'
import { readTorrentFile, type TorrentFile } from '../engine/torrents/torrent-file.ts'
import type { FileStore } from '../kernel/files.ts'
import { type CommandContext, UsageError } from './command.ts'
import { CommandError } from './command-error.ts'
import { pathOf } from './values.ts'

/** What a line names: a .torrent that was read, or a magnet link that was. */
export type NamedSource =
  | { readonly kind: 'torrent'; readonly torrent: TorrentFile }
  | { readonly kind: 'magnet'; readonly magnet: Magnet; readonly link: string }

export function isMagnet(text: string): boolean {
  return /^\s*magnet:/i.test(text)
}

/** The path of a .torrent. @throws UsageError where something else is named */
export function torrentPath(text: string, workingDirectory: string): string {
  if (isMagnet(text)) throw new UsageError('A .torrent file is needed here; a magnet link is not enough.')
  if (/^https?:/i.test(text))
    throw new UsageError(
      'Shoal takes a .torrent file or a magnet link, no web address; fetch the file first and name it.',
    )
  return pathOf(text, workingDirectory)
}

/** @throws UsageError, TorrentsError, MetainfoError */
export function openTorrent(context: CommandContext, files: FileStore, text: string): Promise<TorrentFile> {
  return readTorrentFile(files, torrentPath(text, context.workingDirectory), context.system.platform)
}

/** @throws UsageError, TorrentsError, MetainfoError, MagnetError */
export async function openSource(context: CommandContext, files: FileStore, text: string): Promise<NamedSource> {
  if (isMagnet(text)) return { kind: 'magnet', magnet: parseMagnet(text), link: text.trim() }
  return { kind: 'torrent', torrent: await openTorrent(context, files, text) }
}

/** A folder that must be there already. @throws CommandError NOT_FOUND */
export async function requireFolder(files: FileStore, path: string): Promise<void> {
  const real = await files.realPath(path).catch(() => undefined)
  const stat = real === undefined ? undefined : await files.stat(real)
  if (stat?.kind === 'directory') return
  throw new CommandError({ code: 'NOT_FOUND', path }, `There is no folder ${path}; name the one that holds the files.`)
}

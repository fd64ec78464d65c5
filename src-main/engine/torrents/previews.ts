/** What an add dialog shows of a .torrent or a magnet link before anything is written. */
import type { TorrentPreview } from '#shared/contract/torrents.ts'
import type { Magnet } from '../../codec/magnet.ts'
import { toHex } from '../../kernel/bytes.ts'
import { shownFiles } from '../../torrent/file-selection.ts'
import type { MetainfoFile } from '../../torrent/metainfo/metainfo.ts'
import { linkId } from '../publishing/torrent-pointer.ts'
import type { TorrentFile } from './torrent-file.ts'

const MAX_PREVIEW_FILES = 2_000
const MAX_PREVIEW_TRACKERS = 200

/** @param has whether a torrent is in the list */
export function torrentPreview({ metainfo }: TorrentFile, has: (id: string) => boolean): TorrentPreview {
  const shown = shownFiles(metainfo)
  const id = toHex(metainfo.infoHash)
  return {
    kind: 'torrent',
    id,
    name: metainfo.name,
    size: metainfo.totalLength,
    pieceLength: metainfo.pieceLength,
    pieces: metainfo.pieceCount,
    private: metainfo.private,
    comment: metainfo.comment,
    trackers: metainfo.trackers.flat().slice(0, MAX_PREVIEW_TRACKERS),
    files: shown.slice(0, MAX_PREVIEW_FILES).map((index) => {
      const { path, length } = metainfo.files[index] as MetainfoFile
      return { path: path.join('/'), size: length }
    }),
    fileCount: shown.length,
    renamed: metainfo.renamed,
    present: has(id),
  }
}

/** @param follows whether a link is followed already (BEP 46) */
export function magnetPreview(
  { infoHash, mutable, name, trackers }: Magnet,
  has: (id: string) => boolean,
  follows: (mutable: NonNullable<Magnet['mutable']>) => boolean,
): TorrentPreview {
  const id = infoHash && toHex(infoHash)
  const unknown = {
    size: 0,
    pieceLength: 0,
    pieces: 0,
    private: false,
    comment: '',
    files: [],
    fileCount: 0,
    renamed: 0,
  }
  return {
    kind: id === undefined ? 'mutable' : 'magnet',
    ...(id === undefined ? {} : { id }),
    name: name || id || (mutable ? linkId(mutable).slice(0, 16) : ''),
    ...unknown,
    trackers: trackers.slice(0, MAX_PREVIEW_TRACKERS),
    present: id === undefined ? mutable !== undefined && follows(mutable) : has(id),
  }
}

/** What a magnet becomes once its info dictionary is there. Pure. */
import { createHash } from 'node:crypto'
import { BencodeError } from '../../codec/bencode-error.ts'
import { scanBencode } from '../../codec/bencode-scan.ts'
import type { Magnet } from '../../codec/magnet.ts'
import { bytesEqual, toHex } from '../../kernel/bytes.ts'
import type { FileSelection } from '../../torrent/file-selection.ts'
import type { OriginatedPeer } from '../../torrent/metadata/metadata-swarm-options.ts'
import { MetainfoError } from '../../torrent/metainfo/metainfo-error.ts'
import { MAX_TORRENT_FILE_BYTES, parseMetainfo } from '../../torrent/metainfo/parse.ts'
import { MAX_TRACKERS } from '../../torrent/metainfo/tracker-urls.ts'
import { withTrackers, wrapInfo } from '../../torrent/metainfo/wrap-info.ts'
import { choiceOf, linkedFiles } from './file-choice.ts'
import type { TorrentFile } from './torrent-file.ts'
import { TorrentsError } from './torrents-error.ts'

/**
 * The .torrent of a magnet: its info bytes untouched, its trackers each in a tier of its own, its web seeds. Checked like
 * one from anywhere. @throws TorrentsError WRONG_METADATA, UNUSABLE_METADATA
 */
export function adoptedTorrent(
  infoHash: Uint8Array,
  info: Uint8Array,
  { trackers, webSeeds }: Magnet,
  platform: NodeJS.Platform,
): TorrentFile {
  if (!bytesEqual(createHash('sha1').update(info).digest(), infoHash))
    throw new TorrentsError({ code: 'WRONG_METADATA', id: toHex(infoHash) })
  try {
    // By itself first: what stands behind its end must not become entries of the .torrent.
    scanBencode(info)
    const bytes = wrapInfo(info, { trackers: trackers.map((url) => [url]), webSeeds })
    return { bytes, metainfo: parseMetainfo(bytes, { platform }) }
  } catch (error) {
    throw new TorrentsError({ code: 'UNUSABLE_METADATA', reason: reasonOf(error) }, { cause: error })
  }
}

/** @throws what is no word on the metadata */
function reasonOf(error: unknown): string {
  if (error instanceof BencodeError) return 'Its description is damaged; look for another link to the same content.'
  if (error instanceof MetainfoError) return error.message
  throw error
}

/** Which files are wanted: as the person chose when adding the link, else as the link says. */
export function adoptedSelection(
  metainfo: TorrentFile['metainfo'],
  chosen: Uint8Array | undefined,
  { files }: Magnet,
): FileSelection | undefined {
  return chosen ? choiceOf(metainfo, chosen) : linkedFiles(metainfo, files)
}

/** Peers that go over to the torrent: of a private one only those from trackers, from people, and that came to us (BEP 27). */
export function carriedPeers(peers: readonly OriginatedPeer[], isPrivate: boolean): readonly OriginatedPeer[] {
  if (!isPrivate) return peers
  return peers.filter(({ origin }) => origin === 'tracker' || origin === 'given' || origin === 'incoming')
}

/** The .torrent with the trackers that it does not know yet, each in a tier of its own; undefined where there are none. */
export function withFurtherTrackers(
  { bytes, metainfo }: TorrentFile,
  trackers: readonly string[],
): { readonly bytes: Uint8Array; readonly trackers: readonly (readonly string[])[] } | undefined {
  const known = new Set(metainfo.trackers.flat())
  const fresh = [...new Set(trackers)].filter((url) => !known.has(url)).slice(0, MAX_TRACKERS - known.size)
  if (fresh.length === 0) return undefined
  const tiers = [...metainfo.trackers, ...fresh.map((url) => [url])]
  const extended = withTrackers(bytes, tiers)
  return extended.length > MAX_TORRENT_FILE_BYTES ? undefined : { bytes: extended, trackers: tiers }
}

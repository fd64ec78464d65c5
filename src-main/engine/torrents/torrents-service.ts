/** The service `torrents`: calls of the contract turned into calls of the list and of the creations. */
import { dirname } from 'node:path'
import type { HandlersOf } from '#shared/contract/service.ts'
import type { TorrentPreview, TorrentSource, torrents as torrentsContract } from '#shared/contract/torrents.ts'
import { toHex } from '../../kernel/bytes.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { FileStore } from '../../kernel/files.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { Random } from '../../kernel/random.ts'
import { parseMetainfo } from '../../torrent/metainfo/parse.ts'
import type { Creations } from './creations.ts'
import { type RowContext, torrentDetail, torrentRow } from './rows.ts'
import { readTorrentFile, type TorrentFile, writeTorrentFile } from './torrent-file.ts'
import type { TorrentList } from './torrent-list.ts'
import { TorrentsError } from './torrents-error.ts'

const MAX_PREVIEW_FILES = 2_000
const MAX_PREVIEW_TRACKERS = 200

export interface TorrentsServiceParts {
  readonly list: TorrentList
  readonly creations: Creations
  readonly files: FileStore
  readonly random: Random
  readonly clock: Clock
  readonly platform: NodeJS.Platform
  readonly online: () => boolean
}

export function torrentsService(parts: TorrentsServiceParts): HandlersOf<typeof torrentsContract> {
  const { list, creations, files, random, platform } = parts
  const context = (): RowContext => ({ now: parts.clock.now(), online: parts.online() })
  const open = (source: TorrentSource) => openSource(source, files, platform)
  return {
    preview: async ({ source }) => previewOf(await open(source), list),
    add: async ({ source, directory, paused, useExisting, peers }) => {
      const torrent = await open(source)
      const endpoints = peers.map(parseEndpoint)
      return { id: await list.add({ torrent, directory, paused, useExisting, peers: endpoints }) }
    },
    addPeers: async ({ id, peers }) => {
      list.get(id).addPeers(peers.map(parseEndpoint))
      return undefined
    },
    pause: async ({ id }) => {
      await list.get(id).pause()
      return undefined
    },
    resume: async ({ id }) => {
      await list.get(id).resume()
      return undefined
    },
    recheck: async ({ id }) => {
      await list.get(id).recheck()
      return undefined
    },
    remove: async ({ id, data }) => {
      await list.remove(id, data === 'trash')
      return undefined
    },
    create: async (options) => ({ id: creations.start(options) }),
    cancelCreation: async ({ id }) => {
      await creations.cancel(id)
      return undefined
    },
    saveCreation: async ({ id, file }) => {
      refuseOtherNames(file)
      await writeTorrentFile(files, random, file, creations.ready(id).torrentBytes)
      return undefined
    },
    seedCreation: async ({ id }) => {
      const { torrentBytes, metainfo, plan } = creations.ready(id)
      const seeded = await list.seedComplete({ bytes: torrentBytes, metainfo }, dirname(plan.root))
      creations.forget(id)
      return { id: seeded }
    },
    saveTorrentFile: async ({ id, file }) => {
      refuseOtherNames(file)
      await writeTorrentFile(files, random, file, list.torrentBytes(id))
      return undefined
    },
    rows: {
      read: () => list.all().map((session) => torrentRow(session, context())),
      watch: (_args, changed) => list.watchers.add(changed),
    },
    detail: {
      read: ({ id }) => [torrentDetail(list.get(id), context())],
      watch: (_args, changed) => list.watchers.add(changed),
    },
    creations: {
      read: () => creations.rows(),
      watch: (_args, changed) => creations.watchers.add(changed),
    },
  }
}

/** So that no caller of the contract, a compromised page included, can replace a file of another kind. */
function refuseOtherNames(path: string): void {
  if (!path.toLowerCase().endsWith('.torrent')) throw new TorrentsError({ code: 'NOT_A_TORRENT_NAME', path })
}

async function openSource(source: TorrentSource, files: FileStore, platform: NodeJS.Platform): Promise<TorrentFile> {
  if ('path' in source) return readTorrentFile(files, source.path, platform)
  return { bytes: source.bytes, metainfo: parseMetainfo(source.bytes, { platform }) }
}

function previewOf({ metainfo }: TorrentFile, list: TorrentList): TorrentPreview {
  const shown = metainfo.files.filter(({ padding }) => !padding)
  const id = toHex(metainfo.infoHash)
  return {
    id,
    name: metainfo.name,
    size: metainfo.totalLength,
    pieceLength: metainfo.pieceLength,
    pieces: metainfo.pieceCount,
    private: metainfo.private,
    comment: metainfo.comment,
    trackers: metainfo.trackers.flat().slice(0, MAX_PREVIEW_TRACKERS),
    files: shown.slice(0, MAX_PREVIEW_FILES).map(({ path, length }) => ({ path: path.join('/'), size: length })),
    fileCount: shown.length,
    renamed: metainfo.renamed,
    present: list.has(id),
  }
}

/** `192.0.2.7:6881` or `[2001:db8::7]:6881`. @throws TorrentsError BAD_ENDPOINT */
function parseEndpoint(text: string): Endpoint {
  const match = /^(?:\[([0-9a-f:.]+)\]|(\d{1,3}(?:\.\d{1,3}){3})):(\d{1,5})$/i.exec(text)
  const port = Number(match?.[3])
  if (!match || port < 1 || port > 65_535) throw new TorrentsError({ code: 'BAD_ENDPOINT', text })
  return { host: (match[1] ?? match[2]) as string, port }
}

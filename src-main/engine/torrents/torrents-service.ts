/** The service `torrents`: calls of the contract turned into calls of the list and of the creations. */
import { dirname, isAbsolute } from 'node:path'
import type { HandlersOf } from '#shared/contract/service.ts'
import type {
  TorrentDetail,
  TorrentRow,
  TorrentSource,
  torrents as torrentsContract,
} from '#shared/contract/torrents.ts'
import { type Magnet, parseMagnet } from '../../codec/magnet.ts'
import { toHex } from '../../kernel/bytes.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { FileStore } from '../../kernel/files.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { Random } from '../../kernel/random.ts'
import { parseMetainfo } from '../../torrent/metainfo/parse.ts'
import type { Publications } from '../publishing/publications.ts'
import type { Subscriptions } from '../publishing/subscriptions.ts'
import type { Creations } from './creations.ts'
import { chosenAmongFirst, chosenFiles } from './file-choice.ts'
import { magnetDetail, magnetRow } from './magnet-rows.ts'
import { magnetPreview, torrentPreview } from './previews.ts'
import { type RowContext, torrentDetail, torrentRow } from './rows.ts'
import { readTorrentFile, type TorrentFile, writeTorrentFile } from './torrent-file.ts'
import type { Addition, ListEntry, TorrentList } from './torrent-list.ts'
import { TorrentsError } from './torrents-error.ts'

export interface TorrentsServiceParts {
  readonly list: TorrentList
  readonly creations: Creations
  readonly publications: Publications
  readonly subscriptions: Subscriptions
  readonly files: FileStore
  readonly random: Random
  readonly clock: Clock
  readonly platform: NodeJS.Platform
  readonly online: () => boolean
}

export function torrentsService(parts: TorrentsServiceParts): HandlersOf<typeof torrentsContract> {
  const { list, subscriptions, files, random, platform } = parts
  return {
    preview: async ({ source }) => {
      const has = (id: string) => list.has(id)
      if (!('magnet' in source)) return torrentPreview(await openTorrent(source, files, platform), has)
      return magnetPreview(parseMagnet(source.magnet), has, (mutable) => subscriptions.has(mutable))
    },
    add: async ({ source, directory, paused, useExisting, peers, files: wanted }) => {
      const where = { directory, paused, useExisting, peers: peers.map(parseEndpoint), wanted }
      if ('magnet' in source) return addMagnet(parseMagnet(source.magnet), where, parts)
      return { id: await list.add({ torrent: await openTorrent(source, files, platform), ...where }) }
    },
    selectFiles: async ({ id, files: wanted, upTo }) => {
      const session = list.get(id)
      const { metainfo, selection } = session
      session.select(
        upTo === undefined ? chosenFiles(metainfo, wanted) : chosenAmongFirst(metainfo, wanted, upTo, selection),
      )
      return undefined
    },
    magnet: async ({ id }) => ({ magnet: list.magnetOf(id) }),
    ...creationCalls(parts),
    ...publishingCalls(parts),
    ...feeds(parts),
    addPeers: async ({ id, peers }) => {
      list.entry(id).addPeers(peers.map(parseEndpoint))
      return undefined
    },
    pause: async ({ id }) => {
      await list.entry(id).pause()
      return undefined
    },
    resume: async ({ id }) => {
      await list.entry(id).resume()
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
    saveTorrentFile: async ({ id, file }) => {
      refuseOtherNames(file)
      await writeTorrentFile(files, random, file, list.torrentBytes(id))
      return undefined
    },
  }
}

type Handlers = HandlersOf<typeof torrentsContract>
type CreationCalls = 'create' | 'cancelCreation' | 'saveCreation' | 'seedCreation'
type Feeds = 'rows' | 'detail' | 'creations' | 'publications' | 'subscriptions'

function creationCalls({ list, creations, files, random }: TorrentsServiceParts): Pick<Handlers, CreationCalls> {
  return {
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
  }
}

function feeds(parts: TorrentsServiceParts): Pick<Handlers, Feeds> {
  const { list, creations, publications, subscriptions, clock } = parts
  const context = (): RowContext => ({ now: clock.now(), wallTime: clock.wallTime(), online: parts.online() })
  return {
    rows: {
      read: () => {
        const now = context()
        return list.entries().map((entry) => rowOf(entry, now))
      },
      watch: (_args, changed) => list.watchers.add(changed),
    },
    detail: {
      read: ({ id }) => [detailOf(list.entry(id), context())],
      watch: (_args, changed) => list.watchers.add(changed),
    },
    creations: {
      read: () => creations.rows(),
      watch: (_args, changed) => creations.watchers.add(changed),
    },
    publications: {
      read: () => publications.rows(),
      watch: (_args, changed) => publications.watchers.add(changed),
    },
    subscriptions: {
      read: () => subscriptions.rows(),
      watch: (_args, changed) => subscriptions.watchers.add(changed),
    },
  }
}

/** @throws TorrentsError */
function addMagnet(
  magnet: Magnet,
  where: Omit<Addition, 'torrent'>,
  { list, subscriptions }: TorrentsServiceParts,
): { readonly id?: string; readonly subscription?: string } {
  const { infoHash, mutable } = magnet
  if (!isAbsolute(where.directory)) throw new TorrentsError({ code: 'NOT_ABSOLUTE', path: where.directory })
  const subscription = mutable && subscriptions.add({ ...magnet, mutable }, where)
  const followed = subscription === undefined ? {} : { subscription }
  if (!infoHash) return followed
  // A link that is both may be followed though its present torrent is in the list.
  if (mutable && list.has(toHex(infoHash))) return { id: toHex(infoHash), ...followed }
  return { id: list.addMagnet({ magnet: { ...magnet, infoHash }, ...where }), ...followed }
}

type PublishingCalls = 'publish' | 'unpublish' | 'unsubscribe' | 'checkSubscription'

function publishingCalls({ list, publications, subscriptions }: TorrentsServiceParts): Pick<Handlers, PublishingCalls> {
  return {
    publish: async ({ id, under }) => {
      const { infoHash, name, private: isPrivate } = list.get(id).metainfo
      if (isPrivate) throw new TorrentsError({ code: 'PRIVATE_TORRENT', id, name })
      const published = { infoHash, name }
      const row =
        'name' in under ? publications.create(under.name, published) : publications.change(under.publication, published)
      return { publication: row.id, magnet: row.magnet }
    },
    unpublish: async ({ publication }) => {
      publications.remove(publication)
      return undefined
    },
    unsubscribe: async ({ publication }) => {
      subscriptions.remove(publication)
      return undefined
    },
    checkSubscription: async ({ publication }) => {
      subscriptions.check(publication)
      return undefined
    },
  }
}

function rowOf(entry: ListEntry, context: RowContext): TorrentRow {
  return entry.kind === 'magnet' ? magnetRow(entry, context) : torrentRow(entry, context)
}

function detailOf(entry: ListEntry, context: RowContext): TorrentDetail {
  return entry.kind === 'magnet' ? magnetDetail(entry, context) : torrentDetail(entry, context)
}

/** So that no caller of the contract, a compromised page included, can replace a file of another kind. */
function refuseOtherNames(path: string): void {
  if (!path.toLowerCase().endsWith('.torrent')) throw new TorrentsError({ code: 'NOT_A_TORRENT_NAME', path })
}

async function openTorrent(
  source: Exclude<TorrentSource, { magnet: string }>,
  files: FileStore,
  platform: NodeJS.Platform,
): Promise<TorrentFile> {
  if ('path' in source) return readTorrentFile(files, source.path, platform)
  return { bytes: source.bytes, metainfo: parseMetainfo(source.bytes, { platform }) }
}

/** `192.0.2.7:6881` or `[2001:db8::7]:6881`. @throws TorrentsError BAD_ENDPOINT */
function parseEndpoint(text: string): Endpoint {
  const match = /^(?:\[([0-9a-f:.]+)\]|(\d{1,3}(?:\.\d{1,3}){3})):(\d{1,5})$/i.exec(text)
  const port = Number(match?.[3])
  if (!match || port < 1 || port > 65_535) throw new TorrentsError({ code: 'BAD_ENDPOINT', text })
  return { host: (match[1] ?? match[2]) as string, port }
}

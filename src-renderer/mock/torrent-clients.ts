/** The service `torrents` of the mock: lists in memory that change as its calls say. */
import type { FeedListener } from '#shared/contract/service.ts'
import { ClientError } from '../client/client-error.ts'
import type {
  CreationRow,
  PublicationRow,
  SubscriptionRow,
  TorrentDetail,
  TorrentRow,
  TorrentSource,
} from '../client/types.ts'
import { generateDetail, MOCK_MAGNET_PREVIEW, MOCK_PREVIEW } from './generate.ts'
import type { Call, MockOptions } from './mock-clients.ts'
import { sampleHash, sampleMagnet, samplePublication, sampleRow, sampleSubscription } from './sample.ts'
import { Source } from './source.ts'

/** The lists of the service, which a test may change as well. */
export class TorrentLists {
  readonly rows: Source<TorrentRow>
  readonly creations = new Source<CreationRow>([])
  readonly publications: Source<PublicationRow>
  readonly subscriptions: Source<SubscriptionRow>
  /** Numbers of the files that are wanted, where some are not. */
  readonly wanted = new Map<string, readonly number[]>()
  private readonly details = new Map<string, Source<TorrentDetail>>()

  constructor({ rows = [], publications = [], subscriptions = [] }: MockOptions) {
    this.rows = new Source(rows)
    this.publications = new Source(publications)
    this.subscriptions = new Source(subscriptions)
  }

  detailOf(id: string): Source<TorrentDetail> {
    const known = this.details.get(id)
    if (known) return known
    const made = new Source<TorrentDetail>(this.detail(id))
    this.details.set(id, made)
    return made
  }

  select(id: string, files: readonly number[], upTo = Number.POSITIVE_INFINITY): void {
    const others = [...(this.wanted.get(id) ?? allFilesOf(this.detail(id)))].filter((file) => file >= upTo)
    this.wanted.set(id, [...files, ...others])
    this.detailOf(id).set(this.detail(id))
  }

  /** Sends the details again, made of the rows as they are now. */
  refreshDetails(): void {
    for (const [id, source] of this.details) source.set(this.detail(id))
  }

  private detail(id: string): TorrentDetail[] {
    const row = this.rows.all.find((one) => one.id === id)
    if (!row) return []
    const wanted = this.wanted.get(id)
    const detail = generateDetail(row)
    if (!wanted) return [detail]
    const chosen = new Set(wanted)
    const files = detail.files.map((file, index) => ({ ...file, wanted: chosen.has(index) }))
    return [{ ...detail, files, unlistedWanted: wanted.filter((file) => file >= files.length).length }]
  }

  change(id: string, changes: Partial<TorrentRow>): void {
    this.rows.set(this.rows.all.map((row) => (row.id === id ? { ...row, ...changes } : row)))
  }
}

export function torrentFeeds(lists: TorrentLists, options: MockOptions) {
  return {
    rows: (args: unknown, listener: FeedListener<TorrentRow>) => {
      if (options.list === 'loading') return () => {}
      if (options.list !== 'failed') return lists.rows.feed(args, listener)
      listener.failed({ code: 'NO_ENGINE', message: 'The engine does not answer. Try again, or start Shoal again.' })
      return () => {}
    },
    detail: ({ id }: { id: string }, listener: FeedListener<TorrentDetail>) =>
      lists.detailOf(id).feed({ id }, listener),
    creations: lists.creations.feed,
    publications: lists.publications.feed,
    subscriptions: lists.subscriptions.feed,
  }
}

function allFilesOf([detail]: readonly TorrentDetail[]): number[] {
  return [...Array(detail?.fileCount ?? 0).keys()]
}

interface AddArguments {
  readonly source: TorrentSource
  readonly directory: string
  readonly paused?: boolean
  readonly useExisting?: boolean
}

export function torrentCalls(call: Call, lists: TorrentLists, options: MockOptions) {
  const { rows } = lists
  const setState =
    (state: TorrentRow['state']) =>
    ({ id }: { id: string }): void =>
      lists.change(id, { state, reason: '', downRate: 0, upRate: 0 })
  return {
    preview: call('torrents.preview', ({ source }: { source: TorrentSource }) => previewOf(source, options)),
    add: call('torrents.add', (args: AddArguments) => add(args, lists, options)),
    selectFiles: call(
      'torrents.selectFiles',
      ({ id, files, upTo }: { id: string; files: readonly number[]; upTo?: number }) => lists.select(id, files, upTo),
    ),
    addPeers: call('torrents.addPeers', async () => undefined),
    magnet: call('torrents.magnet', ({ id }: { id: string }) => ({ magnet: sampleMagnet(id) })),
    pause: call('torrents.pause', setState('paused')),
    resume: call('torrents.resume', setState('downloading')),
    recheck: call('torrents.recheck', setState('checking')),
    remove: call('torrents.remove', ({ id }: { id: string }) => rows.set(rows.all.filter((row) => row.id !== id))),
    saveTorrentFile: call('torrents.saveTorrentFile', () => undefined),
    ...creationCalls(call, lists),
    ...linkCalls(call, lists),
  }
}

function creationCalls(call: Call, { creations, rows }: TorrentLists) {
  let next = 1
  return {
    create: call('torrents.create', ({ path }: { path: string }) => {
      const id = `creation ${next++}`
      creations.set([...creations.all, sampleCreation(id, path)])
      return { id }
    }),
    cancelCreation: call('torrents.cancelCreation', ({ id }: { id: string }) =>
      creations.set(creations.all.map((row) => (row.id === id ? { ...row, state: 'cancelled' as const } : row))),
    ),
    saveCreation: call('torrents.saveCreation', () => undefined),
    seedCreation: call('torrents.seedCreation', ({ id }: { id: string }) => {
      const made = creations.all.find((row) => row.id === id)
      const row = sampleRow(901, { name: made?.name ?? '', state: 'seeding', done: 1_000_000 })
      rows.set([...rows.all, row])
      return { id: row.id }
    }),
  }
}

function linkCalls(call: Call, { publications, subscriptions, rows }: TorrentLists) {
  return {
    publish: call(
      'torrents.publish',
      ({ id, under }: { id: string; under: { name: string } | { publication: string } }) => {
        const torrent = { torrent: id, torrentName: rows.all.find((row) => row.id === id)?.name ?? '' }
        const known = 'publication' in under ? publications.all.find((row) => row.id === under.publication) : undefined
        const row: PublicationRow = known
          ? { ...known, ...torrent, seq: known.seq + 1n, state: 'publishing' }
          : samplePublication(publications.all.length, {
              ...torrent,
              ...('name' in under ? under : {}),
              state: 'publishing',
              stored: 0,
              seq: 1n,
            })
        publications.set([...publications.all.filter((other) => other.id !== row.id), row])
        return { publication: row.id, magnet: row.magnet }
      },
    ),
    unpublish: call('torrents.unpublish', ({ publication }: { publication: string }) =>
      publications.set(publications.all.filter((row) => row.id !== publication)),
    ),
    unsubscribe: call('torrents.unsubscribe', ({ publication }: { publication: string }) =>
      subscriptions.set(subscriptions.all.filter((row) => row.id !== publication)),
    ),
    checkSubscription: call('torrents.checkSubscription', ({ publication }: { publication: string }) =>
      subscriptions.set(
        subscriptions.all.map((row) => (row.id === publication ? { ...row, state: 'looking' as const } : row)),
      ),
    ),
  }
}

const MUTABLE = 'xs=urn:btpk:'

function previewOf(source: TorrentSource, options: MockOptions) {
  if (!('magnet' in source)) return { ...MOCK_PREVIEW, ...options.preview }
  if (!source.magnet.includes(MUTABLE)) return { ...MOCK_MAGNET_PREVIEW, ...options.preview }
  const { id: _, ...rest } = MOCK_MAGNET_PREVIEW
  return { ...rest, kind: 'mutable' as const, name: 'Field recordings, every month', trackers: [], ...options.preview }
}

function add({ source, directory, paused, useExisting }: AddArguments, lists: TorrentLists, options: MockOptions) {
  const refusal = options.failures?.['torrents.add unless useExisting']
  if (refusal && !useExisting) throw new ClientError(refusal.code, refusal.message)
  const preview = previewOf(source, options)
  if (preview.kind === 'mutable') {
    const row = sampleSubscription(900, { name: preview.name, directory, state: 'looking' })
    lists.subscriptions.set([...lists.subscriptions.all, row])
    return { subscription: row.id }
  }
  const { id = sampleHash(900), name, size } = preview
  const started = preview.kind === 'magnet' ? 'fetching-metadata' : 'downloading'
  const metadata = { since: Date.now(), asking: ['DHT'], known: 0, connecting: 0, connected: 0, serving: 0 }
  const row = sampleRow(900, {
    id,
    name,
    size,
    selected: size,
    done: 0,
    directory,
    state: paused ? 'paused' : started,
    ...(preview.kind === 'magnet' ? { metadata: { ...metadata, size: 0, received: 0 } } : {}),
  })
  lists.rows.set([...lists.rows.all, row])
  return { id }
}

export function sampleCreation(id: string, path: string, changes: Partial<CreationRow> = {}): CreationRow {
  return {
    id,
    path,
    name: path.slice(path.lastIndexOf('/') + 1),
    state: 'scanning',
    files: 31,
    size: 4_812_331_008,
    hashed: 0,
    rate: 0,
    pieceLength: 4_194_304,
    pieces: 1_148,
    infoHash: sampleHash(901),
    skipped: 0,
    error: '',
    ...changes,
  }
}

/** One second on: what runs has come further. */
export function tick({ rows, creations }: TorrentLists): void {
  rows.set(rows.all.map((row) => (row.state === 'downloading' ? grown(row) : row)))
  if (creations.all.some((row) => row.state === 'scanning' || row.state === 'hashing'))
    creations.set(creations.all.map(hashedOn))
}

function grown(row: TorrentRow): TorrentRow {
  if (row.downRate === 0) return row
  const done = Math.min(row.size, row.done + row.downRate)
  if (done === row.size) return { ...row, done, downRate: 0, state: 'seeding' }
  return { ...row, done, downloaded: row.downloaded + row.downRate, timeLeft: (row.size - done) / row.downRate }
}

function hashedOn(row: CreationRow): CreationRow {
  if (row.state === 'scanning') return { ...row, state: 'hashing', rate: 612_000_000 }
  if (row.state !== 'hashing') return row
  const hashed = Math.min(row.size, row.hashed + row.rate)
  return hashed === row.size
    ? { ...row, hashed, state: 'ready' }
    : { ...row, hashed, timeLeft: (row.size - hashed) / row.rate }
}

/**
 * Clients that stand in for the app: an engine of a few lines that keeps its lists in memory. For the mock page and the
 * tests only; nothing of it is in the app's bundle. Time passes only when `tick` is called.
 */
import type { Clients } from '#shared/contract/index.ts'
import type { FeedListener } from '#shared/contract/service.ts'
import { ClientError } from '../client/client-error.ts'
import type { AppStatus, CreationRow, Settings, TorrentPreview, TorrentRow } from '../client/types.ts'
import { generateDetail, MOCK_PREVIEW } from './generate.ts'
import { type MockOverlays, mockOverlays, type OverlayOptions } from './mock-overlays.ts'
import { type MockPeers, mockPeers, type PeerOptions } from './mock-peers.ts'
import { sampleHash, sampleRow } from './sample.ts'
import { Source } from './source.ts'

export interface MockOptions extends OverlayOptions, PeerOptions {
  readonly rows?: readonly TorrentRow[]
  readonly settings?: Partial<Settings>
  readonly status?: Partial<AppStatus>
  readonly preview?: Partial<TorrentPreview>
  /** The list never arrives, or its feed fails. */
  readonly list?: 'ready' | 'loading' | 'failed'
  /** Calls that fail, as `service.call`, with the error they fail with. */
  readonly failures?: Readonly<Record<string, { code: string; message: string }>>
  readonly folder?: { free: number; writable: boolean }
  /** What the platform's dialogs answer. */
  readonly chosen?: string | undefined
  readonly opened?: readonly string[]
}

export interface Mock {
  readonly clients: Clients
  /** Every call so far, as `service.call` with its arguments. */
  readonly calls: readonly (readonly [name: string, args: unknown])[]
  readonly rows: Source<TorrentRow>
  readonly creations: Source<CreationRow>
  readonly overlays: MockOverlays
  readonly peers: MockPeers
  /** Lets one second pass: what runs goes on. */
  tick(): void
}

const USUAL_SETTINGS: Settings = {
  downloadDirectory: '/home/ada/Downloads',
  networkConsent: 'granted',
  welcomeDone: true,
  listenPort: 0,
  maxConnections: 200,
  maxConnectionsPerTorrent: 50,
  uploadSlots: 5,
  dht: 'auto',
  bootstrapNodes: ['router.bittorrent.com:6881', 'dht.transmissionbt.com:6881', 'router.utorrent.com:6881'],
  dhtBucketSize: 8,
  dhtParallelism: 4,
  localDiscovery: true,
  peerExchange: true,
  theme: 'system',
  density: 'compact',
}

const USUAL_STATUS: AppStatus = {
  downRate: 8_412_000,
  upRate: 1_210_400,
  torrents: 0,
  connections: 84,
  listening: '0.0.0.0:51413',
  network: 'online',
  notice: '',
  warning: '',
  dht: { state: 'joined', nodes: 312, serving: true },
  chain: 'not-running',
}

export function createMock(options: MockOptions = {}): Mock {
  const rows = new Source<TorrentRow>(options.rows ?? [])
  const creations = new Source<CreationRow>([])
  const settings = new Source<Settings>([{ ...USUAL_SETTINGS, ...options.settings }])
  const calls: [string, unknown][] = []
  /** Notes the call; fails where it should, else does `act`. */
  const call =
    <Args, Result>(name: string, act: (args: Args) => Result) =>
    async (args?: Args): Promise<Result> => {
      calls.push([name, args])
      const failure = options.failures?.[name]
      if (failure) throw new ClientError(failure.code, failure.message)
      return act(args as Args)
    }
  const torrents = torrentCalls(call, rows, creations, options)
  const overlays = mockOverlays(call, options)
  const peers = mockPeers(call, options)
  const clients = {
    overlays: overlays.client,
    peers: peers.client,
    torrents: { ...torrents, ...listFeeds(rows, creations, options) },
    settings: {
      get: call('settings.get', () => settings.all[0]),
      set: call('settings.set', (changes: Partial<Settings>) => {
        const next = { ...USUAL_SETTINGS, ...settings.all[0], ...changes }
        settings.set([next])
        return next
      }),
      values: settings.feed,
    },
    app: {
      ...appCalls(call, options),
      status: new Source<AppStatus>([{ ...USUAL_STATUS, ...options.status }]).feed,
      opened: new Source([{ count: options.opened?.length ?? 0 }]).feed,
    },
  }
  return {
    clients: clients as unknown as Clients,
    calls,
    rows,
    creations,
    overlays: overlays.mock,
    peers: peers.mock,
    tick: () => {
      tick(rows, creations)
      overlays.mock.tick()
    },
  }
}

export type Call = <Args, Result>(name: string, act: (args: Args) => Result) => (args?: Args) => Promise<Result>

function listFeeds(rows: Source<TorrentRow>, creations: Source<CreationRow>, options: MockOptions) {
  return {
    rows: (args: unknown, listener: FeedListener<TorrentRow>) => {
      if (options.list === 'loading') return () => {}
      if (options.list !== 'failed') return rows.feed(args, listener)
      listener.failed({ code: 'NO_ENGINE', message: 'The engine does not answer. Try again, or start Shoal again.' })
      return () => {}
    },
    detail: ({ id }: { id: string }, listener: FeedListener<unknown>) => {
      const row = rows.all.find((one) => one.id === id)
      if (row) listener.next([generateDetail(row)])
      return () => {}
    },
    creations: creations.feed,
  }
}

function torrentCalls(call: Call, rows: Source<TorrentRow>, creations: Source<CreationRow>, options: MockOptions) {
  const setState =
    (state: TorrentRow['state']) =>
    ({ id }: { id: string }): void =>
      rows.set(rows.all.map((row) => (row.id === id ? { ...row, state, reason: '', downRate: 0, upRate: 0 } : row)))
  const add = (row: TorrentRow): { id: string } => {
    rows.set([...rows.all, row])
    return { id: row.id }
  }
  let next = 1
  return {
    preview: call('torrents.preview', () => ({ ...MOCK_PREVIEW, ...options.preview })),
    add: call('torrents.add', ({ paused, useExisting }: { paused?: boolean; useExisting?: boolean }) => {
      if (options.failures?.['torrents.add unless useExisting'] && !useExisting) {
        const { code, message } = options.failures['torrents.add unless useExisting']
        throw new ClientError(code, message)
      }
      const { id, name, size } = { ...MOCK_PREVIEW, ...options.preview }
      return add(sampleRow(900, { id, name, size, done: 0, state: paused ? 'paused' : 'downloading' }))
    }),
    addPeers: call('torrents.addPeers', async () => undefined),
    pause: call('torrents.pause', setState('paused')),
    resume: call('torrents.resume', setState('downloading')),
    recheck: call('torrents.recheck', setState('checking')),
    remove: call('torrents.remove', ({ id }: { id: string }) => rows.set(rows.all.filter((row) => row.id !== id))),
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
      return add(sampleRow(901, { name: made?.name ?? '', state: 'seeding', done: 1_000_000 }))
    }),
    saveTorrentFile: call('torrents.saveTorrentFile', () => undefined),
  }
}

function appCalls(call: Call, options: MockOptions) {
  const choose = (name: string, path: string) =>
    call(name, () => ('chosen' in options ? (options.chosen === undefined ? {} : { path: options.chosen }) : { path }))
  return {
    info: call('app.info', () => ({
      version: '0.1.0',
      profile: '/home/ada/.config/shoal',
      platform: 'linux',
      offline: false,
    })),
    inspectFolder: call('app.inspectFolder', () => options.folder ?? { free: 182_000_000_000, writable: true }),
    chooseFolder: choose('app.chooseFolder', '/home/ada/Music/River Ouse'),
    chooseFile: choose('app.chooseFile', '/home/ada/talk.mkv'),
    chooseTorrentFile: choose('app.chooseTorrentFile', '/home/ada/river-ouse.torrent'),
    chooseSavePath: choose('app.chooseSavePath', '/home/ada/River Ouse.torrent'),
    showTorrentFolder: call('app.showTorrentFolder', () => undefined),
    openProfile: call('app.openProfile', () => undefined),
    openExternal: call('app.openExternal', () => undefined),
    takeOpenedFiles: call('app.takeOpenedFiles', () => ({ paths: [...(options.opened ?? [])] })),
    quit: call('app.quit', () => undefined),
  }
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

function tick(rows: Source<TorrentRow>, creations: Source<CreationRow>): void {
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

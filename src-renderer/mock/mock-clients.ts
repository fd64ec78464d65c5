/**
 * Clients that stand in for the app: an engine of a few lines that keeps its lists in memory. For the mock page and the
 * tests only; nothing of it is in the app's bundle. Time passes only when `tick` is called.
 */
import type { Clients } from '#shared/contract/index.ts'
import { ClientError } from '../client/client-error.ts'
import type {
  AppStatus,
  CreationRow,
  PublicationRow,
  Settings,
  SubscriptionRow,
  TorrentPreview,
  TorrentRow,
} from '../client/types.ts'
import type { VaultClient } from '../client/vault.ts'
import { type ChainOptions, type MockChain, mockChain } from './mock-chain.ts'
import { type MockDemonstration, mockDemonstration } from './mock-demonstration.ts'
import { type LabOptions, type MockLab, mockLab } from './mock-lab.ts'
import { type MinerOptions, type MockMiner, mockMiner } from './mock-miner.ts'
import { type MockOverlays, mockOverlays, type OverlayOptions } from './mock-overlays.ts'
import { type MockPeers, mockPeers, type PeerOptions } from './mock-peers.ts'
import { mockVault } from './mock-vault.ts'
import { mockWallet } from './mock-wallet.ts'
import { Source } from './source.ts'
import { TorrentLists, tick, torrentCalls, torrentFeeds } from './torrent-clients.ts'
import type { MockWallet, WalletOptions } from './wallet-model.ts'

export interface MockOptions
  extends OverlayOptions,
    PeerOptions,
    ChainOptions,
    MinerOptions,
    LabOptions,
    WalletOptions {
  readonly rows?: readonly TorrentRow[]
  readonly publications?: readonly PublicationRow[]
  readonly subscriptions?: readonly SubscriptionRow[]
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
  /** Paths and magnet links that the system has handed over. */
  readonly opened?: readonly string[]
  readonly clipboard?: string
}

export interface Mock {
  readonly clients: Clients
  readonly vault: VaultClient
  /** Every call so far, as `service.call` with its arguments. */
  readonly calls: readonly (readonly [name: string, args: unknown])[]
  readonly rows: Source<TorrentRow>
  readonly creations: Source<CreationRow>
  readonly publications: Source<PublicationRow>
  readonly subscriptions: Source<SubscriptionRow>
  readonly overlays: MockOverlays
  readonly peers: MockPeers
  readonly chain: MockChain
  readonly miner: MockMiner
  readonly lab: MockLab
  readonly demonstration: MockDemonstration
  readonly wallet: MockWallet
  /** Sends the details of torrents again, made of the rows as they are now. */
  refreshDetails(): void
  /** Lets one second pass: what runs goes on. */
  tick(): void
}

/** Notes the call; fails where it should, else does `act`. */
export type Call = <Args, Result>(name: string, act: (args: Args) => Result) => (args?: Args) => Promise<Result>

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
  chord: 'on',
  chordVirtualNodes: 4,
  chordNodes: [],
  localDiscovery: true,
  peerExchange: true,
  network: 'main',
  chain: true,
  chainMode: 'archive',
  chainKeepBlocks: 288,
  chainListenPort: 9_533,
  chainPeers: [],
  minerThreads: 2,
  minerShare: 50,
  minerAddress: '',
  minerPausesOnBattery: true,
  minerPausesWhileActive: true,
  walletLockAfter: 10,
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
  offline: false,
  notice: '',
  warning: '',
  dht: { state: 'joined', nodes: 312, serving: true },
  chord: { state: 'member', places: 4 },
  chain: { state: 'synced', height: 4_312, headers: 4_312, peers: 9 },
  hashesPerSecond: 0,
}

export function createMock(options: MockOptions = {}): Mock {
  const lists = new TorrentLists(options)
  const calls: [string, unknown][] = []
  const call: Call =
    <Args, Result>(name: string, act: (args: Args) => Result) =>
    async (args?: Args): Promise<Result> => {
      calls.push([name, args])
      const failure = options.failures?.[name]
      if (failure) throw new ClientError(failure.code, failure.message)
      return act(args as Args)
    }
  const overlays = mockOverlays(call, options)
  const peers = mockPeers(call, options)
  const chain = mockChain(call, options)
  const miner = mockMiner(call, options, chain.mock)
  const lab = mockLab(call, options)
  const demonstration = mockDemonstration(call)
  const wallet = mockWallet(call, options)
  const clients = {
    overlays: overlays.client,
    peers: peers.client,
    chain: chain.client,
    miner: miner.client,
    lab: lab.client,
    demonstration: demonstration.client,
    wallet: wallet.client,
    torrents: { ...torrentCalls(call, lists, options), ...torrentFeeds(lists, options) },
    settings: settingsClient(call, options),
    app: appClient(call, options),
  }
  const { rows, creations, publications, subscriptions } = lists
  return {
    clients: clients as unknown as Clients,
    vault: mockVault(call, wallet.mock),
    calls,
    rows,
    creations,
    publications,
    subscriptions,
    overlays: overlays.mock,
    peers: peers.mock,
    chain: chain.mock,
    miner: miner.mock,
    lab: lab.mock,
    demonstration: demonstration.mock,
    wallet: wallet.mock,
    refreshDetails: () => lists.refreshDetails(),
    tick: () => {
      tick(lists)
      overlays.mock.tick()
      miner.mock.tick()
      lab.mock.tick()
    },
  }
}

function settingsClient(call: Call, options: MockOptions) {
  const settings = new Source<Settings>([{ ...USUAL_SETTINGS, ...options.settings }])
  return {
    get: call('settings.get', () => settings.all[0]),
    set: call('settings.set', (changes: Partial<Settings>) => {
      const next = { ...USUAL_SETTINGS, ...settings.all[0], ...changes }
      settings.set([next])
      return next
    }),
    values: settings.feed,
  }
}

const isMagnet = (opened: string): boolean => opened.startsWith('magnet:')

function appClient(call: Call, options: MockOptions) {
  const choose = (name: string, path: string) =>
    call(name, () => ('chosen' in options ? (options.chosen === undefined ? {} : { path: options.chosen }) : { path }))
  const opened = options.opened ?? []
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
    saveText: choose('app.saveText', '/home/ada/Documents/saved.txt'),
    showTorrentFolder: call('app.showTorrentFolder', () => undefined),
    openProfile: call('app.openProfile', () => undefined),
    openExternal: call('app.openExternal', () => undefined),
    takeOpened: call('app.takeOpened', () => ({
      paths: opened.filter((item) => !isMagnet(item)),
      magnets: opened.filter(isMagnet),
    })),
    readClipboard: call('app.readClipboard', () => ({ text: options.clipboard ?? '' })),
    quit: call('app.quit', () => undefined),
    status: new Source<AppStatus>([{ ...USUAL_STATUS, ...options.status }]).feed,
    opened: new Source([{ count: opened.length }]).feed,
  }
}

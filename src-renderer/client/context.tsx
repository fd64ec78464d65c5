/** Hands the clients to the views, so that a mock can stand in for the app. */
import { createContext, type ReactNode, useContext, useMemo, useSyncExternalStore } from 'react'
import type { Clients } from '#shared/contract/index.ts'
import type { FeedListener, Unsubscribe } from '#shared/contract/service.ts'
import { type FeedState, FeedStore } from './feed-store.ts'
import type {
  AppStatus,
  BanRow,
  BlockRow,
  ChainInfo,
  ChainPeerRow,
  ContactRow,
  CreationRow,
  DemonstrationPicture,
  HistoryRow,
  LabReport,
  LabRun,
  MempoolInfo,
  MinerStatus,
  OverlayState,
  PeerRow,
  PublicationRow,
  RingState,
  SearchState,
  Settings,
  StoredItemRow,
  SubscriptionRow,
  TorrentDetail,
  TorrentRow,
  WalletInfo,
} from './types.ts'
import type { VaultClient } from './vault.ts'
import { documentVisibility, type Visibility } from './visibility.ts'

/** Feeds kept for views that may come back, the idle ones dropped first. */
export const MAX_KEPT_FEEDS = 24

export interface Connection {
  readonly clients: Clients
  readonly vault: VaultClient
  /** The path of a dropped file or folder; empty where it has none. */
  pathForFile(file: File): string
}

interface Connected extends Connection {
  feed<Item>(key: string, open: (listener: FeedListener<Item>) => Unsubscribe): FeedStore<Item>
}

const ConnectionContext = createContext<Connected | undefined>(undefined)

function connect(connection: Connection, visibility: Visibility): Connected {
  const stores = new Map<string, FeedStore<unknown>>()
  return {
    clients: connection.clients,
    vault: connection.vault,
    pathForFile: (file) => connection.pathForFile(file),
    feed<Item>(key: string, open: (listener: FeedListener<Item>) => Unsubscribe) {
      const known = stores.get(key)
      if (known) return known as FeedStore<Item>
      for (const [old, store] of stores) if (stores.size >= MAX_KEPT_FEEDS && store.idle) stores.delete(old)
      const store = new FeedStore<Item>(open, visibility)
      stores.set(key, store as FeedStore<unknown>)
      return store
    },
  }
}

export function ConnectionProvider(props: {
  connection: Connection
  visibility?: Visibility
  children: ReactNode
}): ReactNode {
  const { connection, visibility } = props
  const connected = useMemo(() => connect(connection, visibility ?? documentVisibility()), [connection, visibility])
  return <ConnectionContext value={connected}>{props.children}</ConnectionContext>
}

function useConnected(): Connected {
  const connected = useContext(ConnectionContext)
  if (!connected) throw new Error('no connection: wrap the view in <ConnectionProvider>')
  return connected
}

export const useConnection = (): Connection => useConnected()
export const useClients = (): Clients => useConnected().clients
/** Passwords and words go this way and no other. */
export const useVault = (): VaultClient => useConnected().vault

export interface Feed<Item> {
  readonly state: FeedState<Item>
  retry(): void
}

function useFeed<Item>(key: string, open: (clients: Clients, listener: FeedListener<Item>) => Unsubscribe): Feed<Item> {
  const { feed, clients } = useConnected()
  const store = feed<Item>(key, (listener) => open(clients, listener))
  const state = useSyncExternalStore(store.listen, store.state)
  return { state, retry: store.retry }
}

export function useTorrentRows(): Feed<TorrentRow> {
  return useFeed('torrents.rows', (clients, listener) => clients.torrents.rows(undefined, listener))
}

export function useTorrentDetail(id: string): Feed<TorrentDetail> {
  return useFeed(`torrents.detail ${id}`, (clients, listener) => clients.torrents.detail({ id }, listener))
}

export function useCreations(): Feed<CreationRow> {
  return useFeed('torrents.creations', (clients, listener) => clients.torrents.creations(undefined, listener))
}

export function usePublications(): Feed<PublicationRow> {
  return useFeed('torrents.publications', (clients, listener) => clients.torrents.publications(undefined, listener))
}

export function useSubscriptions(): Feed<SubscriptionRow> {
  return useFeed('torrents.subscriptions', (clients, listener) => clients.torrents.subscriptions(undefined, listener))
}

export function useSettings(): Feed<Settings> {
  return useFeed('settings.values', (clients, listener) => clients.settings.values(undefined, listener))
}

export function useStatus(): Feed<AppStatus> {
  return useFeed('app.status', (clients, listener) => clients.app.status(undefined, listener))
}

export function useOpened(): Feed<{ readonly count: number }> {
  return useFeed('app.opened', (clients, listener) => clients.app.opened(undefined, listener))
}

export function usePeerRows(): Feed<PeerRow> {
  return useFeed('peers.connected', (clients, listener) => clients.peers.connected(undefined, listener))
}

export function useContactRows(): Feed<ContactRow> {
  return useFeed('peers.contacts', (clients, listener) => clients.peers.contacts(undefined, listener))
}

export function useBanRows(): Feed<BanRow> {
  return useFeed('peers.bans', (clients, listener) => clients.peers.bans(undefined, listener))
}

export function useOverlay(): Feed<OverlayState> {
  return useFeed('overlays.state', (clients, listener) => clients.overlays.state({}, listener))
}

export function useRing(): Feed<RingState> {
  return useFeed('overlays.ring', (clients, listener) => clients.overlays.ring(undefined, listener))
}

export function useStoredItems(overlay: SearchState['overlay']): Feed<StoredItemRow> {
  return useFeed(`overlays.items ${overlay}`, (clients, listener) => clients.overlays.items({ overlay }, listener))
}

export function useSearch(search: string): Feed<SearchState> {
  return useFeed(`overlays.search ${search}`, (clients, listener) => clients.overlays.search({ search }, listener))
}

export function useChainInfo(): Feed<ChainInfo> {
  return useFeed('chain.state', (clients, listener) => clients.chain.state(undefined, listener))
}

export function useRecentBlocks(): Feed<BlockRow> {
  return useFeed('chain.recentBlocks', (clients, listener) => clients.chain.recentBlocks(undefined, listener))
}

export function useMempool(): Feed<MempoolInfo> {
  return useFeed('chain.mempoolState', (clients, listener) => clients.chain.mempoolState(undefined, listener))
}

export function useMiner(): Feed<MinerStatus> {
  return useFeed('miner.state', (clients, listener) => clients.miner.state(undefined, listener))
}

export function useLabRuns(): Feed<LabRun> {
  return useFeed('lab.runs', (clients, listener) => clients.lab.runs(undefined, listener))
}

export function useLabReport(run: string): Feed<LabReport> {
  return useFeed(`lab.report ${run}`, (clients, listener) => clients.lab.report({ run }, listener))
}

export function useDemonstration(id: string): Feed<DemonstrationPicture> {
  return useFeed(`demonstration.picture ${id}`, (clients, listener) => clients.demonstration.picture({ id }, listener))
}

export function useChainPeers(): Feed<ChainPeerRow> {
  return useFeed('peers.chain', (clients, listener) => clients.peers.chain(undefined, listener))
}

export function useWalletInfo(): Feed<WalletInfo> {
  return useFeed('wallet.state', (clients, listener) => clients.wallet.state(undefined, listener))
}

/** The newest transactions of the wallet. */
export function useRecentHistory(): Feed<HistoryRow> {
  return useFeed('wallet.recent', (clients, listener) => clients.wallet.recent(undefined, listener))
}

/** The first item of a feed of one value, once it is there. */
export function firstOf<Item>(feed: Feed<Item>): Item | undefined {
  return feed.state.status === 'ready' ? feed.state.items[0] : undefined
}

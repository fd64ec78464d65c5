/** What the window shows: the page, the dialogs waiting for an answer, and which torrents are selected. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ChainMode, PublicationRow, SearchState, TorrentRow, TorrentSource } from '../client/types.ts'
import { back, FIRST_PLACE, forward, type Place, type Trail, visit } from '../explorer/chain/places.ts'
import { shortMagnet } from '../torrents/magnets.ts'
import { NOTHING_SELECTED, type Selection, selectOnly } from '../ui/table/selection.ts'
import type { WalletDialogRequest } from '../wallet/dialogs/requests.ts'

export const PAGES = ['torrents', 'peers', 'wallet', 'explorer', 'settings'] as const
export type Page = (typeof PAGES)[number]

/** What the Explorer lays open: the chain, the overlay that finds peers, small examples of it, and experiments with all. */
export const EXPLORER_PARTS = ['chain', 'overlay', 'example', 'lab'] as const
export type ExplorerPart = (typeof EXPLORER_PARTS)[number]

/** The parts of the overlay's page: our nodes, a search, what we keep for others. */
export const EXPLORER_VIEWS = ['node', 'search', 'items'] as const
export type ExplorerView = (typeof EXPLORER_VIEWS)[number]

export type OverlayName = SearchState['overlay']

/** The parts of the Wallet tab, in the order of its bar. */
export const WALLET_SECTIONS = [
  'overview',
  'send',
  'receive',
  'history',
  'contacts',
  'coins',
  'mining',
  'settings',
] as const
export type WalletSection = (typeof WALLET_SECTIONS)[number]

export type DialogRequest =
  | { readonly kind: 'add'; readonly source: TorrentSource; readonly origin: string }
  /** Asks for magnet links, with what is known of them already. */
  | { readonly kind: 'magnet'; readonly text: string }
  | { readonly kind: 'create'; readonly path: string }
  | { readonly kind: 'publish'; readonly row: TorrentRow }
  | { readonly kind: 'forget-link'; readonly link: PublicationRow }
  | { readonly kind: 'remove'; readonly rows: readonly TorrentRow[] }
  | { readonly kind: 'chain-mode'; readonly mode: ChainMode }
  | { readonly kind: 'chain-rebuild' }
  | WalletDialogRequest

/** Asks about each link in turn. */
export function addMagnets(links: readonly string[]): readonly DialogRequest[] {
  return links.map((magnet) => ({ kind: 'add', source: { magnet }, origin: shortMagnet(magnet) }))
}

/** More .torrent files or links than this dropped at once are cut off, and the window says so. */
export const MAX_WAITING_DIALOGS = 100

export interface AppState {
  readonly page: Page
  /** What the Torrents tab shows: the list, or the links that are published and followed. */
  readonly torrentsView: 'list' | 'links'
  /** Answered one after another; the first one is open. */
  readonly dialogs: readonly DialogRequest[]
  readonly selection: Selection
  /** The search that the Explorer shows of each overlay. */
  readonly searches: Readonly<Partial<Record<OverlayName, string>>>
  readonly explorerPart: ExplorerPart
  readonly explorerView: ExplorerView
  /** The overlay that the Explorer lays open. */
  readonly overlay: OverlayName
  /** The small overlay that is shown, and those that are open, by their ids. */
  readonly example: 'chord' | 'kademlia'
  readonly openExamples: { readonly [example in 'chord' | 'kademlia']?: string | undefined }
  /** The experiment that the Lab shows; undefined for the first one. */
  readonly experiment: string | undefined
  /** The pages of the chain that were looked at, and which one is shown. */
  readonly trail: Trail
  readonly walletSection: WalletSection
  go(page: Page): void
  /** Returns how many did not fit. */
  ask(...requests: readonly DialogRequest[]): number
  closeDialog(): void
  select(selection: Selection): void
  /** Goes to the list and selects one torrent there. */
  showTorrent(id: string): void
  /** Goes to the links that are published and followed. */
  showLinks(): void
  /** Goes to the Explorer and follows a search there. */
  showSearch(id: string, overlay: OverlayName): void
  /** Goes to an overlay in the Explorer, and there to the part that is shown now. */
  showOverlay(overlay: OverlayName, view?: ExplorerView): void
  /** Goes to a part of the overlay in the Explorer. */
  showExplorer(view: ExplorerView): void
  showExplorerPart(part: ExplorerPart): void
  showExample(example: 'chord' | 'kademlia'): void
  /** An example has been opened under this id; without one it is no longer open. */
  keepExample(example: 'chord' | 'kademlia', id: string | undefined): void
  /** Goes to an experiment of the Lab. */
  showExperiment(name: string): void
  /** Goes to a page of the chain in the Explorer. */
  showChain(place: Place): void
  /** Goes to a part of the Wallet tab. */
  showWallet(section: WalletSection): void
  /** One page of the chain back or forward, where there is one. */
  chainBack(): void
  chainForward(): void
}

export function createAppState(): StoreApi<AppState> {
  return createStore((set, get) => ({
    page: 'torrents',
    torrentsView: 'list',
    dialogs: [],
    selection: NOTHING_SELECTED,
    searches: {},
    explorerPart: 'chain',
    explorerView: 'node',
    overlay: 'kademlia',
    example: 'chord',
    openExamples: {},
    experiment: undefined,
    trail: FIRST_PLACE,
    walletSection: 'overview',
    go: (page) => set({ page, torrentsView: 'list' }),
    ask(...requests) {
      const room = MAX_WAITING_DIALOGS - get().dialogs.length
      set(({ dialogs }) => ({ dialogs: [...dialogs, ...requests.slice(0, room)] }))
      return Math.max(0, requests.length - room)
    },
    closeDialog: () => set(({ dialogs }) => ({ dialogs: dialogs.slice(1) })),
    select: (selection) => set({ selection }),
    showTorrent: (id) => set({ page: 'torrents', torrentsView: 'list', selection: selectOnly(id) }),
    showLinks: () => set({ page: 'torrents', torrentsView: 'links' }),
    showSearch: (id, overlay) =>
      set(({ searches }) => ({
        ...{ page: 'explorer', explorerPart: 'overlay', explorerView: 'search', overlay },
        searches: { ...searches, [overlay]: id },
      })),
    showOverlay: (overlay, explorerView = get().explorerView) =>
      set({ page: 'explorer', explorerPart: 'overlay', overlay, explorerView }),
    showExplorer: (explorerView) => set({ page: 'explorer', explorerPart: 'overlay', explorerView }),
    showExplorerPart: (explorerPart) => set({ page: 'explorer', explorerPart }),
    showExample: (example) => set({ page: 'explorer', explorerPart: 'example', example }),
    keepExample: (example, id) => set(({ openExamples }) => ({ openExamples: { ...openExamples, [example]: id } })),
    showExperiment: (experiment) => set({ page: 'explorer', explorerPart: 'lab', experiment }),
    showChain: (place) => set(({ trail }) => ({ page: 'explorer', explorerPart: 'chain', trail: visit(trail, place) })),
    showWallet: (walletSection) => set({ page: 'wallet', walletSection }),
    chainBack: () => set(({ trail }) => ({ trail: back(trail) })),
    chainForward: () => set(({ trail }) => ({ trail: forward(trail) })),
  }))
}

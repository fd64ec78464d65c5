/** What the window shows: the page, the dialogs waiting for an answer, and which torrents are selected. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { TorrentRow, TorrentSource } from '../client/types.ts'
import { NOTHING_SELECTED, type Selection, selectOnly } from '../ui/table/selection.ts'

export const PAGES = ['torrents', 'peers', 'wallet', 'explorer', 'settings'] as const
export type Page = (typeof PAGES)[number]

export type DialogRequest =
  | { readonly kind: 'add'; readonly source: TorrentSource; readonly origin: string }
  | { readonly kind: 'create'; readonly path: string }
  | { readonly kind: 'remove'; readonly rows: readonly TorrentRow[] }

/** More .torrent files than this dropped at once are cut off, and the window says so. */
export const MAX_WAITING_DIALOGS = 100

export interface AppState {
  readonly page: Page
  /** Answered one after another; the first one is open. */
  readonly dialogs: readonly DialogRequest[]
  readonly selection: Selection
  /** The search that the Explorer shows. */
  readonly search: string | undefined
  go(page: Page): void
  /** Returns how many did not fit. */
  ask(...requests: readonly DialogRequest[]): number
  closeDialog(): void
  select(selection: Selection): void
  /** Goes to the list and selects one torrent there. */
  showTorrent(id: string): void
  /** Goes to the Explorer and follows a search there. */
  showSearch(id: string): void
}

export function createAppState(): StoreApi<AppState> {
  return createStore((set, get) => ({
    page: 'torrents',
    dialogs: [],
    selection: NOTHING_SELECTED,
    search: undefined,
    go: (page) => set({ page }),
    ask(...requests) {
      const room = MAX_WAITING_DIALOGS - get().dialogs.length
      set(({ dialogs }) => ({ dialogs: [...dialogs, ...requests.slice(0, room)] }))
      return Math.max(0, requests.length - room)
    },
    closeDialog: () => set(({ dialogs }) => ({ dialogs: dialogs.slice(1) })),
    select: (selection) => set({ selection }),
    showTorrent: (id) => set({ page: 'torrents', selection: selectOnly(id) }),
    showSearch: (search) => set({ page: 'explorer', search }),
  }))
}

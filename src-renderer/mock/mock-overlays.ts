/** The overlays of the mock: a node for each address family, and searches that are played as time passes. */
import type { FeedListener, Unsubscribe } from '#shared/contract/service.ts'
import { ClientError } from '../client/client-error.ts'
import type { OverlayState, SearchState, StoredItemRow } from '../client/types.ts'
import { generateItems, generateOverlay, grownNode } from './generate-overlay.ts'
import { lengthOf, playSearch, resultOf, searchAt } from './generate-search.ts'
import type { Call } from './mock-clients.ts'
import { Source } from './source.ts'

export interface OverlayOptions {
  readonly overlay?: Partial<OverlayState>
  /** The overlay's feeds never send, or fail. */
  readonly overlayFeed?: 'ready' | 'loading' | 'failed'
  readonly items?: readonly StoredItemRow[]
  /** Unix milliseconds of what was made up; the moment of the test unless given. */
  readonly now?: number
}

export interface MockOverlays {
  readonly state: Source<OverlayState>
  readonly items: Source<StoredItemRow>
  /** Lets time pass for the searches, in milliseconds. */
  advance(milliseconds: number): void
  /** Lets one second pass for the nodes. */
  tick(): void
}

interface Played {
  readonly source: Source<SearchState>
  readonly steps: ReturnType<typeof playSearch>
  time: number
}

const NO_OVERLAY = {
  code: 'OVERLAY_OFF',
  message: 'The DHT is switched off. Switch it on in Settings, then try again.',
}
const NO_SEARCH = { code: 'NO_SUCH_SEARCH', message: 'This search is forgotten. Start it again.' }
const FEED_FAILED = { code: 'NO_ENGINE', message: 'The engine does not answer. Try again, or start Shoal again.' }

export function mockOverlays(call: Call, options: OverlayOptions) {
  const now = options.now ?? Date.now()
  const state = new Source<OverlayState>([{ ...generateOverlay(now), ...options.overlay }])
  const items = new Source<StoredItemRow>(options.items ?? generateItems())
  const searches = new Map<string, Played>()
  let second = 0
  const mock: MockOverlays = {
    state,
    items,
    advance(milliseconds) {
      for (const played of searches.values()) play(played, milliseconds)
    },
    tick() {
      second += 1
      state.set(state.all.map((one) => ({ ...one, nodes: one.nodes.map((node) => grownNode(node, second)) })))
    },
  }
  const client = { ...searchCalls(call, state, searches), ...feeds(state, items, searches, options) }
  return { mock, client }
}

function play(played: Played, milliseconds: number): void {
  const [now] = played.source.all
  if (now?.state !== 'running') return
  played.time += milliseconds
  played.source.set([searchAt(now, played.steps, played.time)])
}

function searchCalls(call: Call, state: Source<OverlayState>, searches: Map<string, Played>) {
  return {
    startSearch: call(
      'overlays.startSearch',
      (args: Partial<Pick<SearchState, 'target' | 'publicKey' | 'salt'>> & Pick<SearchState, 'method'>) => {
        if (state.all[0]?.state !== 'running') throw new ClientError(NO_OVERLAY.code, NO_OVERLAY.message)
        const id = `search ${searches.size + 1}`
        const { publicKey, target = publicKey?.slice(0, 40) ?? '', ...rest } = args
        const steps = playSearch(target)
        const begun = { ...rest, ...(publicKey && { publicKey }), id, target }
        const source = new Source<SearchState>([searchAt(begun, steps, 0)])
        searches.set(id, { source, steps, time: 0 })
        return { search: id }
      },
    ),
    cancelSearch: call('overlays.cancelSearch', ({ search }: { search: string }) => {
      const played = searches.get(search)
      const [now] = played?.source.all ?? []
      if (!played || !now) return
      played.source.set([{ ...now, state: 'cancelled', result: resultOf(now.target, now.steps, played.time) }])
    }),
    lookup: call('overlays.lookup', ({ target }: { target: string }) => {
      const steps = playSearch(target)
      return resultOf(target, steps, lengthOf(steps))
    }),
    rejoin: call('overlays.rejoin', () => undefined),
  }
}

function feeds(
  state: Source<OverlayState>,
  items: Source<StoredItemRow>,
  searches: Map<string, Played>,
  { overlayFeed = 'ready' }: OverlayOptions,
) {
  const may =
    <Item>(source: Source<Item>) =>
    (args: unknown, listener: FeedListener<Item>): Unsubscribe => {
      if (overlayFeed === 'ready') return source.feed(args, listener)
      if (overlayFeed === 'failed') listener.failed(FEED_FAILED)
      return () => {}
    }
  return {
    state: may(state),
    items: may(items),
    search: ({ search }: { search: string }, listener: FeedListener<SearchState>): Unsubscribe => {
      const played = searches.get(search)
      if (played) return played.source.feed(undefined, listener)
      listener.failed(NO_SEARCH)
      return () => {}
    },
  }
}

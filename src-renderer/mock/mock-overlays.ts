/** The overlays of the mock: a node for each address family, and searches that are played as time passes. */
import type { FeedListener, Unsubscribe } from '#shared/contract/service.ts'
import { ClientError } from '../client/client-error.ts'
import type { OverlayState, RingState, SearchState, StoredItemRow } from '../client/types.ts'
import { generateItems, generateOverlay, grownNode } from './generate-overlay.ts'
import { generateMembers, generateRing, generateRingItems } from './generate-ring.ts'
import { playRingSearch, ringResultOf } from './generate-ring-search.ts'
import { lengthOf, playSearch, resultOf, searchAt } from './generate-search.ts'
import type { Call } from './mock-clients.ts'
import { Source } from './source.ts'

export interface OverlayOptions {
  readonly overlay?: Partial<OverlayState>
  /** The overlay's feeds never send, or fail. */
  readonly overlayFeed?: 'ready' | 'loading' | 'failed'
  readonly items?: readonly StoredItemRow[]
  readonly ring?: RingState
  readonly ringItems?: readonly StoredItemRow[]
  /** Hosts besides ours on the ring that searches go over. */
  readonly ringHosts?: number
  /** Unix milliseconds of what was made up; the moment of the test unless given. */
  readonly now?: number
}

export interface MockOverlays {
  readonly state: Source<OverlayState>
  readonly items: Source<StoredItemRow>
  readonly ring: Source<RingState>
  /** Lets time pass for the searches, in milliseconds. */
  advance(milliseconds: number): void
  /** Lets one second pass for the nodes. */
  tick(): void
}

interface Played {
  readonly source: Source<SearchState>
  readonly steps: ReturnType<typeof playSearch>
  readonly concluded: typeof resultOf
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
  const ring = new Source<RingState>([options.ring ?? generateRing(now)])
  const ringItems = new Source<StoredItemRow>(options.ringItems ?? generateRingItems())
  const searches = new Map<string, Played>()
  let second = 0
  const mock: MockOverlays = {
    state,
    items,
    ring,
    advance(milliseconds) {
      for (const played of searches.values()) play(played, milliseconds)
    },
    tick() {
      second += 1
      state.set(state.all.map((one) => ({ ...one, nodes: one.nodes.map((node) => grownNode(node, second)) })))
    },
  }
  const client = {
    ...searchCalls(call, { state, ring, hosts: options.ringHosts ?? 12 }, searches),
    ...feeds({ state, items, ring, ringItems }, searches, options),
  }
  return { mock, client }
}

function play(played: Played, milliseconds: number): void {
  const [now] = played.source.all
  if (now?.state !== 'running') return
  played.time += milliseconds
  played.source.set([searchAt(now, played.steps, played.time, played.concluded)])
}

type Asked = Partial<Pick<SearchState, 'target' | 'publicKey' | 'salt' | 'overlay'>> & Pick<SearchState, 'method'>

interface Searched {
  readonly state: Source<OverlayState>
  readonly ring: Source<RingState>
  readonly hosts: number
}

function searchCalls(call: Call, { state, ring, hosts }: Searched, searches: Map<string, Played>) {
  const members = generateMembers(hosts)
  const manners = {
    kademlia: { runs: state, play: playSearch, concluded: resultOf },
    chord: {
      runs: ring,
      play: (target: string) => playRingSearch(target, members.all, members.own),
      concluded: ((target, steps, took) => ringResultOf(target, steps, took, members.all)) as typeof resultOf,
    },
  }
  return {
    startSearch: call('overlays.startSearch', ({ overlay = 'kademlia', ...args }: Asked) => {
      const { runs, play, concluded } = manners[overlay]
      if (runs.all[0]?.state !== 'running') throw new ClientError(NO_OVERLAY.code, NO_OVERLAY.message)
      const id = `search ${searches.size + 1}`
      const { publicKey, target = publicKey?.slice(0, 40) ?? '', ...rest } = args
      const steps = play(target)
      const begun = { ...rest, ...(publicKey && { publicKey }), id, target, overlay }
      const source = new Source<SearchState>([searchAt(begun, steps, 0, concluded)])
      searches.set(id, { source, steps, concluded, time: 0 })
      return { search: id }
    }),
    cancelSearch: call('overlays.cancelSearch', ({ search }: { search: string }) => {
      const played = searches.get(search)
      const [now] = played?.source.all ?? []
      if (!played || !now) return
      played.source.set([{ ...now, state: 'cancelled', result: played.concluded(now.target, now.steps, played.time) }])
    }),
    lookup: call('overlays.lookup', ({ target }: { target: string }) => {
      const steps = playSearch(target)
      return resultOf(target, steps, lengthOf(steps))
    }),
    rejoin: call('overlays.rejoin', () => undefined),
  }
}

function feeds(
  sources: Pick<MockOverlays, 'state' | 'items' | 'ring'> & { readonly ringItems: Source<StoredItemRow> },
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
    state: may(sources.state),
    items: (args: Partial<Pick<SearchState, 'overlay'>>, listener: FeedListener<StoredItemRow>): Unsubscribe =>
      may(args.overlay === 'chord' ? sources.ringItems : sources.items)(args, listener),
    ring: may(sources.ring),
    search: ({ search }: { search: string }, listener: FeedListener<SearchState>): Unsubscribe => {
      const played = searches.get(search)
      if (played) return played.source.feed(undefined, listener)
      listener.failed(NO_SEARCH)
      return () => {}
    },
  }
}

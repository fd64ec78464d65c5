/** The service `overlays`: what the Explorer and the command line see of the overlays and ask of them. */
import type {
  OverlayState,
  overlays as overlaysContract,
  SearchCost,
  StoredItemRow,
} from '#shared/contract/overlays.ts'
import type { RingState } from '#shared/contract/overlays-ring.ts'
import type { HandlersOf } from '#shared/contract/service.ts'
import { mutableKey } from '../../items/item.ts'
import { fromHex, toHex } from '../../kernel/bytes.ts'
import type { Item } from '../../kernel/key-value-store.ts'
import type { Heartbeat } from '../heartbeat.ts'
import { itemToPut } from './item-to-put.ts'
import { OverlaysError } from './overlays-error.ts'
import type { RunningCalls } from './running-calls.ts'
import type { GetOutcome, OverlayName, PutOutcome, SearchableOverlay } from './searchable.ts'
import type { Searches, SoughtItem } from './searches.ts'

const MAX_SHOWN_PEERS = 5_000

/** One overlay, as the service sees it. */
export interface ServedOverlay {
  readonly calls: RunningCalls
  /** Undefined while it is off. */
  readonly running: () => SearchableOverlay | undefined
  readonly state: () => OverlayState
  /** What others store with us and what we keep alive, each once. */
  readonly items: () => StoredItemRow[]
  /**
   * Puts a value of ours again each hour. `stored`: so many have just taken it.
   * @throws OverlaysError TOO_MANY_KEPT
   */
  readonly keep: (item: Item, stored: number) => void
  readonly rejoin: () => void
}

export interface OverlaysServiceParts {
  readonly heartbeat: Heartbeat
  readonly searches: Searches
  readonly overlays: Readonly<Record<OverlayName, ServedOverlay>>
  readonly ring: () => RingState
  /** The port on which we take peers; 0 while there is none. */
  readonly port: () => number
}

interface Running extends ServedOverlay {
  readonly over: SearchableOverlay
}

export function overlaysService(parts: OverlaysServiceParts): HandlersOf<typeof overlaysContract> {
  const { heartbeat, searches, overlays } = parts
  const on = (overlay: OverlayName): Running => {
    const over = overlays[overlay].running()
    if (!over) throw new OverlaysError({ code: 'OVERLAY_OFF', overlay, stopped: false })
    return { ...overlays[overlay], over }
  }
  return {
    info: async ({ overlay }) => overlays[overlay].state(),
    ringInfo: async () => parts.ring(),
    startSearch: async ({ overlay, method, ...sought }) => {
      const { target, item } = soughtOf(sought)
      return { search: searches.start(on(overlay).over, target, method, item) }
    },
    cancelSearch: async ({ search }) => {
      searches.cancel(search)
      return undefined
    },
    lookup: async ({ overlay, target, recursive = false }) => {
      const { calls, over } = on(overlay)
      return calls.run<SearchCost>(over, (done) => over.lookUp(fromHex(target), recursive, done))
    },
    announce: async ({ overlay, target, port: named }) => {
      const { calls, over } = on(overlay)
      const port = named ?? parts.port()
      if (port === 0) throw new OverlaysError({ code: 'NO_PORT' })
      return calls.run<SearchCost & { stored: number }>(over, (done) =>
        over.announce(fromHex(target), port, (cost, stored) => done({ ...cost, stored })),
      )
    },
    peers: async ({ overlay, target }) => {
      const { calls, over } = on(overlay)
      const peers = new Set<string>()
      const found = (more: readonly string[]) => {
        for (const peer of more) if (peers.size < MAX_SHOWN_PEERS) peers.add(peer)
      }
      const cost = await calls.run<SearchCost>(over, (done) => over.peers(fromHex(target), found, done))
      return { ...cost, peers: [...peers] }
    },
    put: async (args) => put(on(args.overlay), args),
    get: async (args) => get(on(args.overlay), args),
    rejoin: async ({ overlay }) => {
      on(overlay).rejoin()
      return undefined
    },
    state: { read: ({ overlay }) => [overlays[overlay].state()], watch: (_args, changed) => heartbeat.add(changed) },
    items: { read: ({ overlay }) => overlays[overlay].items(), watch: (_args, changed) => heartbeat.add(changed) },
    ring: { read: () => [parts.ring()], watch: (_args, changed) => heartbeat.add(changed) },
    search: {
      read: ({ search }) => [searches.read(search)],
      watch: ({ search }, changed) => searches.watch(search, changed),
    },
  }
}

type Args<C extends 'put' | 'get'> = Parameters<HandlersOf<typeof overlaysContract>[C]>[0]

async function put({ calls, over, keep }: Running, args: Args<'put'>) {
  const newest = (target: Uint8Array, salt: Uint8Array) =>
    calls
      .run<GetOutcome>(over, (done) => over.get(target, salt, done))
      .then(({ item }) => (item?.kind === 'mutable' ? item.seq : undefined))
  const item = await itemToPut(args, newest)
  const { cost, stored, refused } = await calls.run<PutOutcome>(over, (done) => over.put(item, args.cas, done))
  if (stored === 0) {
    const { overlay } = over
    throw new OverlaysError({
      code: 'NOT_STORED',
      overlay,
      target: cost.target,
      refused: Object.fromEntries(refused),
    })
  }
  if (args.keep) keep(item, stored)
  return { ...cost, ...shownItem(item), stored }
}

/** What is looked for. `item` where it is named by its owner. @throws OverlaysError BAD_KEY */
function soughtOf(sought: Pick<Args<'get'>, 'target' | 'publicKey' | 'salt'>): {
  target: Uint8Array
  item?: SoughtItem
} {
  if (sought.publicKey !== undefined) {
    const item = { publicKey: fromHex(sought.publicKey), salt: fromHex(sought.salt ?? '') }
    return { target: mutableKey(item.publicKey, item.salt), item }
  }
  if (sought.target === undefined) throw new OverlaysError({ code: 'BAD_KEY' })
  return { target: fromHex(sought.target) }
}

async function get({ calls, over }: Running, args: Args<'get'>) {
  const { target } = soughtOf(args)
  const salt = fromHex(args.salt ?? '')
  const { item, holders, cost } = await calls.run<GetOutcome>(over, (done) => over.get(target, salt, done))
  if (!item) throw new OverlaysError({ code: 'NOT_FOUND', target: toHex(target) })
  return { ...cost, ...shownItem(item), holders }
}

function shownItem(item: Item) {
  return {
    value: Uint8Array.from(item.value),
    ...(item.kind === 'mutable' ? { seq: item.seq, publicKey: toHex(item.publicKey) } : {}),
  }
}

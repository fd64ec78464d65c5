/** The service `overlays`: what the Explorer and the command line see of the DHT and ask of it. */
import type { OverlayState, overlays as overlaysContract } from '#shared/contract/overlays.ts'
import type { HandlersOf } from '#shared/contract/service.ts'
import type { Settings } from '#shared/contract/settings.ts'
import type { Contact } from '../../kademlia/contact.ts'
import type {
  AnnounceReport,
  GetPeersReply,
  KademliaNodePort,
  KademliaSearches,
  StoredItem,
} from '../../kademlia/dht.ts'
import { mutableTarget, targetOf } from '../../kademlia/item-target.ts'
import type { Candidate, LookupResult } from '../../kademlia/lookup-result.ts'
import { NodeId } from '../../kademlia/node-id.ts'
import { fromHex, toHex } from '../../kernel/bytes.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { GetReport, Item, PutReport, RunningRequest } from '../../kernel/key-value-store.ts'
import { formatEndpoint } from '../../kernel/network.ts'
import type { Heartbeat } from '../heartbeat.ts'
import { itemToPut } from './item-to-put.ts'
import { OverlaysError } from './overlays-error.ts'
import { overlayNode, storedItemRow } from './projections.ts'
import type { RunningCalls } from './running-calls.ts'
import { costOfCandidates, costOfLookup, costOfWrite } from './search-cost.ts'
import type { Searches, SoughtItem } from './searches.ts'

const MAX_SHOWN_NODES = 16
const MAX_SHOWN_PEERS = 5_000

export interface OverlaysServiceParts {
  readonly clock: Clock
  readonly heartbeat: Heartbeat
  readonly calls: RunningCalls
  readonly searches: Searches
  readonly mode: () => Settings['dht']
  readonly nodes: () => readonly KademliaNodePort[]
  /** The searches over all nodes; undefined while there is none. */
  readonly dht: () => KademliaSearches | undefined
  readonly rejoin: () => void
  /** The port on which we take peers; 0 while there is none. */
  readonly port: () => number
  /** Values of ours that are put again each hour. `stored`: so many nodes have just taken it. */
  readonly kept: {
    /** @throws OverlaysError TOO_MANY_KEPT */
    keep(item: Item, stored: number): void
    items(): readonly StoredItem[]
  }
}

export function overlaysService(parts: OverlaysServiceParts): HandlersOf<typeof overlaysContract> {
  const { heartbeat, searches, calls, kept, clock } = parts
  const on = () => runningDht(parts)
  /** A search and the milliseconds that it took, without the time that it had to wait for the first nodes. */
  const timed = async <T>(dht: KademliaSearches, begin: (done: (result: T) => void) => RunningRequest) => {
    let begun = clock.now()
    const result = await calls.run<T>(dht, (done) => {
      begun = clock.now()
      return begin(done)
    })
    return { result, took: clock.now() - begun }
  }
  return {
    info: async () => stateOf(parts),
    startSearch: async ({ method, ...sought }) => {
      const { target, item } = soughtOf(sought)
      return { search: searches.start(on(), target, method, item) }
    },
    cancelSearch: async ({ search }) => {
      searches.cancel(search)
      return undefined
    },
    lookup: async ({ target }) => {
      const dht = on()
      const { result, took } = await timed<LookupResult<undefined>>(dht, (done) =>
        dht.findNode(NodeId.fromHex(target), { done }),
      )
      return costOfLookup(result, took)
    },
    announce: async ({ target, port }) => {
      const dht = on()
      const options = { port: port ?? parts.port(), seed: false }
      if (options.port === 0) throw new OverlaysError({ code: 'NO_PORT' })
      const { result, took } = await timed<AnnounceReport>(dht, (done) =>
        dht.announce(NodeId.fromHex(target), options, { done }),
      )
      return { ...costOfLookup(result.lookup, took), stored: result.stored }
    },
    peers: async ({ target }) => {
      const dht = on()
      const peers = new Set<string>()
      // Told as they come, those that we keep for others included.
      const found = (reply: GetPeersReply) => {
        for (const peer of reply.peers) peers.add(formatEndpoint(peer))
      }
      const { result, took } = await timed<LookupResult<GetPeersReply>>(dht, (done) =>
        dht.getPeers(NodeId.fromHex(target), {}, { found, done }),
      )
      return { ...costOfLookup(result, took), peers: [...peers].slice(0, MAX_SHOWN_PEERS) }
    },
    put: (args) => put(parts, args),
    get: (args) => get(parts, args),
    rejoin: async () => {
      on()
      parts.rejoin()
      return undefined
    },
    state: { read: () => [stateOf(parts)], watch: (_args, changed) => heartbeat.add(changed) },
    items: {
      read: () => itemRows(parts.nodes(), kept.items()),
      watch: (_args, changed) => heartbeat.add(changed),
    },
    ring: { read: () => [{ state: 'off', hosts: [] }], watch: (_args, changed) => heartbeat.add(changed) },
    search: {
      read: ({ search }) => [searches.read(search)],
      watch: ({ search }, changed) => searches.watch(search, changed),
    },
  }
}

function runningDht({ dht }: OverlaysServiceParts): KademliaSearches {
  const running = dht()
  if (!running) throw new OverlaysError({ code: 'OVERLAY_OFF', overlay: 'kademlia', stopped: false })
  return running
}

function stateOf({ nodes, mode, clock }: OverlaysServiceParts): OverlayState {
  const shown = nodes().slice(0, MAX_SHOWN_NODES)
  return {
    state: shown.length > 0 ? 'running' : 'off',
    mode: mode(),
    nodes: shown.map((node) => overlayNode(node, clock)),
  }
}

/** What others store with us and what we keep alive, each once. */
function itemRows(nodes: readonly KademliaNodePort[], own: readonly StoredItem[]) {
  const ours = new Set(own.map(({ target }) => target.key))
  const all = new Map([...nodes.flatMap((node) => node.items()), ...own].map((stored) => [stored.target.key, stored]))
  return [...all.values()].map((stored) => storedItemRow(stored, ours.has(stored.target.key)))
}

type Args<C extends 'put' | 'get'> = Parameters<HandlersOf<typeof overlaysContract>[C]>[0]

async function put(parts: OverlaysServiceParts, args: Args<'put'>) {
  const dht = runningDht(parts)
  const newest = (target: NodeId, salt: Uint8Array) =>
    parts.calls
      .run<GetReport>(dht, (done) => dht.get(target, { salt }, done))
      .then(({ item }) => (item?.kind === 'mutable' ? item.seq : undefined))
  const item = await itemToPut(args, newest)
  const target = targetOf(item)
  let offered: readonly Contact[] = []
  const options = {
    ...(args.cas === undefined ? {} : { cas: args.cas }),
    nearest: (contacts: readonly Contact[]) => {
      offered = contacts
    },
  }
  const report = await parts.calls.run<PutReport>(dht, (done) => dht.put(item, options, done))
  if (report.stored === 0) {
    const refused = Object.fromEntries(report.refused)
    throw new OverlaysError({ code: 'NOT_STORED', target: target.toString(), refused })
  }
  if (args.keep) parts.kept.keep(item, report.stored)
  return { ...costOfWrite(target, offered, report.cost), ...shownItem(item), stored: report.stored }
}

/** What is looked for. `item` where it is named by its owner. @throws OverlaysError BAD_KEY */
function soughtOf(sought: Pick<Args<'get'>, 'target' | 'publicKey' | 'salt'>): { target: NodeId; item?: SoughtItem } {
  if (sought.publicKey !== undefined) {
    const item = { publicKey: fromHex(sought.publicKey), salt: fromHex(sought.salt ?? '') }
    return { target: mutableTarget(item.publicKey, item.salt), item }
  }
  if (sought.target === undefined) throw new OverlaysError({ code: 'BAD_KEY' })
  return { target: NodeId.fromHex(sought.target) }
}

async function get(parts: OverlaysServiceParts, args: Args<'get'>) {
  const dht = runningDht(parts)
  const { target } = soughtOf(args)
  const salt = fromHex(args.salt ?? '')
  const asked = new Set<Readonly<Candidate>>()
  const stepped = (candidate: Readonly<Candidate>) => {
    asked.add(candidate)
  }
  const report = await parts.calls.run<GetReport>(dht, (done) => dht.get(target, { salt, stepped }, done))
  const { item, holders, cost } = report
  if (!item) throw new OverlaysError({ code: 'NOT_FOUND', target: target.toString() })
  return { ...costOfCandidates(target, [...asked], cost), ...shownItem(item), holders }
}

function shownItem(item: Item) {
  return {
    value: Uint8Array.from(item.value),
    ...(item.kind === 'mutable' ? { seq: item.seq, publicKey: toHex(item.publicKey) } : {}),
  }
}

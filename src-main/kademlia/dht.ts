/**
 * What others ask of the mainline DHT. A `KademliaNode` is one node behind one socket; the engine runs several side by
 * side (one for each local address and address family, BEP 32 and 45) as one `Kademlia`, which has the same searches.
 * Callbacks only: none is called from within the method that takes it.
 */
import type { Millis } from '../kernel/clock.ts'
import type { GetReport, Item, PutReport, RunningRequest } from '../kernel/key-value-store.ts'
import type { Endpoint } from '../kernel/network.ts'
import type { RpcCounters } from '../rpc/rpc-counters.ts'
import type { Contact } from './contact.ts'
import type { Candidate, LookupResult } from './lookup-result.ts'
import type { NodeId } from './node-id.ts'
import type { InfoHashSample } from './peer-store.ts'
import type { BucketView } from './routing-outcome.ts'
import type { SavedState } from './saved-state.ts'

/**
 * `auto`: read-only until others have reached us unasked for 15 minutes (BEP 43). `on`: serves at once. `read-only`:
 * asks, never answers, is in nobody's table.
 */
export type ServingMode = 'auto' | 'on' | 'read-only'

/** Watches one search. */
export interface LookupObserver<P> {
  /** A node was asked, became slow, answered or failed. The candidate changes later; copy what is kept. */
  stepped?(candidate: Readonly<Candidate>): void
  /** An answer carried something: reported as it comes, before the end. */
  found?(payload: P, from: Contact): void
  /** Once, last. */
  done(result: LookupResult<P>): void
}

export interface GetPeersReply {
  /** Checked, at most 100 of one answer. */
  readonly peers: readonly Endpoint[]
  readonly token: Uint8Array | undefined
}

export interface GetPeersOptions {
  /** Peers that still miss something only (BEP 33). */
  readonly noSeeds?: boolean
}

export interface AnnounceOptions {
  /** Where the peer takes connections; `implied`: at the port that our packets come from (BEP 5). */
  readonly port: number | 'implied'
  readonly seed: boolean
}

export interface AnnounceReport {
  /** Nodes that took it. */
  readonly stored: number
  readonly lookup: LookupResult<GetPeersReply>
}

export interface ScrapeReport {
  /** Estimated from the filters (BEP 33). */
  readonly seeds: number
  readonly peers: number
}

export interface PutOptions {
  readonly cas?: bigint
  readonly nearest?: (contacts: readonly Contact[]) => void
}

/** The searches. Each may be cancelled; then nothing of it is reported any more. */
export interface KademliaSearches {
  /** Whether there are nodes to ask. A search before that ends at once with nothing. */
  readonly ready: boolean
  /** Calls `changed` whenever the phase of a node or whether it serves has changed, until the result is called. */
  watch(changed: () => void): () => void
  findNode(target: NodeId, observer: LookupObserver<undefined>): RunningRequest
  getPeers(infoHash: NodeId, options: GetPeersOptions, observer: LookupObserver<GetPeersReply>): RunningRequest
  /** Looks for peers, reports them like `getPeers`, then announces us to the nearest nodes. */
  announce(
    infoHash: NodeId,
    options: AnnounceOptions,
    observer: Omit<LookupObserver<GetPeersReply>, 'done'> & { done(report: AnnounceReport): void },
  ): RunningRequest
  scrape(infoHash: NodeId, done: (report: ScrapeReport) => void): RunningRequest
  /** Info-hashes that nodes near the target keep (BEP 51). */
  sample(target: NodeId, observer: LookupObserver<InfoHashSample>): RunningRequest
  /** `cas`: only over this `seq`. `nearest` is told to whom it was offered, nearest first, before the end. */
  put(item: Item, options: PutOptions, done: (report: PutReport) => void): RunningRequest
  /** A node that gave nothing but a token may be asked a second time; that is a step of its own. */
  get(
    target: NodeId,
    options: { readonly salt?: Uint8Array; readonly stepped?: ((candidate: Readonly<Candidate>) => void) | undefined },
    done: (report: GetReport) => void,
  ): RunningRequest
}

/**
 * `joining`: looking for the first nodes. `isolated`: nobody has answered; it tries again with back-off and at once when
 * told that the network has changed.
 */
export type NodePhase = 'stopped' | 'joining' | 'joined' | 'isolated'

/** What the Explorer shows of one node. */
export interface NodeFacts {
  readonly id: NodeId
  readonly family: 4 | 6
  readonly local: Endpoint
  /** How others see us, once enough of them have said the same. */
  readonly externalHost: string | undefined
  readonly phase: NodePhase
  /** Answers queries (BEP 43: not read-only). */
  readonly serving: boolean
  /** Nodes in the table that have answered us. */
  readonly nodes: number
  /** Nodes of the whole network as our lookups suggest; undefined before the first. */
  readonly estimatedSize: number | undefined
  readonly counters: RpcCounters
  /** What others have stored with us. */
  readonly storedInfoHashes: number
  readonly storedItems: number
  /** When it tries to join again, while `isolated`. */
  readonly retryAt: Millis | undefined
}

export interface StoredItem {
  readonly target: NodeId
  readonly item: Item
}

/** A node of the mainline DHT: BEP 5, 32, 33, 42, 43, 44, 51 over one socket. */
export interface KademliaNodePort extends KademliaSearches {
  readonly facts: NodeFacts
  readonly phase: NodePhase
  /** Nodes that answer, nearest to `target` first: what it tells others (BEP 32: also those who ask its sibling). */
  closest(target: NodeId, n: number): readonly Contact[]
  buckets(): readonly BucketView[]
  items(): readonly StoredItem[]
  /** Begins to join with the contacts it was given, and keeps the table fresh from then on. */
  start(): void
  /** Ends every search and timer. The socket stays its owner's. */
  stop(): void
  /** Endpoints that may be nodes (PORT messages, a torrent's `nodes`, bootstrap, local discovery): asked, and in the table only once they answer. */
  suggest(endpoints: readonly Endpoint[]): void
  /** The machine's addresses have changed or it has woken: joins again at once. */
  networkChanged(): void
  /** To be kept for the next run: our id and the best contacts. */
  saved(): SavedState
}

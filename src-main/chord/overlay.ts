/**
 * What others ask of the Chord overlay. A `ChordNode` is one host of a ring behind one socket, with its virtual nodes; the
 * engine runs one for each address family (IPv4 and IPv6 have rings of their own, since neither reaches the other) as one
 * `Chord`, which has the same searches. Callbacks only: none is called from within the method that takes it.
 */
import type { Millis } from '../kernel/clock.ts'
import type { GetReport, Item, PutReport, RunningRequest, SearchCost } from '../kernel/key-value-store.ts'
import type { Endpoint } from '../kernel/network.ts'
import type { ChordContact } from './contact.ts'
import type { RingId } from './ring-id.ts'

/**
 * How a lookup goes: `iterative`, its owner asks each member on the way; `recursive`, each member asks the next one. Any
 * member may fall back on the next best.
 */
export type LookupManner = 'iterative' | 'recursive'

/** Whom a search has asked, in the order of asking. */
export interface ChordStep {
  readonly contact: ChordContact
  /** Who named it; undefined where we knew it ourselves. */
  readonly from: ChordContact | undefined
  readonly state: 'asked' | 'replied' | 'failed'
  /** 1 for those that we knew ourselves. */
  readonly hop: number
  readonly askedAt: Millis
  readonly repliedAt: Millis | undefined
}

/** How a search ended, whatever it was for. */
export interface ChordSearchResult {
  readonly target: RingId
  /** The owner of the key and those behind it, nearest first; empty where nobody could tell. */
  readonly owners: readonly ChordContact[]
  /** From the first that was asked to the owner. */
  readonly path: readonly ChordContact[]
  readonly cost: SearchCost
}

/** Watches one search. */
export interface ChordObserver {
  /** A member was asked, answered or failed: the step as it is now, the same `contact` again when it changes. */
  stepped?(step: ChordStep): void
}

export interface ChordSearches {
  /** Whether there is anybody to ask, ourselves included. A search before that ends at once with nothing. */
  readonly ready: boolean
  /** Calls `changed` whenever `ready`, a phase or our places have changed, until the result is called. */
  watch(changed: () => void): () => void
  lookUp(
    target: RingId,
    options: ChordObserver & { readonly manner?: LookupManner },
    done: (result: ChordSearchResult) => void,
  ): RunningRequest
  /** Peers of an info-hash, from the owner and its replicas: `found` as they come, at most 100 of one answer. */
  peers(
    infoHash: RingId,
    options: ChordObserver & { readonly noSeeds?: boolean; found?(peers: readonly Endpoint[]): void },
    done: (result: ChordSearchResult) => void,
  ): RunningRequest
  /** Looks for peers, then announces us to the owner and its replicas. `stored`: so many hosts took it. */
  announce(
    infoHash: RingId,
    options: ChordObserver & {
      /** Where we take connections; `implied`: at the port that our packets come from. */
      readonly port: number | 'implied'
      readonly seed: boolean
      found?(peers: readonly Endpoint[]): void
    },
    done: (result: ChordSearchResult & { readonly stored: number }) => void,
  ): RunningRequest
  /** `stored`: hosts that hold it now, the owner and the replicas that it has heard from. */
  put(
    item: Item,
    options: ChordObserver & { readonly cas?: bigint },
    done: (report: PutReport & { readonly owners: readonly ChordContact[] }) => void,
  ): RunningRequest
  /** By target; `salt` of the mutable item looked for. What a holder lacks or has in an older version is given to it. */
  get(
    target: RingId,
    options: ChordObserver & { readonly salt?: Uint8Array },
    done: (report: GetReport & { readonly owners: readonly ChordContact[] }) => void,
  ): RunningRequest
}

/**
 * `stopped`. `joining`: looks for members, or waits for its virtual nodes to join. `client`: asks members, holds no keys and is
 * in no list, because its address is not known or nobody has reached it unasked. `member`. `isolated`: nobody has answered and
 * it may not begin a ring; it tries again.
 */
export type ChordPhase = 'stopped' | 'joining' | 'client' | 'member' | 'isolated'

/** A virtual node of ours as it stands. */
export interface VirtualNodeFacts {
  readonly self: ChordContact
  readonly phase: 'joining' | 'member' | 'leaving'
  readonly predecessor: ChordContact
  /** Nearest first. */
  readonly successors: readonly ChordContact[]
  /** The distinct ones, nearest clockwise first, with the lowest power of two that each stands for. */
  readonly fingers: readonly { readonly power: number; readonly contact: ChordContact }[]
  /** Keys of items and info-hashes that it owns. */
  readonly keys: number
}

/** What the Explorer shows of one host of ours. */
export interface ChordFacts {
  readonly family: 4 | 6
  readonly local: Endpoint
  /** How others see us, once it is known. */
  readonly externalHost: string | undefined
  readonly phase: ChordPhase
  /** Why it is a client: what is still missing. */
  readonly missing: 'address' | 'reach' | undefined
  readonly virtualNodes: readonly VirtualNodeFacts[]
  /** Members of other hosts that we know and that are not called dead, at most 200. */
  readonly contacts: readonly {
    readonly contact: ChordContact
    readonly rtt: Millis | undefined
    readonly heardAt: Millis
  }[]
  /** Hosts and virtual nodes of the whole ring, estimated from the distances in our lists; undefined for a client. */
  readonly estimatedMembers: number | undefined
  /** Whether fewer than r + 1 members of the ring are on other hosts, so that replication is limited. */
  readonly isSmall: boolean
  readonly items: number
  readonly infoHashes: number
  readonly retryAt: Millis | undefined
}

export interface StoredKey {
  readonly key: RingId
  readonly item: Item
  /** Whether a virtual node of ours owns it; else it is a copy. */
  readonly owned: boolean
}

/** One host of a ring, behind one socket. */
export interface ChordNodePort extends ChordSearches {
  readonly phase: ChordPhase
  readonly facts: ChordFacts
  items(): readonly StoredKey[]
  start(): void
  /** Hands its keys over, leaves the ring in order, and ends every timer; at most `LONGEST_LEAVE`. The socket stays its owner's. */
  leave(): Promise<void>
  /** Ends at once, as a crash would. */
  stop(): void
  /** Endpoints that may be hosts of a ring: asked who they know. */
  suggest(endpoints: readonly Endpoint[]): void
  /** The machine's addresses have changed or it has woken: leaves its places where they are no longer its own, and joins anew. */
  networkChanged(): void
  /** To be kept for the next run: members that have answered, at most 200. */
  saved(): readonly ChordContact[]
}

/**
 * Values under 20-byte keys in a network of strangers: named by their hash or signed by their owner (BEP 44), so that
 * any copy can be checked. Kademlia and Chord are one each. Callbacks, so that runs on virtual time can be repeated.
 */

export interface ImmutableItem {
  readonly kind: 'immutable'
  /** Bencoded, at most 1,000 bytes. */
  readonly value: Uint8Array
}

export interface MutableItem {
  readonly kind: 'mutable'
  /** Bencoded, at most 1,000 bytes. */
  readonly value: Uint8Array
  /** 32 bytes, ed25519. */
  readonly publicKey: Uint8Array
  /** 0 to 64 bytes; empty where the owner has one item only. */
  readonly salt: Uint8Array
  /** 0 to 2^63 - 1: higher with each change. */
  readonly seq: bigint
  /** 64 bytes. */
  readonly signature: Uint8Array
}

export type Item = ImmutableItem | MutableItem

/** What came of a search or a write: how many nodes were asked, and how long it took. */
export interface SearchCost {
  readonly hops: number
  readonly requests: number
  readonly timeouts: number
  /** Milliseconds. */
  readonly took: number
}

export interface PutReport {
  readonly target: Uint8Array
  /** Nodes that hold it now. 0: nobody took it. */
  readonly stored: number
  /** What the others said, by BEP 44's code (301: `cas` did not match, 302: they have a newer one), each with its count. */
  readonly refused: ReadonlyMap<number, number>
  readonly cost: SearchCost
}

export interface GetReport {
  readonly target: Uint8Array
  /** The value whose hash fits, or the validly signed one with the highest `seq`; undefined where nobody had one. */
  readonly item: Item | undefined
  /** Nodes that gave it. */
  readonly holders: number
  readonly cost: SearchCost
}

export interface RunningRequest {
  /** Forgets it: nothing is called any more. */
  cancel(): void
}

export interface KeyValueStore {
  readonly kind: 'kademlia' | 'chord'
  /** Stores once. Who wants it to stay puts it again each hour. `cas`: only over this `seq` (BEP 44). */
  put(item: Item, options: { readonly cas?: bigint }, done: (report: PutReport) => void): RunningRequest
  /** `salt`: of the mutable item looked for, as its signature covers it. Left out for an immutable one. */
  get(target: Uint8Array, options: { readonly salt?: Uint8Array }, done: (report: GetReport) => void): RunningRequest
}

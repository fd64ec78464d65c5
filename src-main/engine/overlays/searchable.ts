/**
 * An overlay as the service `overlays` searches it: every search says what it has cost and where it led as the contract has
 * it, whichever overlay it is. Callbacks only: none is called from within the method that takes it.
 */
import type { SearchCost, SearchState, SearchStep } from '#shared/contract/overlays.ts'
import type { Millis } from '../../kernel/clock.ts'
import type { Item, RunningRequest } from '../../kernel/key-value-store.ts'

export type OverlayName = SearchState['overlay']
export type SearchMethod = SearchState['method']

/** Told of a search as it goes on. */
export interface SearchWatcher {
  /** Somebody was asked, answered or failed. `who` names the step: the same one again where it has changed. */
  stepped(who: object, step: (startedAt: Millis) => SearchStep): void
  /** As the contract shows it. */
  found(texts: readonly string[]): void
  /** A bencoded value of at most 1,000 bytes. */
  foundValue(value: Uint8Array): void
  /** Once, last. */
  done(result: SearchCost): void
}

export interface PutOutcome {
  readonly cost: SearchCost
  readonly stored: number
  /** By BEP 44's code, how many said it. */
  readonly refused: ReadonlyMap<number, number>
}

export interface GetOutcome {
  readonly cost: SearchCost
  readonly item: Item | undefined
  readonly holders: number
}

/** Targets have 20 bytes, salts at most 64. */
export interface SearchableOverlay {
  readonly overlay: OverlayName
  /** Whether there is anybody to ask. */
  readonly ready: boolean
  /** Calls `changed` whenever `ready` may have changed, until the result is called. */
  watch(changed: () => void): () => void
  /** `recursive`: where the overlay can. */
  lookUp(target: Uint8Array, recursive: boolean, done: (cost: SearchCost) => void): RunningRequest
  announce(target: Uint8Array, port: number, done: (cost: SearchCost, stored: number) => void): RunningRequest
  /** Peers as `host:port`, as they come. */
  peers(target: Uint8Array, found: (peers: readonly string[]) => void, done: (cost: SearchCost) => void): RunningRequest
  put(item: Item, cas: bigint | undefined, done: (outcome: PutOutcome) => void): RunningRequest
  /** `salt`: of the mutable item looked for. */
  get(target: Uint8Array, salt: Uint8Array, done: (outcome: GetOutcome) => void): RunningRequest
  /** Methods that `search` knows. */
  readonly methods: readonly SearchMethod[]
  search(method: SearchMethod, target: Uint8Array, salt: Uint8Array | undefined, watcher: SearchWatcher): RunningRequest
}

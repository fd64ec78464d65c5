/** What a routing table answers. */
import type { Millis } from '../kernel/clock.ts'
import type { Entry } from './bucket.ts'
import type { Contact } from './contact.ts'

/** What came of a contact that has just answered us. */
export type Offer =
  | { readonly outcome: 'refreshed' }
  | { readonly outcome: 'added'; readonly replaced?: Contact }
  /** It waits as a spare. */
  | { readonly outcome: 'spare' }
  /** It waits as a spare: ask `oldest` now. `offer` its answer (it stays), or call `failed` (a spare takes its place). */
  | { readonly outcome: 'full'; readonly oldest: Contact }
  /** `evicted` was at this address under another id. Neither is in the table now; ask the `doubtful` of that bucket again. */
  | { readonly outcome: 'id-changed'; readonly evicted: Contact; readonly doubtful: readonly Contact[] }
  | { readonly outcome: 'ignored'; readonly because: 'self' | 'id-taken' | 'address-taken' | 'network-taken' }

export interface Failure {
  /** Whether it has left the table. */
  readonly removed: boolean
  /** The spare that has taken its place. */
  readonly promoted?: Contact
}

/** A bucket as it was when asked for. */
export interface BucketView {
  readonly depth: number
  readonly capacity: number
  readonly lastChanged: Millis
  readonly live: readonly Readonly<Entry>[]
  readonly spares: readonly Readonly<Entry>[]
}

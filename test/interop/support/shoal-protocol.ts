/** What a test and its Shoal process say to each other, one JSON line each: the contract's own messages, and these. */
import type { Settings } from '#shared/contract/settings.ts'
import type { Endpoint } from '../../../src-main/kernel/network.ts'
import type { SwarmRow } from '../../../src-main/tracker/swarm-registry.ts'

/** The only argument of the process, as JSON. */
export interface ShoalOptions {
  /** An engine on this profile; none where it is left out. */
  readonly profile?: string
  readonly downloads: string
  readonly settings?: Partial<Settings>
  readonly tracker?: { readonly http: Endpoint; readonly udp: Endpoint }
}

/** `stop`: a clean end of the engine; the tracker goes on. */
export type ToShoal = { readonly kind: 'stop' }

export type FromShoal =
  | { readonly kind: 'ready'; readonly http?: Endpoint; readonly udp?: Endpoint; readonly listening?: string }
  | { readonly kind: 'swarms'; readonly rows: readonly SwarmRow[] }
  | { readonly kind: 'stopped' }

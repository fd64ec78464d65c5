/**
 * Items that others have put here (BEP 44). The caller has checked the token.
 *
 * Decides whether a put is accepted, with BEP 44's error codes: sizes, then the order of versions, then the signature, as
 * checking that costs most. The same version again only prolongs its life; the same `seq` with another value is refused.
 *
 * Limits: `MAX_ITEMS`, those nearest to our id; `MAX_ITEMS_OF_NETWORK` first put by one /24 or /64. An item that nobody
 * puts again is forgotten after `ITEM_LIFE`.
 */

import {
  copyOf,
  fault,
  isGenuine,
  isSameVersion,
  type Refusal,
  shapeFault,
  type VerifySignature,
  versionFault,
} from '../items/item-rules.ts'
import { NetworkQuota } from '../items/network-quota.ts'
import { HOUR, type Millis } from '../kernel/clock.ts'
import type { Item } from '../kernel/key-value-store.ts'
import { targetOf } from './item-target.ts'
import { NearestMap } from './nearest-map.ts'
import type { NodeId } from './node-id.ts'

export const MAX_ITEMS = 1_000
export const MAX_ITEMS_OF_NETWORK = 200
/** Owners put their items again every hour. */
export const ITEM_LIFE: Millis = 2 * HOUR

export type PutOutcome = { readonly ok: true; readonly target: NodeId } | Refusal

export interface PutOptions {
  /** IP literal of who puts it. */
  readonly host: string
  /** Only if this is the `seq` of what is stored (compare and swap). */
  readonly cas?: bigint
}

interface Stored {
  readonly item: Item
  /** Whose quota it counts in. */
  readonly host: string
  readonly putAt: Millis
}

export class ItemStore {
  private readonly items: NearestMap<Stored>
  private readonly quota = new NetworkQuota(MAX_ITEMS_OF_NETWORK)
  private readonly verify: VerifySignature

  constructor(self: NodeId, verify: VerifySignature) {
    this.items = new NearestMap(self, MAX_ITEMS)
    this.verify = verify
  }

  get size(): number {
    return this.items.size
  }

  put(item: Item, { host, cas }: PutOptions, now: Millis): PutOutcome {
    const misshapen = shapeFault(item)
    if (misshapen) return misshapen
    const target = targetOf(item)
    const stored = this.current(target, now)
    const outdated = item.kind === 'mutable' ? versionFault(item, stored?.item, cas) : undefined
    if (outdated) return outdated
    if (!stored && !(this.quota.allows(host) && this.items.hasRoomFor(target)))
      return fault(202, 'No room for this item')
    if (item.kind === 'mutable' && !(stored && isSameVersion(item, stored.item)) && !isGenuine(item, this.verify)) {
      return fault(206, 'Invalid signature')
    }
    this.store(target, { item: copyOf(item), host: stored?.host ?? host, putAt: now })
    return { ok: true, target }
  }

  get(target: NodeId, now: Millis): Item | undefined {
    return this.current(target, now)?.item
  }

  /** Our id has changed: from now on what is far from the new one goes first. */
  moveTo(self: NodeId): void {
    this.items.moveTo(self)
  }

  /** Forgets items that have not been put again for `ITEM_LIFE`. Call once a minute or so. */
  expire(now: Millis): void {
    for (const target of this.items.ids()) if (!this.current(target, now)) this.forget(target)
  }

  /** What is stored, for the view of it. */
  list(): readonly { readonly target: NodeId; readonly item: Item }[] {
    return this.items.ids().map((target) => ({ target, item: (this.items.get(target) as Stored).item }))
  }

  private current(target: NodeId, now: Millis): Stored | undefined {
    const stored = this.items.get(target)
    return stored && now - stored.putAt < ITEM_LIFE ? stored : undefined
  }

  private store(target: NodeId, stored: Stored): void {
    this.forget(target)
    const evicted = this.items.set(target, stored)
    this.quota.take(stored.host)
    if (evicted) this.quota.release(evicted.host)
  }

  private forget(target: NodeId): void {
    const stored = this.items.get(target)
    if (!stored) return
    this.quota.release(stored.host)
    this.items.delete(target)
  }
}

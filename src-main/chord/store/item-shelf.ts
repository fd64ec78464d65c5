/**
 * The items that a host keeps on the ring (BEP 44), in the order of their keys, whether it owns them or has a copy.
 *
 * Decides which item stands: what an owner writes by BEP 44's rules and codes, what other members copy by the order of
 * versions. Nothing is kept that its hash or signature does not bear out, whoever sends it. An item is forgotten `ITEM_LIFE`
 * after its owner put it last: longer than BEP 44's two hours, since the ring repairs its copies and an owner may be away for a
 * day; copies carry their age, so that all replicas forget it together.
 *
 * Limits: `items` in all, beyond which `FairShares` says what gives way; `itemsOfNetwork` written by one /24 or /64;
 * `copiesOfNetwork` copied by one.
 */

import { type AddressKey, addressKeys } from '../../codec/address-keys.ts'
import { isSigned } from '../../items/ed25519.ts'
import { itemKey } from '../../items/item.ts'
import {
  copyOf,
  fault,
  isGenuine,
  isSameVersion,
  type Refusal,
  shapeFault,
  type VerifySignature,
  versionFault,
} from '../../items/item-rules.ts'
import { NetworkQuota } from '../../items/network-quota.ts'
import { bytesEqual } from '../../kernel/bytes.ts'
import { HOUR, type Millis, SECOND } from '../../kernel/clock.ts'
import type { Item } from '../../kernel/key-value-store.ts'
import type { CopiedItem, KeyRange } from '../host-messages.ts'
import { RingId } from '../ring-id.ts'
import { FairShares } from './fair-shares.ts'
import { KeyedList } from './keyed-list.ts'
import { REPLICAS } from './places.ts'
import { compareVersions, digestOf } from './version.ts'

export const ITEM_LIFE: Millis = 24 * HOUR
export const MAX_ITEMS = 10_000
export const MAX_ITEMS_OF_NETWORK = 2_000
/**
 * A full host holds its own range and those of the `REPLICAS` hosts before it, each as large on average: what one of them, or the
 * one that a joining host takes its range from, has for us is such a part of the whole.
 */
export const MAX_COPIES_OF_NETWORK = MAX_ITEMS / (1 + REPLICAS)

export interface ItemLimits {
  readonly items: number
  readonly itemsOfNetwork: number
  readonly copiesOfNetwork: number
}

const USUAL_ITEM_LIMITS: ItemLimits = {
  items: MAX_ITEMS,
  itemsOfNetwork: MAX_ITEMS_OF_NETWORK,
  copiesOfNetwork: MAX_COPIES_OF_NETWORK,
}

export interface HeldItem {
  readonly key: RingId
  readonly item: Item
  /** When its owner put it last, on our clock; before its start for one that is older. */
  readonly putAt: Millis
  /** 8 bytes. */
  readonly digest: Uint8Array
  /** When an owner last showed that it counts on our copy, or when it came. */
  confirmedAt: Millis
  /** In whose quota it counts; undefined for what was there when we began. */
  readonly from: { readonly host: string; readonly isCopy: boolean } | undefined
}

export interface ShelfOptions {
  readonly limits?: Partial<ItemLimits>
  readonly verify?: VerifySignature
  /** What our members own, which what is outside gives way to; nothing when left out. */
  readonly ranges?: () => readonly KeyRange[]
  /** What is held under this key is another now, or nothing. */
  readonly changed?: (key: RingId) => void
}

export type WriteOutcome = { readonly ok: true; readonly held: HeldItem } | Refusal
/** `kept`: it is held now. `known`: so it was, or a newer one. */
export type AdoptOutcome = { readonly outcome: 'kept' | 'known' | 'expired' } | Refusal

export class ItemShelf {
  private readonly held = new KeyedList<HeldItem>()
  private readonly limits: ItemLimits
  private readonly verify: VerifySignature
  private readonly changed: (key: RingId) => void
  private readonly written: NetworkQuota
  private readonly copied: NetworkQuota
  private readonly shares: FairShares

  constructor({ limits, verify = isSigned, ranges = () => [], changed = () => {} }: ShelfOptions = {}) {
    this.limits = { ...USUAL_ITEM_LIMITS, ...limits }
    this.verify = verify
    this.changed = changed
    this.written = new NetworkQuota(this.limits.itemsOfNetwork)
    this.copied = new NetworkQuota(this.limits.copiesOfNetwork)
    this.shares = new FairShares({ ranges, count: (range) => this.held.count(range) })
  }

  get size(): number {
    return this.held.size
  }

  /** An owner's write, from this IP literal; the caller has checked the token. */
  write(item: Item, { host, cas }: { readonly host: string; readonly cas?: bigint }, now: Millis): WriteOutcome {
    const misshapen = shapeFault(item)
    if (misshapen) return misshapen
    const key = RingId.of(itemKey(item))
    const held = this.get(key, now)
    const outdated = item.kind === 'mutable' ? versionFault(item, held?.item, cas) : undefined
    if (outdated) return outdated
    if (!held && !(this.written.allows(host) && this.hasRoomFor(key, host))) return NO_ROOM
    if (!(held && isKnown(item, held.item)) && !this.isBorneOut(item)) return fault(206, 'Invalid signature')
    return { ok: true, held: this.keep(key, item, { putAt: now, now, from: held?.from ?? { host, isCopy: false } }) }
  }

  /** A copy that the member at this IP literal has. */
  adopt({ item, age }: CopiedItem, host: string, now: Millis): AdoptOutcome {
    const misshapen = shapeFault(item)
    if (misshapen) return misshapen
    const putAt = now - Math.max(0, age) * SECOND
    if (now - putAt >= ITEM_LIFE) return { outcome: 'expired' }
    const key = RingId.of(itemKey(item))
    const held = this.get(key, now)
    const order = held ? compareVersions(item, held.item) : 1
    if (held && order <= 0) {
      if (order === 0 && putAt > held.putAt) this.keep(key, held.item, { putAt, now, from: held.from })
      return { outcome: 'known' }
    }
    if (!held && !(this.copied.allows(host) && this.hasRoomFor(key, host))) return NO_ROOM
    if (!this.isBorneOut(item)) return fault(206, 'Invalid signature')
    this.keep(key, item, { putAt, now, from: held?.from ?? { host, isCopy: true } })
    return { outcome: 'kept' }
  }

  /**
   * What was kept from an earlier run under this key.
   * @returns whether it, or a newer version, is held now: false for what is not its item, is too old or finds no room
   */
  restore(item: Item, key: Uint8Array, putAt: Millis, now: Millis): boolean {
    if (shapeFault(item) || now - putAt >= ITEM_LIFE || !this.isBorneOut(item)) return false
    const described = describe(item)
    if (!bytesEqual(described.key.bytes, key)) return false
    const held = this.get(described.key, now)
    if (held && compareVersions(item, held.item) <= 0) return true
    if (!this.held.get(described.key) && this.isFull) return false
    this.put({ ...described, putAt, confirmedAt: now, from: undefined })
    // What was taken meanwhile, older than this, may have been written over it.
    if (held) this.changed(described.key)
    return true
  }

  get(key: RingId, now: Millis): HeldItem | undefined {
    const held = this.held.get(key)
    return held && now - held.putAt < ITEM_LIFE ? held : undefined
  }

  /** Clockwise from the start of the range. */
  inRange(range: KeyRange, now: Millis): HeldItem[] {
    return this.held.inRange(range).filter(({ putAt }) => now - putAt < ITEM_LIFE)
  }

  all(now: Millis): HeldItem[] {
    return this.held.all().filter(({ putAt }) => now - putAt < ITEM_LIFE)
  }

  /** How many are held in the range, those about to be forgotten among them. */
  count(range: KeyRange): number {
    return this.held.count(range)
  }

  drop(key: RingId): void {
    const held = this.held.delete(key)
    if (!held) return
    this.release(held)
    this.shares.forget(key)
    this.changed(key)
  }

  /** Forgets what has not been put for `ITEM_LIFE`. Call once a minute or so. */
  expire(now: Millis): void {
    for (const { key, putAt } of this.held.all()) if (now - putAt >= ITEM_LIFE) this.drop(key)
  }

  private get isFull(): boolean {
    return this.held.size >= this.limits.items
  }

  private hasRoomFor(key: RingId, host: string): boolean {
    return !this.isFull || this.shares.victimFor(key, addressKeys(host).network) !== undefined
  }

  private isBorneOut(item: Item): boolean {
    return item.kind === 'immutable' || isGenuine(item, this.verify)
  }

  private keep(key: RingId, item: Item, { putAt, now, from }: KeepFacts): HeldItem {
    const known = this.held.get(key)
    const victim =
      !known && this.isFull && from ? this.shares.victimFor(key, addressKeys(from.host).network) : undefined
    if (victim) this.drop(victim)
    const isSame = known !== undefined && isKnown(item, known.item)
    const held: HeldItem = {
      ...(isSame ? { key, item: known.item, digest: known.digest } : describe(copyOf(item))),
      ...{ putAt, confirmedAt: now, from },
    }
    this.put(held)
    this.changed(key)
    return held
  }

  private put(held: HeldItem): void {
    const known = this.held.get(held.key)
    if (known) this.release(known)
    this.held.set(held)
    this.shares.note(held.key, {
      network: held.from ? addressKeys(held.from.host).network : OF_EARLIER_RUN,
      isCopy: held.from?.isCopy ?? false,
    })
    if (held.from) (held.from.isCopy ? this.copied : this.written).take(held.from.host)
  }

  private release({ from }: HeldItem): void {
    if (from) (from.isCopy ? this.copied : this.written).release(from.host)
  }
}

interface KeepFacts extends Pick<HeldItem, 'putAt' | 'from'> {
  readonly now: Millis
}

/** No literal, so no network. */
const OF_EARLIER_RUN: AddressKey = 'earlier run'

const NO_ROOM = fault(202, 'No room for this item')

function describe(item: Item): Pick<HeldItem, 'key' | 'item' | 'digest'> {
  return { key: RingId.of(itemKey(item)), item, digest: digestOf(item) }
}

/** Whether what is held is this very version, so that it need not be checked again. */
function isKnown(item: Item, held: Item): boolean {
  return item.kind === 'immutable' ? bytesEqual(item.value, held.value) : isSameVersion(item, held)
}

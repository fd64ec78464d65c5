/**
 * Items that others have put here (BEP 44). The caller has checked the token.
 *
 * Decides whether a put is accepted, with BEP 44's error codes: sizes, then the order of versions, then the signature, as
 * checking that costs most. The same version again only prolongs its life; the same `seq` with another value is refused.
 *
 * Limits: `MAX_ITEMS`, those nearest to our id; `MAX_ITEMS_OF_NETWORK` first put by one /24 or /64. An item that nobody
 * puts again is forgotten after `ITEM_LIFE`.
 */
import { bytesEqual } from '../kernel/bytes.ts'
import { HOUR, type Millis } from '../kernel/clock.ts'
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from './ed25519.ts'
import {
  type Item,
  MAX_SALT_BYTES,
  MAX_SEQ,
  MAX_VALUE_BYTES,
  type MutableItem,
  signedBytes,
  targetOf,
} from './mutable-item.ts'
import { NearestMap } from './nearest-map.ts'
import { NetworkQuota } from './network-quota.ts'
import type { NodeId } from './node-id.ts'

export const MAX_ITEMS = 1_000
export const MAX_ITEMS_OF_NETWORK = 200
/** Owners put their items again every hour. */
export const ITEM_LIFE: Millis = 2 * HOUR

/** BEP 44's error codes, and 202 (BEP 5, server error) where we have no room. */
export type PutErrorCode = 202 | 203 | 205 | 206 | 207 | 301 | 302
export interface Refusal {
  readonly ok: false
  readonly code: PutErrorCode
  readonly message: string
}
export type PutOutcome = { readonly ok: true; readonly target: NodeId } | Refusal

/** Checks an Ed25519 signature: key of 32 bytes, message, signature of 64. */
export type VerifySignature = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean

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
    if (item.kind === 'mutable' && !(stored && isSame(item, stored.item)) && !this.isGenuine(item)) {
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

  private isGenuine(item: MutableItem): boolean {
    return this.verify(item.publicKey, signedBytes(item), item.signature)
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

function shapeFault(item: Item): Refusal | undefined {
  if (item.value.length > MAX_VALUE_BYTES) return fault(205, `Value over ${MAX_VALUE_BYTES} bytes`)
  if (item.kind === 'immutable') return undefined
  if (item.salt.length > MAX_SALT_BYTES) return fault(207, `Salt over ${MAX_SALT_BYTES} bytes`)
  if (item.seq < 0n || item.seq > MAX_SEQ) return fault(203, 'Sequence number out of range')
  if (item.publicKey.length !== PUBLIC_KEY_BYTES) return fault(203, `Public key is not ${PUBLIC_KEY_BYTES} bytes`)
  return item.signature.length === SIGNATURE_BYTES ? undefined : fault(206, 'Invalid signature')
}

/** Why `item` may not replace what is stored; undefined where it may. */
export function versionFault(
  item: MutableItem,
  stored: Item | undefined,
  cas: bigint | undefined,
): Refusal | undefined {
  if (stored?.kind !== 'mutable') return undefined
  if (cas !== undefined && cas !== stored.seq) return fault(301, `Sequence number is ${stored.seq}, not ${cas}`)
  if (item.seq < stored.seq) return fault(302, `Sequence number below the current ${stored.seq}`)
  const changed = item.seq === stored.seq && !bytesEqual(item.value, stored.value)
  return changed ? fault(302, `Another value has sequence number ${stored.seq}`) : undefined
}

function isSame(item: MutableItem, stored: Item): boolean {
  return stored.kind === 'mutable' && item.seq === stored.seq && bytesEqual(item.signature, stored.signature)
}

function fault(code: PutErrorCode, message: string): Refusal {
  return { ok: false, code, message }
}

/** Bytes from outside may be views into memory that is used again. */
function copyOf(item: Item): Item {
  if (item.kind === 'immutable') return { ...item, value: item.value.slice() }
  const { value, publicKey, salt, signature } = item
  return {
    ...item,
    value: value.slice(),
    publicKey: publicKey.slice(),
    salt: salt.slice(),
    signature: signature.slice(),
  }
}

/**
 * What a host says of a range of its keys so that another can tell what differs: a hash for each sixteenth, or, where there are
 * few keys, each with the hash of its version.
 */
import { createHash } from 'node:crypto'
import type { Millis } from '../../kernel/clock.ts'
import type { HostAnswer, KeyRange } from '../host-messages.ts'
import type { HeldItem, ItemShelf } from './item-shelf.ts'
import { sixteenths } from './key-range.ts'
import { DIGEST_BYTES } from './version.ts'

/** So many keys are told one by one. */
const FEW_KEYS = 16

export type RangeAnswer = Extract<HostAnswer, { readonly kind: 'range' }>

export function describeRange(shelf: ItemShelf, range: KeyRange, now: Millis): RangeAnswer {
  const held = shelf.inRange(range, now)
  const parts = held.length > FEW_KEYS ? sixteenths(range) : undefined
  if (!parts) return { kind: 'range', keys: held.map(({ key, digest }) => ({ key, digest })) }
  return { kind: 'range', parts: parts.map((part) => digestOfAll(shelf.inRange(part, now))) }
}

/** The first 8 bytes of SHA-1 over keys and versions in order; zeros for none. */
export function digestOfAll(held: readonly HeldItem[]): Uint8Array {
  if (held.length === 0) return new Uint8Array(DIGEST_BYTES)
  const hash = createHash('sha1')
  for (const { key, digest } of held) hash.update(key.bytes).update(digest)
  return new Uint8Array(hash.digest().subarray(0, DIGEST_BYTES))
}

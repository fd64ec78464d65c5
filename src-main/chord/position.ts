/**
 * Where a host may stand on the ring: SHA-1 of its IPv4 address, or of the /64 of its IPv6 address, and a slot from 0 to 63
 * in one more byte. So an address has 64 places and cannot choose others, and whoever hears of a member checks that the
 * address it is told has that place.
 */
import { createHash } from 'node:crypto'
import { ipBytes } from '../codec/ip-address.ts'
import { RingId } from './ring-id.ts'

export const SLOTS = 64
const IPV6_PREFIX_BYTES = 8

/** Places of the same members are asked for again and again: so many are remembered, those worked out last. */
export const MAX_REMEMBERED = 8_192

const remembered = new Map<string, RingId>()

/** The place of slot `slot` of the host with this address; undefined where that is no IP literal or no slot. */
export function positionOf(host: string, slot: number): RingId | undefined {
  const name = `${slot} ${host}`
  const known = remembered.get(name)
  if (known) return known
  const address = ipBytes(host)
  if (address === undefined || !Number.isInteger(slot) || slot < 0 || slot >= SLOTS) return undefined
  const place = address.length === 4 ? address : address.subarray(0, IPV6_PREFIX_BYTES)
  const position = RingId.of(createHash('sha1').update(place).update(Uint8Array.of(slot)).digest())
  if (remembered.size >= MAX_REMEMBERED) remembered.delete(remembered.keys().next().value as string)
  remembered.set(name, position)
  return position
}

/** Places that are remembered. */
export function rememberedPlaces(): number {
  return remembered.size
}

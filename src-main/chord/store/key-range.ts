/** Ranges of keys, (`after`, `upTo`] clockwise, and their sixteenths. */
import type { KeyRange } from '../host-messages.ts'
import { owns, RingId } from '../ring-id.ts'

export const PARTS = 16

export function isInRange({ after, upTo }: KeyRange, key: RingId): boolean {
  return after.equals(upTo) || owns(after, key, upTo)
}

/** The range of one key alone. */
export function onlyKey(key: RingId): KeyRange {
  return { after: before(key), upTo: key }
}

/** The identifier before, counter-clockwise. */
export function before(key: RingId): RingId {
  const bytes = key.bytes.slice()
  for (let i = bytes.length - 1; i >= 0; i--) {
    const byte = bytes[i] as number
    bytes[i] = byte - 1
    if (byte > 0) break
  }
  bytes[0] = (bytes[0] as number) & (0xff >> (8 * bytes.length - key.bits))
  return RingId.of(bytes, key.bits)
}

/**
 * The range in 16 parts of equal width, in order clockwise; undefined where there are fewer than 16 identifiers in it. Both
 * sides of a comparison divide alike.
 */
export function sixteenths({ after, upTo }: KeyRange): readonly KeyRange[] | undefined {
  const { bits } = after
  const ring = 1n << BigInt(bits)
  const start = numberOf(after)
  const width = (numberOf(upTo) - start + ring) % ring || ring
  if (width < PARTS) return undefined
  const edges = Array.from({ length: PARTS + 1 }, (_, n) => idOf((start + (width * BigInt(n)) / 16n) % ring, bits))
  return edges.slice(1).map((edge, n) => ({ after: edges[n] as RingId, upTo: edge }))
}

function numberOf({ bytes }: RingId): bigint {
  let number = 0n
  for (const byte of bytes) number = (number << 8n) | BigInt(byte)
  return number
}

function idOf(number: bigint, bits: number): RingId {
  const bytes = new Uint8Array(Math.ceil(bits / 8))
  for (let i = bytes.length - 1, rest = number; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 0xffn)
  return RingId.of(bytes, bits)
}

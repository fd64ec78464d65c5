/** Small rings of numbers, as the literature draws them: for examples. Their members have no places that addresses give. */
import type { ChordContact } from './contact.ts'
import { RingId } from './ring-id.ts'

/** A member at `value` of a ring of `bits` bits, on a host of its own or on host `host`. */
export function numbered(value: number, bits: number, host = value): ChordContact {
  const endpoint = { host: `10.${host >> 16}.${(host >> 8) & 255}.${host & 255}`, port: 6881 }
  return { id: RingId.small(value, bits), endpoint, slot: 0 }
}

/** What `numbered` made it of. */
export function numberOf({ id }: { readonly id: RingId }): number {
  return id.bytes.reduce((sum, byte) => sum * 256 + byte, 0)
}

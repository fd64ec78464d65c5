/**
 * Node ids that are bound to the node's address (BEP 42), so that nobody can choose a place next to a target without an
 * address for it: the first 21 bits are those of CRC32C(masked address, r), and the last 3 bits are r.
 * An address has 8 such prefixes. Addresses that are not of the public internet are exempt: any id will do.
 */
import { ipBytes } from '../codec/ip-address.ts'
import { isExemptAddress } from '../codec/ip-reach.ts'
import type { Random } from '../kernel/random.ts'
import { ID_BYTES, NodeId } from './node-id.ts'

const IPV4_MASK = [0x03, 0x0f, 0x3f, 0xff]
/** Of the high half of an IPv6 address; the low half is the host's own choice. */
const IPV6_MASK = [0x01, 0x03, 0x07, 0x0f, 0x1f, 0x3f, 0x7f, 0xff]
const POLYNOMIAL = 0x82f63b78

/** An id for a node at `host` (an IP literal): 8 prefixes are possible, the other 136 bits are random. A random id where exempt. */
export function makeSecureId(host: string, random: Random): NodeId {
  const bytes = random.bytes(ID_BYTES)
  const address = ipBytes(host)
  if (address === undefined || isExemptAddress(address)) return NodeId.of(bytes)
  const crc = prefixOf(address, bytes[19] as number)
  bytes[0] = crc >>> 24
  bytes[1] = crc >>> 16
  bytes[2] = ((crc >>> 8) & 0xf8) | ((bytes[2] as number) & 0x07)
  return NodeId.of(bytes)
}

/** Whether a node at `host` may have this id: its 21 bits fit the address, or the address is exempt. */
export function isSecureId(id: NodeId, host: string): boolean {
  const address = ipBytes(host)
  if (address === undefined) return false
  if (isExemptAddress(address)) return true
  const crc = prefixOf(address, id.bytes[19] as number)
  const [first, second, third] = id.bytes as unknown as [number, number, number]
  return first === crc >>> 24 && second === ((crc >>> 16) & 0xff) && (third & 0xf8) === ((crc >>> 8) & 0xf8)
}

/** CRC with the polynomial of Castagnoli, reflected, as in RFC 3720 appendix B.4. */
export function crc32c(bytes: Iterable<number>): number {
  let crc = 0xffff_ffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
  }
  return (crc ^ 0xffff_ffff) >>> 0
}

function prefixOf(address: Uint8Array, r: number): number {
  const mask = address.length === 4 ? IPV4_MASK : IPV6_MASK
  const masked = mask.map((bits, i) => (address[i] as number) & bits)
  masked[0] = (masked[0] as number) | ((r & 7) << 5)
  return crc32c(masked)
}

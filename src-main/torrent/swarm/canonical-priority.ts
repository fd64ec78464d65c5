/**
 * Canonical peer priority (BEP 40): a number that both ends of a connection compute alike, so that a full swarm settles
 * into an even mesh that nobody can steer. Higher is better.
 */
import type { Endpoint } from '../../kernel/network.ts'

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  return crc
})

/** CRC-32C (Castagnoli). */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] as number)
  return (crc ^ 0xffffffff) >>> 0
}

/** IPv4 only: undefined for anything else, which then has no priority before others. */
export function canonicalPriority(a: Endpoint, b: Endpoint): number | undefined {
  const [left, right] = [ipv4(a.host), ipv4(b.host)]
  if (!left || !right) return undefined
  if (a.host === b.host) return crc32c(ordered(port(a), port(b)))
  const sameNet16 = left[0] === right[0] && left[1] === right[1]
  const sameNet24 = sameNet16 && left[2] === right[2]
  const mask = sameNet24 ? [0xff, 0xff, 0xff, 0xff] : sameNet16 ? [0xff, 0xff, 0xff, 0x55] : [0xff, 0xff, 0x55, 0x55]
  const masked = (ip: readonly number[]) => ip.map((byte, i) => byte & (mask[i] as number))
  return crc32c(ordered(masked(left), masked(right)))
}

function ipv4(host: string): number[] | undefined {
  const parts = host.split('.')
  return parts.length === 4 ? parts.map(Number) : undefined
}

function port(endpoint: Endpoint): number[] {
  return [endpoint.port >> 8, endpoint.port & 0xff]
}

/** Both, the smaller first. */
function ordered(a: readonly number[], b: readonly number[]): Uint8Array {
  const differing = a.findIndex((byte, i) => byte !== b[i])
  const firstIsA = differing < 0 || (a[differing] as number) < (b[differing] as number)
  return Uint8Array.from(firstIsA ? [...a, ...b] : [...b, ...a])
}

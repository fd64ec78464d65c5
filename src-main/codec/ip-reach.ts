/**
 * How far an IP address reaches: this machine, its own network, or everybody. Somebody in the public internet who names a
 * private address would have us send packets into our own network, so what somebody tells us of must reach at least as far
 * as the teller; and nobody outside is told what is inside.
 */
import { ipBytes, ipv4Number } from './ip-address.ts'

/** 0: this machine. 1: its own network. 2: everybody. */
export type Reach = 0 | 1 | 2

/** Of an IP literal; a text that is none reaches nobody else. */
export function reachOf(host: string): Reach {
  const number = ipv4Number(host)
  if (number !== undefined) return number >>> 24 === 127 ? 0 : isExemptIpv4(number) ? 1 : 2
  const bytes = ipBytes(host)
  if (bytes === undefined) return 0
  // An IPv4 address in the form of IPv6 is among these, too.
  if (bytes.length === 4 ? bytes[0] === 127 : isLoopback6(bytes)) return 0
  return isExemptAddress(bytes) ? 1 : 2
}

/** Whether what somebody with the reach `least` names may be sent to. */
export function mayName(least: Reach, named: Reach): boolean {
  return least === 0 || named >= least
}

/** Whether 4 or 16 bytes are a loopback, private or link-local address (BEP 42: 10/8, 172.16/12, 192.168/16, 169.254/16, 127/8), and those of IPv6. */
export function isExemptAddress(address: Uint8Array): boolean {
  const [a, b] = address as unknown as [number, number]
  if (address.length === 4) return isExemptPrefix((a << 8) | b)
  const loopback = address.subarray(0, 15).every((byte) => byte === 0) && address[15] === 1
  const uniqueLocal = (a & 0xfe) === 0xfc
  const linkLocal = a === 0xfe && (b & 0xc0) === 0x80
  return loopback || uniqueLocal || linkLocal
}

/** The same for an IPv4 address as a number. */
function isExemptIpv4(number: number): boolean {
  return isExemptPrefix(number >>> 16)
}

/** The first two bytes of an IPv4 address. */
function isExemptPrefix(prefix: number): boolean {
  const first = prefix >> 8
  return first === 10 || first === 127 || prefix >> 4 === 0xac1 || prefix === 0xc0a8 || prefix === 0xa9fe
}

function isLoopback6(bytes: Uint8Array): boolean {
  return bytes[15] === 1 && bytes.subarray(0, 15).every((byte) => byte === 0)
}

/**
 * At which local addresses DHT nodes of ours stand (BEP 45). Where the machine has several public IPv4 addresses, each has
 * a node, because each is another neighbour to the world. One, or private ones only, share the node of all interfaces: the
 * system knows which of them a packet should leave from, and a router makes one public address of them. IPv6 addresses
 * are public each, so each has a node. Pure.
 */
import { ipBytes, isLoopbackIp } from '../../codec/ip-address.ts'
import type { LocalAddress } from '../../kernel/network.ts'
import { listenHost, type NetworkPolicy } from '../../kernel/network-policy.ts'

/** Each costs a table and its upkeep. */
export const MAX_NODES_OF_FAMILY = 4

const ANY_IPV4 = '0.0.0.0'
const ANY_IPV6 = '::'
const LOOPBACK_IPV6 = '::1'

/** @param given the host that a command line says, over everything else */
export function nodeAddresses(
  policy: NetworkPolicy,
  given: string | undefined,
  local: readonly LocalAddress[],
): readonly string[] {
  if (given !== undefined && given !== ANY_IPV4 && given !== ANY_IPV6) return [given]
  const outer = [...new Set(local.filter(({ internal }) => !internal).map(({ host }) => host))].sort()
  const ipv6 = outer.filter(isPublicIpv6).slice(0, MAX_NODES_OF_FAMILY)
  if (given === ANY_IPV6) return ipv6
  if (given === undefined && policy.mode === 'local-only') return fewAddresses(policy)
  const ipv4 = outer.filter(isPublicIpv4).slice(0, MAX_NODES_OF_FAMILY)
  return [...(ipv4.length > 1 ? ipv4 : [ANY_IPV4]), ...ipv6]
}

/** Only this machine and those who were named may be reached: their families decide. */
function fewAddresses(policy: NetworkPolicy & { readonly mode: 'local-only' }): string[] {
  const outside = policy.allowedHosts.filter((host) => host !== 'localhost' && !isLoopbackIp(host))
  const isIpv6 = (host: string) => host.includes(':')
  const ipv4 = outside.every(isIpv6) ? listenHost(policy) : ANY_IPV4
  if (outside.some(isIpv6)) return [ipv4, ANY_IPV6]
  return policy.allowedHosts.some(isIpv6) ? [ipv4, LOOPBACK_IPV6] : [ipv4]
}

/** Global unicast, 2000::/3 (RFC 4291), without the documentation's 2001:db8::/32. */
function isPublicIpv6(host: string): boolean {
  const bytes = ipBytes(host)
  if (bytes?.length !== 16 || ((bytes[0] as number) & 0xe0) !== 0x20) return false
  return !(bytes[0] === 0x20 && bytes[1] === 0x01 && bytes[2] === 0x0d && bytes[3] === 0xb8)
}

/** Not of RFC 1918, 3927, 6598 or loopback. */
function isPublicIpv4(host: string): boolean {
  const bytes = ipBytes(host)
  if (bytes?.length !== 4) return false
  const [a, b] = bytes as unknown as [number, number]
  const isPrivate = a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168)
  const isSpecial = a === 0 || a === 127 || a >= 224 || (a === 169 && b === 254) || (a === 100 && b >= 64 && b < 128)
  return !isPrivate && !isSpecial
}

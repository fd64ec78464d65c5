/**
 * Which addresses count as one sender. Whoever has an IPv6 line has a /64 of it, and whoever rents addresses often has a whole
 * /24 of IPv4, so budgets and votes count these and not single addresses.
 */
import { canonicalIp, ipBytes } from '../codec/ip-address.ts'
import type { Endpoint } from '../kernel/network.ts'

/** One sender: an IPv4 address, or the /64 of an IPv6 address. */
export function senderOf(host: string): string {
  return host.includes(':') ? prefix6(host, 8) : host
}

/** Its neighbourhood: the /24 of an IPv4 address, the /48 of an IPv6 address. */
export function neighbourhoodOf(host: string): string {
  return host.includes(':') ? prefix6(host, 6) : host.slice(0, host.lastIndexOf('.'))
}

/** Its provider, roughly: the /16 of an IPv4 address, the /32 of an IPv6 address. */
export function providerOf(host: string): string {
  if (host.includes(':')) return prefix6(host, 4)
  return host.slice(0, host.indexOf('.', host.indexOf('.') + 1))
}

/** The same endpoint with the one text for its address; an IPv4 address has only one. */
export function canonicalEndpoint(endpoint: Endpoint): Endpoint {
  if (!endpoint.host.includes(':')) return endpoint
  return { host: canonicalIp(endpoint.host) ?? endpoint.host, port: endpoint.port }
}

function prefix6(host: string, bytes: number): string {
  return `${(ipBytes(host) ?? new Uint8Array()).subarray(0, bytes).join('.')}/${bytes * 8}`
}

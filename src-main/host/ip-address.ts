/** What kind of network an IP address belongs to. Pure. IPv4 addresses in IPv6 form (`::ffff:10.0.0.1`) count as IPv4. */
import { BlockList, isIP } from 'node:net'

const LOOPBACK = subnets(['127.0.0.0', 8], ['::1', 128])
const MULTICAST = subnets(['224.0.0.0', 4], ['ff00::', 8])

/** What the public internet does not route: IANA's special-purpose registries (RFC 6890), and multicast. */
const NOT_PUBLIC = subnets(
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  ['::', 128],
  ['::1', 128],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001:db8::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
)

function subnets(...ranges: readonly (readonly [address: string, prefix: number])[]): BlockList {
  const list = new BlockList()
  for (const [address, prefix] of ranges) list.addSubnet(address, prefix, familyOf(address))
  return list
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6'
}

/** Without the zone of a link-local address (`fe80::1%eth0`), which says nothing about its kind. */
const withoutZone = (address: string) => address.replace(/%.*$/, '')

export function isIpAddress(text: string): boolean {
  return isIP(text) !== 0
}

/** 127.0.0.0/8 and ::1. False for anything that is not an IP address. */
export function isLoopback(address: string): boolean {
  return isIpAddress(address) && LOOPBACK.check(withoutZone(address), familyOf(address))
}

/** 224.0.0.0/4 and ff00::/8. False for anything that is not an IP address. */
export function isMulticast(address: string): boolean {
  return isIpAddress(address) && MULTICAST.check(withoutZone(address), familyOf(address))
}

/** Reachable over the internet, as far as the address tells. False for anything that is not an IP address. */
export function isPublicAddress(address: string): boolean {
  return isIpAddress(address) && !NOT_PUBLIC.check(withoutZone(address), familyOf(address))
}

/** A set of addresses that knows the different spellings of one address. */
export class AddressSet {
  private readonly list = new BlockList()

  /** Adds an IP address; anything else is ignored. */
  add(address: string): void {
    if (isIpAddress(address)) this.list.addAddress(withoutZone(address), familyOf(address))
  }

  has(address: string): boolean {
    return isIpAddress(address) && this.list.check(withoutZone(address), familyOf(address))
  }
}

/** An IP address and a port that a socket can go to. */
export function isUsableEndpoint({ host, port }: { readonly host: string; readonly port: number }): boolean {
  return isIpAddress(host) && Number.isInteger(port) && port >= 0 && port <= 65_535
}

import { ipBytes, ipv4Number } from './ip-address.ts'

/** Equal for equal IP addresses, quick to compare: a number for IPv4, a text for IPv6. */
export type AddressKey = number | string

/** Keys of an IP literal and of its /24 or /64; a text that is no literal stands for itself. */
export function addressKeys(host: string): { readonly address: AddressKey; readonly network: AddressKey } {
  const number = ipv4Number(host)
  if (number !== undefined) return { address: number, network: number >>> 8 }
  const bytes = ipBytes(host)
  if (bytes === undefined) return { address: host, network: host }
  if (bytes.length === 16) {
    return { address: String.fromCharCode(...bytes), network: String.fromCharCode(...bytes.subarray(0, 8)) }
  }
  const [a, b, c, d] = bytes as unknown as [number, number, number, number]
  const network = (a << 16) | (b << 8) | c
  return { address: network * 256 + d, network }
}

/** Hosts in each /24, of 65,536 such networks of 10/8. */
const PER_NETWORK = 254
const NETWORKS = 65_536
/** Odd, so that multiplying by it modulo 65,536 meets each network once before any a second time. */
const SPREAD = 40_503

export const MAX_LAB_ADDRESSES = NETWORKS * PER_NETWORK

/**
 * The address of the n-th host of a laboratory: each in a /24 of its own as long as there are any, neighbours in number spread
 * over all /16s, so that the rules that count networks stay on. Private addresses may have any id (BEP 42), so ids are even.
 * @throws RangeError from the `MAX_LAB_ADDRESSES`-th on, where there would be no such address
 */
export function labAddress(n: number): string {
  if (n >= MAX_LAB_ADDRESSES) throw new RangeError(`a laboratory has ${MAX_LAB_ADDRESSES} addresses, not ${n + 1}`)
  const network = (n * SPREAD) % NETWORKS
  return `10.${network >> 8}.${network & 255}.${1 + Math.floor(n / NETWORKS)}`
}

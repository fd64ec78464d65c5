/** The address of the n-th host: 10.0.0.1, 10.0.0.2 …, each octet from 1 to 254 at the end. */
export function addressOf(index: number): string {
  const last = 1 + (index % 254)
  const rest = Math.floor(index / 254)
  return `10.${rest >> 8}.${rest & 0xff}.${last}`
}

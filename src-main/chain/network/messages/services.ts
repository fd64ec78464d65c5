/** What a node offers, as bits of a number of 64 (`services`). */
export const Services = {
  /** All blocks. */
  NETWORK: 1n,
  /** Transactions and blocks with witnesses (BIP 144). */
  WITNESS: 8n,
  /** Block filters (BIP 157). */
  COMPACT_FILTERS: 64n,
  /** The last 288 blocks (BIP 159). */
  NETWORK_LIMITED: 1_024n,
} as const

/** Whether `services` has all bits of `wanted`. */
export function hasServices(services: bigint, wanted: bigint): boolean {
  return (services & wanted) === wanted
}

/**
 * Filter headers (BIP 157): each commits to the filter of its block and to the filter header before it, so that two
 * peers that agree on one agree on all filters up to it. The first block's follows 32 zero bytes.
 */
import { HASH_BYTES, hash256 } from '../primitives/hashes.ts'

/** Hash of a filter's bytes, 32 bytes: what `cfheaders` carries. */
export function filterHashOf(filter: Uint8Array): Uint8Array {
  return hash256(filter)
}

/** The filter header over a filter's hash, after `previous`; all of 32 bytes. */
export function filterHeaderOf(filterHash: Uint8Array, previous: Uint8Array): Uint8Array {
  if (filterHash.length !== HASH_BYTES || previous.length !== HASH_BYTES) throw new RangeError('a hash has 32 bytes')
  return hash256(filterHash, previous)
}

/** The filter header of each block in a row, after `previous`. */
export function filterHeadersFrom(previous: Uint8Array, filterHashes: readonly Uint8Array[]): Uint8Array[] {
  let header = previous
  return filterHashes.map((filterHash) => {
    header = filterHeaderOf(filterHash, header)
    return header
  })
}

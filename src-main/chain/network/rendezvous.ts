import { utf8 } from '../../kernel/bytes.ts'
import type { ChainNetwork } from '../consensus/network.ts'
import { sha256 } from '../primitives/hashes.ts'

const RENDEZVOUS_BYTES = 20

/**
 * What nodes of a network announce and look for in directories that others share (Kademlia, Chord, the local network):
 * the first 20 bytes of SHA-256 over `shoal chain` and the hash of the first block.
 */
export function rendezvousKey(network: ChainNetwork): Uint8Array {
  return sha256(utf8('shoal chain'), network.genesis.hash).slice(0, RENDEZVOUS_BYTES)
}

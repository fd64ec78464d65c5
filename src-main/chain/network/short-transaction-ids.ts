/**
 * Short ids of the transactions of a compact block (BIP 152, version 2): the lower 48 bits of SipHash-2-4 of the wtxid
 * under a key that the header and a nonce of the sender make, so that nobody can prepare collisions for all nodes.
 */
import { ByteWriter } from '../../codec/byte-writer.ts'
import { SIPHASH_KEY_BYTES, SipHash } from '../light/siphash.ts'
import { sha256 } from '../primitives/hashes.ts'
import { type BlockHeader, HEADER_BYTES } from '../primitives/header.ts'

/** Bytes of a short id, lowest first. */
export const SHORT_ID_BYTES = 6

export class ShortIds {
  readonly #sipHash: SipHash

  /** `nonce`: 64 bits, as sent. */
  constructor(header: BlockHeader, nonce: bigint) {
    const seed = new ByteWriter(HEADER_BYTES + 8).bytes(header.bytes()).u64(nonce).done()
    this.#sipHash = new SipHash(sha256(seed).subarray(0, SIPHASH_KEY_BYTES))
  }

  /** Short id of a wtxid (32 bytes): 0 to 2^48 - 1. */
  of(wtxid: Uint8Array): number {
    const { high, low } = this.#sipHash.hash(wtxid)
    return (high & 0xffff) * 0x1_0000_0000 + low
  }
}

/**
 * Reads the first 68 bytes of a peer (BEP 3): 19, `BitTorrent protocol`, eight reserved bytes, info hash, peer id. Takes
 * them in pieces of any size and refuses at the first byte that is not BitTorrent's, so that nothing waits for the rest.
 */
import { utf8 } from '../../kernel/bytes.ts'
import type { PeerHandshake } from './peer-wire.ts'

export const HANDSHAKE_LENGTH = 68
const PREFIX = utf8('\u0013BitTorrent protocol')
const RESERVED = PREFIX.length
const INFO_HASH = RESERVED + 8
const PEER_ID = INFO_HASH + 20

export type HandshakeProgress =
  | { readonly outcome: 'more' }
  | { readonly outcome: 'refused' }
  /** `taken`: how many bytes of this chunk belong to the handshake. `bytes`: all 68, in memory of their own. */
  | {
      readonly outcome: 'complete'
      readonly taken: number
      readonly bytes: Uint8Array
      readonly handshake: PeerHandshake
    }

export class HandshakeReader {
  private readonly bytes = new Uint8Array(HANDSHAKE_LENGTH)
  private filled = 0

  push(chunk: Uint8Array): HandshakeProgress {
    const from = this.filled
    const taken = Math.min(chunk.length, HANDSHAKE_LENGTH - from)
    this.bytes.set(chunk.subarray(0, taken), from)
    this.filled += taken
    for (let i = from; i < Math.min(this.filled, PREFIX.length); i++)
      if (this.bytes[i] !== PREFIX[i]) return { outcome: 'refused' }
    if (this.filled < HANDSHAKE_LENGTH) return { outcome: 'more' }
    return { outcome: 'complete', taken, bytes: this.bytes, handshake: parse(this.bytes) }
  }
}

function parse(bytes: Uint8Array): PeerHandshake {
  return {
    infoHash: bytes.slice(INFO_HASH, PEER_ID),
    peerId: bytes.slice(PEER_ID, HANDSHAKE_LENGTH),
    extended: ((bytes[RESERVED + 5] as number) & 0x10) !== 0,
    fast: ((bytes[RESERVED + 7] as number) & 0x04) !== 0,
    dht: ((bytes[RESERVED + 7] as number) & 0x01) !== 0,
  }
}

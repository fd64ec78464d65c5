/** `ping` and the `pong` that answers it with the same nonce (BIP 31). */
import { ByteReader } from '../../../codec/byte-reader.ts'
import { ByteWriter } from '../../../codec/byte-writer.ts'
import type { MessageCodec } from './message-codec.ts'

export interface PingPong<C extends 'ping' | 'pong'> {
  readonly command: C
  /** 64 bits. */
  readonly nonce: bigint
}

const NONCE_BYTES = 8

function pingPong<C extends 'ping' | 'pong'>(command: C): MessageCodec<PingPong<C>> {
  return {
    command,
    maxBytes: NONCE_BYTES,
    encode: ({ nonce }) => new ByteWriter(NONCE_BYTES).u64(nonce).done(),
    decode(payload) {
      const reader = new ByteReader(payload)
      const nonce = reader.u64()
      reader.end()
      return { command, nonce }
    },
  }
}

export const ping = pingPong('ping')
export const pong = pingPong('pong')

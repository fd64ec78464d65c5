import { concatBytes, utf8 } from '../../kernel/bytes.ts'
import type { Random } from '../../kernel/random.ts'

/** What we call ourselves in the extended handshake. */
export const CLIENT_NAME = 'Shoal/0.1.0'
/** BEP 20, Azureus style: two letters, then version 0.1.0. */
export const PEER_ID_PREFIX = '-SH0100-'
const PEER_ID_LENGTH = 20

/** A new peer id: our prefix and 12 random bytes. */
export function makePeerId(random: Random): Uint8Array {
  const prefix = utf8(PEER_ID_PREFIX)
  return concatBytes([prefix, random.bytes(PEER_ID_LENGTH - prefix.length)])
}

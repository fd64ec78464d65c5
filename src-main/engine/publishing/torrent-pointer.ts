/**
 * What stands behind a link whose torrent changes (BEP 46): a mutable item of the DHT (BEP 44) whose value is the
 * dictionary `{ ih: 20 bytes }`. Further entries are passed over.
 */
import { decodeBencode, encodeBencode } from '../../codec/bencode.ts'
import { BencodeError } from '../../codec/bencode-error.ts'
import { toHex } from '../../kernel/bytes.ts'

const MAX_VALUE_BYTES = 1_000
const INFO_HASH_BYTES = 20

/** The value that points to a torrent. */
export function pointerTo(infoHash: Uint8Array): Uint8Array {
  return encodeBencode({ ih: infoHash })
}

/** The info-hash that a value points to; undefined where it points to none. */
export function pointedTo(value: Uint8Array): Uint8Array | undefined {
  try {
    const { value: decoded } = decodeBencode(value, { maxBytes: MAX_VALUE_BYTES, maxDepth: 10, maxItems: 100 })
    const infoHash = decoded instanceof Map ? decoded.get('ih') : undefined
    return infoHash instanceof Uint8Array && infoHash.length === INFO_HASH_BYTES ? infoHash.slice() : undefined
  } catch (error) {
    if (error instanceof BencodeError) return undefined
    throw error
  }
}

/** A public key, and the salt where there is one. */
export interface LinkKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  /** 0 to 64 bytes. */
  readonly salt: Uint8Array
}

/** How a link is called in the contract: the key in hexadecimal, and the salt behind a dot. */
export function linkId({ publicKey, salt }: LinkKey): string {
  return salt.length > 0 ? `${toHex(publicKey)}.${toHex(salt)}` : toHex(publicKey)
}

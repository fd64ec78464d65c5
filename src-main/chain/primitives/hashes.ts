/**
 * The two hashes of Bitcoin, and how people read them. Hashes of transactions and blocks are kept in internal byte
 * order (as hashed and as on the wire) everywhere; people and programs see them reversed, as hexadecimal.
 */
import { createHash, hash } from 'node:crypto'
import { concatBytes, fromHex, toHex } from '../../kernel/bytes.ts'

/** Bytes of a block hash, transaction id or SHA-256. */
export const HASH_BYTES = 32

/** Thirty-two zero bytes: the parent of a genesis block, the previous output of a coinbase. Not to be written to. */
export const ZERO_HASH: Uint8Array = new Uint8Array(HASH_BYTES)

/** SHA-256 of the parts one after the other, 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return plain(hash.digest())
}

/**
 * SHA-256 of SHA-256 of the parts one after the other, 32 bytes. Bytes hashed at once take half the time of a hash that is
 * fed, copying included, and most of checking headers and small blocks is this.
 */
export function hash256(...parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  const whole = only !== undefined && parts.length === 1 ? only : concatBytes(parts)
  return plain(hash('sha256', hash('sha256', whole, 'buffer'), 'buffer'))
}

/** RIPEMD-160 of SHA-256, 20 bytes: what pay-to-public-key-hash and pay-to-script-hash commit to. */
export function hash160(bytes: Uint8Array): Uint8Array {
  return plain(
    createHash('ripemd160')
      .update(hash('sha256', bytes, 'buffer'))
      .digest(),
  )
}

/** A hash as people see it: 64 hexadecimal digits, last byte first. */
export function displayHash(hash: Uint8Array): string {
  return toHex(hash.slice().reverse())
}

/** The hash that `displayHash` shows so, letter case aside; undefined for anything but 64 hexadecimal digits. */
export function parseHash(text: string): Uint8Array | undefined {
  return /^[0-9a-f]{64}$/i.test(text) ? fromHex(text).reverse() : undefined
}

function plain(digest: Uint8Array): Uint8Array {
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.byteLength)
}

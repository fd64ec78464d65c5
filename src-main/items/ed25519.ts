/**
 * Ed25519 over raw keys (RFC 8032), as BEP 44 sends them: 32 bytes of public key, 64 of signature. The platform wants its
 * keys wrapped in DER; the wrapping of this one algorithm is a constant (RFC 8410).
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { concatBytes, fromHex } from '../kernel/bytes.ts'

export const PUBLIC_KEY_BYTES = 32
export const SIGNATURE_BYTES = 64
/** The private key: the 32 bytes from which RFC 8032 derives everything else. */
export const SEED_BYTES = 32

const PKCS8_HEAD = fromHex('302e020100300506032b657004220420')
const SPKI_HEAD = fromHex('302a300506032b6570032100')

/** @throws RangeError unless there are 32 bytes of seed */
export function publicKeyOf(seed: Uint8Array): Uint8Array {
  const der = createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' })
  return new Uint8Array(der.subarray(SPKI_HEAD.length))
}

/** 64 bytes. @throws RangeError unless there are 32 bytes of seed */
export function signWith(seed: Uint8Array, message: Uint8Array): Uint8Array {
  return new Uint8Array(sign(null, message, privateKey(seed)))
}

/** False for any key or signature that is not one. */
export function isSigned(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false
  try {
    const key = createPublicKey({ key: derOf(SPKI_HEAD, publicKey), format: 'der', type: 'spki' })
    return verify(null, message, key, signature)
  } catch {
    return false
  }
}

function privateKey(seed: Uint8Array): KeyObject {
  if (seed.length !== SEED_BYTES) throw new RangeError(`an Ed25519 seed has ${SEED_BYTES} bytes, not ${seed.length}`)
  return createPrivateKey({ key: derOf(PKCS8_HEAD, seed), format: 'der', type: 'pkcs8' })
}

function derOf(head: Uint8Array, key: Uint8Array): Buffer {
  return Buffer.from(concatBytes([head, key]))
}

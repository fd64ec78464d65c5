/** The curve secp256k1, by libsecp256k1 where its binary fits this machine, else by the package's JavaScript. */
import secp256k1 from 'secp256k1'

const SCALAR_BYTES = 32

/** The compressed public key of a private one, 33 bytes. @throws Error where the number is 0 or beyond the order */
export function publicKeyOf(secret: Uint8Array): Uint8Array {
  return secp256k1.publicKeyCreate(secret, true)
}

/** point + scalar × G, compressed. @throws Error where there is no such point */
export function addToPublicKey(publicKey: Uint8Array, scalar: Uint8Array): Uint8Array {
  return secp256k1.publicKeyTweakAdd(publicKey, scalar, true)
}

/**
 * Signs a digest of 32 bytes: 64 bytes, R and low S. The nonce is RFC 6979's; where R would need 33 bytes in DER
 * another is made, as Bitcoin Core does: a signature never has more than 71 bytes with its hash type.
 */
export function signLowR(digest: Uint8Array, secret: Uint8Array): Uint8Array {
  for (let attempt = 0; ; attempt++) {
    const signature = signAttempt(digest, secret, attempt)
    if ((signature[0] as number) < 0x80) return signature
  }
}

/** Attempt 0 is RFC 6979 alone; to later ones their number is additional data, 32 bytes little-endian. S is low in all. */
export function signAttempt(digest: Uint8Array, secret: Uint8Array, attempt: number): Uint8Array {
  if (attempt === 0) return secp256k1.ecdsaSign(digest, secret).signature
  const data = new Uint8Array(SCALAR_BYTES)
  new DataView(data.buffer).setUint32(0, attempt, true)
  return secp256k1.ecdsaSign(digest, secret, { data }).signature
}

export function verifies(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean {
  return secp256k1.ecdsaVerify(signature, digest, publicKey)
}

/** DER, at most 72 bytes. */
export function derOf(signature: Uint8Array): Uint8Array {
  return secp256k1.signatureExport(signature)
}

/**
 * Signatures by the package secp256k1: libsecp256k1 where its binary fits, else the package's JavaScript. The package
 * itself falls back without a word, so its two halves are loaded one by one here.
 */
import { createRequire } from 'node:module'
import type secp256k1 from 'secp256k1'
import type { SignatureCheck, SignatureVerifier } from '../kernel/signature-verifier.ts'

type Secp256k1 = Pick<typeof secp256k1, 'ecdsaVerify'>

const SIGNATURE_BYTES = 64
const DIGEST_BYTES = 32
const COMPRESSED_KEY_BYTES = 33
const UNCOMPRESSED_KEY_BYTES = 65

/** The native verifier where there is one. `load` is for tests: it gets the name of a module. */
export function createSignatureVerifier(
  load: (name: string) => Secp256k1 = createRequire(import.meta.url),
): SignatureVerifier {
  const native = loadNative(load)
  return native
    ? new PackageVerifier('native', native)
    : new PackageVerifier('javascript', load('secp256k1/elliptic.js'))
}

/** Undefined where no binary fits this platform, or the one that is there cannot be loaded. */
function loadNative(load: (name: string) => Secp256k1): Secp256k1 | undefined {
  try {
    return load('secp256k1/bindings.js')
  } catch {
    return undefined
  }
}

class PackageVerifier implements SignatureVerifier {
  readonly kind: SignatureVerifier['kind']
  readonly #curve: Secp256k1

  constructor(kind: SignatureVerifier['kind'], curve: Secp256k1) {
    this.kind = kind
    this.#curve = curve
  }

  verify({ signature, publicKey, digest }: SignatureCheck): boolean {
    if (signature.length !== SIGNATURE_BYTES || digest.length !== DIGEST_BYTES) return false
    if (publicKey.length !== COMPRESSED_KEY_BYTES && publicKey.length !== UNCOMPRESSED_KEY_BYTES) return false
    try {
      return this.#curve.ecdsaVerify(signature, digest, publicKey)
    } catch {
      // The lengths are right: what is left to throw about is a number beyond the order or a key off the curve.
      return false
    }
  }
}

import type { SignatureVerifier } from '../../kernel/signature-verifier.ts'
import { verifies } from '../../wallet/keys/curve.ts'

/** For the few signatures of a payment of ours. */
export const curveVerifier: Pick<SignatureVerifier, 'verify'> = {
  verify({ signature, digest, publicKey }) {
    try {
      return verifies(signature, digest, publicKey)
    } catch {
      return false
    }
  },
}

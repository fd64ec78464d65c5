/** Checks of ECDSA signatures on the curve secp256k1. */
import { CodedError, type Fault } from './errors.ts'

/** One question to the curve. */
export interface SignatureCheck {
  /** 64 bytes: r and s, each 32 bytes big-endian, s in the lower half of its range. */
  readonly signature: Uint8Array
  /** 33 bytes (compressed) or 65 (uncompressed, also in the hybrid form). */
  readonly publicKey: Uint8Array
  /** 32 bytes. */
  readonly digest: Uint8Array
}

export interface SignatureVerifier {
  /** `javascript` is some fifty times slower: no binary fits this machine. */
  readonly kind: 'native' | 'javascript'
  /**
   * Whether the holder of the key signed the digest. False also for a key that is no point of the curve, and for
   * numbers out of range; never throws for content.
   */
  verify(check: SignatureCheck): boolean
}

/** Checks many signatures away from the thread that asks. */
export interface SignatureBatches {
  /** One answer for each check, in their order. Rejects with a `SignatureBatchError` where none can be given. */
  verifyAll(checks: readonly SignatureCheck[]): Promise<readonly boolean[]>
  /** Open batches fail with `CLOSED`, and so does every later one. */
  close(): Promise<void>
}

export type SignatureBatchFault = Fault &
  (
    | { readonly code: 'CLOSED' }
    | { readonly code: 'FULL'; readonly limit: number }
    | { readonly code: 'WORKER_DIED'; readonly reason: string }
  )

/** Signatures could not be checked. Says nothing about them. */
export class SignatureBatchError extends CodedError<SignatureBatchFault> {}

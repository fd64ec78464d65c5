/**
 * Signature checks as bytes, one message for a whole batch. Each check takes `RECORD_BYTES`: 64 of signature, 32 of
 * digest, 1 that holds the length of the key (0 to 65), and 65 with the key and zeros behind it.
 */
import type { SignatureCheck } from '../kernel/signature-verifier.ts'

const SIGNATURE_BYTES = 64
const DIGEST_BYTES = 32
const MAX_KEY_BYTES = 65
const DIGEST_AT = SIGNATURE_BYTES
const KEY_LENGTH_AT = DIGEST_AT + DIGEST_BYTES
const KEY_AT = KEY_LENGTH_AT + 1
const RECORD_BYTES = KEY_AT + MAX_KEY_BYTES

export interface SignatureRequest {
  readonly id: number
  readonly records: Uint8Array
}

export interface SignatureReply {
  readonly id: number
  /** 1 for each good check. */
  readonly good: Uint8Array
}

/** @throws RangeError for parts that have not the lengths of a check */
export function packChecks(checks: readonly SignatureCheck[]): Uint8Array {
  const records = new Uint8Array(checks.length * RECORD_BYTES)
  for (const [i, { signature, publicKey, digest }] of checks.entries()) {
    if (signature.length !== SIGNATURE_BYTES || digest.length !== DIGEST_BYTES || publicKey.length > MAX_KEY_BYTES)
      throw new RangeError(`check ${i} of the batch has parts of wrong lengths`)
    const at = i * RECORD_BYTES
    records.set(signature, at)
    records.set(digest, at + DIGEST_AT)
    records[at + KEY_LENGTH_AT] = publicKey.length
    records.set(publicKey, at + KEY_AT)
  }
  return records
}

/** The checks that `packChecks` wrote, as views. */
export function unpackChecks(records: Uint8Array): SignatureCheck[] {
  return Array.from({ length: records.length / RECORD_BYTES }, (_, i) => {
    const record = records.subarray(i * RECORD_BYTES, (i + 1) * RECORD_BYTES)
    return {
      signature: record.subarray(0, SIGNATURE_BYTES),
      digest: record.subarray(DIGEST_AT, KEY_LENGTH_AT),
      publicKey: record.subarray(KEY_AT, KEY_AT + (record[KEY_LENGTH_AT] as number)),
    }
  })
}

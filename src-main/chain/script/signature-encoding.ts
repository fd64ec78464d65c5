/** What forms of signatures and public keys a script accepts under its flags, before any of them is checked. */
import { isLowS, isStrictDer, readLaxDer } from './der-signature.ts'
import { ScriptError } from './script-error.ts'
import { ScriptFlag, type ScriptFlags } from './script-flags.ts'
import { isDefinedHashType } from './sighash-type.ts'

const COMPRESSED_KEY_BYTES = 33
const UNCOMPRESSED_KEY_BYTES = 65
const NEED_STRICT_DER = ScriptFlag.DERSIG | ScriptFlag.LOW_S | ScriptFlag.STRICTENC

/** `legacy`: outside witnesses; `witness`: version 0 (BIP 143). */
export type SignatureVersion = 'legacy' | 'witness'

/**
 * A signature with its hash type; an empty one is always allowed.
 * @throws ScriptError `SIG_DER`, `SIG_HIGH_S` or `SIG_HASHTYPE`
 */
export function checkSignatureEncoding(signature: Uint8Array, flags: ScriptFlags): void {
  if (signature.length === 0) return
  if ((flags & NEED_STRICT_DER) !== 0 && !isStrictDer(signature)) throw new ScriptError('SIG_DER')
  if ((flags & ScriptFlag.LOW_S) !== 0) {
    const compact = readLaxDer(signature.subarray(0, -1))
    if (compact !== undefined && !isLowS(compact)) throw new ScriptError('SIG_HIGH_S')
  }
  if ((flags & ScriptFlag.STRICTENC) !== 0 && !isDefinedHashType(signature[signature.length - 1] as number))
    throw new ScriptError('SIG_HASHTYPE')
}

/** @throws ScriptError `PUBKEYTYPE` or `WITNESS_PUBKEYTYPE` */
export function checkPublicKeyEncoding(publicKey: Uint8Array, flags: ScriptFlags, version: SignatureVersion): void {
  if ((flags & ScriptFlag.STRICTENC) !== 0 && !isCompressed(publicKey) && !isUncompressed(publicKey))
    throw new ScriptError('PUBKEYTYPE')
  if ((flags & ScriptFlag.WITNESS_PUBKEYTYPE) !== 0 && version === 'witness' && !isCompressed(publicKey))
    throw new ScriptError('WITNESS_PUBKEYTYPE')
}

/** Whether the length is the one that the first byte announces; hybrid keys (6 and 7) are long. */
export function isPublicKeySized(publicKey: Uint8Array): boolean {
  const first = publicKey[0] as number
  if (publicKey.length === COMPRESSED_KEY_BYTES) return first === 2 || first === 3
  return publicKey.length === UNCOMPRESSED_KEY_BYTES && (first === 4 || first === 6 || first === 7)
}

function isCompressed(publicKey: Uint8Array): boolean {
  return publicKey.length === COMPRESSED_KEY_BYTES && (publicKey[0] === 2 || publicKey[0] === 3)
}

function isUncompressed(publicKey: Uint8Array): boolean {
  return publicKey.length === UNCOMPRESSED_KEY_BYTES && publicKey[0] === 4
}

/**
 * Answers what a running script asks about the transaction that spends: does a signature fit, is a lock time reached.
 * Signatures are read and their digests made here; the checking of the curve is left to `SignatureChecks`.
 */
import type { SignatureCheck } from '../../kernel/signature-verifier.ts'
import { SEQUENCE_FINAL, type TransactionOutput } from '../primitives/transaction.ts'
import { lowerS, readLaxDer } from './der-signature.ts'
import { legacySighash } from './sighash-legacy.ts'
import { type SharedSighashes, witnessSighash } from './sighash-witness.ts'
import { isPublicKeySized, type SignatureVersion } from './signature-encoding.ts'

/** Lock times below are heights, others seconds since 1970. */
export const LOCK_TIME_THRESHOLD = 500_000_000
/** Bits of a sequence (BIP 68). */
export const SEQUENCE_DISABLE_FLAG = 0x8000_0000
export const SEQUENCE_TYPE_FLAG = 0x0040_0000
export const SEQUENCE_VALUE_MASK = 0x0000_ffff
const SEQUENCE_LOCKTIME_MASK = SEQUENCE_TYPE_FLAG | SEQUENCE_VALUE_MASK

/** One input of a transaction and the output it spends. */
export interface Spend {
  /** The same object for all inputs of the transaction. */
  readonly shared: SharedSighashes
  readonly index: number
  readonly spent: TransactionOutput
}

export interface SignatureChecks {
  /**
   * @param decides whether the script goes on differently by the answer although the input may be good either way;
   * otherwise a wrong `true` may be given and taken back later
   */
  check(check: SignatureCheck, decides: boolean): boolean
}

export class SpendChecker {
  readonly #spend: Spend
  readonly #checks: SignatureChecks
  #digestOf: { scriptCode: Uint8Array; hashType: number; digest: Uint8Array } | undefined

  constructor(spend: Spend, checks: SignatureChecks) {
    this.#spend = spend
    this.#checks = checks
  }

  /** `signature` with its hash type. */
  checkSignature(
    signature: Uint8Array,
    publicKey: Uint8Array,
    code: { readonly script: Uint8Array; readonly version: SignatureVersion },
    decides: boolean,
  ): boolean {
    if (signature.length === 0 || !isPublicKeySized(publicKey)) return false
    const compact = readLaxDer(signature.subarray(0, -1))
    if (compact === undefined) return false
    const digest = this.#digest(code.script, code.version, signature[signature.length - 1] as number)
    return this.#checks.check({ signature: lowerS(compact), publicKey, digest }, decides)
  }

  /** BIP 65. `wanted` is not negative. */
  checkLockTime(wanted: number): boolean {
    const { lockTime } = this.#spend.shared.transaction
    if (lockTime < LOCK_TIME_THRESHOLD !== wanted < LOCK_TIME_THRESHOLD) return false
    return wanted <= lockTime && this.#sequence !== SEQUENCE_FINAL
  }

  /** BIP 112. `wanted` is not negative and its disabling bit is not set. */
  checkSequence(wanted: number): boolean {
    // Versions are compared without sign here: negative ones are above 2.
    if (this.#spend.shared.transaction.version >>> 0 < 2) return false
    const sequence = this.#sequence
    if ((sequence & SEQUENCE_DISABLE_FLAG) !== 0) return false
    if ((sequence & SEQUENCE_TYPE_FLAG) !== (wanted & SEQUENCE_TYPE_FLAG)) return false
    return (wanted & SEQUENCE_LOCKTIME_MASK) <= (sequence & SEQUENCE_LOCKTIME_MASK)
  }

  get #sequence(): number {
    const { shared, index } = this.#spend
    const input = shared.transaction.inputs[index]
    if (input === undefined) throw new RangeError(`no input ${index}`)
    return input.sequence
  }

  /** Signatures of one CHECKMULTISIG mostly share a digest: the last one is kept. */
  #digest(scriptCode: Uint8Array, version: SignatureVersion, hashType: number): Uint8Array {
    const last = this.#digestOf
    if (last && last.scriptCode === scriptCode && last.hashType === hashType) return last.digest
    const { shared, index, spent } = this.#spend
    const digest =
      version === 'witness'
        ? witnessSighash(shared, index, scriptCode, spent.value, hashType)
        : legacySighash(shared.transaction, index, scriptCode, hashType)
    this.#digestOf = { scriptCode, hashType, digest }
    return digest
  }
}

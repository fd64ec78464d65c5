/**
 * Which rules a script is run under: a set with one bit for each rule. Which of them are consensus depends on the
 * height and network; the rest is policy.
 */

export const ScriptFlag = Object.freeze({
  NONE: 0,
  /** BIP 16: pay to script hash. */
  P2SH: 1 << 0,
  /** Signatures have a defined hash type, public keys a defined form (policy). */
  STRICTENC: 1 << 1,
  /** BIP 66: signatures are strictly DER. */
  DERSIG: 1 << 2,
  /** BIP 146: S is in the lower half (policy). */
  LOW_S: 1 << 3,
  /** BIP 147: the extra value of CHECKMULTISIG is empty. */
  NULLDUMMY: 1 << 4,
  /** Input scripts only push (policy; P2SH inputs must anyway). */
  SIGPUSHONLY: 1 << 5,
  /** BIP 62: pushes and numbers are in their shortest form (policy). */
  MINIMALDATA: 1 << 6,
  DISCOURAGE_UPGRADABLE_NOPS: 1 << 7,
  /** One item is left (policy; under a witness always). Needs P2SH and WITNESS. */
  CLEANSTACK: 1 << 8,
  /** BIP 65. */
  CHECKLOCKTIMEVERIFY: 1 << 9,
  /** BIP 112. */
  CHECKSEQUENCEVERIFY: 1 << 10,
  /** BIP 141 and 143. Needs P2SH. */
  WITNESS: 1 << 11,
  DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM: 1 << 12,
  /** IF takes nothing or 1 under a witness (policy). */
  MINIMALIF: 1 << 13,
  /** BIP 146: a signature that does not fit is empty (policy). */
  NULLFAIL: 1 << 14,
  /** Public keys are compressed under a witness (policy). */
  WITNESS_PUBKEYTYPE: 1 << 15,
  /** No CODESEPARATOR and no FindAndDelete outside a witness (policy). */
  CONST_SCRIPTCODE: 1 << 16,
} as const)

/** A union of `ScriptFlag` bits. */
export type ScriptFlags = number

/** What blocks must keep once every rule is active. */
export const CONSENSUS_FLAGS: ScriptFlags =
  ScriptFlag.P2SH |
  ScriptFlag.DERSIG |
  ScriptFlag.NULLDUMMY |
  ScriptFlag.CHECKLOCKTIMEVERIFY |
  ScriptFlag.CHECKSEQUENCEVERIFY |
  ScriptFlag.WITNESS

/** What a transaction must keep to be relayed. */
export const STANDARD_FLAGS: ScriptFlags =
  CONSENSUS_FLAGS |
  ScriptFlag.STRICTENC |
  ScriptFlag.LOW_S |
  ScriptFlag.MINIMALDATA |
  ScriptFlag.DISCOURAGE_UPGRADABLE_NOPS |
  ScriptFlag.CLEANSTACK |
  ScriptFlag.DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM |
  ScriptFlag.MINIMALIF |
  ScriptFlag.NULLFAIL |
  ScriptFlag.WITNESS_PUBKEYTYPE |
  ScriptFlag.CONST_SCRIPTCODE

/** @throws RangeError for a set that names a rule without the rules it builds on */
export function assertFlagsFit(flags: ScriptFlags): void {
  const { P2SH, WITNESS, CLEANSTACK } = ScriptFlag
  if ((flags & WITNESS) !== 0 && (flags & P2SH) === 0) throw new RangeError('WITNESS needs P2SH')
  if ((flags & CLEANSTACK) !== 0 && (flags & WITNESS) === 0) throw new RangeError('CLEANSTACK needs WITNESS')
}

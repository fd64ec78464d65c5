/**
 * Why a script does not allow an input to spend its output. The codes are those of Bitcoin Core's script_error, without
 * the prefix, so that programs and vectors can be compared.
 */
import { CodedError, type Fault } from '../../kernel/errors.ts'

const sentences = {
  EVAL_FALSE: 'The script ended without a true value on the stack.',
  OP_RETURN: 'The script executed OP_RETURN, which always fails.',
  SCRIPT_SIZE: 'The script is larger than 10,000 bytes.',
  PUSH_SIZE: 'The script pushes more than 520 bytes at once.',
  OP_COUNT: 'The script has more than 201 operations.',
  STACK_SIZE: 'The script has more than 1,000 items on its stacks.',
  SIG_COUNT: 'The number of signatures is negative or above the number of public keys.',
  PUBKEY_COUNT: 'The number of public keys is negative or above 20.',
  VERIFY: 'OP_VERIFY met a false value.',
  EQUALVERIFY: 'OP_EQUALVERIFY met two values that differ.',
  CHECKMULTISIGVERIFY: 'OP_CHECKMULTISIGVERIFY met signatures that do not fit.',
  CHECKSIGVERIFY: 'OP_CHECKSIGVERIFY met a signature that does not fit.',
  NUMEQUALVERIFY: 'OP_NUMEQUALVERIFY met two numbers that differ.',
  SCRIPTNUM: 'The script uses bytes as a number that are too many for one, or not its shortest form.',
  BAD_OPCODE: 'The script has an unknown or reserved operation, or a push beyond its end.',
  DISABLED_OPCODE: 'The script has an operation that is disabled.',
  INVALID_STACK_OPERATION: 'The script takes more from the stack than there is.',
  INVALID_ALTSTACK_OPERATION: 'The script takes more from the second stack than there is.',
  UNBALANCED_CONDITIONAL: 'The script has OP_IF, OP_ELSE and OP_ENDIF that do not match.',
  NEGATIVE_LOCKTIME: 'The script demands a negative lock time.',
  UNSATISFIED_LOCKTIME: 'The lock time that the script demands is not met.',
  SIG_HASHTYPE: 'A signature has an unknown hash type.',
  SIG_DER: 'A signature is not strictly DER.',
  MINIMALDATA: 'The script pushes data in more bytes than it needs.',
  SIG_PUSHONLY: 'The input script does more than push data.',
  SIG_HIGH_S: 'A signature has the higher of its two possible S values.',
  SIG_NULLDUMMY: 'The extra value that OP_CHECKMULTISIG takes is not empty.',
  PUBKEYTYPE: 'A public key is neither compressed nor uncompressed.',
  CLEANSTACK: 'The script leaves more than one item on the stack.',
  MINIMALIF: 'OP_IF or OP_NOTIF met a value other than empty or 1.',
  NULLFAIL: 'A signature that does not fit is not empty.',
  DISCOURAGE_UPGRADABLE_NOPS: 'The script uses an operation that is kept for later rules.',
  DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM: 'The output has a witness version that is kept for later rules.',
  WITNESS_PROGRAM_WRONG_LENGTH: 'The witness program is neither 20 nor 32 bytes long.',
  WITNESS_PROGRAM_WITNESS_EMPTY: 'The witness is empty where a script is demanded.',
  WITNESS_PROGRAM_MISMATCH: 'The witness does not fit the witness program.',
  WITNESS_MALLEATED: 'The input has a script beside its witness.',
  WITNESS_MALLEATED_P2SH: 'The input script is not exactly the push of its witness program.',
  WITNESS_UNEXPECTED: 'The input has a witness that no script asks for.',
  WITNESS_PUBKEYTYPE: 'A public key under a witness is not compressed.',
  OP_CODESEPARATOR: 'The script has OP_CODESEPARATOR outside a witness.',
  SIG_FINDANDDELETE: 'The script holds the signature that it checks.',
} as const

export type ScriptErrorCode = keyof typeof sentences
export const scriptErrorCodes = Object.keys(sentences) as readonly ScriptErrorCode[]

export interface ScriptFault extends Fault {
  readonly code: ScriptErrorCode
}

/** A script refused. Whether that is a broken rule of consensus or of policy is decided by the flags it ran under. */
export class ScriptError extends CodedError<ScriptFault> {
  constructor(code: ScriptErrorCode) {
    super({ code }, `${sentences[code]} Sign the input again by the rules of the output it spends.`)
  }
}

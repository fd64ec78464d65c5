/**
 * Whether an input may spend its output: input script, output script, the script behind a script hash (BIP 16) and the
 * witness (BIP 141), in the order and under the rules that the flags name. Outputs of witness versions above 0 are
 * anyone's to spend (taproot among them), unless policy discourages that.
 */
import { bytesEqual, concatBytes } from '../../kernel/bytes.ts'
import { sha256 } from '../primitives/hashes.ts'
import { MAX_PUSH_BYTES, runScript } from './interpreter.ts'
import { Opcode } from './opcodes.ts'
import { ScriptError } from './script-error.ts'
import { assertFlagsFit, ScriptFlag, type ScriptFlags } from './script-flags.ts'
import { isTrue } from './script-number.ts'
import { isPayToScriptHash, type WitnessProgram, witnessProgramOf } from './script-patterns.ts'
import { isPushOnly, pushOf } from './script-reader.ts'
import type { SignatureVersion } from './signature-encoding.ts'
import { type SignatureChecks, type Spend, SpendChecker } from './spend-checker.ts'

const KEY_HASH_BYTES = 20
const SCRIPT_HASH_BYTES = 32
const KEY_HASH_SCRIPT_START = Uint8Array.of(Opcode.OP_DUP, Opcode.OP_HASH160, KEY_HASH_BYTES)
const KEY_HASH_SCRIPT_END = Uint8Array.of(Opcode.OP_EQUALVERIFY, Opcode.OP_CHECKSIG)

/** Nothing where the input may spend. @throws ScriptError with the first rule broken */
export function verifyInput(spend: Spend, flags: ScriptFlags, checks: SignatureChecks): void {
  assertFlagsFit(flags)
  new InputVerification(spend, flags, checks).run()
}

class InputVerification {
  readonly #flags: ScriptFlags
  readonly #checker: SpendChecker
  readonly #scriptPubKey: Uint8Array
  readonly #scriptSig: Uint8Array
  readonly #witness: readonly Uint8Array[]
  #witnessUsed = false

  constructor(spend: Spend, flags: ScriptFlags, checks: SignatureChecks) {
    const input = spend.shared.transaction.inputs[spend.index]
    if (input === undefined) throw new RangeError(`no input ${spend.index}`)
    this.#flags = flags
    this.#checker = new SpendChecker(spend, checks)
    this.#scriptPubKey = spend.spent.scriptPubKey
    this.#scriptSig = input.scriptSig
    this.#witness = input.witness
  }

  run(): void {
    if (this.#has(ScriptFlag.SIGPUSHONLY) && !isPushOnly(this.#scriptSig)) throw new ScriptError('SIG_PUSHONLY')
    const stack: Uint8Array[] = []
    this.#execute(this.#scriptSig, stack, 'legacy')
    const pushed = stack.slice()
    this.#execute(this.#scriptPubKey, stack, 'legacy')
    assertTrue(stack)
    let left = this.#runProgram(this.#scriptPubKey, this.#scriptSig.length === 0 ? undefined : 'WITNESS_MALLEATED')
      ? 1
      : stack.length
    if (this.#has(ScriptFlag.P2SH) && isPayToScriptHash(this.#scriptPubKey)) left = this.#runRedeemScript(pushed)
    if (this.#has(ScriptFlag.CLEANSTACK) && left !== 1) throw new ScriptError('CLEANSTACK')
    if (this.#has(ScriptFlag.WITNESS) && !this.#witnessUsed && this.#witness.length > 0)
      throw new ScriptError('WITNESS_UNEXPECTED')
  }

  /** BIP 16: the last thing pushed is a script. Gives the number of items left. */
  #runRedeemScript(stack: Uint8Array[]): number {
    if (!isPushOnly(this.#scriptSig)) throw new ScriptError('SIG_PUSHONLY')
    const redeemScript = stack.pop()
    // The hash was right, so there was something to hash.
    if (redeemScript === undefined) throw new ScriptError('INVALID_STACK_OPERATION')
    this.#execute(redeemScript, stack, 'legacy')
    assertTrue(stack)
    const exact = bytesEqual(this.#scriptSig, pushOf(redeemScript))
    return this.#runProgram(redeemScript, exact ? undefined : 'WITNESS_MALLEATED_P2SH') ? 1 : stack.length
  }

  /** Runs the witness where `script` asks for one; false where it does not. */
  #runProgram(script: Uint8Array, malleated: 'WITNESS_MALLEATED' | 'WITNESS_MALLEATED_P2SH' | undefined): boolean {
    const program = this.#has(ScriptFlag.WITNESS) ? witnessProgramOf(script) : undefined
    if (program === undefined) return false
    this.#witnessUsed = true
    if (malleated) throw new ScriptError(malleated)
    if (program.version === 0) this.#runWitness(program)
    else if (this.#has(ScriptFlag.DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM))
      throw new ScriptError('DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM')
    return true
  }

  /** Version 0: a key hash, or the hash of a script that is the last item (BIP 141). */
  #runWitness({ program }: WitnessProgram): void {
    const stack = this.#witness.slice()
    if (program.length === KEY_HASH_BYTES) {
      if (stack.length !== 2) throw new ScriptError('WITNESS_PROGRAM_MISMATCH')
      this.#runWitnessScript(concatBytes([KEY_HASH_SCRIPT_START, program, KEY_HASH_SCRIPT_END]), stack)
      return
    }
    if (program.length !== SCRIPT_HASH_BYTES) throw new ScriptError('WITNESS_PROGRAM_WRONG_LENGTH')
    const script = stack.pop()
    if (script === undefined) throw new ScriptError('WITNESS_PROGRAM_WITNESS_EMPTY')
    if (!bytesEqual(sha256(script), program)) throw new ScriptError('WITNESS_PROGRAM_MISMATCH')
    this.#runWitnessScript(script, stack)
  }

  #runWitnessScript(script: Uint8Array, stack: Uint8Array[]): void {
    if (stack.some((item) => item.length > MAX_PUSH_BYTES)) throw new ScriptError('PUSH_SIZE')
    this.#execute(script, stack, 'witness')
    if (stack.length !== 1) throw new ScriptError('CLEANSTACK')
    assertTrue(stack)
  }

  #execute(script: Uint8Array, stack: Uint8Array[], version: SignatureVersion): void {
    runScript(script, stack, { flags: this.#flags, version, checker: this.#checker })
  }

  #has(flag: ScriptFlags): boolean {
    return (this.#flags & flag) !== 0
  }
}

/** @throws ScriptError `EVAL_FALSE` unless the top item is there and true */
function assertTrue(stack: readonly Uint8Array[]): void {
  const top = stack[stack.length - 1]
  if (top === undefined || !isTrue(top)) throw new ScriptError('EVAL_FALSE')
}

/**
 * Runs one script on a stack: every operation of Bitcoin as of segwit version 0.
 *
 * Time is bounded by the limits here and by the operation count; a script that breaks a rule ends with a `ScriptError`,
 * whatever its bytes are. Does not know how the scripts of an input follow each other (verify-input.ts).
 */
import { runArithmetic } from './arithmetic-operations.ts'
import { isDisabled, Opcode } from './opcodes.ts'
import { ScriptError } from './script-error.ts'
import { ScriptFlag } from './script-flags.ts'
import { type ScriptContext, ScriptMachine } from './script-machine.ts'
import { encodeNumber, isTrue, MAX_LOCK_TIME_BYTES } from './script-number.ts'
import { isMinimalPush, ScriptReader } from './script-reader.ts'
import { runCheckMultisig, runCheckSignature } from './signature-operations.ts'
import { SEQUENCE_DISABLE_FLAG } from './spend-checker.ts'
import { runEqual, runHash, runStackOperation } from './stack-operations.ts'

export const MAX_SCRIPT_BYTES = 10_000
export const MAX_PUSH_BYTES = 520

/** Which branches are being executed, in constant time for each operation. */
class Conditions {
  depth = 0
  /** The outermost branch that is not taken; -1 where all are. */
  #notTaken = -1

  get allTaken(): boolean {
    return this.#notTaken < 0
  }

  enter(taken: boolean): void {
    if (this.allTaken && !taken) this.#notTaken = this.depth
    this.depth++
  }

  turn(): void {
    this.#assertInside()
    if (this.allTaken) this.#notTaken = this.depth - 1
    else if (this.#notTaken === this.depth - 1) this.#notTaken = -1
  }

  leave(): void {
    this.#assertInside()
    this.depth--
    if (this.#notTaken === this.depth) this.#notTaken = -1
  }

  #assertInside(): void {
    if (this.depth === 0) throw new ScriptError('UNBALANCED_CONDITIONAL')
  }
}

/** Runs `script` on `stack`, which it changes. @throws ScriptError */
export function runScript(script: Uint8Array, stack: Uint8Array[], context: ScriptContext): void {
  if (script.length > MAX_SCRIPT_BYTES) throw new ScriptError('SCRIPT_SIZE')
  const machine = new ScriptMachine(script, stack, context)
  const conditions = new Conditions()
  const reader = new ScriptReader(script)
  while (reader.next()) {
    const { opcode } = reader
    if (reader.push.length > MAX_PUSH_BYTES) throw new ScriptError('PUSH_SIZE')
    if (opcode > Opcode.OP_16) machine.countOperations(1)
    if (isDisabled(opcode)) throw new ScriptError('DISABLED_OPCODE')
    if (opcode === Opcode.OP_CODESEPARATOR && context.version === 'legacy' && machine.has(ScriptFlag.CONST_SCRIPTCODE))
      throw new ScriptError('OP_CODESEPARATOR')
    const executing = conditions.allTaken
    if (opcode >= Opcode.OP_IF && opcode <= Opcode.OP_ENDIF) runBranch(machine, conditions, opcode, executing)
    else if (executing) execute(machine, reader)
    machine.checkSize()
  }
  if (reader.broken) throw new ScriptError('BAD_OPCODE')
  if (conditions.depth > 0) throw new ScriptError('UNBALANCED_CONDITIONAL')
}

/** IF to ENDIF, which are looked at in branches not taken too; VERIF and VERNOTIF fail even there. */
function runBranch(machine: ScriptMachine, conditions: Conditions, opcode: number, executing: boolean): void {
  if (opcode === Opcode.OP_IF || opcode === Opcode.OP_NOTIF)
    conditions.enter(executing && popCondition(machine) === (opcode === Opcode.OP_IF))
  else if (opcode === Opcode.OP_ELSE) conditions.turn()
  else if (opcode === Opcode.OP_ENDIF) conditions.leave()
  else throw new ScriptError('BAD_OPCODE')
}

function popCondition(machine: ScriptMachine): boolean {
  const item = machine.stack.pop()
  if (item === undefined) throw new ScriptError('UNBALANCED_CONDITIONAL')
  if (machine.context.version === 'witness' && machine.has(ScriptFlag.MINIMALIF)) {
    if (item.length > 1 || (item.length === 1 && item[0] !== 1)) throw new ScriptError('MINIMALIF')
  }
  return isTrue(item)
}

function execute(machine: ScriptMachine, reader: ScriptReader): void {
  const { opcode } = reader
  if (opcode <= Opcode.OP_16) runPush(machine, opcode, reader.push)
  else if (opcode <= Opcode.OP_RETURN) runControl(machine, opcode)
  else if (opcode <= Opcode.OP_TUCK || opcode === Opcode.OP_SIZE) runStackOperation(machine, opcode)
  else if (opcode === Opcode.OP_EQUAL || opcode === Opcode.OP_EQUALVERIFY) runEqual(machine, opcode)
  else if (opcode < Opcode.OP_1ADD) throw new ScriptError('BAD_OPCODE')
  else if (opcode <= Opcode.OP_WITHIN) runArithmetic(machine, opcode)
  else if (opcode <= Opcode.OP_HASH256) runHash(machine, opcode)
  else if (opcode === Opcode.OP_CODESEPARATOR) machine.codeStart = reader.at
  else runCheck(machine, opcode)
}

/** Checks of signatures and lock times, and the operations that do nothing. */
function runCheck(machine: ScriptMachine, opcode: number): void {
  switch (opcode) {
    case Opcode.OP_CHECKSIG:
    case Opcode.OP_CHECKSIGVERIFY:
      runCheckSignature(machine, opcode)
      break
    case Opcode.OP_CHECKMULTISIG:
    case Opcode.OP_CHECKMULTISIGVERIFY:
      runCheckMultisig(machine, opcode)
      break
    case Opcode.OP_CHECKLOCKTIMEVERIFY:
      runCheckLockTime(machine)
      break
    case Opcode.OP_CHECKSEQUENCEVERIFY:
      runCheckSequence(machine)
      break
    default:
      if (opcode > Opcode.OP_NOP10) throw new ScriptError('BAD_OPCODE')
      if (machine.has(ScriptFlag.DISCOURAGE_UPGRADABLE_NOPS)) throw new ScriptError('DISCOURAGE_UPGRADABLE_NOPS')
  }
}

function runPush(machine: ScriptMachine, opcode: number, data: Uint8Array): void {
  if (opcode <= Opcode.OP_PUSHDATA4) {
    if (machine.has(ScriptFlag.MINIMALDATA) && !isMinimalPush(opcode, data)) throw new ScriptError('MINIMALDATA')
    machine.push(data)
  } else if (opcode === Opcode.OP_RESERVED) throw new ScriptError('BAD_OPCODE')
  else machine.push(encodeNumber(opcode === Opcode.OP_1NEGATE ? -1 : opcode - Opcode.OP_1 + 1))
}

function runControl(machine: ScriptMachine, opcode: number): void {
  if (opcode === Opcode.OP_NOP) return
  if (opcode === Opcode.OP_RETURN) throw new ScriptError('OP_RETURN')
  if (opcode !== Opcode.OP_VERIFY) throw new ScriptError('BAD_OPCODE')
  if (!machine.popBoolean()) throw new ScriptError('VERIFY')
}

/** BIP 65; does nothing before it is active. */
function runCheckLockTime(machine: ScriptMachine): void {
  if (!machine.has(ScriptFlag.CHECKLOCKTIMEVERIFY)) return
  const wanted = machine.peekNumber(0, MAX_LOCK_TIME_BYTES)
  if (wanted < 0) throw new ScriptError('NEGATIVE_LOCKTIME')
  if (!machine.context.checker.checkLockTime(wanted)) throw new ScriptError('UNSATISFIED_LOCKTIME')
}

/** BIP 112; does nothing before it is active, or where the disabling bit is set. */
function runCheckSequence(machine: ScriptMachine): void {
  if (!machine.has(ScriptFlag.CHECKSEQUENCEVERIFY)) return
  const wanted = machine.peekNumber(0, MAX_LOCK_TIME_BYTES)
  if (wanted < 0) throw new ScriptError('NEGATIVE_LOCKTIME')
  if ((wanted & SEQUENCE_DISABLE_FLAG) !== 0) return
  if (!machine.context.checker.checkSequence(wanted)) throw new ScriptError('UNSATISFIED_LOCKTIME')
}

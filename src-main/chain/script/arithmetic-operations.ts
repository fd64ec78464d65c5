/** Operations on numbers: operands of at most 4 bytes, results of any size. */
import { Opcode } from './opcodes.ts'
import { ScriptError } from './script-error.ts'
import type { ScriptMachine } from './script-machine.ts'

/** Runs one of 1ADD to WITHIN (the disabled ones are refused before). */
export function runArithmetic(machine: ScriptMachine, opcode: number): void {
  if (opcode <= Opcode.OP_0NOTEQUAL) machine.pushNumber(unary(opcode, machine.popNumber()))
  else if (opcode === Opcode.OP_WITHIN) runWithin(machine)
  else runBinary(machine, opcode)
}

function runBinary(machine: ScriptMachine, opcode: number): void {
  machine.need(2)
  const a = machine.peekNumber(1)
  const b = machine.peekNumber(0)
  machine.stack.length -= 2
  if (opcode !== Opcode.OP_NUMEQUALVERIFY) machine.pushNumber(binary(opcode, a, b))
  else if (a !== b) throw new ScriptError('NUMEQUALVERIFY')
}

function unary(opcode: number, a: number): number {
  switch (opcode) {
    case Opcode.OP_1ADD:
      return a + 1
    case Opcode.OP_1SUB:
      return a - 1
    case Opcode.OP_NEGATE:
      return -a
    case Opcode.OP_ABS:
      return Math.abs(a)
    case Opcode.OP_NOT:
      return Number(a === 0)
    case Opcode.OP_0NOTEQUAL:
      return Number(a !== 0)
    default:
      throw new ScriptError('BAD_OPCODE')
  }
}

function binary(opcode: number, a: number, b: number): number {
  switch (opcode) {
    case Opcode.OP_ADD:
      return a + b
    case Opcode.OP_SUB:
      return a - b
    case Opcode.OP_BOOLAND:
      return Number(a !== 0 && b !== 0)
    case Opcode.OP_BOOLOR:
      return Number(a !== 0 || b !== 0)
    case Opcode.OP_NUMEQUAL:
      return Number(a === b)
    case Opcode.OP_NUMNOTEQUAL:
      return Number(a !== b)
    case Opcode.OP_LESSTHAN:
      return Number(a < b)
    case Opcode.OP_GREATERTHAN:
      return Number(a > b)
    case Opcode.OP_LESSTHANOREQUAL:
      return Number(a <= b)
    case Opcode.OP_GREATERTHANOREQUAL:
      return Number(a >= b)
    case Opcode.OP_MIN:
      return Math.min(a, b)
    case Opcode.OP_MAX:
      return Math.max(a, b)
    default:
      throw new ScriptError('BAD_OPCODE')
  }
}

/** WITHIN: at least the second operand and below the third. */
function runWithin(machine: ScriptMachine): void {
  machine.need(3)
  const value = machine.peekNumber(2)
  const least = machine.peekNumber(1)
  const above = machine.peekNumber(0)
  machine.stack.length -= 3
  machine.pushBoolean(least <= value && value < above)
}

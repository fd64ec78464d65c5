/** Operations that move items about, compare them and hash them. */
import { createHash } from 'node:crypto'
import { bytesEqual } from '../../kernel/bytes.ts'
import { hash160, hash256, sha256 } from '../primitives/hashes.ts'
import { Opcode } from './opcodes.ts'
import { ScriptError } from './script-error.ts'
import type { ScriptMachine } from './script-machine.ts'
import { isTrue } from './script-number.ts'

interface Items {
  readonly count: number
  /** Of the lowest of them; the top is at 0. */
  readonly depth: number
}

/** Operations that push items of the stack again. */
const copies: ReadonlyMap<number, Items> = new Map([
  [Opcode.OP_DUP, { count: 1, depth: 0 }],
  [Opcode.OP_OVER, { count: 1, depth: 1 }],
  [Opcode.OP_2DUP, { count: 2, depth: 1 }],
  [Opcode.OP_2OVER, { count: 2, depth: 3 }],
  [Opcode.OP_3DUP, { count: 3, depth: 2 }],
])

/** Operations that move items of the stack to its top. */
const lifts: ReadonlyMap<number, Items> = new Map([
  [Opcode.OP_SWAP, { count: 1, depth: 1 }],
  [Opcode.OP_ROT, { count: 1, depth: 2 }],
  [Opcode.OP_2SWAP, { count: 2, depth: 3 }],
  [Opcode.OP_2ROT, { count: 2, depth: 5 }],
])

/** Runs one of TOALTSTACK to TUCK, or SIZE. */
export function runStackOperation(machine: ScriptMachine, opcode: number): void {
  const copied = copies.get(opcode)
  const lifted = lifts.get(opcode)
  if (copied) copy(machine, copied)
  else if (lifted) lift(machine, lifted)
  else runOther(machine, opcode)
}

function runOther(machine: ScriptMachine, opcode: number): void {
  const { stack } = machine
  switch (opcode) {
    case Opcode.OP_TOALTSTACK:
      machine.altStack.push(machine.pop())
      break
    case Opcode.OP_FROMALTSTACK: {
      const item = machine.altStack.pop()
      if (item === undefined) throw new ScriptError('INVALID_ALTSTACK_OPERATION')
      machine.push(item)
      break
    }
    case Opcode.OP_2DROP:
      machine.need(2)
      stack.length -= 2
      break
    case Opcode.OP_IFDUP:
      if (isTrue(machine.peek(0))) machine.push(machine.peek(0))
      break
    case Opcode.OP_DEPTH:
      machine.pushNumber(stack.length)
      break
    case Opcode.OP_DROP:
      machine.pop()
      break
    case Opcode.OP_NIP:
      machine.need(2)
      machine.take(1)
      break
    case Opcode.OP_PICK:
      machine.push(machine.peek(popDepth(machine)))
      break
    case Opcode.OP_ROLL:
      machine.push(machine.take(popDepth(machine)))
      break
    case Opcode.OP_TUCK:
      machine.need(2)
      stack.splice(stack.length - 2, 0, machine.peek(0))
      break
    case Opcode.OP_SIZE:
      machine.pushNumber(machine.peek(0).length)
      break
    default:
      throw new ScriptError('BAD_OPCODE')
  }
}

/** EQUAL and EQUALVERIFY: byte for byte. */
export function runEqual(machine: ScriptMachine, opcode: number): void {
  machine.need(2)
  const equal = bytesEqual(machine.pop(), machine.pop())
  if (opcode === Opcode.OP_EQUAL) machine.pushBoolean(equal)
  else if (!equal) throw new ScriptError('EQUALVERIFY')
}

/** Runs one of RIPEMD160 to HASH256. */
export function runHash(machine: ScriptMachine, opcode: number): void {
  machine.push(hashOf(opcode, machine.pop()))
}

function hashOf(opcode: number, item: Uint8Array): Uint8Array {
  switch (opcode) {
    case Opcode.OP_RIPEMD160:
      return createHash('ripemd160').update(item).digest()
    case Opcode.OP_SHA1:
      return createHash('sha1').update(item).digest()
    case Opcode.OP_SHA256:
      return sha256(item)
    case Opcode.OP_HASH160:
      return hash160(item)
    case Opcode.OP_HASH256:
      return hash256(item)
    default:
      throw new ScriptError('BAD_OPCODE')
  }
}

function copy(machine: ScriptMachine, { count, depth }: Items): void {
  machine.need(depth + 1)
  for (let i = 0; i < count; i++) machine.push(machine.peek(depth))
}

function lift(machine: ScriptMachine, { count, depth }: Items): void {
  machine.need(depth + 1)
  for (let i = 0; i < count; i++) machine.push(machine.take(depth))
}

/** The depth that PICK and ROLL take from the stack, once it is off. */
function popDepth(machine: ScriptMachine): number {
  machine.need(2)
  const depth = machine.popNumber()
  if (depth < 0 || depth >= machine.stack.length) throw new ScriptError('INVALID_STACK_OPERATION')
  return depth
}

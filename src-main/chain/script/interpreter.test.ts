/** The limits of a script, each from both sides, and scripts of no sense at all. What operations do is in Core's vectors. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concatBytes } from '../../kernel/bytes.ts'
import { hash160, sha256 } from '../primitives/hashes.ts'
import { Transaction } from '../primitives/transaction.ts'
import { assemble } from './assembly.ts'
import { MAX_PUSH_BYTES, MAX_SCRIPT_BYTES, runScript } from './interpreter.ts'
import { isDisabled, Opcode } from './opcodes.ts'
import { ScriptError } from './script-error.ts'
import { assertFlagsFit, CONSENSUS_FLAGS, ScriptFlag, STANDARD_FLAGS } from './script-flags.ts'
import { MAX_OPERATIONS, MAX_STACK_ITEMS } from './script-machine.ts'
import { isPushOnly, pushOf, ScriptReader } from './script-reader.ts'
import { SharedSighashes } from './sighash-witness.ts'
import { MAX_MULTISIG_KEYS } from './signature-operations.ts'
import { type SignatureChecks, type Spend, SpendChecker } from './spend-checker.ts'
import { verifyInput } from './verify-input.ts'

const refusing: SignatureChecks = { check: () => false }

function spendOf(scriptSig: Uint8Array, scriptPubKey: Uint8Array, witness: readonly Uint8Array[] = []): Spend {
  const input = { previous: { txid: new Uint8Array(32), index: 0 }, scriptSig, sequence: 5, witness }
  const outputs = [{ value: 1n, scriptPubKey: new Uint8Array(0) }]
  const transaction = new Transaction({ version: 2, inputs: [input], outputs, lockTime: 100 })
  return { shared: new SharedSighashes(transaction), index: 0, spent: { value: 1n, scriptPubKey } }
}

/** The code a script ends with, or what it leaves on the stack. */
function run(script: Uint8Array, flags: number = CONSENSUS_FLAGS, stack: Uint8Array[] = []): string | number {
  const checker = new SpendChecker(spendOf(new Uint8Array(0), script), refusing)
  try {
    runScript(script, stack, { flags, version: 'legacy', checker })
    return stack.length
  } catch (error) {
    if (error instanceof ScriptError) return error.code
    throw error
  }
}

const repeat = (text: string, count: number) => `${text} `.repeat(count)
const zeros = (count: number) => new Uint8Array(count)

describe('limits', () => {
  test('bytes of a script', () => {
    const blank = zeros(MAX_PUSH_BYTES)
    const pushes = concatBytes([...Array.from({ length: 19 }, () => pushOf(blank)), assemble(repeat('DROP', 19))])
    const filled = (size: number) => concatBytes([pushes, pushOf(zeros(size - pushes.length - 1))])
    expect(filled(MAX_SCRIPT_BYTES)).toHaveLength(10_000)
    expect(run(filled(MAX_SCRIPT_BYTES))).toBe(1)
    expect(run(filled(MAX_SCRIPT_BYTES + 1))).toBe('SCRIPT_SIZE')
  })

  test('bytes of a push, executed or not', () => {
    expect(run(pushOf(zeros(MAX_PUSH_BYTES)))).toBe(1)
    expect(run(pushOf(zeros(MAX_PUSH_BYTES + 1)))).toBe('PUSH_SIZE')
    const skipped = concatBytes([assemble('0 IF'), pushOf(zeros(MAX_PUSH_BYTES + 1)), assemble('ENDIF')])
    expect(run(skipped)).toBe('PUSH_SIZE')
  })

  test('operations, executed or not, and pushes are none', () => {
    expect(run(assemble(repeat('NOP', MAX_OPERATIONS)))).toBe(0)
    expect(run(assemble(repeat('NOP', MAX_OPERATIONS + 1)))).toBe('OP_COUNT')
    expect(run(assemble(`0 IF ${repeat('NOP', MAX_OPERATIONS - 1)} ENDIF`))).toBe('OP_COUNT')
    expect(run(assemble(repeat('1', 900)))).toBe(900)
  })

  test('keys of a CHECKMULTISIG are operations too', () => {
    const multisig = `0 0 ${repeat('0', MAX_MULTISIG_KEYS)} ${MAX_MULTISIG_KEYS} CHECKMULTISIG DROP`
    // Nine of them are 9 x (2 + 20) = 198 operations.
    expect(run(assemble(`${repeat(multisig, 9)} ${repeat('NOP', 3)}`))).toBe(0)
    expect(run(assemble(`${repeat(multisig, 9)} ${repeat('NOP', 4)}`))).toBe('OP_COUNT')
    expect(run(assemble(`0 0 ${repeat('0', 21)} 21 CHECKMULTISIG`))).toBe('PUBKEY_COUNT')
    expect(run(assemble('0 -1 CHECKMULTISIG'))).toBe('PUBKEY_COUNT')
    expect(run(assemble('0 2 0 1 CHECKMULTISIG'))).toBe('SIG_COUNT')
  })

  test('items on both stacks together', () => {
    expect(run(assemble(repeat('1', MAX_STACK_ITEMS)))).toBe(MAX_STACK_ITEMS)
    expect(run(assemble(repeat('1', MAX_STACK_ITEMS + 1)))).toBe('STACK_SIZE')
    const moved = `${repeat('1', MAX_STACK_ITEMS)} TOALTSTACK`
    expect(run(assemble(moved))).toBe(MAX_STACK_ITEMS - 1)
    expect(run(assemble(`${moved} 1`))).toBe('STACK_SIZE')
  })

  test('conditions may be as deep as operations allow', () => {
    expect(run(assemble(`${repeat('1 IF', 100)} ${repeat('ENDIF', 100)}`))).toBe(0)
    expect(run(assemble(`0 IF ${repeat('1 IF', 99)} ${repeat('ENDIF', 100)}`))).toBe(0)
  })
})

test('disabled operations spoil a script where they stand', () => {
  const disabled = Object.values(Opcode).filter(isDisabled)
  expect(disabled).toHaveLength(15)
  for (const opcode of disabled)
    expect(run(concatBytes([assemble('0 IF'), Uint8Array.of(opcode), assemble('ENDIF')]))).toBe('DISABLED_OPCODE')
})

test('bytes without a meaning fail only where they are executed', () => {
  for (let opcode = 0xba; opcode <= 0xff; opcode++) {
    expect(run(Uint8Array.of(opcode))).toBe('BAD_OPCODE')
    expect(run(concatBytes([assemble('0 IF'), Uint8Array.of(opcode), assemble('ENDIF')]))).toBe(0)
  }
})

test('a push beyond the end breaks a script even in a branch not taken', () => {
  for (const push of [
    [2, 1],
    [0x4c],
    [0x4c, 5, 1],
    [0x4d, 1],
    [0x4d, 2, 0, 1],
    [0x4e, 1, 0, 0],
    [0x4e, 255, 255, 255, 255],
  ])
    expect(run(concatBytes([assemble('1 IF ENDIF'), Uint8Array.from(push)]))).toBe('BAD_OPCODE')
  expect(isPushOnly(Uint8Array.of(2, 1))).toBe(false)
})

test('sets of flags build on each other', () => {
  expect(() => assertFlagsFit(ScriptFlag.WITNESS)).toThrow(RangeError)
  expect(() => assertFlagsFit(ScriptFlag.CLEANSTACK | ScriptFlag.P2SH)).toThrow(RangeError)
  assertFlagsFit(STANDARD_FLAGS)
  const bits = Object.values(ScriptFlag).filter((flag) => flag !== 0)
  expect(bits.reduce((sum, flag) => sum + flag, 0)).toBe(2 ** bits.length - 1)
})

test('outputs of later witness versions are anyone to spend, and discouraged', () => {
  const taproot = concatBytes([assemble('1'), pushOf(zeros(32).fill(1))])
  verifyInput(spendOf(zeros(0), taproot), CONSENSUS_FLAGS, refusing)
  verifyInput(spendOf(zeros(0), taproot, [zeros(64)]), CONSENSUS_FLAGS, refusing)
  expect(() => verifyInput(spendOf(zeros(0), taproot), STANDARD_FLAGS, refusing)).toThrow(
    expect.objectContaining({ code: 'DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM' }),
  )
})

describe('scripts of no sense', () => {
  const runs = process.env.SHOAL_LONG === '1' ? 100_000 : 2_000
  const opcode = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0x4f, max: 0xb9 }).map((value) => Uint8Array.of(value)) },
    { weight: 2, arbitrary: fc.uint8Array({ maxLength: 80 }).map(pushOf) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }).map((value) => Uint8Array.of(value)) },
  )
  const script = fc.array(opcode, { maxLength: 60 }).map(concatBytes)
  const flags = fc.constantFrom(0, ScriptFlag.P2SH, CONSENSUS_FLAGS, STANDARD_FLAGS)
  const fickle = fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }).map((answers): SignatureChecks => {
    let asked = 0
    return { check: () => answers[asked++ % answers.length] as boolean }
  })

  /** Throws for anything but an error with a code of ours. An input has at most three scripts, each with its limit. */
  function settle(spend: Spend, set: number, checks: SignatureChecks): void {
    let asked = 0
    try {
      verifyInput(spend, set, {
        check: (check, decides) => {
          expect(++asked).toBeLessThanOrEqual(3 * MAX_OPERATIONS)
          return checks.check(check, decides)
        },
      })
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error
    }
  }

  test('as input and output script', () => {
    fc.assert(
      fc.property(script, script, flags, fickle, (a, b, set, checks) => settle(spendOf(a, b), set, checks)),
      { seed: 17, numRuns: runs },
    )
  })

  test('behind a script hash and as a witness', () => {
    const inputs = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 })
    fc.assert(
      fc.property(script, inputs, flags, fickle, (inner, items, set, checks) => {
        const p2sh = concatBytes([assemble('HASH160'), pushOf(hash160(inner)), assemble('EQUAL')])
        settle(spendOf(concatBytes([...items, inner].map(pushOf)), p2sh), set, checks)
        const p2wsh = concatBytes([assemble('0'), pushOf(sha256(inner))])
        settle(spendOf(zeros(0), p2wsh, [...items, inner]), set, checks)
        const nested = concatBytes([assemble('HASH160'), pushOf(hash160(p2wsh)), assemble('EQUAL')])
        settle(spendOf(pushOf(p2wsh), nested, [...items, inner]), set, checks)
      }),
      { seed: 19, numRuns: runs },
    )
  })

  test('every byte string reads to an end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const reader = new ScriptReader(bytes)
        let read = 0
        while (reader.next()) read++
        expect(read).toBeLessThanOrEqual(bytes.length)
        expect(reader.broken || reader.at === bytes.length).toBe(true)
      }),
      { seed: 23, numRuns: runs },
    )
  })
})

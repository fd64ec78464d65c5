import { describe, expect, test } from 'vitest'
import { concatBytes } from '../../kernel/bytes.ts'
import { Transaction, type TransactionOutput } from '../primitives/transaction.ts'
import { assemble } from './assembly.ts'
import { CONSENSUS_FLAGS, ScriptFlag } from './script-flags.ts'
import { pushOf } from './script-reader.ts'
import { countSigops, executableLegacySigops, legacySigops, sigopCost } from './sigops.ts'

const EMPTY = new Uint8Array(0)
const p2sh = concatBytes([assemble('HASH160'), pushOf(new Uint8Array(20)), assemble('EQUAL')])
const p2wpkh = concatBytes([assemble('0'), pushOf(new Uint8Array(20))])
const p2wsh = concatBytes([assemble('0'), pushOf(new Uint8Array(32))])
const taproot = concatBytes([assemble('1'), pushOf(new Uint8Array(32))])
const twoOfThree = assemble('2 0 0 0 3 CHECKMULTISIG')

function spending(scriptSig: Uint8Array, witness: readonly Uint8Array[] = [], output: Uint8Array = EMPTY): Transaction {
  const input = { previous: { txid: new Uint8Array(32).fill(1), index: 0 }, scriptSig, sequence: 0, witness }
  return new Transaction({ version: 2, inputs: [input], outputs: [{ value: 0n, scriptPubKey: output }], lockTime: 0 })
}
const spent = (scriptPubKey: Uint8Array): TransactionOutput[] => [{ value: 1n, scriptPubKey }]

describe('checks in a script', () => {
  test.each([
    ['', 0, 0],
    ['CHECKSIG CHECKSIGVERIFY', 2, 2],
    ['CHECKMULTISIG', 20, 20],
    ['3 CHECKMULTISIG', 20, 3],
    ['16 CHECKMULTISIGVERIFY', 20, 16],
    ['0 CHECKMULTISIG', 20, 20],
    ['0x01 0x03 CHECKMULTISIG', 20, 20],
    ['0 IF CHECKSIG ENDIF', 1, 1],
    ['RETURN CHECKSIG', 1, 1],
  ])('%s', (text, plain, accurate) => {
    expect(countSigops(assemble(text), false)).toBe(plain)
    expect(countSigops(assemble(text), true)).toBe(accurate)
  })

  test('those before the place where it breaks', () => {
    expect(countSigops(concatBytes([assemble('CHECKSIG'), Uint8Array.of(5, 0xac)]), false)).toBe(1)
  })

  test('none in what is pushed', () => expect(countSigops(pushOf(assemble('CHECKSIG')), false)).toBe(0))
})

describe('the cost of a transaction', () => {
  const all = CONSENSUS_FLAGS

  test('its own scripts weigh four', () => {
    const transaction = spending(assemble('CHECKSIG'), [], assemble('3 CHECKMULTISIG'))
    expect(legacySigops(transaction)).toBe(21)
    expect(sigopCost(transaction, spent(EMPTY), all)).toBe(84)
  })

  test('what it spends does not count', () => {
    expect(sigopCost(spending(EMPTY), spent(assemble('CHECKSIG')), all)).toBe(0)
  })

  test('a script behind a hash weighs four, once the rule is there', () => {
    const transaction = spending(concatBytes([assemble('0'), pushOf(twoOfThree)]))
    expect(sigopCost(transaction, spent(p2sh), all)).toBe(12)
    expect(sigopCost(transaction, spent(p2sh), 0)).toBe(0)
    expect(sigopCost(transaction, spent(EMPTY), all)).toBe(0)
    // Where the input script does more than push, nothing is behind the hash.
    const computing = spending(concatBytes([assemble('NOP'), pushOf(twoOfThree)]))
    expect(sigopCost(computing, spent(p2sh), all)).toBe(0)
    expect(sigopCost(spending(EMPTY), spent(p2sh), all)).toBe(0)
  })

  test('witnesses weigh one', () => {
    expect(sigopCost(spending(EMPTY), spent(p2wpkh), all)).toBe(1)
    expect(sigopCost(spending(EMPTY, [twoOfThree]), spent(p2wsh), all)).toBe(3)
    expect(sigopCost(spending(EMPTY), spent(p2wsh), all)).toBe(0)
    expect(sigopCost(spending(pushOf(p2wpkh)), spent(p2sh), all)).toBe(1)
    expect(sigopCost(spending(pushOf(p2wsh), [twoOfThree]), spent(p2sh), all)).toBe(3)
    expect(sigopCost(spending(EMPTY, [twoOfThree]), spent(taproot), all)).toBe(0)
    expect(sigopCost(spending(EMPTY), spent(p2wpkh), ScriptFlag.P2SH)).toBe(0)
  })

  test('an input whose output is not given is our mistake', () => {
    expect(() => sigopCost(spending(EMPTY), [], all)).toThrow(RangeError)
  })
})

describe('what the inputs may execute (BIP 54)', () => {
  test.each<[string, Uint8Array, Uint8Array, number]>([
    ['a key hash', EMPTY, assemble('DUP HASH160 0 EQUALVERIFY CHECKSIG'), 1],
    ['bare multisig', EMPTY, twoOfThree, 3],
    ['both scripts', assemble('CHECKSIG'), assemble('CHECKSIG'), 2],
    ['a script behind a hash', concatBytes([assemble('0'), pushOf(twoOfThree)]), p2sh, 3],
    ['a witness', EMPTY, p2wpkh, 0],
  ])('%s', (_name, scriptSig, scriptPubKey, count) => {
    expect(executableLegacySigops(spending(scriptSig), spent(scriptPubKey))).toBe(count)
  })
})

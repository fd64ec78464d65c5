import { describe, expect, test } from 'vitest'
import { SEQUENCE_FINAL, type TransactionFields } from '../primitives/transaction.ts'
import { areSequenceLocksOver, isFinal, sequenceLocks } from './locktimes.ts'

const THRESHOLD = 500_000_000
const BY_TIME = 0x0040_0000
const DISABLED = 0x8000_0000

function transactionOf(sequences: readonly number[], lockTime = 0, version = 2): TransactionFields {
  const inputs = sequences.map((sequence, index) => ({
    previous: { txid: new Uint8Array(32).fill(1), index },
    scriptSig: new Uint8Array(0),
    sequence,
    witness: [],
  }))
  return { version, inputs, outputs: [], lockTime }
}

describe('a locktime', () => {
  test.each([
    ['none', 0, [0], 0, 0, true],
    ['a height before', 99, [0], 100, 0, true],
    ['the height itself', 100, [0], 100, 0, false],
    ['the highest height', THRESHOLD - 1, [0], 100, THRESHOLD + 5, false],
    ['a time before', THRESHOLD, [0], 1, THRESHOLD + 1, true],
    ['the time itself', THRESHOLD, [0], 1_000_000_000, THRESHOLD, false],
    ['none that counts, by all sequences', 100, [SEQUENCE_FINAL, SEQUENCE_FINAL], 100, 0, true],
    ['one that counts, by one sequence', 100, [SEQUENCE_FINAL, SEQUENCE_FINAL - 1], 100, 0, false],
  ] as const)('%s', (_name, lockTime, sequences, height, time, final) =>
    expect(isFinal(transactionOf(sequences, lockTime), height, time)).toBe(final),
  )
})

describe('relative locktimes (BIP 68)', () => {
  const coins = [{ height: 50 }, { height: 70 }]
  const medianTimePastAt = (height: number) => 1_000_000 + height
  const locksOf = (sequences: readonly number[], version = 2) =>
    sequenceLocks(transactionOf(sequences, 0, version), coins, medianTimePastAt)

  test.each([
    ['none', [0, 0], { height: 70, time: 0 }],
    ['by height', [10, 0], { height: 70, time: 0 }],
    ['the later of two heights', [30, 5], { height: 80, time: 0 }],
    ['only 16 bits count', [0x003f_001e, 0], { height: 80, time: 0 }],
    ['the longest height', [0xffff, 0], { height: 65_585, time: 0 }],
    ['by time, from the block before the coin', [BY_TIME | 2, DISABLED], { height: 0, time: 1_000_049 + 1_024 }],
    ['the longest time', [BY_TIME | 0xffff, DISABLED], { height: 0, time: 1_000_049 + 33_553_920 }],
    ['both', [BY_TIME | 1, 3], { height: 73, time: 1_000_049 + 512 }],
    ['disabled', [DISABLED | 5, DISABLED | BY_TIME | 5], { height: 0, time: 0 }],
  ] as const)('%s', (_name, sequences, locks) => expect(locksOf(sequences)).toEqual(locks))

  test.each([
    [1, false],
    [2, true],
    [3, true],
    [-1, true],
    [0, false],
  ])('version %d knows them: %s', (version, knows) => expect(locksOf([10, 10], version).height > 0).toBe(knows))

  test('a coin of the first block counts from the first block', () => {
    const locks = sequenceLocks(transactionOf([BY_TIME | 1]), [{ height: 0 }], medianTimePastAt)
    expect(locks).toEqual({ height: 0, time: 1_000_000 + 512 })
  })

  test('a coin that is not given is a mistake of ours', () =>
    expect(() => sequenceLocks(transactionOf([1, 1]), [{ height: 1 }], medianTimePastAt)).toThrow(RangeError))

  test('are over at their height and time, not before', () => {
    const locks = { height: 80, time: 1_000 }
    expect(areSequenceLocksOver(locks, 80, 1_000)).toBe(true)
    expect(areSequenceLocksOver(locks, 79, 1_000)).toBe(false)
    expect(areSequenceLocksOver(locks, 80, 999)).toBe(false)
  })
})

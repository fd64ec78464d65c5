import { describe, expect, test } from 'vitest'
import { toHex } from '../../kernel/bytes.ts'
import { Transaction } from '../primitives/transaction.ts'
import { coinbaseHeightScript, coinbaseLockTimeFault, hasCoinbaseHeight } from './coinbase.ts'

function coinbaseOf(scriptSig: Uint8Array, lockTime = 0, sequence = 0): Transaction {
  const previous = { txid: new Uint8Array(32), index: 0xffff_ffff }
  return new Transaction({
    version: 2,
    inputs: [{ previous, scriptSig, sequence, witness: [] }],
    outputs: [],
    lockTime,
  })
}

describe('the height in a coinbase (BIP 34)', () => {
  test.each([
    [1, '51'],
    [16, '60'],
    [17, '0111'],
    [127, '017f'],
    [128, '028000'],
    [255, '02ff00'],
    [32_767, '02ff7f'],
    [32_768, '03008000'],
    [227_931, '035b7a03'],
    [8_388_608, '0400008000'],
  ])('%d is %s', (height, script) => {
    expect(toHex(coinbaseHeightScript(height))).toBe(script)
    const withMore = Uint8Array.of(...coinbaseHeightScript(height), 1, 2, 3)
    expect(hasCoinbaseHeight(coinbaseOf(withMore), height)).toBe(true)
    expect(hasCoinbaseHeight(coinbaseOf(withMore), height + 1)).toBe(false)
    expect(hasCoinbaseHeight(coinbaseOf(coinbaseHeightScript(height).subarray(0, -1)), height)).toBe(false)
  })

  test('1 to 16 are not pushed as a byte', () =>
    expect(hasCoinbaseHeight(coinbaseOf(Uint8Array.of(1, 5)), 5)).toBe(false))
})

describe('locktime and sequence of a coinbase (BIP 54)', () => {
  test.each([
    [9, 0, undefined],
    [9, 0xffff_fffe, undefined],
    [9, 0xffff_ffff, 'bad-cb-sequence'],
    [8, 0, 'bad-cb-locktime'],
    [10, 0, 'bad-cb-locktime'],
    [0, 0xffff_ffff, 'bad-cb-locktime'],
  ])('locktime %d, sequence %d at height 10: %s', (lockTime, sequence, fault) =>
    expect(coinbaseLockTimeFault(coinbaseOf(new Uint8Array(2), lockTime, sequence), 10)).toBe(fault),
  )
})

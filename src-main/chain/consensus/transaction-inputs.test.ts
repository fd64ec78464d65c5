import { describe, expect, test } from 'vitest'
import type { Coin } from '../coins/coin.ts'
import type { TransactionFields } from '../primitives/transaction.ts'
import { MAX_MONEY } from './check-transaction.ts'
import { feeOrFault } from './transaction-inputs.ts'

const MATURITY = 100
const script = new Uint8Array(0)
const coin = (value: bigint, made: Partial<Coin> = {}): Coin => ({
  value,
  scriptPubKey: script,
  height: 10,
  isCoinbase: false,
  ...made,
})

function outcomeOf(coins: readonly Coin[], outputs: readonly bigint[], height = 50) {
  const transaction: TransactionFields = {
    version: 2,
    inputs: [],
    outputs: outputs.map((value) => ({ value, scriptPubKey: script })),
    lockTime: 0,
  }
  return feeOrFault(transaction, coins, height, MATURITY)
}

describe('what a transaction spends', () => {
  test.each<[string, readonly Coin[], readonly bigint[], bigint | string]>([
    ['leaves a fee', [coin(5n), coin(6n)], [3n, 4n], 4n],
    ['leaves none', [coin(7n)], [7n], 0n],
    ['is less than what it makes', [coin(7n)], [8n], 'bad-txns-in-belowout'],
    ['is all the money', [coin(MAX_MONEY)], [], MAX_MONEY],
    ['is more than all the money', [coin(MAX_MONEY), coin(1n)], [1n], 'bad-txns-inputvalues-outofrange'],
    ['is no amount', [coin(-1n), coin(2n)], [1n], 'bad-txns-inputvalues-outofrange'],
  ])('%s', (_name, coins, outputs, outcome) => expect(outcomeOf(coins, outputs)).toBe(outcome))

  test('is mature at its height and the maturity, not before; other coins at once', () => {
    const reward = coin(1n, { isCoinbase: true })
    expect(outcomeOf([reward], [], 109)).toBe('bad-txns-premature-spend-of-coinbase')
    expect(outcomeOf([reward], [], 110)).toBe(1n)
    expect(outcomeOf([coin(1n)], [], 10)).toBe(1n)
  })
})

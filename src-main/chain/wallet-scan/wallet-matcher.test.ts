import { expect, test } from 'vitest'
import { Transaction } from '../primitives/transaction.ts'
import { coinOf, spendCoins, TestKey } from '../test-support/test-keys.ts'
import { outpointBytes } from '../test-support/wallet-view.ts'
import { WalletMatcher } from './wallet-matcher.ts'

const [ours, theirs] = [new TestKey(1), new TestKey(2)]
const value = 1_000n
const funding = spendCoins(
  [],
  [ours, theirs].map((key) => ({ value, scriptPubKey: key.p2wpkh })),
)
const toThem = [{ value, scriptPubKey: theirs.p2wpkh }]
const spend = spendCoins([coinOf(funding, 0, ours)], toThem)
const foreign = spendCoins([coinOf(funding, 1, theirs)], toThem)

test('what pays to the wallet is watched: what spends it later is taken as well', () => {
  const matcher = new WalletMatcher({ scripts: [ours.p2wpkh], outpoints: [] })
  expect(matcher.takes(foreign)).toBe(false)
  expect(matcher.takes(funding)).toBe(true)
  expect(matcher.takes(spend)).toBe(true)
  expect(matcher.takes(foreign)).toBe(false)
})

test('an outpoint is found by its transaction and place', () => {
  const outpoints = [outpointBytes(funding.txid, 0)]
  // Without its witness it shows no key.
  const bare = new Transaction({ ...spend, inputs: spend.inputs.map((input) => ({ ...input, witness: [] })) })
  expect(new WalletMatcher({ scripts: [], outpoints }).takes(bare)).toBe(true)
  expect(new WalletMatcher({ scripts: [], outpoints: [outpointBytes(funding.txid, 1)] }).takes(bare)).toBe(false)
  expect(new WalletMatcher({ scripts: [], outpoints: [] }).takes(bare)).toBe(false)
})

test('a spend is found by the key that it shows, whatever the wallet takes for unspent', () => {
  const matcher = new WalletMatcher({ scripts: [ours.p2wpkh], outpoints: [] })
  expect(matcher.takes(spend)).toBe(true)
  expect(matcher.takes(foreign)).toBe(false)
  const legacy = spendCoins([{ ...coinOf(funding, 0, ours), output: { value, scriptPubKey: ours.p2pkh } }], toThem)
  expect(matcher.takes(legacy)).toBe(false)
})

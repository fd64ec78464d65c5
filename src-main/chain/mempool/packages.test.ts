/** Chains of unconfirmed transactions and replacement, by the rules that Bitcoin Core tests in mempool_packages and rbf. */
import { describe, expect, test } from 'vitest'
import type { Transaction } from '../primitives/transaction.ts'
import { free, MempoolFixture, pay, spend, split } from '../test-support/mempool-fixture.ts'
import { coinOf, type OwnedCoin } from '../test-support/test-keys.ts'
import {
  MAX_ANCESTORS,
  MAX_ANCESTORS_VIRTUAL_BYTES,
  MAX_DESCENDANTS,
  MAX_REPLACED_TRANSACTIONS,
  MINIMUM_RELAY_FEE_RATE,
} from './policy.ts'

const FEE = 1_000
const TOO_LONG = 'policy: too-long-mempool-chain'

/** Each spends the one before. */
function chainFrom(coin: OwnedCoin, length: number, fee = FEE): Transaction[] {
  const chain: Transaction[] = []
  for (let from = coin; chain.length < length; from = coinOf(chain[chain.length - 1] as Transaction, 0))
    chain.push(pay([from], fee))
  return chain
}

/** Some 25 kvB in outputs that are not spent, and one that is. */
function large(coin: OwnedCoin): Transaction {
  const outputs = Array.from({ length: 780 }, () => free(600))
  return spend([coin], [free(coin.output.value - 780n * 600n - 100_000n), ...outputs])
}

describe('chains', () => {
  test(`${MAX_ANCESTORS} in a chain, the last one counted`, async () => {
    const fixture = new MempoolFixture()
    const chain = chainFrom(fixture.coin(1), MAX_ANCESTORS + 1)
    const last = chain.pop() as Transaction
    await fixture.acceptAll(chain)
    expect(await fixture.verdict(last)).toBe(TOO_LONG)
    expect(fixture.mempool.find(chain[24]?.txid as Uint8Array)?.ancestors).toMatchObject({ count: 25, fee: 25_000 })
    expect(fixture.mempool.find(chain[0]?.txid as Uint8Array)?.descendants).toMatchObject({ count: 25, fee: 25_000 })
    fixture.mine(chain.slice(0, 1))
    expect(await fixture.verdict(last)).toBe('accepted')
  })

  test(`${MAX_ANCESTORS} ancestors by several ways`, async () => {
    const fixture = new MempoolFixture()
    const chains = [chainFrom(fixture.coin(1), 12), chainFrom(fixture.coin(2), 12)] as const
    await fixture.acceptAll(chains.flat())
    const ends = chains.map((chain) => coinOf(chain[11] as Transaction, 0))
    const [other] = chainFrom(fixture.coin(3), 1) as [Transaction]
    await fixture.acceptAll([other])
    expect(await fixture.verdict(pay([...ends, coinOf(other, 0)], FEE))).toBe(TOO_LONG)
    expect(await fixture.verdict(pay(ends, FEE))).toBe('accepted')
  })

  test(`${MAX_DESCENDANTS} descendants`, async () => {
    const fixture = new MempoolFixture()
    const root = split([fixture.coin(1)], MAX_DESCENDANTS, 10_000)
    await fixture.acceptAll([root])
    const children = Array.from({ length: MAX_DESCENDANTS }, (_, n) => pay([coinOf(root, n)], FEE))
    const last = children.pop() as Transaction
    await fixture.acceptAll(children)
    expect(await fixture.verdict(last)).toBe(TOO_LONG)
    // A replacement needs no more room.
    expect(await fixture.verdict(pay([coinOf(root, 0)], 5 * FEE))).toBe('accepted')
  })

  test(`${MAX_ANCESTORS_VIRTUAL_BYTES} virtual bytes`, async () => {
    const fixture = new MempoolFixture()
    let coin = fixture.coin(1)
    for (let i = 0; i < 4; i++) {
      const transaction = large(coin)
      expect(transaction.virtualSize * 4).toBeLessThan(MAX_ANCESTORS_VIRTUAL_BYTES)
      expect(transaction.virtualSize * 5).toBeGreaterThan(MAX_ANCESTORS_VIRTUAL_BYTES)
      await fixture.acceptAll([transaction])
      coin = coinOf(transaction, 0)
    }
    expect(await fixture.verdict(large(coin))).toBe(TOO_LONG)
    expect(await fixture.verdict(pay([coin], FEE))).toBe('accepted')
  })
})

describe('replacement', () => {
  test('a higher fee replaces, whether the first one said so or not, and takes what depends on it along', async () => {
    const fixture = new MempoolFixture()
    const first = pay([fixture.coin(1)], FEE, { sequence: 0xffff_ffff })
    const child = pay([coinOf(first, 0)], FEE)
    await fixture.acceptAll([first, child])
    const better = pay([fixture.coin(1)], 3 * FEE)
    expect(await fixture.verdict(better)).toBe('accepted')
    expect(fixture.removed.map(({ reason }) => reason)).toEqual(['replaced', 'replaced'])
    expect([fixture.has(first), fixture.has(child), fixture.has(better)]).toEqual([false, false, true])
    expect(fixture.mempool.size).toBe(1)
  })

  test('it pays all that it replaces and its own relay', async () => {
    const fixture = new MempoolFixture()
    const first = pay([fixture.coin(1)], FEE)
    await fixture.acceptAll([first, pay([coinOf(first, 0)], FEE)])
    const relay = Math.ceil((first.virtualSize * MINIMUM_RELAY_FEE_RATE) / 1_000)
    for (const [fee, verdict] of [
      [FEE + 1, 'policy: insufficient fee'],
      [2 * FEE - 1, 'policy: insufficient fee'],
      [2 * FEE + relay - 1, 'policy: insufficient fee'],
      [2 * FEE + relay, 'accepted'],
    ] as const)
      expect(await fixture.verdict(pay([fixture.coin(1)], fee))).toBe(verdict)
  })

  test('its fee rate is higher than that of each it replaces directly', async () => {
    const fixture = new MempoolFixture()
    await fixture.acceptAll([pay([fixture.coin(1)], 10 * FEE)])
    const larger = split([fixture.coin(1)], 20, 20 * FEE)
    expect(await fixture.verdict(larger)).toBe('policy: insufficient fee')
  })

  test('it spends nothing unconfirmed that the replaced one did not', async () => {
    const fixture = new MempoolFixture()
    const other = pay([fixture.coin(2)], FEE)
    await fixture.acceptAll([pay([fixture.coin(1)], FEE), other])
    const adding = pay([fixture.coin(1), coinOf(other, 0)], 10 * FEE)
    expect(await fixture.verdict(adding)).toBe('policy: replacement-adds-unconfirmed')
    expect(await fixture.verdict(pay([fixture.coin(1), fixture.coin(3)], 10 * FEE))).toBe('accepted')
  })

  test('it does not spend what it replaces', async () => {
    const fixture = new MempoolFixture()
    const first = pay([fixture.coin(1)], FEE)
    await fixture.acceptAll([first])
    const both = pay([fixture.coin(1), coinOf(first, 0)], 10 * FEE)
    expect(await fixture.verdict(both)).toBe('invalid: bad-txns-spends-conflicting-tx')
  })

  test(`at most ${MAX_REPLACED_TRANSACTIONS} go for it`, async () => {
    for (const [extra, verdict] of [
      [0, 'accepted'],
      [1, 'policy: too many potential replacements'],
    ] as const) {
      const fixture = new MempoolFixture()
      const coins: OwnedCoin[] = []
      for (let i = 1; i <= 4; i++) {
        coins.push(fixture.coin(i))
        await fixture.acceptAll(chainFrom(fixture.coin(i), 25))
      }
      if (extra > 0) {
        coins.push(fixture.coin(5))
        await fixture.acceptAll(chainFrom(fixture.coin(5), extra))
      }
      expect(await fixture.verdict(pay(coins, 200 * FEE))).toBe(verdict)
    }
  })
})

import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../simulation/random.ts'
import { CELLS, CLAIMS, stampOf, uniform } from './lies.ts'
import { CHOSEN, cappedWtema, SPACING } from './rules.ts'
import { BEFORE, blocksOf, FIRST_HOUR, HOUR, NIGHT } from './situations.ts'
import { FUTURE_LIMIT, type Liar, VirtualChain } from './virtual-chain.ts'

/** Never moves: only the miners' luck and rate count. */
const STILL = { name: 'still', window: 1, next: (chain: { target(back: number): bigint }) => chain.target(0) }
const luck = (seed: number) => SeededRandom.of(seed)
const ALWAYS = [{ from: 0, rate: 1 }]

describe('solve times', () => {
  test('have the mean and the spread of a memoryless search', () => {
    const found = [...blocksOf(new VirtualChain(STILL, luck(1), ALWAYS), 20_000 * SPACING)].map(({ at }) => at)
    const solves = found.map((at, n) => at - (found[n - 1] ?? 0))
    const mean = solves.reduce((sum, solve) => sum + solve) / solves.length
    const long = solves.filter((solve) => solve > 3 * SPACING).length / solves.length
    expect(Math.abs(mean / SPACING - 1)).toBeLessThan(0.03)
    // e^-3
    expect(Math.abs(long / 0.0498 - 1)).toBeLessThan(0.1)
  })

  test('three times the hash rate finds three times the blocks; nobody finds none', () => {
    const rates = [
      { from: 0, rate: 3 },
      { from: 3_000 * SPACING, rate: 0 },
      { from: 6_000 * SPACING, rate: 1 },
    ]
    const found = [...blocksOf(new VirtualChain(STILL, luck(2), rates), 9_000 * SPACING)].map(({ at }) => at / SPACING)
    const between = (from: number, end: number) => found.filter((at) => at >= from && at < end).length
    expect(Math.abs(between(0, 3_000) / 9_000 - 1)).toBeLessThan(0.05)
    expect(between(3_000, 6_000)).toBe(0)
    expect(Math.abs(between(6_000, 9_000) / 3_000 - 1)).toBeLessThan(0.08)
  })

  test('the run ends where the next block would be later', () => {
    const chain = new VirtualChain(STILL, luck(3), [{ from: 0, rate: 0 }])
    expect(chain.mine(1e9)).toBeUndefined()
  })
})

describe('header times keep to the rules, whatever is wanted', () => {
  const night = [
    { from: 0, rate: 1 },
    { from: BEFORE, rate: 0 },
    { from: BEFORE + NIGHT, rate: 1 },
  ]

  test.each(CLAIMS)('%s', (claim) => {
    const liar: Liar = { share: 0.5, stamp: stampOf(uniform(claim)), from: 0 }
    const chain = new VirtualChain(cappedWtema(60, 60), luck(4), night, liar)
    const offset = chain.time(0)
    let last = chain.time(0)
    for (const { at } of blocksOf(chain, BEFORE + NIGHT + HOUR)) {
      expect(chain.time(0)).toBeGreaterThan(last)
      expect(chain.time(0) - offset - at).toBeLessThanOrEqual(FUTURE_LIMIT)
      last = chain.time(0)
    }
    expect(chain.height).toBeGreaterThan(100)
  })

  test('each cell of a table is the one that is looked up', () => {
    const moments = [-10, 100, 5_000].flatMap((behind) =>
      [0.5, 1, 2].map((difficulty) => ({ now: 100_000, parent: 100_000 - behind, difficulty })),
    )
    expect(moments).toHaveLength(CELLS)
    moments.forEach((moment, cell) => {
      const stamp = stampOf(uniform('truth').with(cell, 'least'))
      expect(moments.map((other) => stamp(other) === other.parent + 1)).toEqual(moments.map((_, n) => n === cell))
      expect(stamp(moment)).toBe(moment.parent + 1)
    })
  })
})

test('who says the truth is an honest miner', () => {
  const { rates, end, from } = FIRST_HOUR
  const times = (liar?: Liar) => {
    const chain = new VirtualChain(CHOSEN, luck(5), rates, liar)
    return [...blocksOf(chain, end)].map(({ at }) => [at, chain.time(0)])
  }
  expect(times({ share: 0.7, stamp: stampOf(uniform('truth')), from })).toEqual(times())
})

import { describe, expect, test } from 'vitest'
import { type FeeMarket, FeeReplay, type FeeReport, FLOOR } from '../test-support/fee-replay.ts'

const IS_LONG = process.env.SHOAL_LONG === '1'
const SEEDS = IS_LONG ? [1, 2, 3, 4, 5, 6, 7, 8] : [1, 2]
const BLOCKS = IS_LONG ? 1_200 : 400
const TARGETS = [1, 3, 10, 25]

type Market = Omit<FeeMarket, 'seed' | 'blocks'>

function replay(market: Market, options: { readonly isBlind?: boolean } = {}): [number, number, FeeReport][] {
  return SEEDS.flatMap((seed) =>
    [...new FeeReplay({ ...market, seed, blocks: BLOCKS }, options).run(TARGETS)].map(
      ([target, report]): [number, number, FeeReport] => [seed, target, report],
    ),
  )
}

const some: Market['spread'] = (chance) => chance ** 3

/** Each with what its estimates may be over the least that would have done: half of them, and nine of ten. */
const steady: Readonly<Record<string, { market: Market; median: number; ninth: number }>> = {
  quiet: { market: { load: () => 0.1 }, median: 1, ninth: 1 },
  busy: { market: { load: () => 0.8 }, median: 2.5, ninth: 4 },
  full: { market: { load: () => 1.05 }, median: 2.5, ninth: 4 },
  'far too full': { market: { load: () => 1.5 }, median: 2, ninth: 3 },
  'full, most of it cheap': { market: { load: () => 1.05, spread: some }, median: 1.6, ninth: 2.2 },
  'full of small blocks': { market: { load: () => 0.27, takes: () => 1_000_000 }, median: 2.5, ninth: 4 },
}

describe('estimates before each block of a steady history', () => {
  test.each(Object.entries(steady))('that is %s are in time four times of five, and not far too high', (_, history) => {
    for (const [seed, target, report] of replay(history.market)) {
      const about = `seed ${seed}, target ${target}: ${JSON.stringify(report)}`
      expect(report.inTime, about).toBeGreaterThanOrEqual(0.8)
      expect(report.median, about).toBeLessThanOrEqual(history.median)
      expect(report.ninth, about).toBeLessThanOrEqual(history.ninth)
    }
  })

  test.each(['quiet', 'busy', 'full', 'far too full', 'full, most of it cheap'])(
    'that is %s are in time also of a node that has just started, and knows blocks alone',
    (name) => {
      for (const [seed, target, report] of replay((steady[name] as { market: Market }).market, { isBlind: true })) {
        const about = `seed ${seed}, target ${target}: ${JSON.stringify(report)}`
        expect(report.inTime, about).toBeGreaterThanOrEqual(0.8)
        expect(report.median, about).toBeLessThanOrEqual(3.5)
      }
    },
  )
})

describe('estimates', () => {
  test('while a part of the miners takes nothing are in time as often as can be, and what they take is known from few blocks', () => {
    const taking = 0.7
    for (const [seed, target, report] of replay({
      load: () => 0.5,
      takes: (chance) => (chance < 0.3 ? 0 : 4_000_000),
    })) {
      const about = `seed ${seed}, target ${target}: ${JSON.stringify(report)}`
      // Where one block of three is empty no fee helps with the next one.
      const possible = 1 - (1 - taking) ** target
      expect(report.inTime, about).toBeGreaterThanOrEqual(0.85 * possible)
      expect(report.median, about).toBeLessThanOrEqual(4.5)
    }
  })

  test('in bursts are in time, and back at the floor between them', () => {
    for (const [seed, target, report] of replay({ load: (block) => (block % 100 < 10 ? 1.5 : 0.3) })) {
      const about = `seed ${seed}, target ${target}: ${JSON.stringify(report)}`
      expect(report.inTime, about).toBeGreaterThanOrEqual(0.85)
      expect(report.median, about).toBe(1)
      expect(report.ninth, about).toBeLessThanOrEqual(2.5)
    }
  })

  test.each([
    ['rising', (block: number) => FLOOR * (1 + block / 60)],
    ['falling', (block: number) => FLOOR * (1 + Math.max(0, BLOCKS - block) / 60)],
  ])('while all fees are %s follow them', (_, level) => {
    for (const [seed, target, report] of replay({ load: () => 1.05, level })) {
      const about = `seed ${seed}, target ${target}: ${JSON.stringify(report)}`
      expect(report.inTime, about).toBeGreaterThanOrEqual(0.75)
      expect(report.median, about).toBeLessThanOrEqual(2.5)
    }
  })

  test('are the same for the same history', () => {
    const market = { load: () => 0.9, seed: 3, blocks: 120 }
    expect(new FeeReplay(market).run(TARGETS)).toEqual(new FeeReplay(market).run(TARGETS))
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../../simulation/random.ts'
import { BUCKET_SLOTS, BucketTable } from './bucket-table.ts'

describe('a table of buckets', () => {
  test('agrees with a map after any puts and clears', () => {
    const slot = fc.integer({ min: 0, max: 8 * BUCKET_SLOTS - 1 })
    fc.assert(
      fc.property(fc.array(slot, { maxLength: 400 }), (slots) => {
        const table = new BucketTable<number>(8)
        const model = new Map<number, number>()
        for (const [step, at] of slots.entries()) {
          if (model.has(at)) {
            table.clear(at)
            model.delete(at)
          } else {
            table.put(at, step)
            model.set(at, step)
          }
        }
        expect(table.size).toBe(model.size)
        expect(table.used).toBe(new Set([...model.keys()].map((at) => Math.floor(at / BUCKET_SLOTS))).size)
        for (let at = 0; at < 8 * BUCKET_SLOTS; at++) expect(table.at(at)).toBe(model.get(at))
        const picked = table.pick(SeededRandom.of(1))
        if (model.size === 0) expect(picked).toBeUndefined()
        else expect([...model.values()]).toContain(picked)
      }),
      { seed: 71, numRuns: process.env.SHOAL_LONG === '1' ? 2_000 : 100 },
    )
  })

  test('slots are not taken twice nor emptied twice', () => {
    const table = new BucketTable<string>(2)
    table.put(70, 'a')
    expect(() => table.put(70, 'b')).toThrow('taken')
    table.clear(70)
    expect(() => table.clear(70)).toThrow('free')
  })

  test('a free slot is looked for around its bucket and no further', () => {
    const table = new BucketTable<number>(3)
    const wanted = BUCKET_SLOTS + 60
    const found: number[] = []
    for (;;) {
      const free = table.freeFrom(wanted)
      if (free === undefined) break
      table.put(free, free)
      found.push(free)
    }
    expect(found.slice(0, 5)).toEqual([124, 125, 126, 127, 64])
    expect(found).toHaveLength(BUCKET_SLOTS)
    expect(Math.min(...found)).toBe(BUCKET_SLOTS)
  })

  test('a full bucket is picked no more often than one with a single item', () => {
    const table = new BucketTable<string>(100)
    for (let place = 0; place < BUCKET_SLOTS; place++) table.put(3 * BUCKET_SLOTS + place, 'full')
    table.put(50 * BUCKET_SLOTS + 9, 'single')
    const random = SeededRandom.of(2)
    let singles = 0
    for (let i = 0; i < 2_000; i++) if (table.pick(random) === 'single') singles++
    expect(singles).toBeGreaterThan(900)
    expect(singles).toBeLessThan(1_100)
  })

  test('within a bucket all have the same chance, also next to each other', () => {
    const table = new BucketTable<number>(1)
    for (const slot of [5, 6, 40]) table.put(slot, slot)
    const random = SeededRandom.of(3)
    const counts = new Map<number, number>()
    for (let i = 0; i < 3_000; i++) {
      const item = table.pick(random) as number
      counts.set(item, (counts.get(item) ?? 0) + 1)
    }
    for (const slot of [5, 6, 40]) {
      expect(counts.get(slot)).toBeGreaterThan(900)
      expect(counts.get(slot)).toBeLessThan(1_100)
    }
  })
})

/** Items in the real store, and a part of the hosts that fails at once. Modest here and full where SHOAL_LONG is set. */
import { describe, expect, test } from 'vitest'
import { runStoredKeys, type StoredKeysOptions } from './stored-keys.ts'

const long = process.env.SHOAL_LONG === '1'
const PATIENCE = long ? 900_000 : 120_000
const SHAPE: StoredKeysOptions = {
  ...{ nodes: long ? 1_000 : 120, items: long ? 10_000 : 600, seed: 1, virtualNodes: 1, successors: 16 },
  ...{ stabilise: 5, fail: 0.3, minutes: 5 },
}

const run = (options: Partial<StoredKeysOptions>) => runStoredKeys({ ...SHAPE, ...options })

describe('items of a ring after 30 % of its hosts have failed at once, and again as many', () => {
  test.each([
    ['a host has one virtual node', { virtualNodes: 1 }],
    ['a host has four', { virtualNodes: 4, nodes: long ? 300 : 60 }],
  ])(
    '%s: those that four hosts lost are lost, 0.3^4 and 0.01 at most, all others are found and back at four hosts',
    async (_, shape) => {
      const { stored, first, second } = await run(shape)
      expect(stored).toMatchObject({ p1: 4, max: 4 })
      for (const { gone, lost, holders } of [first, second]) {
        expect(lost).toBe(gone)
        expect(holders.p1).toBeGreaterThanOrEqual(4)
        // A copy too many is dropped only some rounds later.
        expect(holders.mean).toBeLessThan(5)
      }
      expect(first.lost).toBeLessThanOrEqual(0.3 ** 4 + 0.01)
      // The same hosts again, of fewer: 3 of 7.
      expect(second.lost).toBeLessThanOrEqual((3 / 7) ** 4 + 0.01)
    },
    PATIENCE,
  )
})

test('repeats by seed, loses nothing where nobody fails, and ends with the reason of its signal', async () => {
  const few = { nodes: 12, items: 20, fail: 0, minutes: 1 }
  const result = await run(few)
  expect(result).toMatchObject({ first: { gone: 0, lost: 0 }, second: { gone: 0, lost: 0 } })
  expect(await run(few)).toEqual(result)
  const stop = new AbortController()
  const watcher = { signal: stop.signal, progress: () => stop.abort(new Error('enough')) }
  await expect(runStoredKeys({ ...SHAPE, ...few }, watcher)).rejects.toThrow('enough')
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NearestMap } from './nearest-map.ts'
import { closest, NodeId } from './node-id.ts'

const anyId = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => NodeId.of(bytes))

test('holds the nearest of all that were set, and says what had to go', () => {
  const runs = { seed: 1, numRuns: process.env.SHOAL_LONG === '1' ? 5_000 : 200 }
  fc.assert(
    fc.property(anyId, fc.uniqueArray(anyId, { selector: (id) => id.key, maxLength: 40 }), (self, ids) => {
      const map = new NearestMap<string>(self, 10)
      const gone = new Set<string>()
      for (const id of ids) {
        const room = map.hasRoomFor(id)
        const evicted = map.set(id, id.key)
        expect(evicted !== id.key).toBe(room)
        if (evicted !== undefined) gone.add(evicted)
      }
      const nearest = closest(
        ids.map((id) => ({ id })),
        self,
        10,
      ).map(({ id }) => id.key)
      expect(map.values().sort()).toEqual(nearest.sort())
      expect(
        map
          .ids()
          .map((id) => id.key)
          .sort(),
      ).toEqual(nearest)
      expect(gone.size).toBe(ids.length - nearest.length)
    }),
    runs,
  )
})

test('replaces and deletes without evicting', () => {
  const id = NodeId.fromHex('11'.repeat(20))
  const map = new NearestMap<number>(id, 1)
  expect(map.set(id, 1)).toBeUndefined()
  expect(map.set(id, 2)).toBeUndefined()
  expect(map.get(id)).toBe(2)
  map.delete(id)
  expect([map.get(id), map.size]).toEqual([undefined, 0])
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IndexedHeap } from './indexed-heap.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 5_000 : 200

interface Item {
  rank: number
  readonly place: number
  heapPlace: number
}

const isBefore = (a: Item, b: Item) => (a.rank === b.rank ? a.place < b.place : a.rank < b.rank)

/** Changes the rank of an item (adding it where it is not there), deletes it, or takes the first. */
const operations = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('update' as const), place: fc.nat(20), rank: fc.nat(30) }),
    fc.record({ kind: fc.constant('delete' as const), place: fc.nat(20) }),
    fc.record({ kind: fc.constant('pop' as const) }),
  ),
  { maxLength: 200 },
)

test('the first is always that of a sorted list', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30), { maxLength: 20 }), operations, (ranks, steps) => {
      const items: Item[] = Array.from({ length: 21 }, (_, place) => ({
        place,
        rank: ranks[place] ?? 0,
        heapPlace: -1,
      }))
      const inside = new Set(items.slice(0, ranks.length))
      const heap = new IndexedHeap<Item>(isBefore, inside)
      const first = () => [...inside].sort((a, b) => (isBefore(a, b) ? -1 : 1))[0]
      for (const step of steps) {
        if (step.kind === 'pop') {
          const expected = first()
          expect(heap.pop()).toBe(expected)
          if (expected) inside.delete(expected)
        } else {
          const item = items[step.place] as Item
          if (step.kind === 'delete') {
            heap.delete(item)
            inside.delete(item)
          } else {
            item.rank = step.rank
            heap.update(item)
            inside.add(item)
          }
          expect(item.heapPlace >= 0).toBe(inside.has(item))
        }
        expect(heap.first).toBe(first())
        expect(heap.size).toBe(inside.size)
      }
    }),
    { seed: 81, numRuns },
  )
})

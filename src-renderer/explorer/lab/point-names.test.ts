import { expect, test } from 'vitest'
import { placeNames } from './point-names.ts'

const ROOM = { left: 0, right: 200, top: 0, bottom: 100 }

test('a name stands to the right of its mark, and to the left where the room ends', () => {
  const [first, second] = placeNames(
    [
      { x: 20, y: 50, name: 'k 8' },
      { x: 195, y: 80, name: 'k 20' },
    ],
    ROOM,
  )
  expect(first?.at[0]).toBeGreaterThan(20)
  expect((second?.at[0] ?? 200) + 4 * 6).toBeLessThan(195)
})

test('points beside each other get names apart from each other; one without room gets none', () => {
  const close = Array.from({ length: 30 }, (_, n) => ({ x: 90 + n, y: 50, name: `TTL ${n}` }))
  const placed = placeNames(close, ROOM)
  expect(placed.length).toBeGreaterThan(1)
  expect(placed.length).toBeLessThan(30)
  for (const [n, one] of placed.entries())
    for (const other of placed.slice(n + 1)) {
      const isApart = Math.abs(one.at[1] - other.at[1]) >= 12 || Math.abs(one.at[0] - other.at[0]) >= 5 * 6
      expect(isApart).toBe(true)
    }
})

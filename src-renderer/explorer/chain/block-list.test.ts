import { expect, test } from 'vitest'
import type { BlockRow } from '../../client/types.ts'
import { joined, listed, MAX_LISTED, nextBelow, shownTip, withOlder } from './block-list.ts'

/** Blocks from one height down to another, of a branch. */
function blocks(from: number, to: number, branch = 'a'): BlockRow[] {
  return Array.from({ length: from - to + 1 }, (_, n) => ({ id: `${branch}${from - n}`, height: from - n, time: 0 }))
}
const heights = (rows: readonly BlockRow[]) => rows.map((row) => row.height)

test('the newest blocks stand on the older ones, each height once', () => {
  const older = joined(blocks(12, 8), blocks(9, 5))
  expect(heights(listed(blocks(12, 8), older))).toEqual([12, 11, 10, 9, 8, 7, 6, 5])
})

test('older blocks are dropped where a gap has opened', () => {
  expect(joined(blocks(30, 20), blocks(18, 5))).toEqual([])
  expect(heights(joined(blocks(30, 20), blocks(19, 18)))).toEqual([19, 18])
})

test('and where the newest ones belong to another branch', () => {
  expect(joined(blocks(12, 8, 'b'), blocks(9, 5))).toEqual([])
})

test('nothing newest, nothing older', () => {
  expect(listed([], blocks(3, 0))).toHaveLength(4)
  expect(joined([], blocks(3, 0))).toHaveLength(4)
  expect(joined(blocks(3, 0), [])).toEqual([])
})

test('more is asked for below the last, not below the first block and not without bound', () => {
  expect(nextBelow(blocks(12, 8))).toBe(7)
  expect(nextBelow(blocks(3, 0))).toBeUndefined()
  expect(nextBelow([])).toBeUndefined()
  expect(nextBelow(blocks(MAX_LISTED + 5, 6))).toBeUndefined()
})

test('an answer that comes too late is left out', () => {
  const rows = blocks(12, 8)
  expect(heights(withOlder(rows, [], blocks(7, 5)))).toEqual([7, 6, 5])
  expect(withOlder(rows, [], blocks(9, 5))).toEqual([])
  expect(withOlder(rows, [], [])).toEqual([])
})

test('the tip that is shown is the one that the list begins with, where that comes only a moment later', () => {
  const [newest] = blocks(11, 11)
  const info = (height: number) => ({ height, tip: `a${height}`, tipTime: 5 })
  expect(shownTip(info(12), newest)).toEqual({ height: 11, tip: 'a11', tipTime: 0 })
  for (const height of [11, 13, 10]) expect(shownTip(info(height), newest)).toEqual(info(height))
  expect(shownTip(info(12), undefined)).toEqual(info(12))
})

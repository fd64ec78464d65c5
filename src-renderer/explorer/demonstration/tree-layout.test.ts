import { describe, expect, test } from 'vitest'
import { generateTree } from '../../mock/generate-demonstration.ts'
import { drawTree } from './tree-layout.ts'

const AREA = { width: 500, height: 400 }

describe('the tree', () => {
  const drawing = drawTree(generateTree('1'), 2, AREA)

  test('has a leaf for each id, in order, and the way to the chosen one', () => {
    expect(drawing.leaves.map(({ id }) => id)).toEqual(Array.from({ length: 16 }, (_, id) => id))
    expect(drawing.leaves[13]?.bits).toBe('1101')
    expect(drawing.branches).toHaveLength(30)
    expect(drawing.branches.filter(({ isOwn }) => isOwn).map(({ bit }) => bit)).toEqual(['0', '0', '1', '0'])
  })

  test('tells how each stands to the chosen one', () => {
    const standing = (id: number) => drawing.leaves[id]?.standing
    expect([2, 14, 13, 8].map(standing)).toEqual(['chosen', 'contact', 'spare', 'nobody'])
    expect(drawTree(generateTree('1'), 4, AREA).leaves[14]?.standing).toBe('unknown')
  })

  test('each bucket is over its own leaves and no others', () => {
    expect(drawing.buckets.map(({ prefix }) => prefix)).toEqual(['1***', '01**', '000*', '0011'])
    for (const { prefix, x, width } of drawing.buckets) {
      const inside = drawing.leaves.filter((leaf) => leaf.x > x && leaf.x < x + width)
      expect(inside.map(({ bits }) => bits).every((bits) => bits.startsWith(prefix.replaceAll('*', '')))).toBe(true)
      expect(inside).toHaveLength(2 ** prefix.replaceAll(/[01]/g, '').length)
    }
  })

  test('everything is within its area, hops as well', () => {
    const { leaves, buckets, hops } = drawTree(generateTree('1', 2), 2, AREA)
    expect(hops.map(({ number }) => number)).toEqual([1, 2])
    for (const { x, y } of [...leaves, ...hops.map(({ labelAt }) => labelAt)]) {
      expect(x).toBeGreaterThan(0)
      expect(x).toBeLessThan(AREA.width)
      expect(y).toBeLessThan(AREA.height - 8)
    }
    for (const { x, y, width, height } of buckets) {
      expect(x).toBeGreaterThanOrEqual(0)
      expect(x + width).toBeLessThanOrEqual(AREA.width)
      expect(y + height).toBeLessThan(AREA.height)
    }
  })
})

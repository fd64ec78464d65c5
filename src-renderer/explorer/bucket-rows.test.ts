import { describe, expect, test } from 'vitest'
import { generateNode, ownId } from '../mock/generate-overlay.ts'
import { afterTreeKey, prefixOf, treeRows } from './bucket-rows.ts'
import { leadingBits } from './distance.ts'

const node = generateNode(4, 0)
const closed = treeRows(node.buckets, new Set())
const firstOpen = treeRows(node.buckets, new Set(['bucket 4']))
const inBucket = firstOpen.filter((row) => row.kind === 'contact')

describe('the rows of the tree', () => {
  test('closed: a row for each bucket, the last one is home', () => {
    expect(closed).toHaveLength(node.buckets.length)
    expect(closed.filter((row) => row.kind === 'bucket' && row.home)).toEqual([closed.at(-1)])
  })

  test('open: its nodes below it, each with an id of its own', () => {
    expect(inBucket).toHaveLength(node.buckets[4]?.contacts.length ?? 0)
    expect(firstOpen.indexOf(inBucket[0] as never)).toBe(5)
    expect(new Set(firstOpen.map((row) => row.id)).size).toBe(firstOpen.length)
  })

  test('an empty bucket stays closed', () => {
    const [bucket] = node.buckets
    if (!bucket) throw new Error('no bucket')
    const rows = treeRows([{ ...bucket, contacts: [] }], new Set(['bucket 0']))
    expect(rows).toHaveLength(1)
    expect(afterTreeKey(rows, 'bucket 0', 'ArrowRight', 5)).toBeUndefined()
  })
})

test('the prefix of a bucket is ours up to the bit that differs', () => {
  const nodeId = ownId(4)
  for (let depth = 0; depth < 12; depth++) {
    const { shared, differing } = prefixOf({ nodeId }, depth, false)
    expect(shared).toBe(leadingBits(nodeId, depth))
    expect(shared + differing).not.toBe(leadingBits(nodeId, depth + 1))
    for (const contact of node.buckets[depth]?.contacts ?? [])
      expect(leadingBits(contact.nodeId, depth + 1)).toBe(shared + differing)
  }
  expect(prefixOf({ nodeId }, 5, true)).toEqual({ shared: leadingBits(nodeId, 5), differing: '' })
})

describe('keys', () => {
  test.each([
    [undefined, 'ArrowDown', { active: 'bucket 0' }],
    [undefined, 'ArrowUp', { active: closed.at(-1)?.id }],
    ['bucket 0', 'ArrowUp', { active: 'bucket 0' }],
    ['bucket 3', 'ArrowDown', { active: 'bucket 4' }],
    ['bucket 3', 'PageDown', { active: 'bucket 13' }],
    ['bucket 3', 'PageUp', { active: 'bucket 0' }],
    ['bucket 3', 'End', { active: closed.at(-1)?.id }],
    ['bucket 3', 'Home', { active: 'bucket 0' }],
    ['bucket 4', 'ArrowRight', { open: 'bucket 4' }],
    ['bucket 4', 'Enter', { open: 'bucket 4' }],
    ['bucket 4', 'ArrowLeft', undefined],
    ['bucket 4', '*', { openAll: true }],
    ['bucket 4', 'x', undefined],
  ])('in a closed tree, at %s, %s', (active, key, step) => {
    expect(afterTreeKey(closed, active, key, 10)).toEqual(step)
  })

  test.each([
    ['bucket 4', 'ArrowRight', { active: inBucket[0]?.id }],
    ['bucket 4', 'ArrowLeft', { close: 'bucket 4' }],
    ['bucket 4', ' ', { close: 'bucket 4' }],
    [inBucket[1]?.id, 'ArrowLeft', { active: 'bucket 4' }],
    [inBucket[1]?.id, 'ArrowRight', undefined],
    [inBucket[1]?.id, 'Enter', undefined],
    [inBucket.at(-1)?.id, 'ArrowDown', { active: 'bucket 5' }],
  ])('with a bucket open, at %s, %s', (active, key, step) => {
    expect(afterTreeKey(firstOpen, active, key, 10)).toEqual(step)
  })
})

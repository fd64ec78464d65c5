import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SqlRow, Statement } from '../../kernel/database.ts'
import { MAX_PROBES, ReadableRows } from './salvage-rows.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 5_000 : 300

/** A table with rows of these numbers, in which looking from a number on fails where `isBad` says so of the row found. */
function table(ids: readonly number[], isBad: (low: number) => boolean): { select: Statement; asked: () => number } {
  let asked = 0
  const get = (low: unknown): SqlRow | undefined => {
    asked++
    if (isBad(low as number)) throw new Error('malformed')
    const id = ids.find((each) => each >= (low as number))
    return id === undefined ? undefined : { id }
  }
  const refuse = () => {
    throw new Error('only get is used')
  }
  return { select: { get, all: refuse, run: refuse }, asked: () => asked }
}

test('all rows of a sound table, in order', () => {
  const rows = new ReadableRows(table([1, 2, 7, 40], () => false).select)
  expect([...rows.rows()]).toEqual([{ id: 1 }, { id: 2 }, { id: 7 }, { id: 40 }])
  expect(rows.incomplete).toBe(false)
})

test('one unreadable stretch costs its own rows and no others', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 300 }), (from, length) => {
      const ids = Array.from({ length: 1_000 }, (_, i) => i + 1)
      const { select, asked } = table(ids, (low) => low >= from && low < from + length)
      const rows = new ReadableRows(select)
      expect([...rows.rows()].map(({ id }) => id)).toEqual(ids.filter((id) => id < from || id >= from + length))
      expect(rows.incomplete).toBe(true)
      expect(asked()).toBeLessThan(1_000 + 50)
    }),
    { seed: 1, numRuns },
  )
})

test('any damage ends, with rows in order and none of the unreadable ones', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (bad) => {
      const ids = bad.map((_, i) => i + 1)
      const rows = new ReadableRows(table(ids, (low) => bad[low - 1] === true).select)
      const found = [...rows.rows()].map(({ id }) => id as number)
      expect(found).toEqual([...found].sort((a, b) => a - b))
      expect(found.filter((id) => bad[id - 1])).toEqual([])
      expect(rows.incomplete).toBe(bad.includes(true))
    }),
    { seed: 2, numRuns },
  )
})

test('a table that cannot be read at all, or that is not there, ends within its bound', () => {
  const { select, asked } = table([1, 2, 3], () => true)
  expect([...new ReadableRows(select).rows()]).toEqual([])
  expect(asked()).toBeLessThanOrEqual(MAX_PROBES)
  const missing = new ReadableRows(undefined)
  expect([...missing.rows()]).toEqual([])
  expect(missing.incomplete).toBe(true)
})

test('numbers that are none end the walk', () => {
  for (const id of ['1', null, 0.5, -3]) {
    const rows = new ReadableRows({ ...table([], () => false).select, get: () => ({ id }) })
    expect([...rows.rows()]).toEqual([])
    expect(rows.incomplete).toBe(true)
  }
})

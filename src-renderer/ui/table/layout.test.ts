import { expect, test } from 'vitest'
import type { Column } from './column.ts'
import { columnWidths, DEFAULT_LAYOUT, gridTemplate } from './layout.ts'

const cell = () => null
const columns: readonly Column<object>[] = [
  { id: 'name', title: 'Name', width: 200, minWidth: 150, grow: true, cell },
  { id: 'size', title: 'Size', width: 80, minWidth: 60, cell },
  { id: 'added', title: 'Added', width: 100, minWidth: 60, hideBelow: 500, cell },
]
const widths = (layout = DEFAULT_LAYOUT, room = 800) => Object.fromEntries(columnWidths(columns, layout, room))

test('the growing column takes what the others leave, and no less than its least width', () => {
  expect(widths()).toEqual({ name: 620, size: 80, added: 100 })
  expect(widths(DEFAULT_LAYOUT, 200)).toEqual({ name: 150, size: 80 })
})

test('a column with little to say goes first in a narrow table, unless a person has chosen', () => {
  expect(widths(DEFAULT_LAYOUT, 499)).toEqual({ name: 419, size: 80 })
  expect(widths({ widths: {}, shown: { added: true } }, 499)).toEqual({ name: 319, size: 80, added: 100 })
  expect(widths({ widths: {}, shown: { added: false } }, 800)).toEqual({ name: 720, size: 80 })
})

test('once the growing column has a width, only the pulled one changes', () => {
  const set = { widths: { name: 300, size: 80, added: 100 }, shown: {} }
  expect(widths(set)).toEqual({ name: 300, size: 80, added: 100 })
  expect(widths({ ...set, widths: { ...set.widths, size: 140 } })).toEqual({ name: 300, size: 140, added: 100 })
})

test('no column is narrower than its least width or wider than the limit', () => {
  expect(widths({ widths: { name: 10, size: 99_999 }, shown: {} })).toEqual({ name: 150, size: 1200, added: 100 })
})

test('header and rows share one template', () => {
  expect(
    gridTemplate(
      new Map([
        ['a', 10],
        ['b', 20],
      ]),
    ),
  ).toBe('10px 20px minmax(0, 1fr)')
})

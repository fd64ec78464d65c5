import type { Column, Direction, Sort, SortKey } from './column.ts'

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Negative, zero or positive; text by the rules of language (`file 2` before `file 10`), missing keys last. */
export function compareKeys(a: SortKey, b: SortKey, direction: Direction): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b))
  return direction === 'asc' ? order : -order
}

/**
 * The rows in order, in a new list; ties go by id, so that rows with equal keys never change places between two updates.
 * A sort by a column that is not there or has no key leaves the rows as they came.
 */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: Sort,
  rowId: (row: Row) => string,
): readonly Row[] {
  const key = columns.find((column) => column.id === sort.by)?.sortKey
  if (!key) return rows
  const keyed = rows.map((row) => ({ row, key: key(row), id: rowId(row) }))
  keyed.sort((a, b) => compareKeys(a.key, b.key, sort.direction) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  return keyed.map((entry) => entry.row)
}

/** A click on a heading: its own direction first, then the other one. */
export function nextSort<Row>(sort: Sort, column: Column<Row>): Sort {
  if (sort.by !== column.id) return { by: column.id, direction: column.firstDirection ?? 'asc' }
  return { by: column.id, direction: sort.direction === 'asc' ? 'desc' : 'asc' }
}

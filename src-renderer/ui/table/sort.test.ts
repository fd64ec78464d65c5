import { expect, test } from 'vitest'
import type { Column } from './column.ts'
import { compareKeys, nextSort, sortRows } from './sort.ts'

interface Fish {
  id: string
  name: string
  weight?: number
}
const columns: readonly Column<Fish>[] = [
  { id: 'name', title: 'Name', width: 1, minWidth: 1, sortKey: (f) => f.name, cell: (f) => f.name },
  {
    id: 'weight',
    title: 'Weight',
    width: 1,
    minWidth: 1,
    firstDirection: 'desc',
    sortKey: (f) => f.weight,
    cell: (f) => f.weight,
  },
  { id: 'picture', title: 'Picture', width: 1, minWidth: 1, cell: () => '' },
]
const fish: readonly Fish[] = [
  { id: '3', name: 'pike 10', weight: 5 },
  { id: '1', name: 'Pike 2' },
  { id: '2', name: 'eel', weight: 7 },
  { id: '0', name: 'carp', weight: 5 },
]
const sorted = (by: string, direction: 'asc' | 'desc') =>
  sortRows(fish, columns, { by, direction }, (f) => f.id)
    .map((f) => f.id)
    .join('')

test('text goes by the rules of language, numbers in it by value', () => {
  expect(sorted('name', 'asc')).toBe('0213')
  expect(sorted('name', 'desc')).toBe('3120')
})

test('a missing key is last either way, and ties go by id', () => {
  expect(sorted('weight', 'asc')).toBe('0321')
  expect(sorted('weight', 'desc')).toBe('2031')
})

test('an unknown column and one without a key leave the order alone', () => {
  expect(sortRows(fish, columns, { by: 'nothing', direction: 'asc' }, (f) => f.id)).toBe(fish)
  expect(sortRows(fish, columns, { by: 'picture', direction: 'asc' }, (f) => f.id)).toBe(fish)
})

test('two missing keys are equal', () => expect(compareKeys(undefined, undefined, 'desc')).toBe(0))

test('a heading starts with its own direction and then turns', () => {
  const [name, weight] = columns as [Column<Fish>, Column<Fish>]
  expect(nextSort({ by: 'name', direction: 'asc' }, weight)).toEqual({ by: 'weight', direction: 'desc' })
  expect(nextSort({ by: 'weight', direction: 'desc' }, weight)).toEqual({ by: 'weight', direction: 'asc' })
  expect(nextSort({ by: 'weight', direction: 'desc' }, name)).toEqual({ by: 'name', direction: 'asc' })
})

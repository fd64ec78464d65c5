import { describe, expect, test } from 'vitest'
import { sampleRow } from '../mock/sample.ts'
import { countByFilter, filterRows, groupOf, matches } from './filter.ts'

const rows = [
  sampleRow(1, { name: 'Debian 13 netinst.iso', state: 'downloading' }),
  sampleRow(2, { name: 'Lecture notes', state: 'seeding' }),
  sampleRow(3, { name: 'Field recordings', state: 'paused' }),
  sampleRow(4, { name: 'Old photographs', state: 'data-missing' }),
  sampleRow(5, { name: 'Broken', state: 'error' }),
  sampleRow(6, { name: 'Large', state: 'disk-full' }),
]

test('each state belongs to one group, and the counts add up', () => {
  expect(rows.map(groupOf)).toEqual(['downloading', 'seeding', 'paused', 'problems', 'problems', 'problems'])
  expect(countByFilter(rows)).toEqual({ all: 6, downloading: 1, seeding: 1, paused: 1, problems: 3 })
})

test('a torrent being checked counts as what it was before', () => {
  expect(groupOf(sampleRow(7, { state: 'checking', size: 10, done: 0 }))).toBe('downloading')
  expect(groupOf(sampleRow(7, { state: 'checking', size: 10, done: 0, completedAt: 5 }))).toBe('seeding')
})

describe('search', () => {
  const [debian] = rows
  if (!debian) throw new Error('no row')
  test.each([
    ['', true],
    ['DEBIAN', true],
    ['iso debian', true],
    ['debian 12', false],
    [debian.id.slice(0, 6), true],
    [debian.id.slice(0, 5), false],
  ])('%j: %s', (search, found) => expect(matches(debian, search)).toBe(found))
})

test('no filter and no search is the same list', () => {
  expect(filterRows(rows, 'all', ' ')).toBe(rows)
  expect(filterRows(rows, 'problems', 'o').map((row) => row.name)).toEqual(['Old photographs', 'Broken'])
})

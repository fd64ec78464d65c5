import { expect, test } from 'vitest'
import { generateDetail } from '../../mock/generate.ts'
import { sampleRow } from '../../mock/sample.ts'
import { wantedOf } from './wanted.ts'

const row = sampleRow(1)
const file = (size: number, wanted: boolean) => ({ path: `${size}`, size, done: 0, wanted })
const detail = { ...generateDetail(row), files: [file(10, true), file(20, false)], fileCount: 4 }

test('files that are not listed are wanted where bytes of theirs are', () => {
  expect([...wantedOf(detail, { size: 60, selected: 10 })]).toEqual([0])
  expect([...wantedOf(detail, { size: 60, selected: 25 })]).toEqual([0, 2, 3])
  expect([...wantedOf(detail, { size: 30, selected: 10 })]).toEqual([0, 2, 3])
})

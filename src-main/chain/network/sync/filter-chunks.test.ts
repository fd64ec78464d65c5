import { expect, test } from 'vitest'
import { FILTERS_OF_CHUNK, FilterChunks, MAX_CHUNKS } from './filter-chunks.ts'

const ranges = (chunks: readonly ({ startHeight: number; endHeight: number } | undefined)[]) =>
  chunks.map((chunk) => chunk && [chunk.startHeight, chunk.endHeight])

test('ranges in a row, up to the end, and no more than the limit at once', () => {
  const chunks = new FilterChunks<string>()
  const end = 2 * FILTERS_OF_CHUNK + 5
  expect(ranges([1, 2, 3, 4].map(() => chunks.next('a', 1, end)))).toEqual([
    [1, FILTERS_OF_CHUNK],
    [FILTERS_OF_CHUNK + 1, 2 * FILTERS_OF_CHUNK],
    [2 * FILTERS_OF_CHUNK + 1, end],
    undefined,
  ])
  const many = new FilterChunks<string>()
  for (let i = 0; i < MAX_CHUNKS; i++) expect(many.next('a', 1, 100_000)).toBeDefined()
  expect(many.next('a', 1, 100_000)).toBeUndefined()
})

test('they are ready in order; one that failed is given to another, up to the next', () => {
  const chunks = new FilterChunks<string>()
  const first = chunks.next('a', 11, 400)
  const second = chunks.next('b', 11, 400)
  if (!first || !second) throw new Error('two chunks fit')
  second.filters = []
  expect(chunks.ready(11)).toBeUndefined()
  chunks.remove(first)
  const again = chunks.next('c', 11, 400)
  expect(ranges([again])).toEqual([[11, 11 + FILTERS_OF_CHUNK - 1]])
  if (again) again.filters = []
  expect(chunks.ready(11)).toBe(again)
  if (again) chunks.remove(again)
  expect(chunks.ready(second.startHeight)).toBe(second)
  chunks.clear()
  expect(chunks.size).toBe(0)
})

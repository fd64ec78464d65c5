import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatFileRanges, includesFile, MAX_FILE_INDEX, MAX_FILE_RANGES, parseFileRanges } from './magnet-files.ts'

describe('a choice of files', () => {
  test('as in BEP 53', () => {
    const ranges = parseFileRanges('0,2,4,6-8') ?? []
    const chosen = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].filter((index) => includesFile(ranges, index))
    expect(chosen).toEqual([0, 2, 4, 6, 7, 8])
    expect(formatFileRanges(ranges)).toBe('0,2,4,6-8')
  })

  test('in any order and overlapping is brought in order', () => {
    expect(parseFileRanges('6-8,5,0,7-9,0,2')).toEqual([
      { first: 0, last: 0 },
      { first: 2, last: 2 },
      { first: 5, last: 9 },
    ])
  })

  test.each(['', ',', '1,', '-', '1-', '-1', '2-1', '1-2-3', '+1', '1.5', '0x1', ' 1', '1e3', '1,,2', '٣', '9999999'])(
    '%j is none',
    (text) => expect(parseFileRanges(text)).toBeUndefined(),
  )

  test('is bounded', () => {
    expect(parseFileRanges(`0-${MAX_FILE_INDEX}`)).toEqual([{ first: 0, last: MAX_FILE_INDEX }])
    expect(parseFileRanges(`0-${MAX_FILE_INDEX + 1}`)).toBeUndefined()
    const numbers = (count: number) => Array.from({ length: count }, (_, i) => 2 * i).join()
    expect(parseFileRanges(numbers(MAX_FILE_RANGES))).toHaveLength(MAX_FILE_RANGES)
    expect(parseFileRanges(numbers(MAX_FILE_RANGES + 1))).toBeUndefined()
  })

  test('keeps exactly the files named', () => {
    const range = fc.tuple(fc.nat(60), fc.nat(5)).map(([first, more]) => ({ first, last: first + more }))
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 12 }), (ranges) => {
        const read = parseFileRanges(formatFileRanges(ranges)) ?? []
        for (let i = 0; i < 70; i++) expect(includesFile(read, i)).toBe(includesFile(ranges, i))
      }),
      { seed: 24, numRuns: process.env.SHOAL_LONG === '1' ? 20_000 : 300 },
    )
  })
})

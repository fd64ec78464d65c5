import { describe, expect, test } from 'vitest'
import { choiceOf, wantedOf } from './wanted.ts'

const file = (wanted: boolean) => ({ path: 'a', size: 10, done: 0, wanted })
const detail = { files: [file(true), file(false)], fileCount: 5, unlistedWanted: 2 }

test('of files that are not listed as many are wanted as the engine says', () => {
  expect([...wantedOf(detail)]).toEqual([0, 2, 3])
  expect([...wantedOf({ ...detail, unlistedWanted: 0 })]).toEqual([0])
})

describe('what is asked of the engine', () => {
  const before = wantedOf(detail)

  test('a choice among the listed files leaves the others as they are', () => {
    expect(choiceOf(detail, before, new Set([...before, 1]))).toEqual({ files: [0, 1], upTo: 2 })
    expect(choiceOf(detail, before, new Set([2, 3]))).toEqual({ files: [], upTo: 2 })
  })

  test('a choice of all others, or of none, says so', () => {
    expect(choiceOf(detail, before, new Set([0, 2, 3, 4]))).toEqual({ files: [0, 2, 3, 4] })
    expect(choiceOf(detail, before, new Set([0]))).toEqual({ files: [0] })
  })

  test('where every file is listed the choice is whole', () => {
    const all = { ...detail, fileCount: 2, unlistedWanted: 0 }
    expect(choiceOf(all, wantedOf(all), new Set([1]))).toEqual({ files: [1] })
  })
})

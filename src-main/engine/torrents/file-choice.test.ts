import { expect, test } from 'vitest'
import { encodeBencode } from '../../codec/bencode.ts'
import { parseInfo } from '../../torrent/metainfo/parse.ts'
import { choiceOf, chosenAmongFirst, chosenFiles, keptChoice, linkedFiles } from './file-choice.ts'

/** Files 0, 1 and 3 are shown as 0, 1 and 2: number 2 is a pad file. */
const files = [
  { length: 10, path: ['a'] },
  { length: 6, path: ['b'] },
  { attr: 'p', length: 16, path: ['.pad', '16'] },
  { length: 5, path: ['c'] },
]
const info = encodeBencode({ files, name: 'x', 'piece length': 16, pieces: new Uint8Array(60) })
const metainfo = {
  ...parseInfo(info, { platform: 'linux' }),
  ...{ trackers: [], webSeeds: [], nodes: [], comment: '', createdBy: '', creationDate: undefined },
}
const bits = (selection: ReturnType<typeof chosenFiles>) =>
  selection && [0, 1, 2, 3].filter((index) => selection.files.has(index))

test('people count the files that they are shown', () => {
  expect(chosenFiles(metainfo, undefined)).toBeUndefined()
  expect(bits(chosenFiles(metainfo, [2]))).toEqual([3])
  expect(bits(chosenFiles(metainfo, []))).toEqual([])
  expect(chosenFiles(metainfo, [0, 1, 2])).toBeUndefined()
  expect(() => chosenFiles(metainfo, [0, 3])).toThrow(
    expect.objectContaining({
      code: 'NO_SUCH_FILE',
      message: 'There is no file number 3 among the 3 of this torrent; choose from 0 to 2.',
    }),
  )
})

test('a choice among the first files leaves the others as they were', () => {
  const first = chosenFiles(metainfo, [0])
  expect(bits(chosenAmongFirst(metainfo, [1], 2, first))).toEqual([1])
  expect(bits(chosenAmongFirst(metainfo, [1], 2, undefined))).toEqual([1, 3])
  expect(bits(chosenAmongFirst(metainfo, [], 2, chosenFiles(metainfo, [2])))).toEqual([3])
  expect(chosenAmongFirst(metainfo, [0, 1], 2, chosenFiles(metainfo, [2]))).toBeUndefined()
  expect(() => chosenAmongFirst(metainfo, [2], 2, first)).toThrow(expect.objectContaining({ code: 'NO_SUCH_FILE' }))
})

test('links count every file', () => {
  expect(linkedFiles(metainfo, undefined)).toBeUndefined()
  expect(bits(linkedFiles(metainfo, [{ first: 2, last: 3 }]))).toEqual([3])
  expect(linkedFiles(metainfo, [{ first: 2, last: 2 }])).toBeUndefined()
  expect(linkedFiles(metainfo, [{ first: 50, last: 60 }])).toBeUndefined()
})

test('a choice among files that are not known yet is kept as it was made', () => {
  expect(keptChoice(undefined)).toBeUndefined()
  for (const chosen of [[2], [], [0, 2], [1, 40]]) {
    const kept = keptChoice(chosen) as Uint8Array
    expect(bits(choiceOf(metainfo, kept))).toEqual(
      bits(
        chosenFiles(
          metainfo,
          chosen.filter((n) => n < 3),
        ),
      ),
    )
  }
  expect(() => keptChoice([200_000])).toThrow(expect.objectContaining({ code: 'NO_SUCH_FILE' }))
})

import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pieceSize } from '../metainfo/metainfo.ts'
import { Layout, MAX_POSIX_PATH } from './layout.ts'
import { exampleTorrent, mixedTorrent } from './test-support.ts'

const directory = '/dl'

describe('layout', () => {
  test('a piece over four files, an empty one among them', () => {
    const { metainfo } = exampleTorrent([
      { path: 'a', length: 10_000 },
      { path: 'b', length: 0 },
      { path: 'c', length: 5 },
      { path: 'd/e', length: 40_000 },
    ])
    const layout = new Layout(metainfo, directory)
    expect(layout.stretches(0)).toEqual([
      { file: 0, offset: 0, at: 0, length: 10_000, padding: false },
      { file: 2, offset: 0, at: 10_000, length: 5, padding: false },
      { file: 3, offset: 0, at: 10_005, length: 6_379, padding: false },
    ])
    expect(layout.stretches(1, 100, 16)).toEqual([{ file: 3, offset: 6_479, at: 0, length: 16, padding: false }])
    expect(layout.spans(3)).toEqual([{ path: join(directory, 'shared', 'd', 'e'), offset: 39_147, length: 853 }])
    expect(layout.pieces(0)).toEqual({ first: 0, last: 0 })
    expect(layout.pieces(1)).toBeUndefined()
    expect(layout.pieces(3)).toEqual({ first: 0, last: 3 })
    expect(layout.folders(3)).toEqual([join(directory, 'shared'), join(directory, 'shared', 'd')])
    expect(layout.root).toBe(join(directory, 'shared'))
  })

  test('a single file stands in the download folder itself', () => {
    const { metainfo } = exampleTorrent([{ path: 'x', length: 7 }], { single: true, name: 'film.mkv' })
    const layout = new Layout(metainfo, directory)
    expect(layout.path(0)).toBe(join(directory, 'film.mkv'))
    expect(layout.root).toBe(layout.path(0))
    expect(layout.folders(0)).toEqual([])
  })

  test('pad files are no targets, and a piece with padding has no plain spans', () => {
    const { metainfo } = exampleTorrent([
      { path: 'a', length: 10_000 },
      { path: '.pad/6384', length: 6_384, padding: true },
      { path: 'b', length: 16_384 },
    ])
    const layout = new Layout(metainfo, directory)
    expect(layout.fileIndexes).toEqual([0, 2])
    expect(layout.spans(0)).toBeUndefined()
    expect(layout.stretches(0)[1]).toEqual({ file: 1, offset: 0, at: 10_000, length: 6_384, padding: true })
    expect(layout.spans(1)).toHaveLength(1)
  })

  test('a path of the longest length is taken, one byte more is refused and named', () => {
    const { metainfo } = mixedTorrent()
    const longest = join('/', 'shared', 'deep', 'er', 'last.bin').length
    const fits = `/${'d'.repeat(MAX_POSIX_PATH - longest - 1)}`
    expect(new Layout(metainfo, fits).path(3)).toHaveLength(MAX_POSIX_PATH)
    expect(() => new Layout(metainfo, `${fits}d`)).toThrow(
      expect.objectContaining({ code: 'PATH_TOO_LONG', message: expect.stringContaining('shorter path') }),
    )
  })

  test('the stretches of all pieces cover every file exactly once, whatever the sizes', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(sizes, (lengths) => {
        fc.pre(lengths.some((length) => length > 0))
        const { metainfo } = exampleTorrent(lengths.map((length, n) => ({ path: `${n}`, length })))
        const layout = new Layout(metainfo, directory)
        const reached = lengths.map(() => 0)
        for (let piece = 0; piece < metainfo.pieceCount; piece++) {
          let at = 0
          for (const stretch of layout.stretches(piece)) {
            expect(stretch.at).toBe(at)
            expect(stretch.offset).toBe(reached[stretch.file])
            expect(stretch.length).toBeGreaterThan(0)
            reached[stretch.file] = stretch.offset + stretch.length
            at += stretch.length
          }
          expect(at).toBe(pieceSize(metainfo, piece))
        }
        expect(reached).toEqual(lengths)
      }),
      { seed: 3, numRuns: process.env.SHOAL_LONG === '1' ? 1_000 : 60 },
    )
  })
})

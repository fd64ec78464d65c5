import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Bitfield } from './bitfield.ts'
import { FileSelection, keptSelection, selectionOf, shownFiles } from './file-selection.ts'

/** Files of these lengths one after the other; a negative length is a pad file. */
function described(lengths: readonly number[], pieceLength: number) {
  let offset = 0
  const files = lengths.map((length, n) => {
    const file = { path: [`f${n}`], length: Math.abs(length), offset, padding: length < 0 }
    offset += Math.abs(length)
    return file
  })
  return { files, pieceLength, pieceCount: Math.ceil(offset / pieceLength) }
}

const piecesOf = (bits: Bitfield) => Array.from({ length: bits.length }, (_, n) => n).filter((n) => bits.has(n))

describe('a selection of files', () => {
  const torrent = described([100, 0, 950, -50, 300], 100)

  test('the pieces that hold a byte of a wanted file, neighbours included', () => {
    const selection = selectionOf(torrent, [0, 4]) as FileSelection
    expect(piecesOf(selection.pieces)).toEqual([0, 11, 12, 13])
    expect(selection.bytes).toBe(400)
    expect(piecesOf(selection.files)).toEqual([0, 4])
  })

  test('what is there of the wanted files only', () => {
    const selection = selectionOf(torrent, [2]) as FileSelection
    const have = new Bitfield(torrent.pieceCount)
    for (const piece of [0, 1, 10, 13]) have.set(piece)
    expect(selection.done(have)).toBe(150)
    expect(selection.isComplete(have)).toBe(false)
    for (let piece = 1; piece <= 10; piece++) have.set(piece)
    expect(selection.done(have)).toBe(950)
    expect(selection.isComplete(have)).toBe(true)
  })

  test('all files are no selection, whatever is said of pad files', () => {
    expect(shownFiles(torrent)).toEqual([0, 1, 2, 4])
    expect(selectionOf(torrent, [0, 1, 2, 4])).toBeUndefined()
    expect(selectionOf(torrent, [0, 1, 2, 3, 4, 99])).toBeUndefined()
  })

  test('none, an empty file or a pad file alone want no piece', () => {
    for (const wanted of [[], [1], [3]]) {
      const selection = selectionOf(torrent, wanted) as FileSelection
      expect([selection.bytes, selection.pieces.count]).toEqual([0, 0])
      expect(selection.isComplete(new Bitfield(torrent.pieceCount))).toBe(true)
    }
  })

  test('what was kept is believed only where its length fits', () => {
    const { files } = selectionOf(torrent, [0, 4]) as FileSelection
    expect(keptSelection(torrent, files.bytes)?.files).toEqual(files)
    for (const kept of [undefined, new Uint8Array(), new Uint8Array(2), new Uint8Array([0xff])])
      expect(keptSelection(torrent, kept)).toBeUndefined()
  })

  test('done and complete agree with a count byte by byte', () => {
    const length = fc.oneof(
      { weight: 4, arbitrary: fc.nat(40) },
      { weight: 1, arbitrary: fc.integer({ min: -20, max: -1 }) },
    )
    fc.assert(
      fc.property(
        fc.array(fc.tuple(length, fc.boolean()), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.boolean(), { minLength: 500, maxLength: 500 }),
        (parts, pieceLength, coins) => {
          const torrentOf = described(
            parts.map(([bytes]) => bytes),
            pieceLength,
          )
          const bits = new Bitfield(torrentOf.files.length)
          for (const [n, [, wanted]] of parts.entries()) if (wanted) bits.set(n)
          const selection = new FileSelection(torrentOf, bits)
          const have = new Bitfield(torrentOf.pieceCount)
          for (let piece = 0; piece < have.length; piece++) if (coins[piece]) have.set(piece)
          let [done, all] = [0, 0]
          const touched = new Set<number>()
          for (const [n, { offset, length: bytes, padding }] of torrentOf.files.entries())
            for (let at = offset; at < offset + bytes && !padding && bits.has(n); at++) {
              all++
              touched.add(Math.floor(at / pieceLength))
              if (have.has(Math.floor(at / pieceLength))) done++
            }
          expect([selection.bytes, selection.done(have)]).toEqual([all, done])
          expect(piecesOf(selection.pieces)).toEqual([...touched].sort((a, b) => a - b))
          expect(selection.isComplete(have)).toBe(done === all)
        },
      ),
      { seed: 53, numRuns: process.env.SHOAL_LONG === '1' ? 5_000 : 200 },
    )
  })
})

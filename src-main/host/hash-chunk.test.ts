import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { patternBytes } from '../kernel/port-tests/index.ts'
import { DIGEST_BYTES, hashChunk } from './hash-chunk.ts'
import { temporaryFolder } from './test-folder.ts'

const FILE_SIZES = [0, 1, 50, 100, 257]
const RUNS = process.env.SHOAL_LONG === '1' ? 20_000 : 1_000

test('whatever the spans and the size of the buffer, digests are those of the bytes that are there', async () => {
  const folder = await temporaryFolder()
  const contents = FILE_SIZES.map((size, i) => patternBytes(size, i))
  const paths = contents.map((_, i) => join(folder.path, `${i}`))
  for (const [i, bytes] of contents.entries()) writeFileSync(paths[i] as string, bytes)
  const span = fc.tuple(fc.nat(FILE_SIZES.length - 1), fc.nat(260), fc.nat(120))
  // Runs of pieces in one file, as torrents have them, beside spans in no order.
  const run = fc
    .tuple(fc.nat(FILE_SIZES.length - 1), fc.integer({ min: 1, max: 90 }), fc.nat(6))
    .map(([file, length, count]) => Array.from({ length: count }, (_, i) => [[file, i * length, length] as const]))
  const pieces = fc.oneof(fc.array(fc.array(span, { maxLength: 4 }), { maxLength: 6 }), run)
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 300 }), (chunk, bufferSize) => {
      const { digests, known } = hashChunk(
        {
          paths,
          spanCounts: Uint32Array.from(chunk, (piece) => piece.length),
          spans: Float64Array.from(chunk.flat(2)),
        },
        new Uint8Array(bufferSize),
      )
      for (const [i, piece] of chunk.entries()) {
        const isThere = piece.every(
          ([file, offset, length]) => length === 0 || offset + length <= (FILE_SIZES[file] ?? 0),
        )
        expect(known[i]).toBe(isThere ? 1 : 0)
        const hash = createHash('sha1')
        for (const [file, offset, length] of piece) hash.update(contents[file]?.subarray(offset, offset + length) ?? '')
        const expected = isThere ? new Uint8Array(hash.digest()) : new Uint8Array(DIGEST_BYTES)
        expect(digests.slice(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES)).toEqual(expected)
      }
    }),
    { seed: 6, numRuns: RUNS },
  )
  await folder.remove()
})

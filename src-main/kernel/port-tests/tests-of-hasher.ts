import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { FileStore } from '../files.ts'
import type { FileSpan, Hasher } from '../hasher.ts'
import { failureCode, onBed, patternBytes, type TestBed } from './test-bed.ts'

export interface HasherBed extends TestBed {
  readonly hasher: Hasher
  readonly files: FileStore
  /** A folder that the hasher can read. */
  readonly root: string
}

type Create = () => HasherBed | Promise<HasherBed>

const sha1 = (bytes: Uint8Array) => new Uint8Array(createHash('sha1').update(bytes).digest())

async function writeFile(bed: HasherBed, name: string, bytes: Uint8Array): Promise<string> {
  const path = join(bed.root, name)
  const file = await bed.settle(bed.files.open(path, 'create'))
  await bed.settle(file.write(bytes, 0))
  await bed.settle(file.close())
  return path
}

/** The pieces of `pieceLength` bytes of one file. */
function piecesOf(path: string, size: number, pieceLength: number): FileSpan[][] {
  const pieces: FileSpan[][] = []
  for (let offset = 0; offset < size; offset += pieceLength) {
    pieces.push([{ path, offset, length: Math.min(pieceLength, size - offset) }])
  }
  return pieces
}

export function testsOfHasher(name: string, create: Create): void {
  describe(`${name} as a Hasher`, () => {
    inMemory(create)
    onDisk(create)
    ending(create)
  })
}

function inMemory(create: Create): void {
  test(
    'a piece in memory is hashed and handed back',
    onBed(create, async (bed) => {
      const bytes = patternBytes(300_000)
      const expected = sha1(bytes)
      const hashed = await bed.settle(bed.hasher.sha1(bytes.slice()))
      expect(hashed.digest).toEqual(expected)
      expect(hashed.bytes).toEqual(bytes)
    }),
  )
  test(
    'a view from the start of a larger buffer, and an empty piece',
    onBed(create, async (bed) => {
      const bytes = patternBytes(70_000)
      const hashed = await bed.settle(bed.hasher.sha1(bytes.slice().subarray(0, 1_000)))
      expect(hashed.digest).toEqual(sha1(bytes.subarray(0, 1_000)))
      expect(hashed.bytes).toEqual(bytes.subarray(0, 1_000))
      expect((await bed.settle(bed.hasher.sha1(new Uint8Array(0)))).digest).toEqual(sha1(new Uint8Array(0)))
    }),
  )
  test(
    'many pieces at once each get their own digest',
    onBed(create, async (bed) => {
      const pieces = Array.from({ length: 100 }, (_, i) => patternBytes(1_000 + i, i))
      const hashed = await bed.settle(Promise.all(pieces.map((piece) => bed.hasher.sha1(piece.slice()))))
      for (const [i, piece] of pieces.entries()) expect(hashed[i]?.digest, `piece ${i}`).toEqual(sha1(piece))
    }),
  )
}

function onDisk(create: Create): void {
  test(
    'the pieces of a file, the last one shorter, in order',
    onBed(create, async (bed) => {
      const bytes = patternBytes(5_000_000)
      const path = await writeFile(bed, 'f', bytes)
      for (const pieceLength of [16_384, 1_000_000, 16_777_216]) {
        const pieces = piecesOf(path, bytes.length, pieceLength)
        const expected = pieces.map(([span]) =>
          sha1(bytes.subarray(span?.offset, (span?.offset ?? 0) + (span?.length ?? 0))),
        )
        expect(await bed.settle(bed.hasher.sha1OfSpans(pieces)), `${pieceLength}`).toEqual(expected)
      }
    }),
  )
  test(
    'pieces that run over many files, with empty ones between, in any order',
    onBed(create, async (bed) => {
      const a = patternBytes(3_000, 1)
      const b = patternBytes(500, 2)
      const c = patternBytes(10_000, 3)
      const [pathA, pathB, pathC] = [
        await writeFile(bed, 'a', a),
        await writeFile(bed, 'b', b),
        await writeFile(bed, 'c', c),
      ]
      const empty = await writeFile(bed, 'empty', new Uint8Array(0))
      const digests = await bed.settle(
        bed.hasher.sha1OfSpans([
          [{ path: pathC, offset: 9_000, length: 1_000 }],
          [
            { path: pathA, offset: 2_000, length: 1_000 },
            { path: empty, offset: 0, length: 0 },
            { path: pathB, offset: 0, length: 500 },
            { path: pathC, offset: 0, length: 2_000 },
          ],
          [],
          [{ path: pathA, offset: 0, length: 2_000 }],
        ]),
      )
      const joined = new Uint8Array([...a.subarray(2_000), ...b, ...c.subarray(0, 2_000)])
      expect(digests).toEqual([
        sha1(c.subarray(9_000)),
        sha1(joined),
        sha1(new Uint8Array(0)),
        sha1(a.subarray(0, 2_000)),
      ])
    }),
  )
  test(
    'a missing or short file leaves only its own pieces unknown',
    onBed(create, async (bed) => {
      const bytes = patternBytes(2_500)
      const path = await writeFile(bed, 'short', bytes)
      const missing: FileSpan = { path: join(bed.root, 'missing'), offset: 0, length: 10 }
      const digests = await bed.settle(
        bed.hasher.sha1OfSpans([
          ...piecesOf(path, 4_000, 1_000),
          [missing],
          [{ path, offset: 0, length: 10 }, missing],
          [{ path, offset: 0, length: 2_500 }],
          [{ path: join(bed.root, 'missing', 'below'), offset: 0, length: 1 }],
          [{ path: bed.root, offset: 0, length: 1 }],
        ]),
      )
      const known = digests.map((digest) => digest !== undefined)
      expect(known).toEqual([true, true, false, false, false, false, true, false, false])
      expect(digests[1]).toEqual(sha1(bytes.subarray(1_000, 2_000)))
      expect(digests[6]).toEqual(sha1(bytes))
      expect(await bed.settle(bed.hasher.sha1OfSpans([]))).toEqual([])
    }),
  )
  test(
    'progress counts up to the bytes that were read',
    onBed(create, async (bed) => {
      const path = await writeFile(bed, 'f', patternBytes(1_000_000))
      const reported: number[] = []
      const pieces = piecesOf(path, 1_000_000, 10_000)
      await bed.settle(bed.hasher.sha1OfSpans(pieces, { progress: (bytes) => reported.push(bytes) }))
      expect(reported.at(-1)).toBe(1_000_000)
      expect(reported).toEqual([...reported].sort((x, y) => x - y))
    }),
  )
}

function ending(create: Create): void {
  test(
    'an aborted job rejects with the reason of its signal, before and during the work',
    onBed(create, async (bed) => {
      const path = await writeFile(bed, 'f', new Uint8Array(100_000))
      const pieces = Array.from({ length: 2_000 }, () => [{ path, offset: 0, length: 100_000 }])
      const reason = new Error('not wanted any more')
      const before = bed.hasher.sha1OfSpans(pieces, { signal: AbortSignal.abort(reason) })
      await expect(bed.settle(before)).rejects.toBe(reason)
      const abort = new AbortController()
      const during = bed.hasher.sha1OfSpans(pieces, { signal: abort.signal, progress: () => abort.abort(reason) })
      await expect(bed.settle(during)).rejects.toBe(reason)
      const after = await bed.settle(bed.hasher.sha1OfSpans([[{ path, offset: 0, length: 10 }]]))
      expect(after).toEqual([sha1(new Uint8Array(10))])
    }),
  )
  test(
    'closing settles every job, and later ones are refused',
    onBed(create, async (bed) => {
      const path = await writeFile(bed, 'f', new Uint8Array(100_000))
      const pieces = Array.from({ length: 2_000 }, () => [{ path, offset: 0, length: 100_000 }])
      const open = [bed.hasher.sha1OfSpans(pieces), ...[1, 2, 3].map(() => bed.hasher.sha1(new Uint8Array(1_000_000)))]
      const codes = open.map((job) => failureCode(job))
      await bed.settle(bed.hasher.close())
      for (const code of await bed.settle(Promise.all(codes))) expect(['CLOSED', 'RESOLVED']).toContain(code)
      expect(await bed.settle(failureCode(bed.hasher.sha1(new Uint8Array(1))))).toBe('CLOSED')
      expect(await bed.settle(failureCode(bed.hasher.sha1OfSpans([])))).toBe('CLOSED')
      await bed.settle(bed.hasher.close())
    }),
  )
}

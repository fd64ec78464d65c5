import { describe, expect, test } from 'vitest'
import type { FileRecord, ResumeRecord, SeenFile } from '../../storage/resume-repository.ts'
import { Bitfield } from '../bitfield.ts'
import { Layout } from './layout.ts'
import { planResume, WRITE_DELAY } from './plan-resume.ts'
import { exampleTorrent } from './test-support.ts'

/** File 0 holds pieces 0 to 3 whole, file 1 pieces 4 to 6; piece 7 is shared by file 1 and 2; file 3 is empty. */
const PIECE = 16_384
const { metainfo } = exampleTorrent([
  { path: 'a', length: 4 * PIECE },
  { path: 'b', length: 3 * PIECE + 384 },
  { path: 'c', length: 16_000 },
  { path: 'empty', length: 0 },
])
const layout = new Layout(metainfo, '/dl')
const sizes = metainfo.files.map(({ length }) => length)

function have(...pieces: number[]): Uint8Array {
  const bits = new Bitfield(metainfo.pieceCount)
  for (const piece of pieces) bits.set(piece)
  return bits.bytes
}

function asRecorded(index: number, changes: Partial<SeenFile> = {}): FileRecord {
  return { index, made: true, seen: { size: sizes[index] as number, modifiedMs: 5_000.25, ...changes } }
}

interface Case {
  readonly name: string
  readonly record: ResumeRecord
  /** Changes to files as recorded; null: gone. */
  readonly now?: Readonly<Record<number, Partial<SeenFile> | null>>
  readonly trusted: readonly number[]
  readonly hashAgain?: readonly number[]
  readonly dropped?: readonly number[]
  readonly missing?: readonly string[]
}

const all = [0, 1, 2, 3, 4, 5, 6, 7]
const files = [0, 1, 2].map((index) => asRecorded(index))
const complete: ResumeRecord = { have: have(...all), writing: [], files }
const claim = (piece: number, claimedAt = 6_000) => ({ piece, claimedAt })

const cases: readonly Case[] = [
  { name: 'everything as recorded', record: complete, trusted: all },
  {
    name: 'a fresh torrent: files of others do not matter',
    record: { have: have(), writing: [], files: [] },
    now: { 0: { size: 77 } },
    trusted: [],
  },
  {
    name: 'a bitfield that is not known: what the disk may hold is hashed',
    record: { have: undefined, writing: [], files: [asRecorded(0)] },
    now: { 0: { size: 2 * PIECE + 1 }, 1: null, 2: null },
    trusted: [],
    hashAgain: [0, 1],
  },
  {
    name: 'a bitfield of the wrong length is not known',
    record: { ...complete, have: new Uint8Array(9) },
    now: { 1: { size: 0 } },
    trusted: [],
    hashAgain: [0, 1, 2, 3],
  },
  {
    name: 'pieces being written are hashed again, and nothing else',
    record: { have: have(0, 1, 4), writing: [claim(2), claim(5)], files },
    now: { 0: { modifiedMs: 6_100 }, 1: { modifiedMs: 6_001 } },
    trusted: [0, 1, 4],
    hashAgain: [2, 5],
  },
  {
    name: 'a piece being written whose file never grew that far is not there',
    record: { have: have(0), writing: [claim(1), claim(3)], files: [asRecorded(0, { size: PIECE })] },
    now: { 0: { size: 2 * PIECE, modifiedMs: 6_100 } },
    trusted: [0],
    hashAgain: [1],
  },
  {
    name: 'a piece that is recorded and being written again is not believed',
    record: { have: have(0, 1), writing: [claim(1)], files: [asRecorded(0)] },
    trusted: [0],
    hashAgain: [1],
  },
  {
    name: 'a file changed by another hand: its recorded pieces are hashed, those of other files are not',
    record: complete,
    now: { 1: { modifiedMs: 5_001 } },
    trusted: [0, 1, 2, 3],
    hashAgain: [4, 5, 6, 7],
  },
  {
    name: 'a file that grew is changed',
    record: complete,
    now: { 0: { size: 4 * PIECE + 1 } },
    trusted: [4, 5, 6, 7],
    hashAgain: [0, 1, 2, 3],
  },
  {
    name: 'an older file is changed, also while a piece of it was being written',
    record: { have: have(0, 1), writing: [claim(2)], files: [asRecorded(0)] },
    now: { 0: { modifiedMs: 2_999 } },
    trusted: [],
    hashAgain: [0, 1, 2],
  },
  {
    name: 'the time of a file is explained for a while after the last claim',
    record: { have: have(0), writing: [claim(1, 6_000), claim(2, 9_000)], files: [asRecorded(0)] },
    now: { 0: { modifiedMs: 9_000 + WRITE_DELAY } },
    trusted: [0],
    hashAgain: [1, 2],
  },
  {
    name: 'and not any longer',
    record: { have: have(0), writing: [claim(1, 6_000), claim(2, 9_000)], files: [asRecorded(0)] },
    now: { 0: { modifiedMs: 9_001 + WRITE_DELAY } },
    trusted: [],
    hashAgain: [0, 1, 2],
  },
  {
    name: 'a claim in another file explains nothing',
    record: { have: have(0, 4), writing: [claim(5)], files },
    now: { 0: { modifiedMs: 6_000.5 }, 1: { modifiedMs: 6_001 } },
    trusted: [4],
    hashAgain: [0, 5],
  },
  {
    name: 'a cut file: what it does not hold is dropped, the rest of it is hashed',
    record: complete,
    now: { 0: { size: 3 * PIECE - 1, modifiedMs: 9_000 } },
    trusted: [4, 5, 6, 7],
    hashAgain: [0, 1],
    dropped: [2, 3],
  },
  {
    name: 'a cut file that is shared by a piece takes that piece with it',
    record: complete,
    now: { 2: { size: 15_999, modifiedMs: 9_000 } },
    trusted: [0, 1, 2, 3, 4, 5, 6],
    dropped: [7],
  },
  {
    name: 'a file system that keeps times to two seconds',
    record: complete,
    now: { 0: { modifiedMs: 4_000 }, 1: { modifiedMs: 7_000 }, 2: { modifiedMs: 8_000 } },
    trusted: [0, 1, 2, 3, 4, 5, 6],
    hashAgain: [7],
  },
  {
    name: 'a file that is gone: nothing is decided, progress stays',
    record: { ...complete, writing: [claim(2)] },
    now: { 1: null },
    trusted: all,
    missing: [layout.path(1)],
  },
  {
    name: 'a drive that is away: all that had bytes is missing',
    record: { have: have(0), writing: [], files: [asRecorded(0), asRecorded(1, { size: 0 }), asRecorded(3)] },
    now: { 0: null, 1: null, 2: null, 3: null },
    trusted: [0],
    missing: [layout.path(0)],
  },
  {
    name: 'a recorded piece in a file without a record: hashed where the file is there',
    record: { have: have(0, 4), writing: [], files: [asRecorded(1)] },
    trusted: [4],
    hashAgain: [0],
  },
  {
    name: 'a recorded piece in a file without a record: missing where it is not',
    record: { have: have(0, 4), writing: [], files: [asRecorded(1)] },
    now: { 0: null },
    trusted: [0, 4],
    missing: [layout.path(0)],
  },
  {
    name: 'a claimed piece that does not exist is nothing',
    record: { have: have(0), writing: [claim(99)], files: [asRecorded(0)] },
    trusted: [0],
  },
  {
    name: 'a file announced and never made',
    record: { have: have(), writing: [claim(0)], files: [{ index: 0, made: true, seen: undefined }] },
    now: { 0: null },
    trusted: [],
  },
]

describe('planResume', () => {
  test.each(cases)('$name', ({ record, now = {}, trusted, hashAgain = [], dropped = [], missing = [] }) => {
    const seen = (index: number): SeenFile | undefined => {
      const change = now[index]
      if (change === null) return undefined
      const recorded = record.files.find((file) => file.index === index)?.seen
      return { ...(recorded ?? { size: sizes[index] as number, modifiedMs: 1 }), ...change }
    }
    const plan = planResume(layout, record, seen)
    expect({
      trusted: all.filter((piece) => plan.trusted.has(piece)),
      hashAgain: plan.hashAgain,
      dropped: plan.dropped,
      missing: plan.missing,
    }).toEqual({ trusted, hashAgain, dropped, missing })
  })
})

/**
 * Hashing: a .torrent made of one file, by `shoal create` and by mktorrent, in turns. `MB/s` counts from the start of the
 * process to its end; `hashing alone`, which the goal is about, leaves out Node's start: it runs from the end of the scan
 * to the finished .torrent, the start of the hashing threads included.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Bench, has, PIECE_LENGTH, shoal } from './bench.ts'
import { hashingRate, inTurns, rowsOf, type TimedCommand } from './commands.ts'
import type { Goal, Row } from './report.ts'

export async function create(bench: Bench): Promise<{ rows: Row[]; goals: Goal[] }> {
  const torrent = join(bench.folder, 'created.torrent')
  const before = () => rmSync(torrent, { force: true })
  const mktorrent = (threads: number): TimedCommand => ({
    name: `mktorrent -t ${threads}`,
    line: ['mktorrent', '-l', `${Math.log2(PIECE_LENGTH)}`, '-t', `${threads}`, '-o', torrent, bench.file],
    before,
  })
  const ours: TimedCommand = {
    name: 'shoal create',
    line: shoal('create', bench.file, '-o', torrent, '--piece-size', `${PIECE_LENGTH}`, '--json'),
    before,
    hashing: { from: /"event":"scanned"/, to: /"event":"done"/ },
  }
  const samples = await inTurns(bench, 'create', [ours, ...(has('mktorrent') ? [mktorrent(2), mktorrent(1)] : [])])
  const theirs = hashingRate(bench.bytes, samples.get('mktorrent -t 2'))
  const value = theirs && (hashingRate(bench.bytes, samples.get(ours.name)) ?? 0) / theirs
  return {
    rows: rowsOf(bench.bytes, samples),
    goals: [{ text: 'hashing, against mktorrent -t 2', value, atLeast: 0.7, unit: 'x' }],
  }
}

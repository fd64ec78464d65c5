/** Hashing: a .torrent made of one file, by `shoal create` and by mktorrent with two threads, in turns. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Bench, has, megabytes, PIECE_LENGTH, shoal } from './bench.ts'
import { type Goal, median, type Row, spread } from './report.ts'
import { Run, type Usage } from './run.ts'

const PROGRAMS = ['shoal create', 'mktorrent -t 2', 'mktorrent -t 1'] as const
type Program = (typeof PROGRAMS)[number]

interface Sample extends Usage {
  readonly seconds: number
}

export async function create(bench: Bench): Promise<{ rows: Row[]; goals: Goal[] }> {
  const programs = PROGRAMS.filter((program) => program === 'shoal create' || has('mktorrent'))
  const samples = new Map<Program, Sample[]>(programs.map((program) => [program, []]))
  for (let run = 0; run < bench.runs; run++) {
    for (const program of programs) samples.get(program)?.push(await measure(bench, program))
    bench.say(`create: ${run + 1} of ${bench.runs}`)
  }
  const rate = ({ seconds }: Sample) => megabytes(bench.bytes) / seconds
  const rows = [...samples].map(([name, all]) => ({
    name,
    cells: {
      'MB/s': spread(all.map(rate), 0),
      s: spread(
        all.map(({ seconds }) => seconds),
        2,
      ),
      'CPU s': spread(
        all.map(({ cpuSeconds }) => cpuSeconds),
        2,
      ),
      'peak MB': spread(
        all.map(({ peakMemory }) => megabytes(peakMemory)),
        0,
      ),
    },
  }))
  const ours = median((samples.get('shoal create') ?? []).map(rate))
  const theirs = samples.get('mktorrent -t 2')
  const value = theirs && ours / median(theirs.map(rate))
  return { rows, goals: [{ text: 'hashing, against mktorrent -t 2', value, atLeast: 0.7, unit: 'x' }] }
}

/** From the start of the process to its end. */
async function measure(bench: Bench, program: Program): Promise<Sample> {
  const torrent = join(bench.folder, 'created.torrent')
  rmSync(torrent, { force: true })
  const run = new Run(command(program, bench.file, torrent))
  await run.finished()
  return { seconds: (performance.now() - run.startedAt) / 1_000, ...run.usage() }
}

function command(program: Program, file: string, torrent: string): string[] {
  if (program === 'shoal create') return shoal('create', file, '-o', torrent, '--piece-size', String(PIECE_LENGTH))
  const threads = program.slice(-1)
  return ['mktorrent', '-l', String(Math.log2(PIECE_LENGTH)), '-t', threads, '-o', torrent, file]
}

/** Checking data that is there and complete, by `shoal verify` and by aria2, in turns; from the start of the process to its end. */
import { dirname, join } from 'node:path'
import { type Bench, has, PIECE_LENGTH, shoal } from './bench.ts'
import { inTurns, rowsOf, type TimedCommand } from './commands.ts'
import { type Goal, median, type Row } from './report.ts'
import { Run } from './run.ts'

const OURS = 'shoal verify'
const THEIRS = 'aria2c --check-integrity'

export async function recheck(bench: Bench): Promise<{ rows: Row[]; goals: Goal[] }> {
  const torrent = join(bench.folder, 'recheck.torrent')
  const folder = dirname(bench.file)
  await new Run(shoal('create', bench.file, '-o', torrent, '--piece-size', `${PIECE_LENGTH}`)).finished()
  const ours: TimedCommand = { name: OURS, line: shoal('verify', torrent, '--dir', folder) }
  const aria2: TimedCommand = {
    name: THEIRS,
    line: [
      ...['aria2c', '--no-conf', `--dir=${folder}`, '--check-integrity=true', '--hash-check-only=true'],
      ...['--enable-dht=false', '--enable-dht6=false', '--bt-enable-lpd=false', '--seed-time=0', torrent],
    ],
  }
  const samples = await inTurns(bench, 'recheck', has('aria2c') ? [ours, aria2] : [ours])
  const seconds = (name: string) => median((samples.get(name) ?? []).map((sample) => sample.seconds))
  const value = samples.has(THEIRS) ? seconds(THEIRS) / seconds(OURS) : undefined
  return {
    rows: rowsOf(bench.bytes, samples),
    goals: [{ text: 'recheck, against aria2', value, atLeast: 1, unit: 'x' }],
  }
}

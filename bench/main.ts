/**
 * `npm run bench -- create transfer`: measures Shoal beside other programs, in one interleaved run, and says which goals
 * are met. The exit status is 0 unless something broke: a busy machine is no failure. Ratios hold within one run only;
 * processor seconds move least from run to run.
 */
import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Bench, MEBIBYTE, makeFile, megabytes } from './bench.ts'
import { create } from './create.ts'
import { recheck } from './recheck.ts'
import { type Goal, goalLine, type Row, table } from './report.ts'
import { transfer } from './transfer.ts'

const FIGURES = { create, transfer, recheck } as const
const MEMORY_FOLDER = '/dev/shm'
/** The file, its copy, and as much again. */
const FOLDER_SPACE = 3

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '5' },
    mebibytes: { type: 'string', default: '1024' },
    dir: { type: 'string' },
  },
})
const bytes = Number(values.mebibytes) * MEBIBYTE
const runs = Number(values.runs)
const names = positionals.length > 0 ? positionals : Object.keys(FIGURES)
for (const name of names)
  if (!Object.hasOwn(FIGURES, name)) fail(`No figure ${name}; there are ${Object.keys(FIGURES).join(', ')}.`)
if (!(runs >= 1) || !(bytes >= MEBIBYTE)) fail('--runs and --mebibytes are numbers from 1.')

// Memory rather than a disk, where there is room: a slow disk would be measured instead of the programs.
const parent = values.dir ?? (hasRoom(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir())
const folder = mkdtempSync(join(parent, 'shoal-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1))

const say = (text: string) => process.stderr.write(`${text}\n`)
const file = join(folder, 'source', 'one.bin')
makeFile(file, bytes)
const bench: Bench = { folder, runs, file, bytes, say }

for (const name of names) {
  const { rows, goals }: { rows: Row[]; goals: Goal[] } = await FIGURES[name as keyof typeof FIGURES](bench)
  const size = `${(megabytes(bytes) / 1_000).toFixed(2)} GB`
  const where = `${cpus().length} x ${cpus()[0]?.model ?? 'processor'}, files in ${parent}`
  console.log(`\n${name}: one file of ${size}; median of ${runs} (min-max); ${where}\n${table(rows)}\n`)
  for (const goal of goals) console.log(goalLine(goal))
}

function hasRoom(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize > FOLDER_SPACE * bytes
  } catch {
    return false
  }
}

function fail(message: string): never {
  console.error(message)
  process.exit(2)
}

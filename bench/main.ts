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
import { ABOUT_CHAIN, chain } from './chain.ts'
import { create } from './create.ts'
import { ABOUT_DHT, dht } from './dht.ts'
import { ABOUT_LAB, lab } from './lab.ts'
import { ABOUT_MINER, miner } from './miner.ts'
import { recheck } from './recheck.ts'
import { type Goal, goalLine, type Row, table } from './report.ts'
import { transfer } from './transfer.ts'

/** Those of one file, and those that need none, with what they are of. */
const FILE_FIGURES = { create, transfer, recheck } as const
const OTHER_FIGURES = {
  chain: { measure: chain, about: ABOUT_CHAIN },
  dht: { measure: dht, about: ABOUT_DHT },
  lab: { measure: lab, about: ABOUT_LAB },
  miner: { measure: miner, about: ABOUT_MINER },
} as const
const FIGURES = [...Object.keys(FILE_FIGURES), ...Object.keys(OTHER_FIGURES)]
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
const names = positionals.length > 0 ? positionals : FIGURES
for (const name of names) if (!FIGURES.includes(name)) fail(`No figure ${name}; there are ${FIGURES.join(', ')}.`)
if (!(runs >= 1) || !(bytes >= MEBIBYTE)) fail('--runs and --mebibytes are numbers from 1.')

// Memory rather than a disk, where there is room: a slow disk would be measured instead of the programs.
const parent = values.dir ?? (hasRoom(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir())
const folder = mkdtempSync(join(parent, 'shoal-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1))

const say = (text: string) => process.stderr.write(`${text}\n`)
const file = join(folder, 'source', 'one.bin')
if (names.some(isOfFile)) makeFile(file, bytes)
const bench: Bench = { folder, runs, file, bytes, say }
const processors = `${cpus().length} x ${cpus()[0]?.model ?? 'processor'}`

for (const name of names) {
  const { rows, goals }: { rows: Row[]; goals: Goal[] } = await measured(name)
  console.log(`\n${name}: ${aboutOf(name)}; median of ${runs} (min-max); ${processors}\n${table(rows)}\n`)
  for (const goal of goals) console.log(goalLine(goal))
}

function isOfFile(name: string): name is keyof typeof FILE_FIGURES {
  return Object.hasOwn(FILE_FIGURES, name)
}

function measured(name: string): Promise<{ rows: Row[]; goals: Goal[] }> {
  return isOfFile(name) ? FILE_FIGURES[name](bench) : OTHER_FIGURES[name as keyof typeof OTHER_FIGURES].measure(bench)
}

function aboutOf(name: string): string {
  if (!isOfFile(name)) return OTHER_FIGURES[name as keyof typeof OTHER_FIGURES].about
  return `one file of ${(megabytes(bytes) / 1_000).toFixed(2)} GB in ${parent}`
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

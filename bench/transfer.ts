/**
 * One file from a seed to a fresh leecher over loopback TCP, introduced by an HTTP tracker, several pairs in turns.
 *
 * Clocks run for every program from the start of the leecher's process to the line with which it says that all is
 * verified; `active` runs from the first byte on disk, which leaves out start-up and the wait for a first peer. The two
 * seeds stay up for the whole run and have checked their data before it. Each copy is compared with the original.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Bench, megabytes, PIECE_LENGTH, shoal } from './bench.ts'
import { LocalTracker } from './local-tracker.ts'
import { PEERS, type PeerName, type PeerProgram } from './peers.ts'
import { type Goal, median, type Row, spread } from './report.ts'
import { Run } from './run.ts'

const POLL_MS = 10
/** After the last byte of one run and before the next one begins: writes of statistics, goodbyes to the tracker. */
const REST_MS = 300
const MEMORY_GOAL_MB = 200
const LOOP_DELAY_GOAL_MS = 20

const PAIRS = [
  { name: 'Shoal -> Shoal', seed: 'shoal', leecher: 'shoal' },
  { name: 'Shoal -> aria2', seed: 'shoal', leecher: 'aria2' },
  { name: 'webtorrent -> webtorrent', seed: 'webtorrent', leecher: 'webtorrent' },
] as const satisfies readonly { name: string; seed: PeerName; leecher: PeerName }[]
type Pair = (typeof PAIRS)[number]

interface Sample {
  readonly seconds: number
  readonly activeSeconds: number
  readonly leecherCpu: number
  readonly seedCpu: number
  readonly leecherMemory: number
  readonly seedMemory: number
  /** p99 in milliseconds, of seed and leecher; only Shoal tells. */
  readonly loopDelays: readonly number[]
}

interface Seed {
  readonly run: Run
  readonly torrent: string
  readonly tracker: LocalTracker
  readonly work: string
}

export async function transfer(bench: Bench): Promise<{ rows: Row[]; goals: Goal[] }> {
  const pairs = PAIRS.filter(({ seed, leecher }) => PEERS[seed].isThere() && PEERS[leecher].isThere())
  const seeds = new Map<PeerName, Seed>()
  const samples = new Map<Pair, Sample[]>(pairs.map((pair) => [pair, []]))
  try {
    for (const { seed } of pairs) if (!seeds.has(seed)) seeds.set(seed, await startSeed(bench, seed))
    for (let run = 0; run < bench.runs; run++) {
      for (const pair of pairs) samples.get(pair)?.push(await measure(bench, pair, seeds.get(pair.seed) as Seed))
      bench.say(`transfer: ${run + 1} of ${bench.runs}`)
    }
  } finally {
    for (const { run, tracker } of seeds.values()) {
      await run.stop()
      await tracker.close()
    }
  }
  return { rows: [...samples].map(([{ name }, all]) => rowOf(name, bench.bytes, all)), goals: goalsOf(bench, samples) }
}

async function startSeed(bench: Bench, name: PeerName): Promise<Seed> {
  const program: PeerProgram = PEERS[name]
  const work = join(bench.folder, `seed-${name}`)
  mkdirSync(work, { recursive: true })
  const tracker = await LocalTracker.start()
  const torrent = join(work, 'bench.torrent')
  const options = ['--tracker', tracker.url, '--piece-size', String(PIECE_LENGTH)]
  await new Run(shoal('create', bench.file, '-o', torrent, ...options)).finished()
  const command = program.seed?.(torrent, dirname(bench.file), work) ?? []
  const run = new Run(command, { env: { SHOAL_BENCH_DELAY: join(work, 'loop-delay') } })
  await Promise.race([tracker.hasSeed(), run.finished()])
  return { run, torrent, tracker, work }
}

async function measure(bench: Bench, { name, leecher }: Pair, seed: Seed): Promise<Sample> {
  const program: PeerProgram = PEERS[leecher]
  const work = join(bench.folder, 'leecher')
  const folder = join(work, 'data')
  mkdirSync(folder, { recursive: true })
  const copy = join(folder, basename(bench.file))
  if (existsSync(join(seed.work, 'loop-delay'))) rmSync(join(seed.work, 'loop-delay'))
  if (seedTells(seed)) seed.run.signal('SIGUSR2')
  const before = seed.run.usage()
  const run = new Run(program.download(seed.torrent, folder, work), {
    env: { SHOAL_BENCH_DELAY: join(work, 'loop-delay') },
  })
  try {
    const firstByteAt = firstByte(copy)
    await run.line(program.done)
    const doneAt = performance.now()
    const leecherUsage = run.usage()
    const seedUsage = seed.run.usage()
    if (seedTells(seed)) seed.run.signal('SIGUSR2')
    await run.stop()
    await pause(REST_MS)
    execFileSync('cmp', ['-s', copy, bench.file])
    return {
      seconds: (doneAt - run.startedAt) / 1_000,
      activeSeconds: (doneAt - (await firstByteAt)) / 1_000,
      leecherCpu: leecherUsage.cpuSeconds,
      seedCpu: seedUsage.cpuSeconds - before.cpuSeconds,
      leecherMemory: leecherUsage.peakMemory,
      seedMemory: seedUsage.peakMemory,
      loopDelays: [lastDelay(join(work, 'loop-delay')), lastDelay(join(seed.work, 'loop-delay'))].filter(
        (delay) => delay !== undefined,
      ),
    }
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error })
  } finally {
    await run.stop()
    rmSync(work, { recursive: true, force: true })
  }
}

function seedTells({ work }: Seed): boolean {
  return PEERS[basename(work).slice('seed-'.length) as PeerName].tellsLoopDelay
}

/** When the copy's first block was allocated. */
async function firstByte(copy: string): Promise<number> {
  while ((statSync(copy, { throwIfNoEntry: false })?.blocks ?? 0) === 0) await pause(POLL_MS)
  return performance.now()
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

function lastDelay(file: string): number | undefined {
  if (!existsSync(file)) return undefined
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  return (JSON.parse(lines.at(-1) ?? '{}') as { p99?: number }).p99
}

const rate = (bytes: number) => (sample: Sample) => megabytes(bytes) / sample.seconds

function rowOf(name: string, bytes: number, all: readonly Sample[]): Row {
  const delays = all.flatMap(({ loopDelays }) => loopDelays)
  return {
    name,
    cells: {
      'MB/s': spread(all.map(rate(bytes)), 0),
      active: spread(
        all.map(({ activeSeconds }) => megabytes(bytes) / activeSeconds),
        0,
      ),
      'CPU s leecher': spread(
        all.map(({ leecherCpu }) => leecherCpu),
        2,
      ),
      seed: spread(
        all.map(({ seedCpu }) => seedCpu),
        2,
      ),
      'peak MB leecher': median(all.map(({ leecherMemory }) => megabytes(leecherMemory))).toFixed(0),
      seed_: Math.max(...all.map(({ seedMemory }) => megabytes(seedMemory))).toFixed(0),
      ...(delays.length > 0 && { 'loop p99 ms': spread(delays, 0) }),
    },
  }
}

function goalsOf(bench: Bench, samples: ReadonlyMap<Pair, readonly Sample[]>): Goal[] {
  const of = (name: Pair['name']) => [...samples].find(([pair]) => pair.name === name)?.[1] ?? []
  const medianRate = (name: Pair['name']) => median(of(name).map(rate(bench.bytes)))
  const ours = of('Shoal -> Shoal')
  const against = (name: Pair['name']) =>
    of(name).length === 0 ? undefined : medianRate('Shoal -> Shoal') / medianRate(name)
  const most = (values: readonly number[]) => Math.max(...values)
  return [
    {
      text: 'Shoal from a Shoal seed, against aria2 from the same',
      value: against('Shoal -> aria2'),
      atLeast: 1.2,
      unit: 'x',
    },
    {
      text: 'Shoal to Shoal, against webtorrent to webtorrent',
      value: against('webtorrent -> webtorrent'),
      atLeast: 2,
      unit: 'x',
    },
    {
      text: 'peak resident memory of a Shoal leecher',
      value: most(ours.map(({ leecherMemory }) => megabytes(leecherMemory))),
      below: MEMORY_GOAL_MB,
      unit: 'MB',
    },
    {
      text: 'peak resident memory of the Shoal seed',
      value: most(ours.map(({ seedMemory }) => megabytes(seedMemory))),
      below: MEMORY_GOAL_MB,
      unit: 'MB',
    },
    {
      text: 'event-loop delay p99 of seed and leecher',
      value: median(ours.flatMap(({ loopDelays }) => loopDelays)),
      below: LOOP_DELAY_GOAL_MS,
      unit: 'ms',
    },
  ]
}

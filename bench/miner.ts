/**
 * Mining: hashes per second and thread of each kernel, beside plain C loops for the same instructions that are compiled now;
 * and how much a second thread adds. Kernels and loops run in turns, each in a process of its own, by processor time; one
 * thread and two are the app's own mining threads, by the clock on the wall without the time that they stood in line for a
 * processor, because they give way to whatever else the machine does.
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { miningKernels } from '../scripts/mining-kernels.mjs'
import type { MiningKernelPaths } from '../src-main/host/mining-messages.ts'
import { createMiningWorkers } from '../src-main/host/mining-workers.ts'
import type { MiningJob } from '../src-main/kernel/mining-workers.ts'
import type { Bench } from './bench.ts'
import { compilePlainLoops, type HashSample, type Loop, runPlainLoop } from './miner/plain-loops.ts'
import { waitedForProcessor } from './miner/run-queue.ts'
import { type Goal, median, type Row, spread } from './report.ts'

const SCRIPT = join(import.meta.dirname, 'miner', 'measure.ts')
const WORKER = new URL('../src-main/host/mining.worker.ts', import.meta.url)
const SECONDS = 0.5
const WARM_UP_MS = 1_000
const THREADS_MS = 3_000
const LIMIT_MS = 60_000

/** The loop that each kernel is held against. */
const LOOP_OF: Readonly<Record<string, Loop>> = {
  'WebAssembly SIMD': 'sse2',
  'native (plain C)': 'sse2',
  'native (AVX2)': 'avx2',
  'native (SHA-NI)': 'sha-ni',
  'native (AVX-512)': 'avx512',
}
const MILLION = 1e6

export const ABOUT_MINER = 'million hashes a second of double SHA-256 over a header'

export async function miner(bench: Bench): Promise<{ rows: Row[]; goals: Goal[] }> {
  const { kernels, chosen } = ask<{ kernels: string[]; chosen: string }>()
  const program = compilePlainLoops(bench.folder)
  if (program === undefined) bench.say('miner: no C compiler for this processor, so nothing to compare with')
  const rates = new Map<string, number[]>()
  const add = (name: string, { hashes, seconds }: HashSample) =>
    rates.set(name, [...(rates.get(name) ?? []), hashes / seconds / MILLION])
  const threads: [one: number, two: number][] = []
  for (let run = 0; run < bench.runs; run++) {
    for (const kernel of kernels) {
      const loop = LOOP_OF[kernel]
      if (program && loop) add(nameOf(loop), runPlainLoop(program, loop, SECONDS))
      add(kernel, ask<HashSample>(kernel, `${SECONDS}`))
    }
    threads.push(await oneAndTwoThreads())
    bench.say(`miner: ${run + 1} of ${bench.runs}`)
  }
  return { rows: rowsOf(rates, chosen, threads), goals: goalsOf(kernels, rates, threads) }
}

const nameOf = (loop: Loop) => `plain C, ${loop}`

function ask<T>(...args: string[]): T {
  return JSON.parse(execFileSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8', timeout: LIMIT_MS })) as T
}

/** Million hashes a second of the app's mining threads. */
async function oneAndTwoThreads(): Promise<[number, number]> {
  const kernels = await miningKernels()
  return [await minedBy(1, kernels), await minedBy(2, kernels)]
}

async function minedBy(threads: number, kernels: MiningKernelPaths): Promise<number> {
  const workers = createMiningWorkers({ workerPath: WORKER, kernels })
  let hashes = 0
  let reported = 0
  let started = () => {}
  const begun = new Promise<void>((resolve) => {
    started = resolve
  })
  workers.onProgress(({ attempts }) => {
    hashes += attempts
    // Each thread has to be there before anything is counted.
    if (++reported >= 2 * threads) started()
  })
  workers.setThreads(threads)
  workers.work(endlessJob())
  await begun
  await passed(WARM_UP_MS)
  const [before, from, waited] = [hashes, performance.now(), waitedForProcessor()]
  await passed(THREADS_MS)
  const wall = (performance.now() - from) / 1_000
  const rate = (hashes - before) / (wall - (waitedForProcessor() - waited) / threads) / MILLION
  await workers.close()
  return rate
}

/** Headers that differ, and a target that nothing meets. */
function endlessJob(): MiningJob {
  let given = 0
  return {
    target: 0n,
    nextHeader: () => {
      const bytes = new Uint8Array(80)
      new DataView(bytes.buffer).setUint32(40, given++)
      return { bytes, extranonce: bytes.slice(40, 44) }
    },
  }
}

function passed(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

function rowsOf(
  rates: ReadonlyMap<string, readonly number[]>,
  chosen: string,
  threads: readonly (readonly [number, number])[],
): Row[] {
  const rows = [...rates].map(([name, all]) => ({ name, cells: { 'MH/CPU s': spread(all, 2) } }))
  const mined = (n: 0 | 1) => ({
    'MH/s': spread(
      threads.map((pair) => pair[n]),
      2,
    ),
  })
  return [
    ...rows,
    { name: `one mining thread, ${chosen}`, cells: mined(0) },
    { name: `two mining threads, ${chosen}`, cells: mined(1) },
  ]
}

function goalsOf(
  kernels: readonly string[],
  rates: ReadonlyMap<string, readonly number[]>,
  threads: readonly (readonly [number, number])[],
): Goal[] {
  const against = (kernel: string): number | undefined => {
    const [ours, plain] = [rates.get(kernel), rates.get(nameOf(LOOP_OF[kernel] as Loop))]
    return ours && plain && median(ours) / median(plain)
  }
  const goals = kernels
    .filter((kernel) => LOOP_OF[kernel] !== undefined)
    .map((kernel) => ({
      text: `${kernel}, one thread, against plain C with ${LOOP_OF[kernel]}`,
      value: against(kernel),
      atLeast: kernel === 'WebAssembly SIMD' ? 0.95 : 0.8,
      unit: 'x',
    }))
  const second = median(threads.map(([one, two]) => two / one))
  return [...goals, { text: 'two threads against one', value: second, atLeast: 1.8, unit: 'x' }]
}

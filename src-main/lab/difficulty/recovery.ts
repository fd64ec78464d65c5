/** How a rule does among honest miners: how steady it is, after a strong miner has come and gone, after a night. */
import { summaryOf } from '../summary.ts'
import type { ComparedRule } from './rules.ts'
import type { Breathe } from './search.ts'
import { BEFORE, blocksOf, countBlocks, DAY, FEW_BACK, FIRST_HOUR, HOUR, luckOf, type Situation } from './situations.ts'
import { VirtualChain } from './virtual-chain.ts'

/** Medians over the seeds, unless said otherwise. */
export interface Recovery {
  /** Standard deviation of the difficulty over its mean, on usual days. */
  readonly noise: number
  /** Mean seconds from block to block on usual days. */
  readonly spacing: number
  /** Blocks within two hours at 30 times the hash rate. */
  readonly burstBlocks: number
  /** Longest time between two blocks after that, in seconds. */
  readonly longestGap: number
  /** Seconds after it until the difficulty is at most one and a half times the usual; Infinity if not within three days. */
  readonly settled: number
  /** Blocks in the first hour after a night from which all come back; 10th and 90th percentile. */
  readonly hour: number
  readonly hourP10: number
  readonly hourP90: number
  /** Least difficulty in it, 1 being the usual. */
  readonly lowest: number
  /** Blocks in six hours after a night from which a twentieth comes back, of 360; 10th and 90th percentile. */
  readonly few: number
  readonly fewP10: number
  readonly fewP90: number
  /** All blocks that were mined for it. */
  readonly blocks: number
}

const STRONG = 30
const STRONG_FOR = 2 * HOUR
const STRONG_END = BEFORE + STRONG_FOR
const USUAL_DAYS: Situation = { name: 'usual', rates: [{ from: 0, rate: 1 }], from: DAY, end: 3 * DAY }
const STRONG_MINER: Situation = {
  name: 'strong',
  rates: [
    { from: 0, rate: 1 },
    { from: BEFORE, rate: STRONG },
    { from: STRONG_END, rate: 1 },
  ],
  from: BEFORE,
  end: STRONG_END + 3 * DAY,
}

export async function measureRecovery(
  rule: ComparedRule,
  seeds: readonly number[],
  breathe: Breathe,
): Promise<Recovery> {
  const rows: ReturnType<typeof measureRun>[] = []
  for (const seed of seeds) {
    await breathe()
    rows.push(measureRun(rule, seed))
  }
  const series = (name: keyof (typeof rows)[number]) => rows.map((row) => row[name])
  const median = (name: keyof (typeof rows)[number]) => percentile(series(name), 0.5)
  return {
    noise: median('noise'),
    spacing: summaryOf(series('spacing')).mean,
    burstBlocks: median('burstBlocks'),
    longestGap: median('longestGap'),
    settled: median('settled'),
    hour: median('hour'),
    hourP10: percentile(series('hour'), 0.1),
    hourP90: percentile(series('hour'), 0.9),
    lowest: median('lowest'),
    few: median('few'),
    fewP10: percentile(series('few'), 0.1),
    fewP90: percentile(series('few'), 0.9),
    blocks: rows.reduce((sum, row) => sum + row.hour + row.few + row.usualBlocks + row.strongBlocks, 0),
  }
}

function measureRun(rule: ComparedRule, seed: number) {
  const hour = countBlocks(rule, FIRST_HOUR, { seed, share: 0 })
  const few = countBlocks(rule, FEW_BACK, { seed, share: 0 })
  const usual = usualDays(rule, seed)
  const strong = strongMiner(rule, seed)
  return { hour: hour.blocks, lowest: hour.lowest, few: few.blocks, ...usual, ...strong }
}

function usualDays(rule: ComparedRule, seed: number) {
  const { rates, from, end } = USUAL_DAYS
  let [blocks, sum, squares] = [0, 0, 0]
  for (const { at, difficulty } of blocksOf(new VirtualChain(rule, luckOf(seed, USUAL_DAYS), rates), end)) {
    if (at < from) continue
    blocks += 1
    sum += difficulty
    squares += difficulty * difficulty
  }
  const mean = sum / blocks
  const noise = Math.sqrt(Math.max(0, squares / blocks - mean * mean)) / mean
  return { noise, spacing: (end - from) / blocks, usualBlocks: blocks }
}

function strongMiner(rule: ComparedRule, seed: number) {
  const { rates, from, end } = STRONG_MINER
  let [burstBlocks, strongBlocks, longestGap, last, settled] = [0, 0, 0, STRONG_END, Number.POSITIVE_INFINITY]
  for (const { at, difficulty } of blocksOf(new VirtualChain(rule, luckOf(seed, STRONG_MINER), rates), end)) {
    strongBlocks += 1
    if (at >= from && at < STRONG_END) burstBlocks += 1
    if (at < STRONG_END) continue
    longestGap = Math.max(longestGap, at - last)
    last = at
    if (difficulty <= 1.5) settled = Math.min(settled, at - STRONG_END)
  }
  return { burstBlocks, longestGap, settled, strongBlocks }
}

/** By nearest rank. */
function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number
}

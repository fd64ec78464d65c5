/**
 * Looks for the best lie of a liar with a share of the hash rate: first each claim at all times and tables of random claims,
 * then, from the best of them, table cell by table cell until a whole round changes nothing. All tables are tried on the same luck, which is not the luck
 * that the result is measured with. What is found is a lower bound of the best lie.
 */
import { pick } from '../../kernel/random.ts'
import { SeededRandom } from '../../simulation/random.ts'
import { CELLS, CLAIMS, type LieTable, stampOf, uniform } from './lies.ts'
import type { ComparedRule } from './rules.ts'
import { countBlocks, type Situation } from './situations.ts'

/** Seeds of the search begin here, far from those of the measurement. */
const FIRST_SEED = 1_000_000_000
/** Blocks that the runs of one table should come to, about, where that many runs are allowed. */
const BLOCKS_OF_A_TRIAL = 12_000
const MAX_TRIAL_RUNS = 60
const MAX_ROUNDS = 2
/** Claims help one another (one saves time up, another spends it), so cell by cell alone some lies are never met. */
const RANDOM_TABLES = 150

export interface BestLie {
  readonly table: LieTable
  /** Tables tried. */
  readonly tried: number
}

/** Lets others run between two steps, each of some tenths of a second; throws where the work is to end. */
export type Breathe = () => Promise<void>

/** A table is tried with at most `maxRuns` runs: fewer are quicker and find worse lies. */
export async function searchLie(
  rule: ComparedRule,
  situation: Situation,
  { share, maxRuns }: { readonly share: number; readonly maxRuns: number },
  breathe: Breathe,
): Promise<BestLie> {
  let tried = 0
  const expected = Math.max(1, (situation.end - situation.from) / 60)
  const runs = Math.min(maxRuns, MAX_TRIAL_RUNS, Math.ceil(BLOCKS_OF_A_TRIAL / expected))
  const value = (table: LieTable) => {
    tried += 1
    const stamp = stampOf(table)
    let blocks = 0
    for (let n = 0; n < runs; n++) blocks += countBlocks(rule, situation, { seed: FIRST_SEED + n, share, stamp }).blocks
    return blocks
  }
  let best = uniform('truth')
  let most = value(best)
  const offer = (table: LieTable): boolean => {
    const blocks = value(table)
    if (blocks <= most) return false
    best = table
    most = blocks
    return true
  }
  for (const claim of CLAIMS) offer(uniform(claim))
  const random = SeededRandom.of(FIRST_SEED).split('tables')
  for (let n = 0; n < RANDOM_TABLES; n++) {
    if (n % CLAIMS.length === 0) await breathe()
    offer(Array.from({ length: CELLS }, () => pick(random, CLAIMS)))
  }
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let changed = false
    for (let cell = 0; cell < CELLS; cell++) {
      await breathe()
      for (const claim of CLAIMS) {
        if (best[cell] !== claim && offer(best.with(cell, claim))) changed = true
      }
    }
    if (!changed) break
  }
  return { table: best, tried }
}

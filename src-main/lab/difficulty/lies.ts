/**
 * Lies about the time, as tables: how far behind the clock the tip's time is, and how hard blocks are just now, decide what a
 * liar writes into the header of a block it has found. The best table is searched for, rule by rule.
 */

import { SPACING } from './rules.ts'
import type { Moment, Stamp } from './virtual-chain.ts'

/** What can be written. The chain brings it into the rules: above the parent, 600 s ahead of the clock at most. */
export const CLAIMS = [
  'least',
  'on time',
  'truth',
  '3 spacings',
  '6 spacings',
  '10 spacings',
  '60 spacings',
  'most',
] as const
export type Claim = (typeof CLAIMS)[number]

const SPACINGS_AFTER_PARENT: Partial<Record<Claim, number>> = {
  'on time': 1,
  '3 spacings': 3,
  '6 spacings': 6,
  '10 spacings': 10,
  '60 spacings': 60,
}

/** Bounds of the tip's time behind the clock in seconds: tip in the future, usual, long ago. */
const BEHIND = [0, 600] as const
/** Bounds of the difficulty, where 1 fits the usual hash rate: easy, usual, hard. */
const DIFFICULTY = [0.85, 1.15] as const
export const CELLS = (BEHIND.length + 1) * (DIFFICULTY.length + 1)

/** One claim for each of the CELLS, row by row: a row for each range of BEHIND, a column for each of DIFFICULTY. */
export type LieTable = readonly Claim[]

export function uniform(claim: Claim): LieTable {
  return Array.from({ length: CELLS }, () => claim)
}

export function stampOf(table: LieTable): Stamp {
  return (moment) => {
    const row = rangeOf(moment.now - moment.parent, BEHIND)
    const column = rangeOf(moment.difficulty, DIFFICULTY)
    return claimed(table[row * (DIFFICULTY.length + 1) + column] as Claim, moment)
  }
}

function claimed(claim: Claim, { now, parent }: Moment): number {
  switch (claim) {
    case 'least':
      return parent + 1
    case 'truth':
      return now
    case 'most':
      return Number.POSITIVE_INFINITY
    default:
      return parent + (SPACINGS_AFTER_PARENT[claim] as number) * SPACING
  }
}

function rangeOf(value: number, bounds: readonly number[]): number {
  const range = bounds.findIndex((bound) => value < bound)
  return range < 0 ? bounds.length : range
}

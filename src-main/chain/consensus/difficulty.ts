/**
 * The target of the next block, from the headers before it, in whole numbers only.
 *
 * Rules are data, so that a network's parameters name one: none (local networks), WTEMA (ours), or Bitcoin's of 2,016 blocks
 * (networks of vectors). Every result is the bits of a target from 1 to the network's limit.
 * Why WTEMA and why these numbers: docs/decisions.md, "Difficulty".
 */
import { bitsFromTarget } from '../primitives/target.ts'

/** The headers that end in the parent of the block in question, by how many blocks they are behind it: 0 is the parent. */
export interface Ancestry {
  /** Of the parent; genesis is 0. */
  readonly height: number
  /** Header time in seconds. `back` from 0 to `height`. */
  time(back: number): number
  /** A target, from 1 up. `back` from 0 to `height`. */
  target(back: number): bigint
}

export interface WtemaRule {
  readonly kind: 'wtema'
  /** Seconds between two blocks as they should be. */
  readonly spacing: number
  /** Blocks over which a change of hash rate is felt, N. More is steadier, fewer is quicker. */
  readonly memory: number
  /** Seconds that one block may count for at most. */
  readonly longest: number
}

export interface PeriodRule {
  readonly kind: 'period'
  readonly spacing: number
  /** Blocks of one period, 2,016 in Bitcoin. */
  readonly blocks: number
}

export type DifficultyRule = { readonly kind: 'fixed' } | WtemaRule | PeriodRule

/** The rule of our main and test networks. */
export const DESKTOP_RULE: WtemaRule = { kind: 'wtema', spacing: 60, memory: 30, longest: 600 }

/** A period's time counts for at most four times what it should be, and at least for a fourth. */
const PERIOD_STEP = 4

/** Bits that the block after `chain` must carry. `limit` is the easiest target of the network. */
export function nextBits(rule: DifficultyRule, chain: Ancestry, limit: bigint): number {
  switch (rule.kind) {
    case 'fixed':
      return bitsFromTarget(limit)
    case 'wtema':
      return bitsFromTarget(wtemaTarget(rule, chain, limit))
    case 'period':
      return bitsFromTarget(periodTarget(rule, chain, limit))
  }
}

/**
 * WTEMA: next = target × (1 + (solve - spacing) / (memory × spacing)). It looks at the parent and its parent alone, and owes
 * nothing to the past: after a night without blocks no missed ones are repaid.
 * `solve` is held between 1 (times must rise, see header time) and `longest`, so a block multiplies the target by more than
 * 1 - 1/memory and by at most 1 + (longest - spacing) / (memory × spacing).
 */
export function wtemaTarget({ spacing, memory, longest }: WtemaRule, chain: Ancestry, limit: bigint): bigint {
  const target = chain.target(0)
  if (chain.height === 0) return target
  const solve = Math.min(longest, Math.max(1, chain.time(0) - chain.time(1)))
  const whole = memory * spacing
  return within((target * BigInt(whole + solve - spacing)) / BigInt(whole), limit)
}

/** Bitcoin's: every `blocks` blocks by the time of the last `blocks - 1` intervals (the one between periods is not counted). */
export function periodTarget({ spacing, blocks }: PeriodRule, chain: Ancestry, limit: bigint): bigint {
  const target = chain.target(0)
  if ((chain.height + 1) % blocks !== 0) return target
  const due = spacing * blocks
  const took = chain.time(0) - chain.time(blocks - 1)
  const counted = Math.min(due * PERIOD_STEP, Math.max(Math.floor(due / PERIOD_STEP), took))
  return within((target * BigInt(counted)) / BigInt(due), limit)
}

/** The nearest number from 1 to `limit`. */
export function within(target: bigint, limit: bigint): bigint {
  if (target < 1n) return 1n
  return target > limit ? limit : target
}

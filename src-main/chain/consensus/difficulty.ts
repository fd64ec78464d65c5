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
  /** Blocks over which a change of hash rate is felt. More is steadier, fewer is quicker. */
  readonly memory: number
  /** A target is at most `factor` times (a whole number) that of `blocks` blocks before the parent. */
  readonly rise: { readonly blocks: number; readonly factor: number }
}

export interface PeriodRule {
  readonly kind: 'period'
  readonly spacing: number
  /** Blocks of one period, 2,016 in Bitcoin. */
  readonly blocks: number
}

export type DifficultyRule = { readonly kind: 'fixed' } | WtemaRule | PeriodRule

/** The rule of our main and test networks. */
export const DESKTOP_RULE: WtemaRule = { kind: 'wtema', spacing: 60, memory: 80, rise: { blocks: 20, factor: 8 } }

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
 * WTEMA: next = target × (1 + (solve - spacing) / (memory × spacing)), its rise bounded.
 *
 * A block multiplies the target by more than 1 - 1/memory, and ten or so of them together by at most `rise.factor`: a night
 * without blocks is no debt to be repaid in a burst. The bound is on a window and not on each block, because after a night a
 * liar can spread the hours over several blocks of its own: under a bound for each block that is worth a rise each time.
 * A time that does not rise counts as one second; headers of networks with this rule never have one.
 */
export function wtemaTarget({ spacing, memory, rise }: WtemaRule, chain: Ancestry, limit: bigint): bigint {
  const target = chain.target(0)
  if (chain.height === 0) return target
  const whole = memory * spacing
  const solve = Math.max(1, chain.time(0) - chain.time(1))
  const next = (target * BigInt(whole + solve - spacing)) / BigInt(whole)
  const highest = chain.target(Math.min(rise.blocks, chain.height)) * BigInt(rise.factor)
  return within(next < highest ? next : highest, limit)
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

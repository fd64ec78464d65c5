/** The difficulty rules that the lab compares: ours in exact form, and those of other networks. All in whole numbers. */
import { asertTarget } from '../../chain/consensus/asert.ts'
import {
  type Ancestry,
  DESKTOP_RULE,
  periodTarget,
  type WtemaRule,
  within,
  wtemaTarget,
} from '../../chain/consensus/difficulty.ts'

/** Seconds between blocks, for every rule. */
export const SPACING = 60

export interface ComparedRule {
  readonly name: string
  /** Blocks before the tip that it looks at. */
  readonly window: number
  next(chain: Ancestry, limit: bigint): bigint
}

/** WTEMA, a solve time counting for `longest` spacings at most: the bound is on each block. */
export function cappedWtema(memory: number, longest: number): ComparedRule {
  return {
    name: `wtema-${memory}/${longest}`,
    window: 2,
    next: (chain, limit) => {
      const solve = Math.min(longest * SPACING, Math.max(1, chain.time(0) - chain.time(1)))
      const whole = memory * SPACING
      return within((chain.target(0) * BigInt(whole + solve - SPACING)) / BigInt(whole), limit)
    },
  }
}

/** WTEMA with the bound on a window of blocks, as our networks have it. */
export function wtema(memory: number, blocks: number, factor: number): ComparedRule {
  const rule: WtemaRule = { kind: 'wtema', spacing: SPACING, memory, rise: { blocks, factor } }
  return {
    name: `wtema-${memory}+${factor}x${blocks}`,
    window: blocks + 1,
    next: (chain, limit) => wtemaTarget(rule, chain, limit),
  }
}

/** ASERT from an anchor, here the oldest block: every block that the schedule misses is repaid. */
export function asert(name: string, halfLife: number): ComparedRule {
  return {
    name,
    window: Number.POSITIVE_INFINITY,
    next: (chain, limit) => {
      const { height } = chain
      const late = chain.time(0) - chain.time(height) - SPACING * height
      return asertTarget(chain.target(height), BigInt(late), BigInt(halfLife), limit)
    },
  }
}

/** ASERT from block to block, a solve time counting for `longest` spacings at most. */
export function cappedAsert(name: string, halfLife: number, longest: number): ComparedRule {
  return {
    name,
    window: 2,
    next: (chain, limit) => {
      const solve = Math.min(longest * SPACING, chain.time(0) - chain.time(1))
      return asertTarget(chain.target(0), BigInt(solve - SPACING), BigInt(halfLife), limit)
    },
  }
}

/** LWMA: mean of the targets times the mean of the solve times, later ones weighing more, each six spacings at most. */
export function lwma(blocks: number): ComparedRule {
  return {
    name: `lwma-${blocks}`,
    window: blocks + 1,
    next: (chain, limit) => {
      let targets = 0n
      let weighted = 0
      for (let back = 0; back < blocks; back++) {
        targets += chain.target(back)
        const solve = Math.min(6 * SPACING, Math.max(1, chain.time(back) - chain.time(back + 1)))
        weighted += solve * (blocks - back)
      }
      const due = (blocks * blocks * (blocks + 1) * SPACING) / 2
      return within((targets * BigInt(weighted)) / BigInt(due), limit)
    },
  }
}

/** Dark Gravity Wave 3: a running mean of the targets times the time they took, from a third to three times. */
export function darkGravityWave(blocks: number): ComparedRule {
  return {
    name: `dgw-${blocks}`,
    window: blocks,
    next: (chain, limit) => {
      let mean = chain.target(0)
      for (let back = 1; back < blocks; back++) {
        mean = (mean * BigInt(back + 1) + chain.target(back)) / BigInt(back + 2)
      }
      const due = blocks * SPACING
      const took = chain.time(0) - chain.time(blocks - 1)
      const counted = Math.min(3 * due, Math.max(Math.floor(due / 3), took))
      return within((mean * BigInt(counted)) / BigInt(due), limit)
    },
  }
}

/** Bitcoin's rule. */
export function bitcoin(): ComparedRule {
  const rule = { kind: 'period', spacing: SPACING, blocks: 2_016 } as const
  return { name: 'bitcoin-2016', window: rule.blocks, next: (chain, limit) => periodTarget(rule, chain, limit) }
}

const HOUR = 3_600
const { memory, rise } = DESKTOP_RULE

/** The rule of our networks, under the name it has in the comparison. */
export const CHOSEN: ComparedRule = wtema(memory, rise.blocks, rise.factor)

export const RULES: readonly ComparedRule[] = [
  bitcoin(),
  asert('asert-1h', HOUR),
  asert('asert-6h', 6 * HOUR),
  cappedAsert('asert-1h/10', HOUR, 10),
  lwma(60),
  darkGravityWave(24),
  cappedWtema(60, 60),
  cappedWtema(30, 10),
  cappedWtema(180, 3),
  wtema(60, 20, 8),
  wtema(30, 8, 3),
  wtema(20, 10, 3),
  CHOSEN,
]

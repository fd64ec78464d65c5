/**
 * Whether a header may follow its parent: proof of work, difficulty, time and version. Checked in the order in which Bitcoin
 * Core does, so that a header that breaks several rules is refused for the same reason. Costs a few microseconds.
 */
import type { BlockHeader } from '../primitives/header.ts'
import { type BlockFault, invalid } from './block-fault.ts'
import { type Ancestry, nextBits } from './difficulty.ts'
import { type ChainNetwork, type ConsensusRule, isActive } from './network.ts'

/** Headers whose times give the median. */
export const MEDIAN_TIME_BLOCKS = 11

/** The headers that end in the parent of the header in question. */
export interface HeaderAncestry extends Ancestry {
  /** Seconds: median of the times of the last eleven headers, fewer near genesis. */
  medianTimePast(): number
}

/** Lowest versions that headers may have, by the rule that asked for it (BIP 34, 66, 65). */
const VERSION_RULES: readonly (readonly [version: number, rule: ConsensusRule])[] = [
  [2, 'bip34'],
  [3, 'bip66'],
  [4, 'bip65'],
]
/** Passes every rule on versions and signals nothing (BIP 9). */
export const BLOCK_VERSION = 0x2000_0000

/** The first rule that `header` breaks after `chain`, or undefined. `now`: seconds since 1970 by our own clock. */
export function headerFault(
  header: BlockHeader,
  chain: HeaderAncestry,
  network: ChainNetwork,
  now: number,
): BlockFault | undefined {
  const { limit, difficulty } = network.proofOfWork
  if (!header.hasProofOfWork(limit)) return invalid('high-hash')
  if (header.bits !== nextBits(difficulty, chain, limit)) return invalid('bad-diffbits')
  if (isTooOld(header.time, chain, network)) return invalid('time-too-old')
  if (header.time > now + network.headerTime.furthestAhead) return { reason: 'time-too-new', kind: 'later' }
  return isVersionOutdated(header.version, network, chain.height + 1) ? invalid(badVersion(header.version)) : undefined
}

/** Lowest time that the block after `chain` may have, seconds. */
export function earliestTime(
  chain: Pick<HeaderAncestry, 'time' | 'medianTimePast'>,
  { headerTime }: ChainNetwork,
): number {
  const afterParent = headerTime.aboveParent ? chain.time(0) + 1 : 0
  const afterMedian = headerTime.aboveMedian ? chain.medianTimePast() + 1 : 0
  return Math.max(afterParent, afterMedian)
}

/** The middle one of times, the later of two middle ones; the last eleven of a chain give its median time past (BIP 113). */
export function medianTime(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] as number
}

function isTooOld(time: number, chain: HeaderAncestry, { headerTime }: ChainNetwork): boolean {
  return (headerTime.aboveParent && time <= chain.time(0)) || (headerTime.aboveMedian && time <= chain.medianTimePast())
}

function isVersionOutdated(version: number, network: ChainNetwork, height: number): boolean {
  return VERSION_RULES.some(([lowest, rule]) => version < lowest && isActive(network, rule, height))
}

function badVersion(version: number): string {
  return `bad-version(0x${(version >>> 0).toString(16).padStart(8, '0')})`
}

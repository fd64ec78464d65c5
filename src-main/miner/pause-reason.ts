/** Why a miner that is on rests. */

import type { ChainState } from '../chain/chain.ts'
import type { ChainNetwork } from '../chain/consensus/network.ts'
import { MINUTE, type Millis } from '../kernel/clock.ts'
import type { PowerState } from '../kernel/power.ts'

/** Time that peers have to tell of a longer chain, where the tip is old. */
export const PEERS_MAY_TAKE: Millis = 10 * MINUTE

/**
 * Headers ahead of the tip that do not stop a node which has caught up: their blocks are under way. Whoever finds a block
 * could otherwise stop all others by telling its header and keeping the block.
 */
export const HEADERS_UNDER_WAY = 6

export type PauseReason = 'battery' | 'user-active' | 'chain-not-synced'

export interface MiningCircumstances {
  readonly network: ChainNetwork
  /** Undefined where there is no chain. */
  readonly chain: Pick<ChainState, 'phase' | 'tip' | 'bestHeader'> | undefined
  /** How long the chain has been open. */
  readonly openFor: Millis
  /** How long the tip has been the same. */
  readonly tipStandsFor: Millis
  readonly power: PowerState
  /** What the settings ask for. */
  readonly pauses: { readonly onBattery: boolean; readonly whileActive: boolean }
}

/** Undefined where nothing speaks against mining. */
export function pauseReasonOf({
  network,
  chain,
  openFor,
  tipStandsFor,
  power,
  pauses,
}: MiningCircumstances): PauseReason | undefined {
  if (chain === undefined || isBehind(network, chain, openFor, tipStandsFor)) return 'chain-not-synced'
  if (power.onBattery && pauses.onBattery) return 'battery'
  return power.userActive && pauses.whileActive ? 'user-active' : undefined
}

/**
 * On a network for oneself an old tip only means that nobody has mined for a while. On every other one it may mean that we
 * have still to hear of newer blocks; but where nobody tells of one, everybody has slept, and somebody must begin.
 *
 * Having caught up once, we may be far behind again: after a night's sleep, say. Blocks that nobody gives us are waited for
 * only so long.
 */
function isBehind(
  { proofOfWork }: ChainNetwork,
  { phase, tip, bestHeader }: NonNullable<MiningCircumstances['chain']>,
  openFor: Millis,
  tipStandsFor: Millis,
): boolean {
  if (phase === 'opening' || phase === 'rebuilding') return true
  const missing = bestHeader.height - tip.height
  if (phase === 'synced') return missing > HEADERS_UNDER_WAY && tipStandsFor < PEERS_MAY_TAKE
  return missing > 0 || (proofOfWork.difficulty.kind !== 'fixed' && openFor < PEERS_MAY_TAKE)
}

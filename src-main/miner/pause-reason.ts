/** Why a miner that is on rests. */

import type { ChainState } from '../chain/chain.ts'
import type { ChainNetwork } from '../chain/consensus/network.ts'
import type { PowerState } from '../kernel/power.ts'

export type PauseReason = 'battery' | 'user-active' | 'chain-not-synced'

export interface MiningCircumstances {
  readonly network: ChainNetwork
  /** Undefined where there is no chain. */
  readonly chain: Pick<ChainState, 'phase' | 'tip' | 'bestHeader'> | undefined
  readonly power: PowerState
  /** What the settings ask for. */
  readonly pauses: { readonly onBattery: boolean; readonly whileActive: boolean }
}

/** Undefined where nothing speaks against mining. */
export function pauseReasonOf({ network, chain, power, pauses }: MiningCircumstances): PauseReason | undefined {
  if (chain === undefined || isBehind(network, chain)) return 'chain-not-synced'
  if (power.onBattery && pauses.onBattery) return 'battery'
  return power.userActive && pauses.whileActive ? 'user-active' : undefined
}

/**
 * On a network for oneself an old tip only means that nobody has mined for a while. On every other one a chain whose tip is
 * old is not mined on, but for a chain that has not begun: somebody must find the first block.
 */
function isBehind(
  { proofOfWork }: ChainNetwork,
  { phase, tip, bestHeader }: NonNullable<MiningCircumstances['chain']>,
): boolean {
  if (phase === 'opening' || phase === 'rebuilding' || tip.height < bestHeader.height) return true
  return phase === 'initial-sync' && proofOfWork.difficulty.kind !== 'fixed' && tip.height > 0
}

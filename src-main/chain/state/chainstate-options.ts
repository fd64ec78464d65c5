/** What a chainstate is made of. */
import type { Clock } from '../../kernel/clock.ts'
import type { ChainNetwork } from '../consensus/network.ts'
import type { IntakeLimits } from '../headers/header-intake.ts'
import type { ChainStore } from '../store/chain-store.ts'
import type { SignatureParts } from './best-chain.ts'

export interface ChainstateOptions {
  readonly network: ChainNetwork
  /** Stays the caller's to close, after `close`. */
  readonly store: ChainStore
  readonly clock: Clock
  readonly signatures: SignatureParts
  /** Bytes of memory for coins and blocks that wait for a commit. */
  readonly cacheBytes?: number
  readonly headerLimits?: IntakeLimits
  /** Called between blocks of a long change: resolves when others had their turn. Without it they wait for the end. */
  readonly pause?: () => Promise<void>
}

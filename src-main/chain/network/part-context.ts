import type { Clock } from '../../kernel/clock.ts'
import type { Log } from '../../kernel/log.ts'
import type { Random } from '../../kernel/random.ts'
import type { Chain } from '../chain.ts'
import type { Peer } from './peer.ts'

/** What the parts of the node share. */
export interface PartContext {
  readonly chain: Chain
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** All whose handshake is over. */
  readonly peers: ReadonlySet<Peer>
  /** Runs what the chain is needed for; a failure of the chain is logged, and is nobody's fault. */
  run(what: string, work: () => Promise<void>): void
}

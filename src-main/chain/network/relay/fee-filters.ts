/**
 * `feefilter` both ways (BIP 133): announces to no peer what pays less than it takes, and tells peers below which fee rate
 * the mempool takes nothing now; while we catch up, that is everything.
 */
import { MINUTE, type Millis } from '../../../kernel/clock.ts'
import type { PartContext } from '../part-context.ts'
import type { Peer } from '../peer.ts'

/** No more often is a peer told of a change; of one by less than a third, ten times more seldom. */
export const FEE_FILTER_INTERVAL: Millis = MINUTE
const SMALL_CHANGE_INTERVALS = 10
/** All the coins there can be: nothing pays so much. */
export const NOTHING_WANTED = 21_000_000n * 100_000_000n

interface Told {
  readonly feeRate: bigint
  readonly at: Millis
}

export class FeeFilters {
  readonly #context: PartContext
  readonly #wanted = new Map<Peer, number>()
  readonly #told = new Map<Peer, Told>()

  constructor(context: PartContext) {
    this.#context = context
  }

  joined(peer: Peer): void {
    this.#tell(peer, this.#own(), this.#context.clock.now())
  }

  left(peer: Peer): void {
    this.#wanted.delete(peer)
    this.#told.delete(peer)
  }

  /** What is no amount is ignored. */
  received(peer: Peer, feeRate: bigint): void {
    if (feeRate >= 0n && feeRate <= NOTHING_WANTED) this.#wanted.set(peer, Number(feeRate))
  }

  /** Whether the peer wants to hear of a transaction with this fee rate, grains per 1,000 virtual bytes. */
  passes(peer: Peer, feeRate: number): boolean {
    return feeRate >= (this.#wanted.get(peer) ?? 0)
  }

  tick(now: Millis): void {
    const own = this.#own()
    for (const [peer, { feeRate, at }] of this.#told) {
      if (feeRate === own) continue
      const isSmall = 3n * own > 2n * feeRate && 3n * own < 4n * feeRate
      if (now - at >= FEE_FILTER_INTERVAL * (isSmall ? SMALL_CHANGE_INTERVALS : 1) || feeRate === NOTHING_WANTED)
        this.#tell(peer, own, now)
    }
  }

  #tell(peer: Peer, feeRate: bigint, now: Millis): void {
    this.#told.set(peer, { feeRate, at: now })
    peer.send({ command: 'feefilter', feeRate })
  }

  /** Rounded up to two digits: the exact number would tell nodes apart. */
  #own(): bigint {
    const { phase, minimumFeeRate } = this.#context.chain.state
    if (phase !== 'synced') return NOTHING_WANTED
    let unit = 1
    while (minimumFeeRate >= 100 * unit) unit *= 10
    return BigInt(Math.ceil(minimumFeeRate / unit) * unit)
  }
}

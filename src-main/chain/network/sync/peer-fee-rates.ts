/**
 * What peers take transactions for, from what they say (`feefilter`, BIP 133): all that a light node knows of fees. The upper
 * one of the middle counts: half of the peers at least relay what pays it, and a single one can neither raise it nor lower it
 * once there are three.
 */
import { MINIMUM_RELAY_FEE_RATE } from '../../mempool/policy.ts'
import type { Peer } from '../peer.ts'

/** Whoever asks for more takes nothing now, or does not mean well. Grains per 1,000 virtual bytes. */
export const MAX_BELIEVED_FEE_RATE: number = 100 * MINIMUM_RELAY_FEE_RATE

export class PeerFeeRates {
  readonly #rates = new Map<Peer, number>()
  readonly #changed: (feeRate: number) => void
  #current = 0

  /** `changed` is told of each other rate; 0 where nothing is known. */
  constructor(changed: (feeRate: number) => void) {
    this.#changed = changed
  }

  received(peer: Peer, feeRate: bigint): void {
    if (feeRate >= 0n && feeRate <= BigInt(MAX_BELIEVED_FEE_RATE)) this.#rates.set(peer, Number(feeRate))
    else this.#rates.delete(peer)
    this.#update()
  }

  left(peer: Peer): void {
    if (this.#rates.delete(peer)) this.#update()
  }

  #update(): void {
    const sorted = [...this.#rates.values()].sort((a, b) => a - b)
    const middle = sorted[Math.floor(sorted.length / 2)] ?? 0
    if (middle === this.#current) return
    this.#current = middle
    this.#changed(middle)
  }
}

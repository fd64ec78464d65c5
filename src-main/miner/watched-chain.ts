/** The chain that is mined on: what it does is passed on, and how long it and its tip have been as they are is measured. */
import type { NodeChain } from '../chain/node/node-chain.ts'
import type { Clock, Millis, Timer } from '../kernel/clock.ts'
import { PEERS_MAY_TAKE } from './pause-reason.ts'

export type MiningChain = Pick<NodeChain, 'state' | 'watch' | 'template' | 'submitSolution'>

export interface WatchedChainEvents {
  tipChanged(): void
  /** Anything else that mining depends on is different, or has been the same for long. */
  changed(): void
}

export class WatchedChain {
  readonly chain: MiningChain
  readonly #clock: Clock
  readonly #events: WatchedChainEvents
  readonly #unwatch: () => void
  readonly #openedAt: Millis
  readonly #openTimer: Timer
  #tipSince: Millis
  #tipTimer: Timer

  constructor(chain: MiningChain, clock: Clock, events: WatchedChainEvents) {
    this.chain = chain
    this.#clock = clock
    this.#events = events
    this.#openedAt = clock.now()
    this.#openTimer = this.#afterLong()
    this.#tipSince = clock.now()
    this.#tipTimer = this.#afterLong()
    this.#unwatch = chain.watch({
      tipChanged: () => this.#tipChanged(),
      headersChanged: () => events.changed(),
      stateChanged: () => events.changed(),
    })
  }

  get openFor(): Millis {
    return this.#clock.now() - this.#openedAt
  }

  /** How long the tip has been the same. */
  get tipStandsFor(): Millis {
    return this.#clock.now() - this.#tipSince
  }

  end(): void {
    this.#unwatch()
    this.#openTimer.cancel()
    this.#tipTimer.cancel()
  }

  #tipChanged(): void {
    this.#tipSince = this.#clock.now()
    this.#tipTimer.cancel()
    this.#tipTimer = this.#afterLong()
    this.#events.tipChanged()
  }

  #afterLong(): Timer {
    return this.#clock.after(PEERS_MAY_TAKE, () => this.#events.changed())
  }
}

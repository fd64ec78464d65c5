/**
 * Sends a ping every two minutes, from `start` on, and measures how long its pong takes. While one is open no other is
 * sent; one that stays open for twenty minutes means that nobody is there any more.
 */
import { type Clock, MINUTE, type Millis, type Timer } from '../../kernel/clock.ts'
import type { Random } from '../../kernel/random.ts'
import { randomNonce } from './own-nonces.ts'

export const PING_INTERVAL: Millis = 2 * MINUTE
export const PONG_LIMIT: Millis = 20 * MINUTE

export interface PingTimes {
  /** Of the last ping that was answered; undefined before the first. */
  readonly latest: Millis | undefined
  readonly minimum: Millis | undefined
}

export class PingWatch implements Timer {
  readonly #clock: Clock
  readonly #random: Random
  readonly #ping: (nonce: bigint) => void
  readonly #dead: () => void
  #interval: Timer | undefined
  #open: { readonly nonce: bigint; readonly sentAt: Millis; readonly limit: Timer } | undefined
  #times: PingTimes = { latest: undefined, minimum: undefined }

  /** `ping` sends one; `dead` is called once at most. */
  constructor(clock: Clock, random: Random, ping: (nonce: bigint) => void, dead: () => void) {
    this.#clock = clock
    this.#random = random
    this.#ping = ping
    this.#dead = dead
  }

  /** Sends the first. */
  start(): void {
    this.#interval = this.#clock.every(PING_INTERVAL, () => this.#send())
    this.#send()
  }

  get times(): PingTimes {
    return this.#times
  }

  /** Ignored unless it answers the open ping. */
  pong(nonce: bigint): void {
    if (this.#open?.nonce !== nonce) return
    this.#open.limit.cancel()
    const latest = this.#clock.now() - this.#open.sentAt
    this.#open = undefined
    this.#times = { latest, minimum: Math.min(latest, this.#times.minimum ?? latest) }
  }

  cancel(): void {
    this.#interval?.cancel()
    this.#open?.limit.cancel()
    this.#open = undefined
  }

  #send(): void {
    if (this.#open) return
    const nonce = randomNonce(this.#random)
    const limit = this.#clock.after(PONG_LIMIT, () => {
      this.cancel()
      this.#dead()
    })
    this.#open = { nonce, sentAt: this.#clock.now(), limit }
    this.#ping(nonce)
  }
}

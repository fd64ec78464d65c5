/**
 * Keys in memory: what an unlocked wallet signs with, the words while they are not confirmed, and until when.
 * The clock of the calendar counts, so that a night asleep counts, and the one that never goes back too.
 */
import { type Clock, MINUTE, type Timer } from '../../kernel/clock.ts'
import type { Random } from '../../kernel/random.ts'
import type { PrivateAccount } from '../keys/private-account.ts'
import { wordListOf } from '../keys/word-lists.ts'
import { splitWords, wordsOf } from '../keys/words.ts'
import type { WalletSecret } from './wallet-secret.ts'

/** How often an open wallet looks whether its time is over. */
export const LOCK_CHECK_MS = 5_000
/** Words that are asked for. */
const ASKED_WORDS = 3

export class AutoLock {
  readonly #clock: Clock
  readonly #expired: () => void
  #timer: Timer | undefined
  #usedAt = { wall: 0, steady: 0 }
  #after: number

  /** @param minutes without use */
  constructor(clock: Clock, minutes: number, expired: () => void) {
    this.#clock = clock
    this.#after = minutes * MINUTE
    this.#expired = expired
  }

  /** Unix milliseconds; undefined while it does not run. */
  get at(): number | undefined {
    return this.#timer && this.#usedAt.wall + this.#after
  }

  set minutes(minutes: number) {
    this.#after = minutes * MINUTE
    this.check()
  }

  /** Starts, or counts anew. */
  touch(): void {
    this.#usedAt = { wall: this.#clock.wallTime(), steady: this.#clock.now() }
    this.#timer ??= this.#clock.every(LOCK_CHECK_MS, () => this.check())
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** Also to be called before each use: after a night asleep somebody may come before the timer does. */
  check(): void {
    if (!this.#timer) return
    const { wall, steady } = this.#usedAt
    const isOver = this.#clock.wallTime() - wall >= this.#after || this.#clock.now() - steady >= this.#after
    if (isOver) this.#expired()
  }
}

/** The words of a wallet until the person has shown that they are written down. */
export class UnconfirmedWords {
  readonly #secret: WalletSecret
  readonly #random: Random
  #positions: readonly number[]

  constructor(secret: WalletSecret, random: Random) {
    this.#secret = secret
    this.#random = random
    this.#positions = this.#choose()
  }

  /** From 1, rising. */
  get positions(): readonly number[] {
    return this.#positions
  }

  /** The position of the first answer that is wrong, or undefined. After a wrong one others are asked for. */
  wrongAnswer(answers: readonly string[]): number | undefined {
    const list = wordListOf(this.#secret.language)
    const words = wordsOf(this.#secret.entropy, this.#secret.language)
    const indexOf = (text: string | undefined) => {
      const [word, ...more] = splitWords(text ?? '')
      return word === undefined || more.length > 0 ? undefined : list.indexOf(word)
    }
    const wrong = this.#positions.find((position, i) => {
      const answer = indexOf(answers[i])
      return answer === undefined || answer !== indexOf(words[position - 1])
    })
    if (wrong !== undefined) this.#positions = this.#choose()
    return wrong
  }

  wipe(): void {
    this.#secret.entropy.fill(0)
  }

  #choose(): readonly number[] {
    const count = (this.#secret.entropy.length * 3) / 4
    const chosen = new Set<number>()
    while (chosen.size < ASKED_WORDS) chosen.add(1 + this.#random.below(count))
    return [...chosen].sort((a, b) => a - b)
  }
}

export interface OpenKeys {
  readonly account: PrivateAccount
  /** Undefined once they were confirmed. */
  unconfirmed: UnconfirmedWords | undefined
}

/**
 * When the store is brought up to date: at once where memory or the blocks to connect again after a crash come to their
 * bounds, else `IDLE_COMMIT_DELAY` after a change; while a bulk of blocks comes in, when it pauses. After a commit that failed
 * (a full disk) nothing is connected until one succeeds; that is tried with every change and every `RETRY_DELAY`.
 */
import type { Clock, Millis, Timer } from '../../kernel/clock.ts'
import type { BestChain } from './best-chain.ts'
import type { Turns } from './turns.ts'

export const IDLE_COMMIT_DELAY: Millis = 2_000
export const RETRY_DELAY: Millis = 10_000

export interface CommitScheduleParts {
  readonly clock: Clock
  readonly chain: Pick<BestChain, 'commit' | 'isFull' | 'isCommitted'>
  readonly turns: Pick<Turns, 'take'>
  /** Many blocks are expected. */
  readonly isSyncing: () => boolean
  readonly onFailure: (error: unknown) => void
  /** Goes on with what a failure has stopped. */
  readonly resume: () => Promise<unknown>
}

export class CommitSchedule {
  readonly #parts: CommitScheduleParts
  #timer: Timer | undefined
  #hasChanged = false
  #hasFailed = false

  constructor(parts: CommitScheduleParts) {
    this.#parts = parts
  }

  /** The tip has moved. Commits where that is due. @throws what the store throws */
  changed(): void {
    this.#hasChanged = true
    this.#wakeAfter(IDLE_COMMIT_DELAY)
    if (this.#hasFailed || this.#parts.chain.isFull) this.commitNow()
  }

  /** Where a commit has failed: it comes before anything else. Whether it had. @throws what the store throws */
  retry(): boolean {
    if (!this.#hasFailed) return false
    this.commitNow()
    return true
  }

  /** @throws what the store throws */
  commitNow(): void {
    try {
      this.#parts.chain.commit()
    } catch (error) {
      this.#hasFailed = true
      this.#wakeAfter(RETRY_DELAY)
      this.#parts.onFailure(error)
      throw error
    }
    this.#hasFailed = false
    this.#hasChanged = false
  }

  /** The last commit. @throws what the store throws */
  close(): void {
    try {
      this.commitNow()
    } finally {
      this.#timer?.cancel()
    }
  }

  #wakeAfter(delay: Millis): void {
    this.#timer ??= this.#parts.clock.after(delay, () => this.#due())
  }

  #due(): void {
    this.#timer = undefined
    if (this.#parts.chain.isCommitted && !this.#hasFailed) return
    if (this.#hasChanged && !this.#hasFailed && this.#parts.isSyncing()) {
      this.#hasChanged = false
      this.#wakeAfter(IDLE_COMMIT_DELAY)
      return
    }
    const hadFailed = this.#hasFailed
    this.#parts.turns
      .take(async () => {
        this.commitNow()
        if (hadFailed) await this.#parts.resume()
      })
      // Failures have been told; a schedule that is closed has nothing to do.
      .catch(() => undefined)
  }
}

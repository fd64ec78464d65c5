/**
 * When the store is brought up to date: at once where memory or the blocks to connect again after a crash come to their
 * bounds, else when nothing has changed for `IDLE_COMMIT_DELAY`; at the tip `MAX_COMMIT_DELAY` after a change at the latest,
 * so that a block in a row of blocks seldom waits for one. After a commit that failed (a full disk) nothing is connected until one succeeds; that is tried with every change and every `RETRY_DELAY`.
 */
import type { Clock, Millis, Timer } from '../../kernel/clock.ts'
import type { BestChain } from './best-chain.ts'
import type { Turns } from './turns.ts'

export const IDLE_COMMIT_DELAY: Millis = 2_000
/** Where blocks come faster than that, at most this long after the first of them. */
export const MAX_COMMIT_DELAY: Millis = 20_000
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
  /** When the first change came that no commit has seen. */
  #since: Millis | undefined

  constructor(parts: CommitScheduleParts) {
    this.#parts = parts
  }

  /** The tip has moved. Commits where that is due. @throws what the store throws */
  changed(): void {
    this.#since ??= this.#parts.clock.now()
    if (this.#timer) this.#hasChanged = true
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
    this.#since = undefined
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

  /** Blocks keep coming: one commit for many of them costs little more than one for each. */
  #mayWait(): boolean {
    const { clock, isSyncing } = this.#parts
    return isSyncing() || clock.now() - (this.#since ?? clock.now()) < MAX_COMMIT_DELAY
  }

  #due(): void {
    this.#timer = undefined
    if (this.#parts.chain.isCommitted && !this.#hasFailed) return
    if (this.#hasChanged && !this.#hasFailed && this.#mayWait()) {
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

import type { Clock, Millis, Timer } from '../kernel/clock.ts'
import { SECOND } from '../kernel/clock.ts'
import type { Endpoint } from '../kernel/network.ts'
import type { Question, Response } from './krpc-message.ts'
import type { QueryCallbacks } from './rpc-port.ts'

/** After this an answer counts no more. */
export const QUERY_LIFETIME: Millis = 10 * SECOND

/**
 * waiting: for pacing. sent: an answer may be due. stalled: overdue, something else may be asked, but the answer still counts.
 * over: nothing more happens.
 */
type Stage = 'waiting' | 'sent' | 'stalled' | 'over'

/** As the DHT's, and what the queries of other protocols have besides. */
export interface PendingCallbacks extends QueryCallbacks {
  sent?(): void
  /** Told of each answer first; whether another is to follow, so that the query is not over. */
  goesOn?(response: Response, rtt: Millis): boolean
}

export interface PendingQueryParts {
  readonly to: Endpoint
  readonly transaction: number
  readonly question: Question
  readonly callbacks: PendingCallbacks
}

/** One query of ours from the call to its end. It has one timer at a time. */
export class PendingQuery {
  readonly to: Endpoint
  /** Two bytes as a number. */
  readonly transaction: number
  readonly question: Question
  private callbacks: PendingCallbacks | undefined
  private readonly clock: Clock
  private stage: Stage = 'waiting'
  private timer: Timer | undefined
  private sentAt: Millis | undefined
  private dead: (() => void) | undefined

  constructor(clock: Clock, { to, transaction, question, callbacks }: PendingQueryParts) {
    this.clock = clock
    this.to = to
    this.transaction = transaction
    this.question = question
    this.callbacks = callbacks
  }

  get isOver(): boolean {
    return this.stage === 'over'
  }

  /** How long ago it was sent; undefined where it was not, so that nothing can be its answer. */
  get age(): Millis | undefined {
    return this.sentAt === undefined || this.isOver ? undefined : this.clock.now() - this.sentAt
  }

  /** waiting -> waiting: goes on after `delay`. */
  wait(delay: Millis, goOn: () => void): void {
    this.timer = this.clock.after(delay, goOn)
  }

  /** waiting -> sent -> stalled after `stallAfter` -> `dead` at the end of its life. */
  sent(stallAfter: Millis, dead: () => void): void {
    this.stage = 'sent'
    this.sentAt = this.clock.now()
    this.dead = dead
    this.timer = this.clock.after(stallAfter, () => {
      this.stage = 'stalled'
      this.timer = this.clock.after(QUERY_LIFETIME - stallAfter, dead)
      this.callbacks?.stalled?.()
    })
    this.callbacks?.sent?.()
  }

  /** An answer has come. sent, stalled -> stalled where another is to follow, with as long to live again, the first time. */
  goesOn(response: Response, rtt: Millis): boolean {
    if (this.callbacks?.goesOn?.(response, rtt) !== true) return false
    const { dead } = this
    if (this.isOver || dead === undefined) return true
    this.dead = undefined
    this.stage = 'stalled'
    this.timer?.cancel()
    this.timer = this.clock.after(QUERY_LIFETIME, dead)
    return true
  }

  /**
   * any -> over. @returns whom to tell, once. They are let go here: what a table of queries held until it grew may live on
   * for a while, and a whole lookup would with it.
   */
  end(): PendingCallbacks | undefined {
    const { callbacks } = this
    this.stage = 'over'
    this.dead = undefined
    this.callbacks = undefined
    this.timer?.cancel()
    this.timer = undefined
    return callbacks
  }
}

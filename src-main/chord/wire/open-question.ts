/**
 * A question of ours from when it is asked to its end: one outcome is told, once; an answer that comes after it is told as late.
 *
 * waiting: for pacing. sent: until the deadline. busy: it has said that it is busy, until `LONGEST_BUSY`. told: an answer would
 * be late. over: nothing more happens.
 */
import { type Clock, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import type { RunningQuery } from '../../rpc/rpc-port.ts'
import { BUSY, type Busy } from '../messages.ts'

/** How long who has said to be busy is waited for. */
export const LONGEST_BUSY: Millis = 4 * SECOND

type Stage = 'waiting' | 'sent' | 'busy' | 'told' | 'over'

export interface QuestionOutcomes<A> {
  answered(answer: A): void
  missed(): void
  keptBusy(): void
  /** After `missed` or `keptBusy`: it has answered all the same; perhaps once more, since to be busy is an answer too. */
  late(answer: A | Busy): void
  /** Last, in any case. */
  over(): void
}

export class OpenQuestion<A> {
  private readonly clock: Clock
  private readonly outcomes: QuestionOutcomes<A>
  private stage: Stage = 'waiting'
  private timer: Timer | undefined
  private running: RunningQuery | undefined

  constructor(clock: Clock, outcomes: QuestionOutcomes<A>) {
    this.clock = clock
    this.outcomes = outcomes
  }

  /** How it is forgotten below. */
  runs(as: RunningQuery): void {
    this.running = as
  }

  /** waiting -> sent */
  sent(deadline: Millis): void {
    if (this.stage !== 'waiting') return
    this.stage = 'sent'
    this.timer = this.clock.after(deadline, () => this.tell('missed'))
  }

  /** An answer; undefined where it cannot be read. sent -> busy, or any -> over. @returns whether another is to follow */
  replied(answer: A | Busy | undefined): 'over' | 'more' {
    if (this.stage === 'over') return 'over'
    if (answer === BUSY) return this.isBusy()
    const { stage } = this
    if (answer === undefined) this.tell('missed')
    else if (stage === 'told') this.outcomes.late(answer as A)
    else {
      this.stage = 'told'
      this.timer?.cancel()
      this.outcomes.answered(answer as A)
    }
    this.end()
    return 'over'
  }

  /** No answer comes any more. `isKnown`: whether that says something about who was asked. any -> over */
  failed(isKnown: boolean): void {
    if (this.stage === 'over') return
    this.tell(isKnown ? 'missed' : 'keptBusy')
    this.end()
  }

  /** any -> over, without a word. */
  forget(): void {
    this.running?.cancel()
    this.end()
  }

  /** Said again, it gives no more time. */
  private isBusy(): 'more' {
    if (this.stage === 'told') this.outcomes.late(BUSY)
    else if (this.stage !== 'busy') {
      this.stage = 'busy'
      this.timer?.cancel()
      this.timer = this.clock.after(LONGEST_BUSY, () => this.tell('keptBusy'))
    }
    return 'more'
  }

  /** any -> told, once. */
  private tell(outcome: 'missed' | 'keptBusy'): void {
    if (this.stage === 'told' || this.stage === 'over') return
    this.stage = 'told'
    this.timer?.cancel()
    this.outcomes[outcome]()
  }

  private end(): void {
    if (this.stage === 'over') return
    this.stage = 'over'
    this.timer?.cancel()
    this.outcomes.over()
  }
}

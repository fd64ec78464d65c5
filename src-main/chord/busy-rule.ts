/**
 * Zave's busy rule for one member: while a query is under way that may change its list or predecessor, they are undefined.
 * Questions about them are held, and answered when it has ended; of the notifications that come meanwhile the best is kept.
 *
 * One change at a time; what comes for one that has been given up or replaced is heard, and changes nothing.
 * Limits: `MAX_HELD` questions held, one notification kept.
 */
import type { Outcomes } from './ask-twice.ts'
import type { ChordContact } from './contact.ts'
import { HeldQuestions } from './held-questions.ts'
import type { Answer } from './messages.ts'
import { isBetween, type RingId } from './ring-id.ts'

/** A query under way that may change the member's state. */
export interface Change {
  readonly kind: 'join' | 'stabilise' | 'rectify'
}

export interface BusyRuleParts {
  readonly self: RingId
  /** The answer to those that are held, when nothing is under way any more. */
  readonly state: () => Answer
  /** A change has ended, in which this was the best that notified us. */
  readonly notified: (from: ChordContact) => void
}

export class BusyRule {
  private readonly parts: BusyRuleParts
  private readonly held = new HeldQuestions()
  private current: Change | undefined
  private notifier: ChordContact | undefined

  constructor(parts: BusyRuleParts) {
    this.parts = parts
  }

  get isChanging(): boolean {
    return this.current !== undefined
  }

  begin(kind: Change['kind']): Change {
    const change = { kind }
    this.current = change
    return change
  }

  /** Does nothing where `change` is not the one under way. */
  finish(change: Change): void {
    if (this.current !== change) return
    this.current = undefined
    this.answerHeld()
    const { notifier } = this
    this.notifier = undefined
    if (notifier) this.parts.notified(notifier)
  }

  /** Nothing is under way any more, and nobody has notified us. Those that are held still wait. */
  giveUp(): void {
    this.current = undefined
    this.notifier = undefined
  }

  hold(reply: (answer: Answer) => void): void {
    this.held.hold(reply)
  }

  answerHeld(): void {
    this.held.answer(this.parts.state())
  }

  /** Keeps `from` until the change has ended, if it is nearer than whoever has notified us before. */
  keepNotifier(from: ChordContact): void {
    if (!this.notifier || isBetween(this.notifier.id, from.id, this.parts.self)) this.notifier = from
  }

  /** `run`, as long as `change` is under way. */
  during<Arguments extends unknown[]>(change: Change, run: (...args: Arguments) => void): (...args: Arguments) => void {
    return (...args) => {
      if (this.current === change) run(...args)
    }
  }

  /** The same for each outcome of a question. */
  outcomesDuring<A extends Answer>(change: Change, { answered, dead, keptBusy }: Outcomes<A>): Outcomes<A> {
    return {
      answered: this.during(change, answered),
      dead: this.during(change, dead),
      keptBusy: this.during(change, keptBusy),
    }
  }
}

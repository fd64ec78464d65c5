/**
 * A question that is asked once more before whoever misses it is called dead: one lost packet or one slow moment is no death.
 */
import type { ChordContact } from './contact.ts'
import type { Answer, AskPort, StateAnswer } from './messages.ts'

export const MISSES_OF_THE_DEAD = 2

/** Questions whose silence means death, each with the kind of its answer. */
export const PING = { kind: 'ping' } as const
export const STATE = { kind: 'state' } as const
export type DoubtedQuestion = typeof PING | typeof STATE

/** Exactly one is called, once. */
export interface Outcomes<A extends Answer> {
  answered(answer: A): void
  /** Missed twice, or there is no member. */
  dead(): void
  keptBusy(): void
}

export class AskTwice {
  private readonly port: AskPort
  private readonly heard: (contact: ChordContact, isMember: boolean) => void

  /** `heard` is told of every answer, also of a host that has no such member. */
  constructor(port: AskPort, heard: (contact: ChordContact, isMember: boolean) => void) {
    this.port = port
    this.heard = heard
  }

  ping(to: ChordContact, outcomes: Outcomes<Answer>): void {
    this.ask(to, PING, (answer) => (answer.kind === 'alive' ? answer : undefined), outcomes)
  }

  state(to: ChordContact, outcomes: Outcomes<StateAnswer>): void {
    this.ask(to, STATE, (answer) => (answer.kind === 'state' ? answer : undefined), outcomes)
  }

  /** Whether its host answers, be it that it has no such member. */
  reach(to: ChordContact, done: (isReached: boolean) => void): void {
    const outcomes = { answered: () => done(true), dead: () => done(false), keptBusy: () => done(true) }
    this.ask(to, PING, (answer) => answer, outcomes)
  }

  /** Asked a single time, by whoever knows already that it has missed. */
  pingOnce(to: ChordContact, done: (isAlive: boolean) => void): void {
    const over = { answered: () => done(true), dead: () => done(false), keptBusy: () => done(false) }
    this.ask(to, PING, (answer) => (answer.kind === 'alive' ? answer : undefined), over, MISSES_OF_THE_DEAD - 1)
  }

  private ask<A extends Answer>(
    to: ChordContact,
    question: DoubtedQuestion,
    expected: (answer: Answer) => A | undefined,
    outcomes: Outcomes<A>,
    misses = 0,
  ): void {
    this.port.ask(to, question, {
      answered: (answer) => {
        const fitting = expected(answer)
        this.heard(to, answer.kind !== 'absent')
        if (fitting) outcomes.answered(fitting)
        else outcomes.dead()
      },
      missed: () => {
        if (misses + 1 < MISSES_OF_THE_DEAD) this.ask(to, question, expected, outcomes, misses + 1)
        else outcomes.dead()
      },
      keptBusy: () => outcomes.keptBusy(),
    })
  }
}

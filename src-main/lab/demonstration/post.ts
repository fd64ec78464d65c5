/**
 * The network of a small ring: every message takes a while, is seen under way, and is lost where nobody takes it at the other
 * end. On a time of its own, event by event; everything depends on the seed.
 */
import type { ChordContact } from '../../chord/contact.ts'
import type { Answer, AskCallbacks, Busy, Question } from '../../chord/messages.ts'
import { numberOf } from '../../chord/small-ring.ts'
import { type Clock, type Millis, SECOND } from '../../kernel/clock.ts'
import { EventHeap } from '../../simulation/event-heap.ts'
import type { SeededRandom } from '../../simulation/random.ts'
import { answerLabel, questionLabel } from './message-labels.ts'
import type { MessagePicture } from './pictures.ts'

/** Long enough to be seen on their way. */
const DELAY: readonly [Millis, Millis] = [500, 900]
/** A question and its answer take less. */
const DEADLINE: Millis = 2.5 * SECOND
/** Of who says that it is busy. */
const LONGEST_BUSY: Millis = 10 * SECOND
/** More are not shown; they arrive all the same. */
export const MAX_SHOWN_MESSAGES = 512

/** What nodes ask each other about keys. */
export type KeyQuestion =
  /** For copies of the keys after `after` up to `upTo`, by who will own them. */
  | { readonly kind: 'take'; readonly after: number; readonly upTo: number }
  /** All that the asker owns, of which it wants copies kept; none where it wants no copies any more. */
  | { readonly kind: 'hold'; readonly keys: readonly number[] }
  /** Keys that the asked one owns, or is about to. */
  | { readonly kind: 'give'; readonly keys: readonly number[] }
  | { readonly kind: 'fetch'; readonly key: number }

export type KeyAnswer =
  | { readonly kind: 'keys'; readonly keys: readonly number[] }
  | { readonly kind: 'held' }
  | { readonly kind: 'value'; readonly key: number; readonly isThere: boolean }

export type AnyQuestion = Question | KeyQuestion
export type AnyAnswer = Answer | KeyAnswer

export function isAboutKeys(question: AnyQuestion): question is KeyQuestion {
  return ['take', 'hold', 'give', 'fetch'].includes(question.kind)
}

/** As for questions about the ring. Exactly one is called, once, and none from within. */
export interface AnyCallbacks {
  answered(answer: AnyAnswer): void
  missed(): void
  keptBusy(): void
}

/** Who is reached at a place. */
export interface Station {
  readonly contact: ChordContact
  /** Whether it hears and speaks. */
  readonly isUp: boolean
  asked(from: ChordContact, question: AnyQuestion, reply: (answer: AnyAnswer | Busy) => void): void
}

export class Post {
  readonly clock: Clock
  private readonly random: SeededRandom
  private readonly heap = new EventHeap()
  private readonly stations = new Map<number, Station>()
  private readonly messages = new Map<number, MessagePicture>()
  /** At whose places something has happened; for the owner to look at and to clear. */
  readonly touched = new Set<number>()
  private sent = 0
  private time: Millis = 0

  constructor(random: SeededRandom) {
    this.random = random
    this.clock = {
      now: () => this.time,
      wallTime: () => this.time,
      after: (delay, run) => {
        const event = this.heap.add(this.time + delay, run)
        return { cancel: () => this.heap.cancel(event) }
      },
      every: () => {
        throw new Error('nothing on a small ring asks for that')
      },
    }
  }

  /** Those under way, in the order of sending. */
  get underWay(): MessagePicture[] {
    return [...this.messages.values()].slice(0, MAX_SHOWN_MESSAGES)
  }

  /** It is reached at its place from now on, whoever was before. */
  add(station: Station): void {
    this.stations.set(numberOf(station.contact), station)
  }

  /** Takes the next event and lets time pass up to it, if it comes until `until`. @returns whether there was one */
  next(until: Millis): boolean {
    const event = this.heap.peek()
    if (event === undefined || event.at > until) return false
    this.heap.take()
    this.time = event.at
    const run = event.run as () => void
    event.run = undefined
    run()
    return true
  }

  /** Nothing happens until then. */
  rest(until: Millis): void {
    this.time = Math.max(this.time, until)
  }

  /** A question about the ring. */
  ask(from: Station, to: ChordContact, question: Question, callbacks: AskCallbacks): void {
    this.askAny(from, to, question, { ...callbacks, answered: (answer) => callbacks.answered(answer as Answer) })
  }

  askAny(from: Station, to: ChordContact, question: AnyQuestion, callbacks: AnyCallbacks): void {
    let isSettled = false
    let wasBusy = false
    const settle = (run: () => void) => {
      if (isSettled) return
      isSettled = true
      deadline.cancel()
      if (!from.isUp) return
      this.touched.add(numberOf(from.contact))
      run()
    }
    let deadline = this.clock.after(DEADLINE, () => settle(() => callbacks.missed()))
    const answered = (answer: AnyAnswer | Busy) => {
      if (answer.kind !== 'busy') settle(() => callbacks.answered(answer))
      else if (!isSettled && !wasBusy) {
        wasBusy = true
        deadline.cancel()
        deadline = this.clock.after(LONGEST_BUSY, () => settle(() => callbacks.keptBusy()))
      }
    }
    this.send({ from: from.contact, to, label: questionLabel(question), isAnswer: false }, () => {
      const target = this.stations.get(numberOf(to))
      if (!target?.isUp) return
      this.touched.add(numberOf(to))
      target.asked(from.contact, question, (answer) => {
        if (!target.isUp) return
        this.send({ from: to, to: from.contact, label: answerLabel(answer), isAnswer: true }, () => answered(answer))
      })
    })
  }

  private send(
    { from, to, label, isAnswer }: { from: ChordContact; to: ChordContact; label: string; isAnswer: boolean },
    arrive: () => void,
  ): void {
    const id = this.sent++
    const arrivesAt = this.time + this.random.between(...DELAY)
    this.messages.set(id, {
      ...{ id, from: numberOf(from), to: numberOf(to), label, isAnswer },
      ...{ sentAt: this.time, arrivesAt },
    })
    this.clock.after(arrivesAt - this.time, () => {
      this.messages.delete(id)
      arrive()
    })
  }
}

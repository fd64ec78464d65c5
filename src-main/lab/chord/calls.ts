/**
 * How virtual nodes of one host ask others: each question has one deadline, which an answer `busy` puts off once. Virtual nodes
 * of the same host ask each other without the network.
 */
import type { ChordContact } from '../../chord/contact.ts'
import type { Answer, AskCallbacks, AskPort, Busy, Question } from '../../chord/messages.ts'
import type { Clock, Millis, Timer } from '../../kernel/clock.ts'

/** More than the round trip of any two hosts of the laboratory. */
export const ANSWER_WITHIN: Millis = 500
/** From `busy` to the answer. */
export const LONGEST_BUSY: Millis = 4_000
/** Of one host at once. Beyond that, questions are missed at once: who asks more than that asks in vain. */
export const MAX_CALLS = 512

interface Call {
  readonly to: ChordContact
  readonly callbacks: AskCallbacks
  deadline: Timer
  isBusy: boolean
}

export interface CallParts {
  readonly clock: Clock
  send(from: ChordContact, to: ChordContact, serial: number, question: Question): void
}

export class ChordCalls {
  private readonly parts: CallParts
  private readonly open = new Map<number, Call>()
  private serial = 0

  constructor(parts: CallParts) {
    this.parts = parts
  }

  get size(): number {
    return this.open.size
  }

  /** Through which the virtual node `self` asks. */
  portOf(self: ChordContact): AskPort {
    return { ask: (to, question, callbacks) => this.ask(self, to, question, callbacks) }
  }

  answered(serial: number, answer: Answer | Busy): void {
    const call = this.open.get(serial)
    if (!call) return
    if (answer.kind !== 'busy') {
      this.end(serial, call)
      call.callbacks.answered(answer)
    } else if (!call.isBusy) {
      call.isBusy = true
      call.deadline.cancel()
      call.deadline = this.parts.clock.after(LONGEST_BUSY, () => {
        this.open.delete(serial)
        call.callbacks.keptBusy()
      })
    }
  }

  private ask(from: ChordContact, to: ChordContact, question: Question, callbacks: AskCallbacks): void {
    const { clock } = this.parts
    if (this.open.size >= MAX_CALLS) {
      clock.after(0, () => callbacks.missed())
      return
    }
    this.serial += 1
    const { serial } = this
    const deadline = clock.after(ANSWER_WITHIN, () => {
      this.open.delete(serial)
      callbacks.missed()
    })
    this.open.set(serial, { to, callbacks, deadline, isBusy: false })
    this.parts.send(from, to, serial, question)
  }

  private end(serial: number, call: Call): void {
    this.open.delete(serial)
    call.deadline.cancel()
  }
}

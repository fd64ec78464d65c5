/** A `ChordPort` without bytes: questions and answers are handed from host to host by whoever carries them. */
import type { Clock, Millis } from '../../kernel/clock.ts'
import { type Endpoint, formatEndpoint } from '../../kernel/network.ts'
import { type ChordContact, contactAt } from '../contact.ts'
import type { HostAnswer, HostCallbacks, HostPort, HostQuestion } from '../host-messages.ts'
import { type Answer, type AskCallbacks, type AskPort, BUSY, type Busy, type Question } from '../messages.ts'
import type { ChordPort, ChordPortHandlers } from '../wire/chord-port.ts'

const DEADLINE: Millis = 1_000
export const LONGEST_BUSY: Millis = 4_000
/** How long an answer that is too late still counts as a sign of life. */
const LATE: Millis = 10_000

/** A host as the network sees it. */
export interface PortHost {
  endpoint: Endpoint
  alive: boolean
  /** Which side of a partition it is on: messages pass between equal numbers. */
  side: number
  /** Added to whatever goes in and out. */
  delay: Millis
  /** It says that it is busy, and nothing else. */
  onlyBusy: boolean
  /** Until then it does nothing. */
  asleepUntil: Millis
  /** Whether packets of those that it has sent nothing to come in. */
  isReachable: boolean
  /** Addresses that it has sent something to. */
  readonly sentTo: Set<string>
}

export interface Carrier {
  readonly clock: Clock
  hostAt(to: Endpoint): (PortHost & { readonly port: FakePort }) | undefined
  pass(from: PortHost, to: PortHost, run: () => void): void
  count(kind: string): void
}

export class FakePort implements ChordPort {
  self: Endpoint | undefined
  handlers: ChordPortHandlers | undefined
  readonly host: HostPort
  neighbourHosts: readonly string[] = []
  /** Lists that virtual nodes of this host have been answered and have not heard yet, with who is to hear them. */
  readonly underWay = new Set<{ readonly self: ChordContact; readonly successors: readonly ChordContact[] }>()
  private readonly at: PortHost
  private readonly carrier: Carrier
  private readonly provenAt = new Set<string>()
  private readonly rtts = new Map<string, Millis>()
  private isClosed = false

  constructor(at: PortHost, carrier: Carrier) {
    this.at = at
    this.carrier = carrier
    this.host = { ask: (to, question, callbacks) => this.askHost(to, question, callbacks) }
  }

  get local(): Endpoint {
    return this.at.endpoint
  }

  onQuestions(handlers: ChordPortHandlers): void {
    this.handlers = handlers
  }

  asksAs(slot: number | undefined): AskPort {
    return { ask: (to, question, callbacks) => this.ask(slot, to, question, callbacks) }
  }

  neighbours(hosts: readonly string[]): void {
    this.neighbourHosts = hosts
  }

  proven(from: Endpoint): void {
    this.provenAt.add(formatEndpoint(from))
  }

  isProven(from: Endpoint): boolean {
    return this.provenAt.has(formatEndpoint(from))
  }

  rttOf(endpoint: Endpoint): Millis | undefined {
    return this.rtts.get(formatEndpoint(endpoint))
  }

  close(): void {
    this.isClosed = true
    this.handlers = undefined
  }

  private ask(slot: number | undefined, to: ChordContact, question: Question, callbacks: AskCallbacks): void {
    const { self } = this
    if (self && self.host === to.endpoint.host && self.port === to.endpoint.port) {
      this.askSibling(slot, self, to, question, callbacks)
      return
    }
    const late = (answer: Answer) => this.handlers?.late(to, answer.kind !== 'absent')
    const deadline = new Deadline<Answer>(this.carrier.clock, () => this.isClosed, { ...callbacks, late })
    const from = slot === undefined ? undefined : contactAt(this.at.endpoint, slot)
    this.send(
      to.endpoint,
      question.kind,
      (other, reply: (answer: Answer | Busy) => void) => {
        const replied = (answer: Answer | Busy) => {
          if (from && answer.kind === 'state') this.expect(from, [to, ...answer.successors], deadline)
          reply(answer)
        }
        if (other.onlyBusy && question.kind === 'state') reply(BUSY)
        else other.port.handlers?.asked(to.slot, from, question, replied)
      },
      (answer) => (answer.kind === 'busy' ? deadline.extend() : deadline.answered(answer)),
    )
  }

  /** The list is on its way to `self`, until its question is over. */
  private expect(self: ChordContact, successors: readonly ChordContact[], deadline: Deadline<Answer>): void {
    if (deadline.isOver) return
    const list = { self, successors }
    this.underWay.add(list)
    deadline.whenOver = () => this.underWay.delete(list)
  }

  private askSibling(
    slot: number | undefined,
    self: Endpoint,
    to: ChordContact,
    question: Question,
    callbacks: AskCallbacks,
  ): void {
    const from = slot === undefined ? undefined : contactAt(self, slot)
    const deadline = new Deadline<Answer>(this.carrier.clock, () => this.isClosed, { ...callbacks, late: () => {} })
    this.carrier.clock.after(0, () => {
      this.handlers?.asked(to.slot, from, question, (answer) =>
        this.carrier.clock.after(0, () => (answer.kind === 'busy' ? deadline.extend() : deadline.answered(answer))),
      )
    })
  }

  private askHost(to: Endpoint, question: HostQuestion, callbacks: HostCallbacks): void {
    const waits = question.kind === 'forward' || question.kind === 'write'
    const deadline = new Deadline<HostAnswer>(this.carrier.clock, () => this.isClosed, {
      ...callbacks,
      keptBusy: () => callbacks.missed(),
      late: () => {},
    })
    this.send(
      to,
      question.kind,
      (other, reply: (answer: HostAnswer | Busy) => void) => {
        if (waits) reply(BUSY)
        other.port.handlers?.askedHost(this.at.endpoint, question, reply)
      },
      (answer) => (answer.kind === 'busy' ? deadline.extend() : deadline.answered(answer)),
    )
  }

  private send<A>(
    to: Endpoint,
    kind: string,
    ask: (other: PortHost & { readonly port: FakePort }, reply: (answer: A) => void) => void,
    answered: (answer: A) => void,
  ): void {
    const { carrier, at } = this
    const sentAt = carrier.clock.now()
    carrier.count(kind)
    const other = carrier.hostAt(to)
    if (!other) {
      at.sentTo.add(to.host)
      return
    }
    carrier.pass(at, other, () =>
      ask(other, (answer) =>
        carrier.pass(other, at, () => {
          if (this.isClosed) return
          this.provenAt.add(formatEndpoint(to))
          this.rtts.set(formatEndpoint(to), carrier.clock.now() - sentAt)
          this.handlers?.answered(to, at.endpoint)
          answered(answer)
        }),
      ),
    )
  }
}

interface DeadlineCallbacks<A> {
  answered(answer: A): void
  missed(): void
  keptBusy(): void
  late(answer: A): void
}

/** Ends a question once: by its answer, or by time. */
class Deadline<A> {
  private readonly clock: Clock
  private readonly isClosed: () => boolean
  private readonly callbacks: DeadlineCallbacks<A>
  private readonly askedAt: Millis
  private timer: { cancel(): void }
  whenOver: () => void = () => {}
  private isSettled = false
  private wasBusy = false

  constructor(clock: Clock, isClosed: () => boolean, callbacks: DeadlineCallbacks<A>) {
    this.clock = clock
    this.isClosed = isClosed
    this.callbacks = callbacks
    this.askedAt = clock.now()
    this.timer = clock.after(DEADLINE, () => this.settle(callbacks.missed))
  }

  get isOver(): boolean {
    return this.isSettled
  }

  answered(answer: A): void {
    if (!this.isSettled) this.settle(() => this.callbacks.answered(answer))
    else if (this.clock.now() - this.askedAt < LATE) this.callbacks.late(answer)
  }

  extend(): void {
    if (this.isSettled || this.wasBusy) return
    this.wasBusy = true
    this.timer.cancel()
    this.timer = this.clock.after(LONGEST_BUSY, () => this.settle(this.callbacks.keptBusy))
  }

  private settle(run: () => void): void {
    if (this.isSettled) return
    this.isSettled = true
    this.timer.cancel()
    this.whenOver()
    if (!this.isClosed()) run()
  }
}

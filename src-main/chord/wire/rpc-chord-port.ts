/**
 * A host's virtual nodes on the network: questions go out as queries of the RPC layer, answers come back under a deadline that
 * follows how long their host has taken before.
 *
 * - What is asked of a virtual node of our own stays here, with the same deadlines, and is never answered from within.
 * - Who answers that it does not know Chord is a host without members.
 * - Where a question cannot be asked, because too much is under way already, nothing is known of who it was for: `keptBusy`.
 *
 * Limits: `MAX_OPEN_QUESTIONS` under way; `MAX_TIMED_HOSTS` hosts whose times are kept.
 */
import { type Clock, type Millis, SECOND } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { errorCode } from '../../rpc/krpc-message.ts'
import { MAX_NEIGHBOURS } from '../../rpc/neighbours.ts'
import type { ExtensionPort } from '../../rpc/rpc-port.ts'
import { type ChordContact, contactAt } from '../contact.ts'
import type { HostAnswer, HostCallbacks, HostPort, HostQuestion } from '../host-messages.ts'
import type { Answer, AskCallbacks, AskPort, Busy, Question } from '../messages.ts'
import type { ChordPort, ChordPortHandlers } from './chord-port.ts'
import {
  decodeAnswer,
  decodeHostAnswer,
  encodeHostQuestion,
  encodeQuestion,
  type NamedBody,
  unlessMalformed,
} from './codec.ts'
import { type Family, familyOf } from './contact-bytes.ts'
import { answering } from './incoming-questions.ts'
import { OpenQuestion, type QuestionOutcomes } from './open-question.ts'
import { FIRST_DEADLINE, RoundTripTimes } from './round-trip-times.ts'

export const MAX_OPEN_QUESTIONS = 2_048
/** For what a host asks others about before it answers. */
export const PATIENT_DEADLINE: Millis = 8 * SECOND

/** These are answered only once others have answered, so that their times say nothing about the host. */
const PATIENT: ReadonlySet<HostQuestion['kind']> = new Set(['forward', 'write', 'reach'] as const)

export interface ChordPortParts {
  readonly clock: Clock
  /** Of the word `CHORD_WORD`. */
  readonly rpc: ExtensionPort
}

/** A question on its way over the network. */
interface Outgoing<A> extends NamedBody {
  readonly to: Endpoint
  /** Undefined for one whose time says nothing about the host. */
  readonly timed: boolean
  readonly deadline: Millis
  readonly outcomes: Omit<QuestionOutcomes<A>, 'over'>
  /** @throws BencodeError */
  read(body: Uint8Array, family: Family): A | Busy
  /** What an error says. */
  ofError(code: number, message: string): A | undefined
}

export class RpcChordPort implements ChordPort {
  self: Endpoint | undefined
  readonly host: HostPort
  private readonly clock: Clock
  private readonly rpc: ExtensionPort
  private readonly times = new RoundTripTimes()
  private readonly open = new Set<{ forget(): void }>()
  private handlers: ChordPortHandlers | undefined
  private named: readonly string[] = []
  private neighbourHosts: ReadonlySet<string> = new Set()
  private isClosed = false

  constructor({ clock, rpc }: ChordPortParts) {
    this.clock = clock
    this.rpc = rpc
    this.host = { ask: (to, question, callbacks) => this.askHost(to, question, callbacks) }
    rpc.onQuery(answering(rpc, () => this.handlers))
  }

  get local(): Endpoint {
    return this.rpc.local
  }

  onQuestions(handlers: ChordPortHandlers): void {
    this.handlers = handlers
  }

  asksAs(slot: number | undefined): AskPort {
    return { ask: (to, question, callbacks) => this.askNode(slot, to, question, callbacks) }
  }

  neighbours(hosts: readonly string[]): void {
    this.named = hosts
    this.setNeighbours()
  }

  proven(from: Endpoint): void {
    this.rpc.proven(from)
  }

  isProven(from: Endpoint): boolean {
    return this.rpc.isProven(from)
  }

  rttOf(endpoint: Endpoint): Millis | undefined {
    return this.times.rttOf(endpoint)
  }

  /** Questions under way, for whoever watches its memory. */
  get outstanding(): number {
    return this.open.size
  }

  close(): void {
    this.isClosed = true
    this.handlers = undefined
    for (const question of [...this.open]) question.forget()
  }

  private askNode(slot: number | undefined, to: ChordContact, question: Question, callbacks: AskCallbacks): void {
    const outcomes = {
      answered: (answer: Answer) => callbacks.answered(answer),
      missed: () => callbacks.missed(),
      keptBusy: () => callbacks.keptBusy(),
      late: (answer: Answer | Busy) => this.handlers?.late(to, answer.kind !== 'absent'),
    }
    if (this.isOurs(to.endpoint)) {
      const from = slot === undefined ? undefined : contactAt(to.endpoint, slot)
      this.askHere<Answer>(outcomes, (handlers, reply) => handlers.asked(to.slot, from, question, reply))
      return
    }
    this.send<Answer>({
      ...encodeQuestion({ to: to.slot, from: slot, question }),
      to: to.endpoint,
      timed: true,
      deadline: this.times.deadlineOf(to.endpoint),
      outcomes,
      read: (body, family) => decodeAnswer(question.kind, body, family),
      ofError: (code) => (code === errorCode.methodUnknown ? { kind: 'absent' } : undefined),
    })
  }

  private askHost(to: Endpoint, question: HostQuestion, callbacks: HostCallbacks): void {
    const missed = () => callbacks.missed()
    const answered = (answer: HostAnswer) => callbacks.answered(answer)
    const outcomes = { answered, missed, keptBusy: missed, late: () => {} }
    if (this.isOurs(to)) {
      this.askHere<HostAnswer>(outcomes, (handlers, reply) => handlers.askedHost(to, question, reply))
      return
    }
    const isPatient = PATIENT.has(question.kind)
    this.send<HostAnswer>({
      ...encodeHostQuestion(question),
      to,
      timed: !isPatient,
      deadline: isPatient ? PATIENT_DEADLINE : this.times.deadlineOf(to),
      outcomes,
      read: (body, family) => decodeHostAnswer(question.kind, body, family),
      ofError: (code, message) => ({ kind: 'refused', code, message }),
    })
  }

  /** Those that have been named, then those that have answered last: who joins or looks something up asks a few hosts much. */
  private setNeighbours(): void {
    const hosts = new Set([...this.named, ...this.times.latestHosts(MAX_NEIGHBOURS)])
    this.neighbourHosts = new Set([...hosts].slice(0, MAX_NEIGHBOURS))
    this.rpc.neighbours([...this.neighbourHosts])
  }

  private isOurs(to: Endpoint): boolean {
    return this.self !== undefined && this.self.host === to.host && this.self.port === to.port
  }

  private send<A>(outgoing: Outgoing<A>): void {
    const question = this.begin(outgoing.outcomes)
    if (question === undefined) return
    const { to, name, body, deadline } = outgoing
    // Only the first answer: one that follows has been waited for by the other side.
    let isTimed = outgoing.timed
    try {
      const running = this.rpc.query(to, name, body, {
        sent: () => question.sent(deadline),
        replied: (answer, rtt, ip) => {
          if (isTimed) this.times.add(to, rtt)
          isTimed = false
          if (!this.neighbourHosts.has(to.host)) this.setNeighbours()
          this.handlers?.answered(to, ip)
          return question.replied(unlessMalformed(() => outgoing.read(answer, familyOf(to))))
        },
        failed: (reason, error) => {
          if (error === undefined) {
            question.failed(reason !== 'overload')
            return
          }
          this.handlers?.answered(to, error.ip)
          question.replied(outgoing.ofError(error.code, error.message))
        },
      })
      question.runs(running)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      // Larger than any query: nobody can be asked this.
      this.clock.after(0, () => question.failed(true))
    }
  }

  /** As over the network: asked and answered on turns of their own. An answer that is late is none. */
  private askHere<A extends Answer | HostAnswer>(
    outcomes: Omit<QuestionOutcomes<A>, 'over'>,
    ask: (handlers: ChordPortHandlers, reply: (answer: A | Busy) => void) => void,
  ): void {
    const thenOver = (tell: () => void) => () => {
      tell()
      question?.forget()
    }
    const { missed, keptBusy } = outcomes
    const question = this.begin<A>({ ...outcomes, missed: thenOver(missed), keptBusy: thenOver(keptBusy) })
    if (question === undefined) return
    question.sent(FIRST_DEADLINE)
    this.clock.after(0, () => {
      if (this.handlers === undefined) return
      ask(this.handlers, (answer) => this.clock.after(0, () => question.replied(answer)))
    })
  }

  /** Undefined where too much is under way, or nothing is asked any more. */
  private begin<A>(outcomes: Omit<QuestionOutcomes<A>, 'over'>): OpenQuestion<A> | undefined {
    if (this.isClosed) return undefined
    if (this.open.size >= MAX_OPEN_QUESTIONS) {
      this.clock.after(0, () => {
        if (!this.isClosed) outcomes.keptBusy()
      })
      return undefined
    }
    const question: OpenQuestion<A> = new OpenQuestion<A>(this.clock, {
      ...outcomes,
      over: () => this.open.delete(question),
    })
    this.open.add(question)
    return question
  }
}

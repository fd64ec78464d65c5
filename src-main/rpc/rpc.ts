/**
 * KRPC over one socket: asks other nodes and answers them (BEP 5).
 *
 * - An answer counts only from the endpoint asked, with its transaction; anything else that looks like one is dropped.
 * - An answer that is overdue (nine of ten come sooner) is reported once as stalled and still counts until 10 s are over.
 * - What we send is paced, in all and to each sender; what waits is bounded.
 * - What we look at and what we answer is bounded in packets and bytes (`traffic-budgets.ts`). No answer is over 1,024
 *   bytes (1,400 with an item, to an address that has proven itself), and no error is larger than the query. Malformed queries get 203, unknown ones without a target 204, all else silence.
 * - Other protocols have queries of their own on the same socket (`extension.ts`), asked and answered even while we are read-only.
 *
 * Callbacks only. Every limit is in `rpc-limits.ts`.
 */
import { bytesEqual } from '../kernel/bytes.ts'
import type { Clock } from '../kernel/clock.ts'
import { assertNever } from '../kernel/errors.ts'
import type { Endpoint } from '../kernel/network.ts'
import type { Random } from '../kernel/random.ts'
import { canonicalEndpoint } from './address-groups.ts'
import { Extension } from './extension.ts'
import type { KrpcFault } from './krpc-decode.ts'
import { encodedSize } from './krpc-encode.ts'
import {
  type ErrorMessage,
  errorCode,
  type KrpcMessage,
  type Method,
  type Query,
  type QueryArguments,
  type Question,
  type Response,
} from './krpc-message.ts'
import type { MessageReceiver, MessageTransport, OpenTransport } from './message-transport.ts'
import { OpenReplies } from './open-replies.ts'
import { OutgoingPace } from './outgoing-pace.ts'
import { PendingQueries } from './pending-queries.ts'
import { type PendingCallbacks, PendingQuery } from './pending-query.ts'
import { RefusedQueries } from './refused-queries.ts'
import { ResponseTimes } from './response-times.ts'
import { type RpcCounters, zeroCounters } from './rpc-counters.ts'
import { DEFAULT_RPC_LIMITS, type RpcLimits } from './rpc-limits.ts'
import type { Answer, ExtensionPort, QueryCallbacks, QueryHandler, RpcPort, RunningQuery } from './rpc-port.ts'
import { Senders } from './senders.ts'
import { mayBeLarge, sizedAnswer } from './sized-answer.ts'
import { TrafficBudgets } from './traffic-budgets.ts'

export interface RpcParts {
  readonly clock: Clock
  readonly random: Random
  /** Our node id, 20 bytes. */
  readonly id: Uint8Array
  readonly readOnly?: boolean
  /** Program and version, 4 bytes, in each of our messages. */
  readonly version?: Uint8Array
  /** Where they are to differ from `DEFAULT_RPC_LIMITS`. */
  readonly limits?: Partial<RpcLimits>
}

const METHOD_UNKNOWN: Answer = { kind: 'error', code: errorCode.methodUnknown, message: 'method unknown' }
const MALFORMED: Answer = { kind: 'error', code: errorCode.protocol, message: 'malformed query' }

export class Rpc implements RpcPort {
  id: Uint8Array
  readOnly: boolean
  readonly counters: RpcCounters
  private readonly parts: RpcParts
  private readonly limits: RpcLimits
  private readonly pending: PendingQueries
  private readonly senders: Senders
  private readonly budgets: TrafficBudgets
  private readonly times = new ResponseTimes()
  private readonly pace: OutgoingPace
  private readonly counts = zeroCounters()
  private handler: QueryHandler | undefined
  /** Undefined while it is being bound and once closed. */
  private transport: MessageTransport | undefined
  private bound: Endpoint | undefined
  private readonly refused: RefusedQueries
  private readonly replies: OpenReplies
  private readonly extensions: Extension[] = []

  private constructor(parts: RpcParts) {
    const now = parts.clock.now()
    this.parts = parts
    this.limits = { ...DEFAULT_RPC_LIMITS, ...parts.limits }
    this.id = parts.id
    this.readOnly = parts.readOnly ?? false
    this.counters = this.counts
    this.pending = new PendingQueries(this.limits)
    this.senders = new Senders(this.limits)
    this.budgets = new TrafficBudgets(this.limits, this.senders, now)
    this.pace = new OutgoingPace(this.limits, this.senders, this.budgets, now)
    this.refused = new RefusedQueries(parts.clock)
    this.replies = new OpenReplies(this.limits, parts.clock)
  }

  /** @throws what `open` rejects with: the error of binding */
  static async open(open: OpenTransport, parts: RpcParts): Promise<Rpc> {
    const rpc = new Rpc(parts)
    const receiver: MessageReceiver = {
      admits: (from, size) => rpc.admits(from, size),
      received: (message, from, size) => rpc.received(message, from, size),
    }
    rpc.transport = await open(receiver)
    rpc.bound = rpc.transport.local
    return rpc
  }

  get local(): Endpoint {
    return this.bound as Endpoint
  }

  /** Queries under way, those that wait for pacing included. */
  get outstanding(): number {
    return this.pending.size
  }

  /** Entries of the largest table of senders, for whoever watches its memory. */
  get largestTable(): number {
    return Math.max(this.senders.size, this.budgets.proofs)
  }

  onQuery(handler: QueryHandler): void {
    this.handler = handler
  }

  proven(from: Endpoint): void {
    this.budgets.proven(from.host, this.parts.clock.now())
  }

  /** Another protocol over this socket, whose queries begin with `word` (`chord_`); the same port for the same word. */
  extension(word: string): ExtensionPort {
    const known = this.extensions.find((extension) => extension.word === word)
    if (known) return known
    const { budgets, replies } = this
    const extension = new Extension(word, {
      ...{ clock: this.parts.clock, budgets, replies, local: () => this.local },
      ask: (to, question, callbacks) => this.ask(to, question, callbacks),
      answer: (answer, transaction, to, querySize) => this.answer(answer, transaction, to, querySize),
    })
    this.extensions.push(extension)
    return extension
  }

  /** Once closed, nothing is asked and no callback is called. */
  query<M extends Method>(to: Endpoint, method: M, args: QueryArguments[M], callbacks: QueryCallbacks): RunningQuery {
    return this.ask(to, { method, args } as Question, callbacks)
  }

  private ask(to: Endpoint, question: Question, callbacks: PendingCallbacks): RunningQuery {
    const endpoint = canonicalEndpoint(to)
    const transaction = this.pending.newTransaction(endpoint, this.parts.random)
    const query = new PendingQuery(this.parts.clock, { to: endpoint, transaction, question, callbacks })
    if (this.transport === undefined) query.end()
    else this.begin(query)
    return { cancel: () => this.pending.end(query) }
  }

  /** Drops every query under way without a word to who asked. */
  async close(): Promise<void> {
    const { transport } = this
    this.transport = undefined
    this.handler = undefined
    this.replies.endAll()
    this.pending.endAll()
    this.refused.close()
    await transport?.close()
  }

  private begin(query: PendingQuery): void {
    const now = this.parts.clock.now()
    const hasRoom = this.pending.hasRoom(query.to, this.pace.mostUnderWay(query, now))
    const delay = hasRoom ? this.pace.to(query, now) : undefined
    if (delay === undefined) {
      this.refuse(query)
      return
    }
    this.pending.add(query)
    if (delay === 0) this.paceInAll(query)
    else query.wait(delay, () => this.paceInAll(query))
  }

  private paceInAll(query: PendingQuery): void {
    const delay = this.pace.inAll(query, this.parts.clock.now())
    if (delay === undefined) this.refuse(query)
    else if (delay === 0) this.send(query)
    else query.wait(delay, () => this.send(query))
  }

  private send(query: PendingQuery): void {
    const { transaction, question, to } = query
    const message = {
      kind: 'query',
      transaction: Uint8Array.of(transaction >> 8, transaction & 0xff),
      id: this.id,
      readOnly: this.readOnly,
      method: question.method,
      name: question.method === 'unknown' ? question.name : undefined,
      args: question.args,
      version: this.parts.version,
    } as Query
    query.sent(this.times.stallAfter, () => {
      const callbacks = this.pending.end(query)
      this.counts.timeouts += 1
      callbacks?.failed('timeout')
    })
    const size = encodedSize(message)
    this.counts.queriesSent += 1
    this.budgets.asked(to.host, size, this.parts.clock.now())
    this.transmit(message, to, size)
  }

  private refuse(query: PendingQuery): void {
    this.counts.queriesRefused += 1
    this.pending.remove(query)
    this.refused.add(query)
  }

  private admits(from: Endpoint, size: number): boolean {
    this.counts.packetsReceived += 1
    this.counts.bytesReceived += size
    const awaited = this.pending.awaits(from)
    const admitted = this.budgets.admits(from.host, size, awaited, this.parts.clock.now())
    if (!admitted) this.counts.packetsOverBudget += 1
    return admitted
  }

  private received(message: KrpcMessage | KrpcFault, from: Endpoint, size: number): void {
    switch (message.kind) {
      case 'query':
        this.asked(message, from, size)
        return
      case 'response':
      case 'error':
        this.answered(message, from)
        return
      case 'fault':
        this.counts.malformed += 1
        if (message.transaction && !this.readOnly && this.handler)
          this.answer(MALFORMED, message.transaction, from, size)
        return
      default:
        assertNever(message)
    }
  }

  private answered(message: Response | ErrorMessage, from: Endpoint): void {
    const query = this.pending.find(from, message.transaction)
    const rtt = query?.age
    // Our own id in an answer is an echo of our query by whoever reflects packets.
    if (query === undefined || rtt === undefined || (message.kind === 'response' && bytesEqual(message.id, this.id))) {
      this.counts.unsolicited += 1
      return
    }
    this.budgets.proven(from.host, this.parts.clock.now())
    this.counts.answersReceived += 1
    // Another protocol's answers may take as long as they like.
    if (query.question.method !== 'unknown') this.times.add(rtt)
    else if (message.kind === 'response' && query.goesOn(message, rtt)) return
    const callbacks = this.pending.end(query)
    if (message.kind === 'response') callbacks?.replied(message, rtt)
    else callbacks?.failed('error', message)
  }

  private asked(query: Query, from: Endpoint, size: number): void {
    if (bytesEqual(query.id, this.id)) return
    if (query.method === 'unknown' && query.args.c !== undefined) {
      const extension = this.extensions.find((each) => each.takes(query.name))
      if (extension) {
        this.counts.queriesReceived += 1
        extension.asked(query, from, size)
        return
      }
    }
    if (this.handler === undefined) return
    this.counts.queriesReceived += 1
    const isUnknown = query.method === 'unknown' && query.args.target === undefined
    const answer = isUnknown ? METHOD_UNKNOWN : this.handler(query, from)
    if (answer !== undefined && !this.readOnly) this.answer(answer, query.transaction, from, size)
  }

  private answer(answer: Answer, transaction: Uint8Array, to: Endpoint, querySize: number): void {
    const now = this.parts.clock.now()
    const head = { transaction, id: this.id, ip: to, version: this.parts.version }
    const sized = sizedAnswer(answer, head, querySize, mayBeLarge(answer) && this.budgets.isProven(to.host, now))
    if (sized === undefined) return
    if (!this.budgets.maySend(to.host, sized.size, now)) {
      this.counts.answersOverBudget += 1
      return
    }
    this.counts.answersSent += 1
    this.transmit(sized.message, to, sized.size)
  }

  private transmit(message: KrpcMessage, to: Endpoint, size: number): void {
    if (this.transport === undefined) return
    this.counts.bytesSent += size
    this.transport.send(message, to, size)
  }
}

/**
 * Another protocol over the socket of an `Rpc`. What is asked and answered is a dictionary under `c`, which is handed over as
 * it stands; nothing in it is looked at here.
 *
 * A query of ours ends exactly once: with an answer that no other follows, with an error, or in time. Answers of ours are
 * bounded in size (1,024 bytes in all, 1,400 to whom has proven to be there) and in the bytes that a stranger is sent.
 */
import type { Clock } from '../kernel/clock.ts'
import type { Endpoint } from '../kernel/network.ts'
import {
  errorCode,
  MAX_EXTENSION_BODY_BYTES,
  MAX_METHOD_NAME_BYTES,
  type Question,
  type Response,
  type UnknownQuery,
} from './krpc-message.ts'
import type { OpenReplies } from './open-replies.ts'
import type { PendingCallbacks } from './pending-query.ts'
import type {
  Answer,
  ExtensionAnswer,
  ExtensionCallbacks,
  ExtensionHandler,
  ExtensionPort,
  RunningQuery,
} from './rpc-port.ts'
import type { TrafficBudgets } from './traffic-budgets.ts'

/** What an extension is put on. */
export interface ExtensionGround {
  readonly clock: Clock
  readonly budgets: TrafficBudgets
  readonly replies: OpenReplies
  local(): Endpoint
  ask(to: Endpoint, question: Question, callbacks: PendingCallbacks): RunningQuery
  answer(answer: Answer, transaction: Uint8Array, to: Endpoint, querySize: number): void
}

export class Extension implements ExtensionPort {
  readonly word: string
  private readonly ground: ExtensionGround
  private handler: ExtensionHandler | undefined

  constructor(word: string, ground: ExtensionGround) {
    this.word = word
    this.ground = ground
  }

  get local(): Endpoint {
    return this.ground.local()
  }

  query(to: Endpoint, name: string, body: Uint8Array, callbacks: ExtensionCallbacks): RunningQuery {
    if (!this.isOurs(name) || name.length > MAX_METHOD_NAME_BYTES) throw new RangeError(`no method of ours: ${name}`)
    if (body.length > MAX_EXTENSION_BODY_BYTES) throw new RangeError(`${body.length} bytes are too many for a query`)
    return this.ground.ask(to, { method: 'unknown', name, args: { c: body } }, pendingCallbacks(callbacks))
  }

  onQuery(handler: ExtensionHandler): void {
    this.handler = handler
  }

  neighbours(hosts: readonly string[]): void {
    this.ground.budgets.neighbours.replace(hosts, this.ground.clock.now())
  }

  proven(from: Endpoint): void {
    this.ground.budgets.proven(from.host, this.ground.clock.now())
  }

  isProven(from: Endpoint): boolean {
    return this.ground.budgets.isProven(from.host, this.ground.clock.now())
  }

  /** Whether somebody here answers a query of this name. */
  takes(name: string): boolean {
    return this.handler !== undefined && this.isOurs(name)
  }

  asked({ name, args: { c }, transaction }: UnknownQuery, from: Endpoint, size: number): void {
    if (c === undefined) return
    const { replies } = this.ground
    const reply = replies.begin(from.host)
    this.handler?.({ name, body: c }, from, (answer, follows) => {
      if (replies.use(reply, follows === 'more')) this.ground.answer(answerOf(answer), transaction, from, size)
    })
    replies.keep(reply)
  }

  private isOurs(name: string): boolean {
    return name.startsWith(this.word) && name.length > this.word.length
  }
}

function answerOf(answer: ExtensionAnswer): Answer {
  return answer instanceof Uint8Array ? { kind: 'response', c: answer } : { kind: 'error', ...answer }
}

function pendingCallbacks(callbacks: ExtensionCallbacks): PendingCallbacks {
  return {
    sent: () => callbacks.sent?.(),
    goesOn: ({ c, ip }, rtt) => c !== undefined && callbacks.replied(c, rtt, ip) === 'more',
    replied: (response) => {
      if (response.c === undefined) callbacks.failed('error', unknownTo(response))
    },
    failed: (reason, error) => callbacks.failed(reason, error),
  }
}

/** What an answer without a dictionary says, such as one with nodes. */
function unknownTo({ transaction, ip }: Response) {
  const error = { kind: 'error', transaction, code: errorCode.methodUnknown, message: 'method unknown' } as const
  return ip ? { ...error, ip } : error
}

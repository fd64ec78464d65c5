/**
 * Serves a table of services to one or more clients, whatever carries the messages. No handler repeats what is done here:
 * refuse what the table does not name, parse arguments, run the handler, check the result, turn a thrown error into
 * `{ code, message, facts }`; for feeds, send the whole first and numbered differences after it, at most ten a second.
 */
import type { z } from 'zod'
import type {
  CallShape,
  CrossingError,
  FeedMessage,
  FeedShape,
  FeedSource,
  HandlersOf,
  ServiceShape,
} from '#shared/contract/service.ts'
import type { Clock, Timer } from '../kernel/clock.ts'
import { CodedError, codeOf, messageOf } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'
import { type ClientMessage, clientMessage, type ServerMessage } from './messages.ts'

/** Feed messages to one subscription: at most one each 100 ms. */
export const FEED_INTERVAL_MS = 100
export const MAX_SUBSCRIPTIONS_PER_CLIENT = 64
export const MAX_CALLS_AT_ONCE = 256

/** Services by name, and what implements them. */
export type ServiceTable = Readonly<Record<string, ServiceShape>>
export type HandlerTable<T extends ServiceTable> = { readonly [S in keyof T]: HandlersOf<T[S]> }

type Item = Record<string, unknown>
type Handler = (args: unknown) => Promise<unknown>
type Handlers = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** One client's connection: hand over what it sends, close it when it goes. */
export interface ServedClient {
  receive(message: unknown): void
  close(): void
}

export class ServiceServer<T extends ServiceTable> {
  private readonly table: T
  private readonly handlers: HandlerTable<T>
  private readonly clock: Clock
  private readonly log: Log

  constructor(table: T, handlers: HandlerTable<T>, clock: Clock, log: Log) {
    this.table = table
    this.handlers = handlers
    this.clock = clock
    this.log = log
  }

  connect(send: (message: ServerMessage) => void): ServedClient {
    return new Connection(this.table, this.handlers as Handlers, this.clock, this.log, send)
  }
}

class Connection implements ServedClient {
  private readonly table: ServiceTable
  private readonly handlers: Handlers
  private readonly clock: Clock
  private readonly log: Log
  private readonly send: (message: ServerMessage) => void
  private readonly subscriptions = new Map<number, Subscription>()
  private running = 0
  private closed = false

  constructor(table: ServiceTable, handlers: Handlers, clock: Clock, log: Log, send: (message: ServerMessage) => void) {
    this.table = table
    this.handlers = handlers
    this.clock = clock
    this.log = log
    this.send = (message) => {
      if (this.closed) return
      try {
        send(message)
      } catch (error) {
        log.write('error', 'client closed: a message could not be sent', { error })
        this.close()
      }
    }
  }

  receive(raw: unknown): void {
    const parsed = clientMessage.safeParse(raw)
    if (!parsed.success || this.closed) return
    const message = parsed.data
    if (message.kind === 'call') void this.call(message)
    else if (message.kind === 'subscribe') this.subscribe(message)
    else {
      this.subscriptions.get(message.id)?.close()
      this.subscriptions.delete(message.id)
    }
  }

  close(): void {
    this.closed = true
    for (const subscription of this.subscriptions.values()) subscription.close()
    this.subscriptions.clear()
  }

  private async call({ id, service, call, args }: ClientMessage & { kind: 'call' }): Promise<void> {
    try {
      const shape = own(own(this.table, service)?.calls, call) as CallShape | undefined
      if (!shape)
        throw refusal('NO_SUCH_CALL', `Shoal has no call ${service}.${call}; use the version of Shoal that runs.`)
      if (this.running >= MAX_CALLS_AT_ONCE) throw refusal('BUSY', 'Too many calls at once; try again in a moment.')
      const checked = parseArgs(shape.args, args)
      const handler = this.handlers[service]?.[call] as Handler
      this.running++
      try {
        this.send({ kind: 'result', id, value: shape.result.parse(await handler(checked)) })
      } finally {
        this.running--
      }
    } catch (error) {
      this.send({ kind: 'error', id, error: this.crossing(error, `${service}.${call}`) })
    }
  }

  private subscribe({ id, service, feed, args }: ClientMessage & { kind: 'subscribe' }): void {
    try {
      const shape = own(own(this.table, service)?.feeds, feed) as FeedShape | undefined
      if (!shape)
        throw refusal('NO_SUCH_FEED', `Shoal has no feed ${service}.${feed}; use the version of Shoal that runs.`)
      if (this.subscriptions.has(id) || this.subscriptions.size >= MAX_SUBSCRIPTIONS_PER_CLIENT)
        throw refusal('BUSY', 'Too many subscriptions; close a view and try again.')
      const source = this.handlers[service]?.[feed] as FeedSource<unknown, Item>
      const subscription = new Subscription(shape.kind, source, parseArgs(shape.args, args), this.clock, {
        message: (message) => this.send({ kind: 'feed', id, message }),
        failed: (error) => {
          this.subscriptions.delete(id)
          this.send({ kind: 'failed', id, error: this.crossing(error, `${service}.${feed}`) })
        },
      })
      this.subscriptions.set(id, subscription)
      subscription.start()
    } catch (error) {
      this.send({ kind: 'failed', id, error: this.crossing(error, `${service}.${feed}`) })
    }
  }

  private crossing(error: unknown, where: string): CrossingError {
    if (error instanceof CodedError) return plainError(error)
    this.log.write('error', 'call failed', { where, code: codeOf(error), message: messageOf(error) })
    return plainError(error)
  }
}

/** An error as plain data. */
export function plainError(error: unknown): CrossingError {
  const message = messageOf(error).slice(0, 2_000)
  if (!(error instanceof CodedError)) {
    const code = codeOf(error).slice(0, 64)
    return { code, message: code.startsWith('SQLITE_') ? databaseSentence(error, message) : message }
  }
  return { code: error.code, message, facts: { ...error.fault } }
}

/** What SQLite says is no sentence for people. The host's databases say which of them it is about. */
function databaseSentence(error: unknown, reason: string): string {
  const path = (error as { readonly path?: unknown }).path
  const which = typeof path === 'string' ? `database ${path.slice(-1_000)}` : 'own database'
  return `Shoal’s ${which} cannot be written: ${reason.slice(0, 500)}. Free some space on its disk, then try again.`
}

class Subscription {
  private readonly kind: 'rows' | 'value'
  private readonly source: FeedSource<unknown, Item>
  private readonly args: unknown
  private readonly clock: Clock
  private readonly out: { message(message: FeedMessage<unknown>): void; failed(error: unknown): void }
  private sent = new Map<string, Item>()
  private sequence = 0
  private sentAt = Number.NEGATIVE_INFINITY
  private timer: Timer | undefined
  private unwatch: (() => void) | undefined
  private closed = false

  constructor(
    kind: 'rows' | 'value',
    source: FeedSource<unknown, Item>,
    args: unknown,
    clock: Clock,
    out: { message(message: FeedMessage<unknown>): void; failed(error: unknown): void },
  ) {
    this.kind = kind
    this.source = source
    this.args = args
    this.clock = clock
    this.out = out
  }

  start(): void {
    this.flush()
    if (!this.closed) this.unwatch = this.source.watch(this.args, () => this.changed())
  }

  close(): void {
    this.closed = true
    this.timer?.cancel()
    this.unwatch?.()
  }

  private changed(): void {
    if (this.timer || this.closed) return
    const wait = Math.max(0, this.sentAt + FEED_INTERVAL_MS - this.clock.now())
    this.timer = this.clock.after(wait, () => {
      this.timer = undefined
      this.flush()
    })
  }

  private flush(): void {
    let items: readonly Item[]
    try {
      items = this.source.read(this.args)
    } catch (error) {
      this.close()
      this.out.failed(error)
      return
    }
    const message = this.kind === 'value' ? this.valueMessage(items[0] as Item) : this.rowsMessage(items)
    if (!message) return
    this.sequence++
    this.sentAt = this.clock.now()
    this.out.message(message)
  }

  private valueMessage(value: Item): FeedMessage<unknown> | undefined {
    if (this.sequence > 0 && sameData(this.sent.get(''), value)) return undefined
    this.sent.set('', value)
    return { kind: 'value', sequence: this.sequence, value }
  }

  private rowsMessage(items: readonly Item[]): FeedMessage<unknown> | undefined {
    const now = new Map(items.map((item) => [item.id as string, item]))
    const before = this.sent
    this.sent = now
    if (this.sequence === 0) return { kind: 'rows', sequence: 0, rows: items }
    const changed = items.filter((item) => !sameData(before.get(item.id as string), item))
    const removed = [...before.keys()].filter((id) => !now.has(id))
    if (changed.length === 0 && removed.length === 0) return undefined
    return { kind: 'patch', sequence: this.sequence, changed, removed }
  }
}

/** Deep equality of plain data. */
export function sameData(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => sameData((a as Item)[key], (b as Item)[key]))
}

/** An own property only: `constructor` and `__proto__` name nothing. */
function own<T extends object>(table: T | undefined, key: string): T[keyof T] | undefined {
  return table && Object.hasOwn(table, key) ? table[key as keyof T] : undefined
}

class Refusal extends CodedError<{ code: 'NO_SUCH_CALL' | 'NO_SUCH_FEED' | 'BUSY' | 'BAD_ARGUMENTS' }> {}

function refusal(code: Refusal['fault']['code'], message: string): Refusal {
  return new Refusal({ code }, message)
}

function parseArgs(schema: z.ZodType, args: unknown): unknown {
  const parsed = schema.safeParse(args)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const at = issue?.path.join('.')
  throw refusal(
    'BAD_ARGUMENTS',
    `${at ? `"${at}": ` : ''}${issue?.message ?? 'wrong arguments'}; correct it and try again.`,
  )
}

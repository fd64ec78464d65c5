/**
 * The asking end of the messages in `messages.ts`: numbers calls and subscriptions and hands each answer to who asked.
 * What arrives is not trusted: a message of another shape or for nobody is dropped, contents are checked by the
 * contract's client.
 */
import type { Transport, TransportEvent } from '#shared/contract/client/transport.ts'
import type { ClientMessage } from '../../serving/messages.ts'
import type { ContractServer } from './contract-server.ts'

interface Call {
  resolve(value: unknown): void
  reject(error: unknown): void
}

export class MessageClient implements Transport {
  private readonly send: (message: ClientMessage) => void
  private readonly calls = new Map<number, Call>()
  private readonly feeds = new Map<number, (event: TransportEvent) => void>()
  private nextId = 1
  private over: { readonly error: unknown } | undefined

  constructor(send: (message: ClientMessage) => void) {
    this.send = send
  }

  call(service: string, call: string, args: unknown): Promise<unknown> {
    if (this.over) return Promise.reject(this.over.error)
    const id = this.nextId++
    return new Promise((resolve, reject) => {
      this.calls.set(id, { resolve, reject })
      this.send({ kind: 'call', id, service, call, args })
    })
  }

  subscribe(service: string, feed: string, args: unknown, onEvent: (event: TransportEvent) => void): () => void {
    if (this.over) {
      onEvent({ kind: 'failed', error: this.over.error })
      return () => {}
    }
    const id = this.nextId++
    this.feeds.set(id, onEvent)
    this.send({ kind: 'subscribe', id, service, feed, args })
    return () => {
      if (this.feeds.delete(id) && !this.over) this.send({ kind: 'unsubscribe', id })
    }
  }

  /** Takes what the serving end sent. */
  receive(raw: unknown): void {
    if (typeof raw !== 'object' || raw === null) return
    const { kind, id, value, error, message } = raw as Record<string, unknown>
    if (typeof id !== 'number') return
    if (kind === 'result') this.settle(id)?.resolve(value)
    else if (kind === 'error') this.settle(id)?.reject(error)
    else if (kind === 'feed') this.feeds.get(id)?.({ kind: 'feed', message })
    else if (kind === 'failed') {
      const onEvent = this.feeds.get(id)
      this.feeds.delete(id)
      onEvent?.({ kind: 'failed', error })
    }
  }

  /** The serving end is gone: every call and feed ends with `error`, and so does each new one. */
  end(error: unknown): void {
    if (this.over) return
    this.over = { error }
    for (const call of this.calls.values()) call.reject(error)
    this.calls.clear()
    const feeds = [...this.feeds.values()]
    this.feeds.clear()
    for (const onEvent of feeds) onEvent({ kind: 'failed', error })
  }

  private settle(id: number): Call | undefined {
    const call = this.calls.get(id)
    this.calls.delete(id)
    return call
  }
}

/** A client within the process of the engine: the same messages, the same pace, no socket. */
export function connectInProcess(server: ContractServer): { readonly transport: Transport; close(): void } {
  const client: MessageClient = new MessageClient((message) => served.receive(message))
  const served = server.connect((message) => client.receive(message))
  return { transport: client, close: () => served.close() }
}

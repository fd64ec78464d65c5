import type { BridgeAnswer, FeedEvent } from '#shared/bridge.ts'
import type { CrossingError, FeedMessage } from '#shared/contract/service.ts'

export type Incoming =
  | { kind: 'result'; id: number; value: unknown }
  | { kind: 'error'; id: number; error: CrossingError }
  | { kind: 'feed'; id: number; message: FeedMessage<unknown> }
  | { kind: 'failed'; id: number; error: CrossingError }

/** Calls and subscriptions over messages, numbered. */
export class Lane {
  private readonly send: (message: unknown) => void
  private readonly calls = new Map<number, (answer: BridgeAnswer) => void>()
  private readonly feeds = new Map<number, (event: FeedEvent) => void>()
  private nextId = 1

  constructor(send: (message: unknown) => void) {
    this.send = send
  }

  call(service: string, call: string, args: unknown): Promise<BridgeAnswer> {
    return new Promise((resolve) => {
      const id = this.nextId++
      this.calls.set(id, resolve)
      this.send({ kind: 'call', id, service, call, args })
    })
  }

  subscribe(service: string, feed: string, args: unknown, listener: (event: FeedEvent) => void): () => void {
    const id = this.nextId++
    this.feeds.set(id, listener)
    this.send({ kind: 'subscribe', id, service, feed, args })
    return () => {
      if (this.feeds.delete(id)) this.send({ kind: 'unsubscribe', id })
    }
  }

  receive(message: Incoming): void {
    if (message.kind === 'result') this.settle(message.id, { ok: true, value: message.value })
    else if (message.kind === 'error') this.settle(message.id, { ok: false, error: message.error })
    else if (message.kind === 'feed') this.feeds.get(message.id)?.({ kind: 'feed', message: message.message })
    else this.feeds.get(message.id)?.({ kind: 'failed', error: message.error })
  }

  /** The other side is gone: everything that waits ends with `error`. */
  fail(error: CrossingError): void {
    for (const id of [...this.calls.keys()]) this.settle(id, { ok: false, error })
    const feeds = [...this.feeds.values()]
    this.feeds.clear()
    for (const listener of feeds) listener({ kind: 'failed', error })
  }

  private settle(id: number, answer: BridgeAnswer): void {
    const resolve = this.calls.get(id)
    this.calls.delete(id)
    resolve?.(answer)
  }
}

/**
 * Messages of one peer, one after another: the next is looked at when what the last one asked for is done. While too many
 * wait, nothing more is read from the peer.
 */
import type { PeerMessage } from '../connection-types.ts'

export const MAX_WAITING_MESSAGES = 100
/** Of their memory, about. One message more may come on top, and what one read from the socket holds. */
export const MAX_WAITING_BYTES = 5_000_000
const BYTES_PER_ITEM = 100
const BYTES_PER_MESSAGE = 200

export interface InboxOwner {
  /** What it returns is awaited; it does not fail. */
  handle(message: PeerMessage): void | Promise<void>
  pauseReading(): void
  resumeReading(): void
}

export class Inbox {
  readonly #owner: InboxOwner
  readonly #waiting: PeerMessage[] = []
  #bytes = 0
  #isBusy = false
  #isPaused = false
  #isClosed = false

  constructor(owner: InboxOwner) {
    this.#owner = owner
  }

  get size(): number {
    return this.#waiting.length
  }

  push(message: PeerMessage): void {
    if (this.#isClosed) return
    if (!this.#isBusy) {
      this.#handle(message)
      return
    }
    this.#waiting.push(message)
    this.#bytes += weightOf(message)
    if (!this.#isPaused && (this.size >= MAX_WAITING_MESSAGES || this.#bytes >= MAX_WAITING_BYTES)) {
      this.#isPaused = true
      this.#owner.pauseReading()
    }
  }

  close(): void {
    this.#isClosed = true
    this.#waiting.length = 0
    this.#bytes = 0
  }

  #handle(message: PeerMessage): void {
    const done = this.#owner.handle(message)
    if (done === undefined) return
    this.#isBusy = true
    void done.then(() => {
      this.#isBusy = false
      this.#next()
    })
  }

  #next(): void {
    while (!this.#isBusy && !this.#isClosed) {
      const message = this.#waiting.shift()
      if (message === undefined) break
      this.#bytes -= weightOf(message)
      this.#handle(message)
    }
    if (!this.#isPaused || 2 * this.size > MAX_WAITING_MESSAGES || 2 * this.#bytes > MAX_WAITING_BYTES) return
    this.#isPaused = false
    this.#owner.resumeReading()
  }
}

function weightOf(message: PeerMessage): number {
  let bytes = BYTES_PER_MESSAGE
  if ('payload' in message) bytes += message.payload.length
  if (message.command === 'headers') bytes += message.headers.length
  if ('items' in message) bytes += BYTES_PER_ITEM * message.items.length
  if ('addresses' in message) bytes += BYTES_PER_ITEM * message.addresses.length
  if ('locator' in message) bytes += BYTES_PER_ITEM * message.locator.length
  return bytes
}

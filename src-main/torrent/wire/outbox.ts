/**
 * Gathers what is sent during one call and writes it in one go, in the order in which it was put in. Control and bulk
 * messages share it, which is why their order on the wire is the order of the calls.
 */
import type { Millis } from '../../kernel/clock.ts'
import type { StreamSocket } from '../../kernel/network.ts'

/** Parts of one write; a longer batch is cut. */
const MAX_PARTS = 1_024

export class Outbox {
  private readonly socket: StreamSocket
  private readonly now: () => Millis
  private parts: Uint8Array[] = []
  private waiting = 0
  private depth = 0
  /** When bytes were last handed to the socket. */
  lastSent: Millis

  constructor(socket: StreamSocket, now: () => Millis) {
    this.socket = socket
    this.now = now
    this.lastSent = now()
  }

  get bufferedBytes(): number {
    return this.waiting + this.socket.bufferedBytes
  }

  put(part: Uint8Array): void {
    this.parts.push(part)
    this.waiting += part.length
    if (this.depth === 0 || this.parts.length >= MAX_PARTS) this.flush()
  }

  /** Runs `work` and writes what was put in during it, also by batches inside it, when the outermost one ends. */
  batch(work: () => void): void {
    this.depth++
    try {
      work()
    } finally {
      this.depth--
      if (this.depth === 0) this.flush()
    }
  }

  private flush(): void {
    if (this.parts.length === 0) return
    const parts = this.parts
    this.parts = []
    this.waiting = 0
    this.lastSent = this.now()
    this.socket.write(...parts)
  }
}

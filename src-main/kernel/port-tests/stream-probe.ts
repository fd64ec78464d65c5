import type { StreamHandler, StreamSocket } from '../network.ts'

/** One call of a handler, in the order they came. */
export type ProbeEvent = 'connected' | 'data' | 'drained' | 'ended' | 'closed'

/**
 * A stream handler that records, copies what it is given, and lets a test wait for a condition. It also notes in
 * `violations` each call that the port forbids: from inside a method of the socket, or after `closed`.
 */
export class StreamProbe implements StreamHandler {
  readonly events: ProbeEvent[] = []
  readonly violations: string[] = []
  /** The error that `closed` brought, where there was one. */
  error: Error | undefined
  bytesReceived = 0
  /** What to do at once when an event has been recorded. */
  react: Partial<Record<ProbeEvent, () => void>> = {}
  private readonly chunks: Uint8Array[] = []
  private insideMethod = false
  private waiting: { readonly holds: () => boolean; readonly resolve: () => void }[] = []

  connected(): void {
    this.note('connected')
  }

  data(bytes: Uint8Array): void {
    if (bytes.length === 0) this.violations.push('data without bytes')
    this.bytesReceived += bytes.length
    this.chunks.push(new Uint8Array(bytes))
    this.note('data')
  }

  drained(): void {
    this.note('drained')
  }

  ended(): void {
    this.note('ended')
  }

  closed(error?: Error): void {
    this.error = error
    this.note('closed')
  }

  /** Everything that arrived, in one piece. */
  received(): Uint8Array {
    const whole = new Uint8Array(this.bytesReceived)
    let at = 0
    for (const chunk of this.chunks) {
      whole.set(chunk, at)
      at += chunk.length
    }
    return whole
  }

  has(event: ProbeEvent): boolean {
    return this.events.includes(event)
  }

  /** Calls a method of the socket; a handler call meanwhile is a violation. */
  use<T>(method: () => T): T {
    this.insideMethod = true
    try {
      return method()
    } finally {
      this.insideMethod = false
    }
  }

  /** Resolves as soon as `holds` is true after some event (or now). */
  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve()
    return new Promise((resolve) => {
      this.waiting.push({ holds, resolve })
    })
  }

  untilEvent(event: ProbeEvent): Promise<void> {
    return this.until(() => this.has(event))
  }

  untilReceived(bytes: number): Promise<void> {
    return this.until(() => this.bytesReceived >= bytes)
  }

  private note(event: ProbeEvent): void {
    if (this.insideMethod) this.violations.push(`${event} from inside a method`)
    if (this.has('closed')) this.violations.push(`${event} after closed`)
    this.events.push(event)
    this.react[event]?.()
    const met = this.waiting.filter((waiter) => waiter.holds())
    this.waiting = this.waiting.filter((waiter) => !met.includes(waiter))
    for (const waiter of met) waiter.resolve()
  }
}

/** One side of a connection under test. */
export interface ProbedSocket {
  readonly socket: StreamSocket
  readonly probe: StreamProbe
}

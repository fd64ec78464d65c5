/**
 * The UDP side of all tracker clients of this process: one socket for each address family, opened when first needed, and
 * the open transactions and connection ids on it.
 *
 * An answer counts only where transaction id, address and port are exactly those of an open request; everything else is
 * dropped unread. Each transaction settles once: answer, time-out, abort or close.
 * Limits: `MAX_TRANSACTIONS` open at once, `MAX_CONNECTIONS` connection ids kept, each for 60 s (BEP 15).
 */
import { canonicalIp } from '../../codec/ip-address.ts'
import { decodeAnswer, transactionOf, type UdpTrackerAnswer } from '../../codec/udp-tracker.ts'
import { readU32 } from '../../kernel/bytes.ts'
import { type Clock, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import { type DatagramSocket, type Datagrams, type Endpoint, formatEndpoint } from '../../kernel/network.ts'
import type { Random } from '../../kernel/random.ts'
import { TrackerError } from './tracker-error.ts'

export const CONNECTION_LIFETIME: Millis = 60 * SECOND
export const MAX_TRANSACTIONS = 1_024
export const MAX_CONNECTIONS = 256

export interface TrackerDatagramsPorts {
  readonly datagrams: Datagrams
  readonly clock: Clock
  readonly random: Random
}

type Family = 4 | 6

interface Transaction {
  readonly to: string
  readonly family: Family
  /** undefined: nobody answered in time. */
  readonly settle: (answer: UdpTrackerAnswer | undefined | Error) => void
}

export class TrackerDatagrams {
  private readonly ports: TrackerDatagramsPorts
  private readonly sockets = new Map<Family, Promise<DatagramSocket>>()
  private readonly transactions = new Map<number, Transaction>()
  private readonly connections = new Map<string, { id: Uint8Array; until: Millis }>()
  private closed = false

  constructor(ports: TrackerDatagramsPorts) {
    this.ports = ports
  }

  /**
   * Sends one packet and waits for its answer; undefined when none came within `wait`.
   * @throws TrackerError `BUSY` | `ABORTED`, UdpTrackerPacketError for a malformed answer, or the error of opening the socket
   */
  async ask(
    to: Endpoint,
    encode: (transaction: number) => Uint8Array,
    options: { readonly wait: Millis; readonly signal: AbortSignal },
  ): Promise<UdpTrackerAnswer | undefined> {
    const name = formatEndpoint(to)
    const family = to.host.includes(':') ? 6 : 4
    const socket = await this.socket(family, name)
    if (this.closed || options.signal.aborted) throw new TrackerError(name, { code: 'ABORTED' })
    if (this.transactions.size >= MAX_TRANSACTIONS)
      throw new TrackerError(name, { code: 'BUSY', limit: MAX_TRANSACTIONS })
    const transaction = this.newTransaction()
    return new Promise((resolve, reject) => {
      const timers: Timer[] = []
      const onAbort = () => settle(new TrackerError(name, { code: 'ABORTED' }))
      const settle = (answer: UdpTrackerAnswer | undefined | Error) => {
        for (const timer of timers) timer.cancel()
        options.signal.removeEventListener('abort', onAbort)
        this.transactions.delete(transaction)
        if (answer instanceof Error) reject(answer)
        else resolve(answer)
      }
      timers.push(this.ports.clock.after(options.wait, () => settle(undefined)))
      options.signal.addEventListener('abort', onAbort)
      this.transactions.set(transaction, { to: addressKey(to), family, settle })
      socket.send(encode(transaction), to)
    })
  }

  /** The connection id that this tracker gave us, while it is valid: 8 bytes. */
  connectionOf(to: Endpoint): Uint8Array | undefined {
    const connection = this.connections.get(addressKey(to))
    return connection && this.ports.clock.now() < connection.until ? connection.id : undefined
  }

  /** Whether this address has given us a connection id lately, valid or not any more: a sign that it works. */
  hasAnswered(to: Endpoint): boolean {
    return this.connections.has(addressKey(to))
  }

  remember(to: Endpoint, id: Uint8Array): void {
    const key = addressKey(to)
    this.connections.delete(key)
    this.connections.set(key, { id, until: this.ports.clock.now() + CONNECTION_LIFETIME })
    const oldest = this.connections.keys().next().value
    if (this.connections.size > MAX_CONNECTIONS && oldest !== undefined) this.connections.delete(oldest)
  }

  forget(to: Endpoint): void {
    this.connections.delete(addressKey(to))
  }

  /** Settles every open transaction as aborted and closes the sockets. */
  async close(): Promise<void> {
    this.closed = true
    for (const { to, settle } of [...this.transactions.values()]) settle(new TrackerError(to, { code: 'ABORTED' }))
    const sockets = await Promise.allSettled(this.sockets.values())
    this.sockets.clear()
    await Promise.all(sockets.map((socket) => (socket.status === 'fulfilled' ? socket.value.close() : undefined)))
  }

  private socket(family: Family, name: string): Promise<DatagramSocket> {
    if (this.closed) return Promise.reject(new TrackerError(name, { code: 'ABORTED' }))
    const open = this.sockets.get(family)
    if (open) return open
    const any = { host: family === 4 ? '0.0.0.0' : '::', port: 0 }
    const opening = this.ports.datagrams.bind(any, (bytes, from) => this.received(bytes, from))
    this.sockets.set(family, opening)
    // What could not be opened now may be later.
    opening.catch(() => this.sockets.delete(family))
    return opening
  }

  private received(bytes: Uint8Array, from: Endpoint): void {
    const transaction = transactionOf(bytes)
    const open = transaction === undefined ? undefined : this.transactions.get(transaction)
    if (open?.to !== addressKey(from)) return
    try {
      open.settle(decodeAnswer(bytes, open.family))
    } catch (error) {
      open.settle(error as Error)
    }
  }

  private newTransaction(): number {
    for (;;) {
      const transaction = readU32(this.ports.random.bytes(4), 0)
      if (!this.transactions.has(transaction)) return transaction
    }
  }
}

function addressKey({ host, port }: Endpoint): string {
  return formatEndpoint({ host: canonicalIp(host) ?? host, port })
}

/** What the tests of the wire need: a clock that is moved by hand, a socket that records, frames as bytes. */
import { concatBytes, utf8, writeU32 } from '../../kernel/bytes.ts'
import type { Clock, Millis, Timer } from '../../kernel/clock.ts'
import type { StreamHandler, StreamSocket, Streams } from '../../kernel/network.ts'
import { connectPeer, type IncomingRoute, type OutgoingOptions } from './connect.ts'
import type { PieceGeometry } from './frame-guard.ts'
import type { PeerWire } from './peer-wire.ts'
import { LoggingHandler } from './test-handler.ts'

export class ManualClock implements Clock {
  private time: Millis = 1_000
  private waiting: { at: Millis; run: () => void }[] = []

  get timers(): number {
    return this.waiting.length
  }

  now(): Millis {
    return this.time
  }

  wallTime(): Millis {
    return this.time
  }

  after(delay: Millis, run: () => void): Timer {
    const entry = { at: this.time + delay, run }
    this.waiting.push(entry)
    return {
      cancel: () => {
        this.waiting = this.waiting.filter((other) => other !== entry)
      },
    }
  }

  every(): Timer {
    throw new Error('not used by the wire')
  }

  /** Lets time pass and fires what is due, in order. */
  pass(duration: Millis): void {
    const until = this.time + duration
    for (;;) {
      const next = this.waiting.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.waiting = this.waiting.filter((other) => other !== next)
      this.time = next.at
      next.run()
    }
    this.time = until
  }
}

const LOCAL = { host: '10.0.0.1', port: 6881 }
export const REMOTE = { host: '10.0.0.2', port: 6882 }

/** Keeps what is written, copied at once. `bufferedBytes` counts it until `take`. */
export class FakeSocket implements StreamSocket {
  readonly local = LOCAL
  readonly remote = REMOTE
  /** Calls of `write`, each with its parts joined. */
  writes: Uint8Array[] = []
  destroyed = false
  paused = false

  get bufferedBytes(): number {
    return this.writes.reduce((sum, { length }) => sum + length, 0)
  }

  write(...parts: readonly Uint8Array[]): void {
    if (!this.destroyed) this.writes.push(concatBytes(parts))
  }

  /** Everything written since the last time. */
  take(): Uint8Array {
    const bytes = concatBytes(this.writes)
    this.writes = []
    return bytes
  }

  pauseReading(): void {
    this.paused = true
  }

  resumeReading(): void {
    this.paused = false
  }

  end(): void {
    throw new Error('the wire never ends its half alone')
  }

  destroy(): void {
    this.destroyed = true
  }
}

export const INFO_HASH = new Uint8Array(20).fill(0xaa)
export const OUR_ID = utf8('-SH0100-000000000001')
export const PEER_ID = utf8('-qB5030-000000000002')

/** Nine pieces of 40,000 bytes, the last of 10,000. */
export const GEOMETRY: PieceGeometry = { pieceCount: 9, sizeOf: (piece) => (piece === 8 ? 10_000 : 40_000) }

/** A handshake as bytes. `reserved`: the bits of BEP 10, BEP 6 and BEP 5, here the first two unless told otherwise. */
export function handshakeBytes({
  infoHash = INFO_HASH,
  peerId = PEER_ID,
  fast = true,
  extended = true,
  dht = false,
} = {}): Uint8Array {
  const reserved = Uint8Array.of(0, 0, 0, 0, 0, extended ? 0x10 : 0, 0, (fast ? 4 : 0) | (dht ? 1 : 0))
  return concatBytes([Uint8Array.of(19), utf8('BitTorrent protocol'), reserved, infoHash, peerId])
}

/** A frame of a message's number and the rest; numbers in `rest` are written with four bytes. */
export function frame(id: number, ...rest: readonly (number | Uint8Array)[]): Uint8Array {
  const parts = rest.map((part) => (typeof part === 'number' ? u32(part) : part))
  const body = concatBytes([Uint8Array.of(id), ...parts])
  return concatBytes([u32(body.length), body])
}

export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  writeU32(bytes, 0, value)
  return bytes
}

/** An extended frame with a text as payload. */
export function extended(id: number, payload: string): Uint8Array {
  return frame(20, Uint8Array.of(id), utf8(payload))
}

export interface TestPeer {
  readonly clock: ManualClock
  readonly socket: FakeSocket
  readonly handler: LoggingHandler
  readonly wire: PeerWire
  /** What the stream says to the connection. */
  readonly stream: Required<StreamHandler>
  /** Delivers bytes in chunks of the given size, each gone from memory right after the call; all at once without. */
  deliver(bytes: Uint8Array, chunk?: number): void
}

/** The real code gets chunks that are valid only during the call, so these are overwritten after it. */
export function deliverInChunks(stream: StreamHandler, bytes: Uint8Array, sizes: readonly number[]): void {
  let at = 0
  for (let turn = 0; at < bytes.length; turn++) {
    const chunk = bytes.slice(at, at + (sizes[turn % sizes.length] as number))
    stream.data(chunk)
    at += chunk.length
    chunk.fill(0xee)
  }
}

export function optionsFor(clock: Clock, changed: Partial<IncomingRoute> = {}) {
  return {
    clock,
    geometry: GEOMETRY,
    infoHash: INFO_HASH,
    listenPort: 6881,
    uploadOnly: false,
    extensions: ['ut_metadata'],
    ...changed,
  }
}

/** A connection that we dial; not yet connected. */
export function dial(changed: Partial<OutgoingOptions> = {}): TestPeer {
  const clock = new ManualClock()
  const socket = new FakeSocket()
  const handler = new LoggingHandler()
  let stream: StreamHandler | undefined
  const streams: Streams = {
    connect(_to, given) {
      stream = given
      return socket
    },
    listen: () => Promise.reject(new Error('not used here')),
  }
  const wire = connectPeer(streams, REMOTE, handler, { ...optionsFor(clock, changed), peerId: OUR_ID })
  const attached = stream as unknown as Required<StreamHandler>
  const deliver = (bytes: Uint8Array, chunk = bytes.length) => deliverInChunks(attached, bytes, [Math.max(1, chunk)])
  return { clock, socket, handler, wire, stream: attached, deliver }
}

/** A connection that we dial, connected; our handshake is taken. */
export function dialled(): TestPeer {
  const peer = dial()
  peer.stream.connected()
  peer.socket.take()
  return peer
}

/** A connection on which both handshakes (not the extended ones) have gone; what we wrote so far is taken. */
export function live(options: Parameters<typeof handshakeBytes>[0] = {}): TestPeer {
  const peer = dialled()
  peer.deliver(handshakeBytes(options))
  peer.socket.take()
  return peer
}

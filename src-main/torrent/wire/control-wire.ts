/**
 * The control plane of a peer connection: handshake, choke, interest, have, bitfield, port, fast (BEP 6) and extended
 * (BEP 10) messages, by the package `bittorrent-protocol`.
 *
 * The package is a stream, and streams deliver in a later microtask. Here it works within the call instead: a whole frame
 * goes into the hook that a writable side offers to its own subclasses (`_write`), where the package parses it before the
 * hook returns; and what the package sends is taken where it hands it to its readable side (`push`). So neither direction
 * can change place with a bulk message, and nothing of the stream ever waits.
 *
 * Not used of the package: its request and piece queues, `setTimeout`, `setKeepAlive` (its only timers) and encryption.
 * Its rate meters read the system's clock once when they are made, and its debug name is random; neither reaches the
 * wire nor leaves anything behind.
 *
 * Only frames that the frame guard has passed and whose number and order are right may go in.
 */
import Wire from 'bittorrent-protocol'
import { encodeBencode } from '../../codec/bencode.ts'
import { writeU32 } from '../../kernel/bytes.ts'
import { MESSAGE } from './messages.ts'
import type { ExtendedUpdate } from './peer-wire.ts'

export interface ControlEvents {
  choked(): void
  unchoked(): void
  interested(): void
  notInterested(): void
  have(piece: number): void
  bitfield(bytes: Uint8Array): void
  haveAll(): void
  haveNone(): void
  port(port: number): void
  extendedHandshake(): void
  extendedMessage(name: string, payload: Uint8Array): void
  /** Bytes to send, in order. */
  send(bytes: Uint8Array): void
  /** The package refused what the peer sent; the guard should have done so before. */
  refused(): void
}

export interface ControlOptions {
  /** Reserved bit of BEP 5. */
  readonly dht: boolean
  /** Names of the extensions we offer; numbered from 1. */
  readonly extensions: readonly string[]
  /** Our extended handshake without `m`. */
  readonly extendedHandshake: Record<string, string | number>
}

export class ControlWire extends Wire {
  private readonly events: ControlEvents
  private readonly offered: { dht: boolean; fast: boolean; extended: boolean }

  constructor(options: ControlOptions, events: ControlEvents) {
    super()
    this.events = events
    this.offered = { dht: options.dht, fast: true, extended: true }
    // Set before our handshake goes out, so that the peer's first frames are judged by what both offer.
    this.extensions = this.offered
    this.extendedHandshake = options.extendedHandshake
    this.extendedMapping = Object.fromEntries(options.extensions.map((name, index) => [index + 1, name]))
    this.translate()
  }

  /** Takes the peer's 68 bytes, or a whole frame; they are the package's from then on. */
  receive(bytes: Uint8Array): void {
    this._write(bytes, nothing)
  }

  /** Sends another extended handshake with what has changed. Both sides have greeted and speak BEP 10. */
  update({ uploadOnly, extensions = {} }: ExtendedUpdate): void {
    const m: Record<string, number> = {}
    for (const [id, name] of Object.entries(this.extendedMapping)) {
      const taken = extensions[name]
      if (taken !== undefined) m[name] = taken ? Number(id) : 0
    }
    const flag = uploadOnly === undefined ? {} : { upload_only: uploadOnly ? 1 : 0 }
    this.extended(0, encodeBencode({ m, ...flag }))
  }

  /** Sends our 68 bytes, and our extended handshake as soon as the peer's bits are known to allow it. */
  greet(infoHash: Uint8Array, peerId: Uint8Array): void {
    this.handshake(infoHash, peerId, this.offered)
  }

  override push(data: Uint8Array | null): boolean {
    if (data) this.events.send(data)
    return true
  }

  override end(): this {
    this.events.refused()
    return this
  }

  private translate(): void {
    const { events } = this
    this.on('choke', () => events.choked())
    this.on('unchoke', () => events.unchoked())
    this.on('interested', () => events.interested())
    this.on('uninterested', () => events.notInterested())
    this.on('have', (piece) => events.have(piece))
    this.on('bitfield', (bits) => events.bitfield(bits.buffer))
    this.on('have-all', () => events.haveAll())
    this.on('have-none', () => events.haveNone())
    this.on('port', (port) => events.port(port))
    this.on('extended', (name, payload) => {
      if (name === 'handshake') events.extendedHandshake()
      else if (typeof name === 'string') events.extendedMessage(name, payload as Uint8Array)
    })
  }
}

/** A whole extended frame: length, 20, the extension's number, payload. */
export function extendedFrame(extension: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(6 + payload.length)
  writeU32(frame, 0, 2 + payload.length)
  frame[4] = MESSAGE.EXTENDED
  frame[5] = extension
  frame.set(payload, 6)
  return frame
}

function nothing(): void {}

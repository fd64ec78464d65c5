/**
 * Cuts a byte stream into messages. The announced length is held against the command's largest size and against what the
 * connection allows at present before a byte of the payload is taken; then the payload gets one array of that length.
 * Messages that we do not know are skipped by their length and never buffered, so their checksum is not looked at.
 *
 * Holds at most one payload. Every message of a chunk is delivered in its `push`, unless `stop` is called meanwhile: who
 * stops reading from the network still gets what has already come. After an error it must not be used again.
 */
import { bytesEqual } from '../../kernel/bytes.ts'
import { checksumOf, decodeEnvelope, ENVELOPE_BYTES, type Envelope, MAX_PAYLOAD_BYTES } from './messages/envelope.ts'
import { type Command, decodeMessage, type Message, maxPayloadOf, WireError } from './messages/index.ts'

export interface MessageReceiver {
  /** `size`: bytes on the wire, envelope included. */
  message(message: Message, size: number): void
  /** One that we do not know has gone by. */
  skipped(command: string, size: number): void
}

type State =
  | { readonly name: 'envelope' }
  | { readonly name: 'payload'; readonly envelope: Envelope; readonly payload: Uint8Array }
  | { readonly name: 'skipping'; readonly envelope: Envelope }
  | { readonly name: 'stopped' }

export class MessageReader {
  /** Largest payload that is taken now, of whatever command. */
  allowance = MAX_PAYLOAD_BYTES
  readonly #magic: Uint8Array
  readonly #receiver: MessageReceiver
  readonly #envelope = new Uint8Array(ENVELOPE_BYTES)
  #state: State = { name: 'envelope' }
  /** Bytes of the envelope or payload that are here, or of what is skipped that have gone by. */
  #filled = 0

  /** @param magic 4 bytes: the network's */
  constructor(magic: Uint8Array, receiver: MessageReceiver) {
    this.#magic = magic
    this.#receiver = receiver
  }

  /** Takes the next bytes, which are copied. @throws WireError */
  push(bytes: Uint8Array): void {
    let rest = bytes
    while (rest.length > 0 && this.#state.name !== 'stopped') rest = rest.subarray(this.#take(rest))
  }

  /** Nothing is delivered from now on. */
  stop(): void {
    this.#state = { name: 'stopped' }
  }

  /** Returns how many bytes were used: at least one. */
  #take(bytes: Uint8Array): number {
    const state = this.#state
    switch (state.name) {
      case 'envelope':
        return this.#fill(bytes, this.#envelope, () => this.#begin(decodeEnvelope(this.#envelope, this.#magic)))
      case 'payload':
        return this.#fill(bytes, state.payload, () => this.#deliver(state.envelope, state.payload))
      case 'skipping': {
        const used = Math.min(bytes.length, state.envelope.length - this.#filled)
        this.#filled += used
        if (this.#filled === state.envelope.length) this.#skip(state.envelope)
        return used
      }
      case 'stopped':
        return bytes.length
    }
  }

  #fill(bytes: Uint8Array, into: Uint8Array, whole: () => void): number {
    const used = Math.min(bytes.length, into.length - this.#filled)
    into.set(used === bytes.length ? bytes : bytes.subarray(0, used), this.#filled)
    this.#filled += used
    if (this.#filled === into.length) whole()
    return used
  }

  /** envelope -> payload | skipping | envelope */
  #begin(envelope: Envelope): void {
    const { command, length } = envelope
    const most = maxPayloadOf(command)
    const limit = Math.min(most ?? MAX_PAYLOAD_BYTES, this.allowance)
    if (length > limit) throw new WireError({ code: 'TOO_LARGE', command, size: length, limit })
    this.#filled = 0
    if (most === undefined) {
      if (length === 0) this.#skip(envelope)
      else this.#state = { name: 'skipping', envelope }
      return
    }
    const payload = new Uint8Array(length)
    if (length === 0) this.#deliver(envelope, payload)
    else this.#state = { name: 'payload', envelope, payload }
  }

  /** payload | envelope -> envelope */
  #deliver({ command, length, checksum }: Envelope, payload: Uint8Array): void {
    if (!bytesEqual(checksumOf(payload), checksum)) throw new WireError({ code: 'WRONG_CHECKSUM', command })
    this.#next()
    this.#receiver.message(decodeMessage(command as Command, payload), ENVELOPE_BYTES + length)
  }

  /** skipping | envelope -> envelope */
  #skip({ command, length }: Envelope): void {
    this.#next()
    this.#receiver.skipped(command, ENVELOPE_BYTES + length)
  }

  #next(): void {
    this.#state = { name: 'envelope' }
    this.#filled = 0
  }
}

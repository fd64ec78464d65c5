import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concatBytes, utf8 } from '../../kernel/bytes.ts'
import { codeOf } from '../../kernel/errors.ts'
import { anyMessage } from '../test-support/network-messages.ts'
import { MessageReader } from './message-reader.ts'
import { encodeEnvelope, MAX_PAYLOAD_BYTES } from './messages/envelope.ts'
import { commands, encodeMessage, type Message, maxPayloadOf, WireError } from './messages/index.ts'

const MAGIC = Uint8Array.of(0xfc, 0x53, 0x48, 0x4c)
const runs = process.env.SHOAL_LONG === '1' ? 2_000 : 50

type Entry = { readonly message: Message; readonly size: number } | { readonly skipped: string; readonly size: number }

function reading(): { reader: MessageReader; log: Entry[] } {
  const log: Entry[] = []
  const reader = new MessageReader(MAGIC, {
    message: (message, size) => log.push({ message, size }),
    skipped: (skipped, size) => log.push({ skipped, size }),
  })
  return { reader, log }
}

function wire(message: Message): Uint8Array {
  return concatBytes(encodeMessage(MAGIC, message))
}

/** A message with any command and payload, its envelope right. */
function framed(command: string, payload: Uint8Array): Uint8Array {
  return concatBytes([encodeEnvelope(MAGIC, command, payload), payload])
}

function refusal(push: () => void): WireError {
  try {
    push()
  } catch (error) {
    if (error instanceof WireError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('framing', () => {
  test('messages come out as they went in, however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(anyMessage, { minLength: 1, maxLength: 5 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 200 })),
        (messages, sizes) => {
          const stream = concatBytes(messages.map(wire))
          const { reader, log } = reading()
          for (let at = 0; at < stream.length; ) {
            const size = sizes.next().value as number
            // The stream's buffer is used again after each call.
            const chunk = stream.slice(at, at + size)
            reader.push(chunk)
            chunk.fill(0xee)
            at += size
          }
          expect(log).toEqual(messages.map((message) => ({ message, size: wire(message).length })))
        },
      ),
      { seed: 61, numRuns: runs },
    )
  })

  test('every place to cut two messages gives the same', () => {
    const first: Message = { command: 'ping', nonce: 1n }
    const second: Message = { command: 'verack' }
    const stream = concatBytes([wire(first), framed('unheardof', new Uint8Array(9)), wire(second)])
    for (let at = 0; at <= stream.length; at++) {
      const { reader, log } = reading()
      reader.push(stream.slice(0, at))
      reader.push(stream.slice(at))
      expect(log).toEqual([
        { message: first, size: 32 },
        { skipped: 'unheardof', size: 33 },
        { message: second, size: 24 },
      ])
    }
  })

  test('a block of four million bytes arrives in pieces of 64 KiB', () => {
    const payload = new Uint8Array(MAX_PAYLOAD_BYTES).map((_, i) => i % 251)
    const stream = wire({ command: 'block', payload })
    const { reader, log } = reading()
    for (let at = 0; at < stream.length; at += 0x1_0000) reader.push(stream.subarray(at, at + 0x1_0000))
    expect(log).toHaveLength(1)
    const [entry] = log
    if (entry === undefined || !('message' in entry) || entry.message.command !== 'block') throw new Error('no block')
    expect(Buffer.compare(entry.message.payload, payload)).toBe(0)
  })

  test('stopping in the middle of a chunk delivers nothing more', () => {
    const log: string[] = []
    const reader: MessageReader = new MessageReader(MAGIC, {
      message: ({ command }) => {
        log.push(command)
        reader.stop()
      },
      skipped: () => log.push('skipped'),
    })
    reader.push(concatBytes([wire({ command: 'verack' }), wire({ command: 'getaddr' })]))
    reader.push(wire({ command: 'mempool' }))
    expect(log).toEqual(['verack'])
  })
})

describe('ceilings', () => {
  test.each(commands)('%s above its ceiling is refused by its envelope alone', (command) => {
    const limit = maxPayloadOf(command) as number
    const { reader, log } = reading()
    const envelope = encodeEnvelope(MAGIC, command, new Uint8Array(limit + 1))
    const { fault } = refusal(() => reader.push(envelope))
    expect(fault).toEqual({ code: 'TOO_LARGE', command, size: limit + 1, limit })
    expect(log).toEqual([])
  })

  test('an announced length of four gigabytes allocates nothing', () => {
    const envelope = encodeEnvelope(MAGIC, 'block', new Uint8Array(0))
    envelope.set([0xff, 0xff, 0xff, 0xff], 16)
    expect(refusal(() => reading().reader.push(envelope)).code).toBe('TOO_LARGE')
  })

  test('what the connection allows counts, too, and from the next message on', () => {
    const { reader, log } = reading()
    reader.allowance = 100
    const small = wire({ command: 'tx', payload: new Uint8Array(100) })
    reader.push(small)
    expect(log).toHaveLength(1)
    const large = encodeEnvelope(MAGIC, 'tx', new Uint8Array(101))
    expect(refusal(() => reader.push(large)).fault).toMatchObject({ code: 'TOO_LARGE', limit: 100 })
  })

  test('unknown messages go by up to four million bytes and are not kept', () => {
    const { reader, log } = reading()
    const payload = new Uint8Array(MAX_PAYLOAD_BYTES)
    reader.push(framed('unheardof', payload))
    reader.push(framed('x', new Uint8Array(0)))
    expect(log).toEqual([
      { skipped: 'unheardof', size: 24 + MAX_PAYLOAD_BYTES },
      { skipped: 'x', size: 24 },
    ])
    const more = encodeEnvelope(MAGIC, 'unheardof', new Uint8Array(MAX_PAYLOAD_BYTES + 1))
    expect(refusal(() => reader.push(more)).code).toBe('TOO_LARGE')
  })
})

describe('what is refused', () => {
  test('another magic, with nobody to blame', () => {
    const other = concatBytes(encodeMessage(Uint8Array.of(0xf9, 0xbe, 0xb4, 0xd9), { command: 'verack' }))
    const error = refusal(() => reading().reader.push(other))
    expect([error.code, error.blame]).toEqual(['WRONG_MAGIC', 'disconnect'])
    expect(error.message).toContain('f9beb4d9')
  })

  test('a wrong checksum', () => {
    const bytes = wire({ command: 'ping', nonce: 7n })
    bytes[bytes.length - 1] = 1
    const error = refusal(() => reading().reader.push(bytes))
    expect([error.code, error.blame]).toEqual(['WRONG_CHECKSUM', 'disconnect'])
  })

  test.each([
    ['no name', ''],
    ['letters after a zero', 'pi\0ng'],
    ['a control character', 'pi\nng'],
    ['a blank', 'pi ng'],
    ['a byte above ASCII', 'pïng'],
  ])('a command with %s', (_, command) => {
    const error = refusal(() => reading().reader.push(framed(command, utf8('x'))))
    expect([error.code, error.blame]).toEqual(['BAD_COMMAND', 'discourage'])
  })

  test('a payload that its codec refuses', () => {
    const error = refusal(() => reading().reader.push(framed('ping', new Uint8Array(7))))
    expect(error.fault).toEqual({ code: 'MALFORMED', command: 'ping', what: 'TOO_SHORT' })
    expect(error.blame).toBe('discourage')
    expect(codeOf(error.cause)).toBe('TOO_SHORT')
  })

  test('any bytes are messages or a WireError', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.uint8Array({ maxLength: 60 }), anyMessage.map(wire)), { maxLength: 6 }),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        (parts, at, value) => {
          const stream = concatBytes(parts)
          if (stream.length > 0) stream[at % stream.length] = value
          const { reader } = reading()
          try {
            for (let i = 0; i < stream.length; i += 7) reader.push(stream.slice(i, i + 7))
          } catch (error) {
            if (!(error instanceof WireError)) throw error
          }
        },
      ),
      { seed: 62, numRuns: 10 * runs },
    )
  })
})

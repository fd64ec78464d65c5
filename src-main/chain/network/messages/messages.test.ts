import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concatBytes } from '../../../kernel/bytes.ts'
import { codeOf } from '../../../kernel/errors.ts'
import { messageOf } from '../../test-support/network-messages.ts'
import { ENVELOPE_BYTES, MAX_PAYLOAD_BYTES } from './envelope.ts'
import { type Command, commands, decodeMessage, encodeMessage, type Message, maxPayloadOf, WireError } from './index.ts'

const runs = process.env.SHOAL_LONG === '1' ? 5_000 : 60
const MAGIC = Uint8Array.of(0xfc, 0x53, 0x48, 0x4c)

function payloadOf(message: Message): Uint8Array {
  return concatBytes(encodeMessage(MAGIC, message)).subarray(ENVELOPE_BYTES)
}

/** The error that reading brought; anything but a WireError fails the test. */
function refusal(command: Command, payload: Uint8Array): string | undefined {
  try {
    decodeMessage(command, payload)
    return undefined
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return error.fault.code === 'MALFORMED' ? error.fault.what : codeOf(error)
  }
}

describe.each(commands)('%s', (command) => {
  test('comes back as it was sent', () => {
    fc.assert(
      fc.property(messageOf(command), (message) => {
        expect(decodeMessage(command, payloadOf(message))).toEqual(message)
      }),
      { seed: 51, numRuns: runs },
    )
  })

  test('an array of its bytes is read the same wherever it lies in memory', () => {
    fc.assert(
      fc.property(messageOf(command), fc.integer({ min: 1, max: 9 }), (message, offset) => {
        const payload = payloadOf(message)
        const moved = new Uint8Array(offset + payload.length + 3)
        moved.set(payload, offset)
        expect(decodeMessage(command, moved.subarray(offset, offset + payload.length))).toEqual(message)
      }),
      { seed: 52, numRuns: 20 },
    )
  })

  test('any bytes are a message or a WireError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        refusal(command, bytes)
      }),
      { seed: 53, numRuns: 5 * runs },
    )
  })

  test('a changed byte of a message is a message or a WireError, and what is read can be sent again', () => {
    fc.assert(
      fc.property(messageOf(command), fc.nat(), u8, (message, at, value) => {
        const payload = payloadOf(message).slice()
        if (payload.length > 0) payload[at % payload.length] = value
        if (refusal(command, payload) !== undefined) return
        const read = decodeMessage(command, payload)
        // The time of a `version` is a number of 64 bits of which only 53 are kept.
        if (read.command === 'version' && !Number.isSafeInteger(read.time)) return
        expect(decodeMessage(command, payloadOf(read))).toEqual(read)
      }),
      { seed: 54, numRuns: 3 * runs },
    )
  })

  test('its ceiling is within the protocol, and one byte above it is refused', () => {
    const limit = maxPayloadOf(command) as number
    expect(limit).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES)
    expect(refusal(command, new Uint8Array(limit + 1))).toBe('TOO_LARGE')
  })
})

const u8 = fc.integer({ min: 0, max: 0xff })

/** Those whose end is not the end of their last field: a later `version` may be longer, the others are bytes as they came. */
const openEnded = new Set<Command>(['version', 'reject', 'block', 'tx', 'cmpctblock', 'getblocktxn', 'blocktxn'])

describe.each(commands.filter((command) => !openEnded.has(command)))('%s, whole or not at all', (command) => {
  test('every truncation and every byte more is refused', () => {
    fc.assert(
      fc.property(messageOf(command), (message) => {
        const payload = payloadOf(message)
        for (let length = 0; length < payload.length; length++)
          expect(refusal(command, payload.subarray(0, length))).toBeDefined()
        const longer = refusal(command, concatBytes([payload, Uint8Array.of(0)]))
        expect(['TRAILING_BYTES', 'TOO_LARGE']).toContain(longer)
      }),
      { seed: 55, numRuns: 10 },
    )
  })
})

test('a message that is not known has no ceiling of its own', () => {
  expect(maxPayloadOf('filterload')).toBeUndefined()
  expect(maxPayloadOf('constructor')).toBeUndefined()
})

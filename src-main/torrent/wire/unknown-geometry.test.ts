/** A connection for a torrent of which only the info hash is known: its piece count is whatever the peer says. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concatBytes } from '../../kernel/bytes.ts'
import { MAX_PIECE_COUNT, UNKNOWN_GEOMETRY } from './frame-guard.ts'
import { bitfieldLength } from './messages.ts'
import { MAX_IDLE_TELLINGS } from './reception.ts'
import { dial, frame, handshakeBytes, type TestPeer } from './test-support.ts'

function live(): TestPeer {
  const peer = dial({ geometry: UNKNOWN_GEOMETRY })
  peer.stream.connected()
  peer.deliver(handshakeBytes())
  peer.socket.take()
  return peer
}

const told = (...frames: Uint8Array[]) => {
  const peer = live()
  peer.deliver(concatBytes(frames))
  return peer.handler.afterHandshake
}
const refused = (violation: string) => [['closed', { code: 'PROTOCOL', violation }]]

describe('while the piece count is unknown', () => {
  test.each([
    ['a bitfield of 9 pieces', frame(5, Uint8Array.of(255, 1))],
    ['an empty bitfield', frame(5)],
    ['the bitfield of the largest torrent', frame(5, new Uint8Array(bitfieldLength(MAX_PIECE_COUNT) - 1))],
    ['have-all', frame(14)],
    ['have-none', frame(15)],
    ['a have', frame(4, 3)],
    ['the last have there can be', frame(4, MAX_PIECE_COUNT - 1)],
    ['a suggestion', frame(13, 7)],
    ['an allowed piece', frame(17, 7)],
    ['a block that nobody asked for', frame(7, 5, 0, new Uint8Array(100))],
  ])('%s is passed over', (name, bytes) => {
    const calls = told(bytes, frame(1))
    expect(calls.at(-1)).toEqual(['unchoked'])
    expect(calls.slice(0, -1).map(([call]) => call)).toEqual(
      name.startsWith('a block') ? ['blockTarget', 'blockReceived'] : [],
    )
  })

  test('any number of haves', () => {
    const many = Array.from({ length: 5_000 }, (_, n) => frame(4, n * 100))
    expect(told(...many, frame(1))).toEqual([['unchoked']])
  })

  test('a bitfield of more pieces than there can be closes', () => {
    const length = bitfieldLength(MAX_PIECE_COUNT) + 1
    expect(told(frame(5, new Uint8Array(length - 1)))).toEqual(refused(`message 5 of ${length} bytes`))
  })

  test('a have beyond the last piece there can be closes', () => {
    expect(told(frame(4, MAX_PIECE_COUNT))).toEqual(refused(`message 4 for piece ${MAX_PIECE_COUNT}`))
  })

  test('pieces told over and over close', () => {
    const bitfields = Array.from({ length: MAX_IDLE_TELLINGS }, () => frame(5, new Uint8Array(1_000)))
    expect(told(...bitfields)).toEqual([])
    expect(told(...bitfields, frame(14))).toEqual(refused('pieces told over and over'))
  })

  test('a request is rejected, as we have nothing', () => {
    const peer = live()
    peer.deliver(frame(6, 40_000, 0, 16_384))
    expect(peer.socket.take()).toEqual(frame(16, 40_000, 0, 16_384))
    expect(peer.handler.afterHandshake).toEqual([])
  })

  test('whatever comes, nothing is thrown, and haves and bitfields are never told', () => {
    const piece = fc.nat({ max: 2 * MAX_PIECE_COUNT })
    const one = fc.oneof(
      fc.tuple(fc.constantFrom(4, 13, 17), piece).map(([id, at]) => frame(id, at)),
      fc.uint8Array({ maxLength: 2_000 }).map((bits) => frame(5, bits)),
      fc.constantFrom(frame(0), frame(1), frame(14), frame(15)),
      fc.tuple(fc.constantFrom(6, 8, 16), piece, piece, piece).map(([id, a, b, c]) => frame(id, a, b, c)),
      fc.uint8Array({ maxLength: 30 }).map((bytes) => frame(20, bytes)),
    )
    fc.assert(
      fc.property(fc.array(one, { maxLength: 60 }), fc.integer({ min: 1, max: 50 }), (frames, chunk) => {
        const peer = live()
        peer.deliver(concatBytes(frames), chunk)
        const calls = new Set(peer.handler.afterHandshake.map(([name]) => name))
        expect(calls.has('have') || calls.has('bitfield')).toBe(false)
      }),
      { seed: 41, numRuns: process.env.SHOAL_LONG === '1' ? 5_000 : 150 },
    )
  })
})

/**
 * However the bytes of a peer are cut, the handler hears the same calls in the order of the bytes, all of them before
 * `data` returns, although control messages pass through a package that is a stream.
 */
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { concatBytes, utf8 } from '../../kernel/bytes.ts'
import type { Bitfield } from '../bitfield.ts'
import type { BlockAddress } from './peer-wire.ts'
import { blockBytes } from './test-handler.ts'
import { deliverInChunks, dialled, extended, frame, handshakeBytes, live, type TestPeer, u32 } from './test-support.ts'

const RUNS = process.env.SHOAL_LONG === '1' ? 5_000 : 200
vi.setConfig({ testTimeout: 120_000 })

/** A frame and the calls that it makes by itself, whatever came before. */
interface Step {
  readonly bytes: Uint8Array
  readonly calls: readonly unknown[][]
}

const piece = (block: BlockAddress, wanted: boolean): Step => ({
  bytes: frame(7, block.piece, block.begin, blockBytes(block)),
  calls: wanted
    ? [
        ['blockTarget', block, true],
        ['blockReceived', block, true],
      ]
    : [['blockTarget', block, false]],
})
const addressed = (id: 6 | 8 | 16, name: string, block: BlockAddress): Step => ({
  bytes: frame(id, block.piece, block.begin, block.length),
  calls: [[name, block]],
})
const told = (bytes: Uint8Array, ...call: unknown[]): Step => ({ bytes, calls: call.length > 0 ? [call] : [] })

/** Odd pieces are not wanted. */
const isWanted = (block: BlockAddress) => block.piece % 2 === 0

function unchokedPeer(): TestPeer {
  const peer = live()
  peer.handler.wants = isWanted
  peer.wire.unchoke()
  return peer
}

/** Every kind of message, small blocks so that each byte boundary can be tried. */
const EVERY_KIND: readonly Step[] = [
  told(frame(5, Uint8Array.of(0x10, 0)), 'bitfield', [0x10, 0]),
  told(frame(1), 'unchoked'),
  piece({ piece: 2, begin: 5, length: 7 }, true),
  told(frame(4, 6), 'have', 6),
  addressed(6, 'requested', { piece: 1, begin: 0, length: 16_384 }),
  told(u32(0)),
  told(frame(2), 'interested'),
  addressed(8, 'cancelled', { piece: 1, begin: 0, length: 16_384 }),
  piece({ piece: 3, begin: 0, length: 40 }, false),
  told(frame(99, new Uint8Array(30))),
  told(frame(0), 'choked'),
  addressed(16, 'rejected', { piece: 2, begin: 0, length: 100 }),
  told(extended(1, 'd1:ai1ee..'), 'extendedMessage', 'ut_metadata', [...utf8('d1:ai1ee..')]),
  piece({ piece: 8, begin: 9_999, length: 1 }, true),
  told(frame(17, 4)),
  told(frame(3), 'notInterested'),
  told(frame(9, Uint8Array.of(0x1a, 0xe1)), 'port', 6881),
  addressed(6, 'requested', { piece: 0, begin: 3, length: 1 }),
  told(extended(7, 'd')),
  piece({ piece: 0, begin: 0, length: 20 }, true),
]
const BYTES = concatBytes(EVERY_KIND.map(({ bytes }) => bytes))
const CALLS = EVERY_KIND.flatMap(({ calls }) => calls)
const BOUNDARIES = Array.from({ length: BYTES.length + 1 }, (_, at) => at)

describe('every kind of message', () => {
  test('in one chunk', async () => {
    const { deliver, handler } = unchokedPeer()
    deliver(BYTES)
    expect(handler.afterHandshake).toEqual(CALLS)
    await Promise.resolve()
    expect(handler.afterHandshake).toHaveLength(CALLS.length)
  })

  test.each([1, 2, 3, 5, 13, 17])('in chunks of %i bytes', (size) => {
    const { deliver, handler } = unchokedPeer()
    deliver(BYTES, size)
    expect(handler.afterHandshake).toEqual(CALLS)
  })

  test('cut in two at every byte', () => {
    for (const at of BOUNDARIES) {
      const { deliver, handler } = unchokedPeer()
      deliver(BYTES.subarray(0, at))
      deliver(BYTES.subarray(at))
      expect(handler.afterHandshake, `cut at ${at}`).toEqual(CALLS)
    }
  })

  test('with the handshake in front, cut at every byte of it', () => {
    const greeting = handshakeBytes()
    for (let at = 0; at <= greeting.length; at++) {
      const { handler } = unchokedPeerFromTheStart(at, concatBytes([greeting, BYTES]))
      expect(handler.afterHandshake, `cut at ${at}`).toEqual(CALLS)
    }
  })

  test('cut off at every byte: what was whole is told, nothing closes', () => {
    for (const at of BOUNDARIES) {
      const { deliver, handler } = unchokedPeer()
      deliver(BYTES.subarray(0, at))
      expect(handler.afterHandshake, `cut off at ${at}`).toEqual(CALLS.slice(0, handler.afterHandshake.length))
      expect(handler.reason).toBeUndefined()
    }
  })

  test.each(EVERY_KIND.map(({ bytes }, i) => [i, bytes[4] ?? 'keep-alive'] as const))(
    'message %i (number %s) before and after a request and a block',
    (i) => {
      const before = piece({ piece: 4, begin: 1, length: 3 }, true)
      const after = addressed(6, 'requested', { piece: 5, begin: 1, length: 3 })
      const steps = [before, EVERY_KIND[i] as Step, after]
      const { deliver, handler } = unchokedPeer()
      // A cancel needs its request.
      if (EVERY_KIND[i]?.bytes[4] === 8) deliver((EVERY_KIND[4] as Step).bytes)
      handler.log.length = 0
      deliver(concatBytes(steps.map(({ bytes }) => bytes)))
      expect(handler.log).toEqual(steps.flatMap(({ calls }) => calls))
    },
  )
})

/** The handler unchokes in the handshake, as the bytes behind it may already ask. */
function unchokedPeerFromTheStart(at: number, bytes: Uint8Array): TestPeer {
  const peer = dialled()
  peer.handler.wants = isWanted
  peer.handler.onHandshake = () => peer.wire.unchoke()
  peer.deliver(bytes.subarray(0, at))
  peer.deliver(bytes.subarray(at))
  return peer
}

const blockArbitrary = fc
  .tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1, max: 16_384 }))
  .map(([p, begin, length]) => ({ piece: p, begin, length }))

/** Any frame whose calls do not depend on what came before; the model adds those that do. */
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: blockArbitrary.map((block) => piece(block, isWanted(block))) },
  { weight: 2, arbitrary: blockArbitrary.map((block) => addressed(16, 'rejected', block)) },
  fc.constantFrom(
    told(frame(0), 'choked'),
    told(frame(1), 'unchoked'),
    told(frame(2), 'interested'),
    told(frame(3), 'notInterested'),
    told(u32(0)),
    told(frame(13, 1)),
    told(frame(17, 8)),
  ),
  fc.integer({ min: 1, max: 65_535 }).map((port) => told(frame(9, Uint8Array.of(port >> 8, port & 255)), 'port', port)),
  fc.uint8Array({ maxLength: 300 }).map((tail) => {
    const payload = concatBytes([utf8('de'), tail])
    return told(frame(20, Uint8Array.of(1), payload), 'extendedMessage', 'ut_metadata', [...payload])
  }),
  fc.uint8Array({ maxLength: 40_000, minLength: 0 }).map((rest) => told(frame(77, rest))),
)

describe('random frames in random chunks', () => {
  test('make the same calls as the frames one by one', () => {
    fc.assert(
      fc.property(
        fc.array(stepArbitrary, { maxLength: 30 }),
        fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 70_000 })), { minLength: 1 }),
        (steps, sizes) => {
          const { stream, handler } = unchokedPeer()
          deliverInChunks(stream, concatBytes(steps.map(({ bytes }) => bytes)), sizes)
          expect(handler.afterHandshake).toEqual(steps.flatMap(({ calls }) => calls))
        },
      ),
      { seed: 2_026, numRuns: RUNS },
    )
  })

  test('requests, cancels and haves are told once each', () => {
    const few = fc.record({
      kind: fc.constantFrom('request', 'cancel', 'have'),
      piece: fc.integer({ min: 0, max: 3 }),
    })
    fc.assert(
      fc.property(fc.array(few, { maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (steps, size) => {
        const open = new Set<number>()
        const had = new Set<number>()
        const expected: unknown[][] = []
        for (const { kind, piece: p } of steps) {
          const block = { piece: p, begin: 0, length: 10 }
          if (kind === 'request' && !open.has(p)) expected.push(['requested', block])
          if (kind === 'cancel' && open.has(p)) expected.push(['cancelled', block])
          if (kind === 'have' && !had.has(p)) expected.push(['have', p])
          if (kind === 'request') open.add(p)
          else if (kind === 'cancel') open.delete(p)
          else had.add(p)
        }
        const { deliver, handler } = unchokedPeer()
        const ids = { request: 6, cancel: 8, have: 4 } as const
        deliver(
          concatBytes(
            steps.map(({ kind, piece: p }) =>
              kind === 'have' ? frame(4, p) : frame(ids[kind as 'request'], p, 0, 10),
            ),
          ),
          size,
        )
        expect(handler.afterHandshake).toEqual(expected)
      }),
      { seed: 2_027, numRuns: RUNS },
    )
  })
})

describe('garbage', () => {
  /** Half of it with a sensible length in front, so that it gets past the first four bytes. */
  const garbage = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(fc.integer({ min: 0, max: 25 }), fc.uint8Array({ maxLength: 60 })).map(([id, rest]) => frame(id, rest)),
      fc
        .tuple(fc.constantFrom(0, 1, 2), fc.string({ unit: 'binary', maxLength: 60 }))
        .map(([id, t]) => extended(id, t)),
      fc.constantFrom(
        frame(1),
        frame(4, 1),
        frame(6, 1, 0, 10),
        frame(7, 0, 0, new Uint8Array(10)),
        extended(0, 'd1:mlee'),
      ),
    ),
    { maxLength: 20 },
  )

  test('never throws, closes at most once, and sends nothing after that', () => {
    fc.assert(
      fc.property(garbage, fc.integer({ min: 1, max: 300 }), fc.boolean(), (parts, size, fast) => {
        const peer = live({ fast })
        peer.wire.unchoke()
        peer.deliver(concatBytes(parts), size)
        const ends = peer.handler.log.filter(([name]) => name === 'closed')
        expect(ends.length).toBeLessThanOrEqual(1)
        expect(peer.socket.destroyed).toBe(ends.length === 1)
        if (ends.length === 1) expect(peer.handler.reason).toMatchObject({ code: 'PROTOCOL' })
      }),
      { seed: 2_028, numRuns: 10 * RUNS },
    )
  })

  test('from the first byte on is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        fc.pre(bytes[0] !== 19)
        const peer = dialled()
        peer.deliver(bytes)
        expect(peer.handler.log).toEqual([['closed', { code: 'PROTOCOL', violation: 'no BitTorrent handshake' }]])
      }),
      { seed: 2_029, numRuns: RUNS },
    )
  })
})

test('what we send keeps the order of the calls, whichever plane it belongs to', () => {
  const block = { piece: 1, begin: 2, length: 3 }
  const sends: readonly [(peer: TestPeer) => void, Uint8Array][] = [
    [({ wire }) => wire.have(5), frame(4, 5)],
    [({ wire }) => wire.request([block]), frame(6, 1, 2, 3)],
    [({ wire }) => wire.cancel(block), frame(8, 1, 2, 3)],
    [({ wire }) => wire.extended('ut_metadata', utf8('de')), frame(20, Uint8Array.of(9), utf8('de'))],
  ]
  fc.assert(
    fc.property(fc.array(fc.nat({ max: sends.length - 1 }), { maxLength: 40 }), fc.boolean(), (order, atOnce) => {
      const peer = live()
      peer.deliver(extended(0, 'd1:md11:ut_metadatai9eee'))
      const chosen = order.map((i) => sends[i] as (typeof sends)[number])
      const sendAll = () => {
        for (const [send] of chosen) send(peer)
      }
      peer.handler.afterEach = () => sendAll()
      if (atOnce) peer.deliver(frame(1))
      else sendAll()
      expect(peer.socket.writes).toHaveLength(atOnce ? Math.min(1, chosen.length) : chosen.length)
      expect(peer.socket.take()).toEqual(concatBytes(chosen.map(([, bytes]) => bytes)))
    }),
    { seed: 2_030, numRuns: RUNS },
  )
})

test('the bitfield handed over is of its own memory', () => {
  const peer = live()
  let bits: Bitfield | undefined
  peer.handler.bitfield = (given) => {
    bits = given
  }
  peer.deliver(concatBytes([frame(5, Uint8Array.of(0x80, 0)), frame(4, 1)]))
  expect(bits?.bytes).toEqual(Uint8Array.of(0x80, 0))
})

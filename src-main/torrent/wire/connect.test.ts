import { describe, expect, test } from 'vitest'
import { concatBytes, toHex, utf8 } from '../../kernel/bytes.ts'
import { acceptIncoming, CONNECT_LIMIT, connectPeer, type IncomingRoute } from './connect.ts'
import type { PeerWire } from './peer-wire.ts'
import { LoggingHandler } from './test-handler.ts'
import {
  deliverInChunks,
  FakeSocket,
  frame,
  handshakeBytes,
  INFO_HASH,
  ManualClock,
  OUR_ID,
  optionsFor,
  PEER_ID,
  REMOTE,
} from './test-support.ts'

/** An incoming stream; `routes` notes what the router was asked, and the handler answers as told. */
function incoming(answer: (wire: PeerWire) => void = (wire) => wire.handshake(INFO_HASH, OUR_ID), known = true) {
  const clock = new ManualClock()
  const socket = new FakeSocket()
  const handler = new LoggingHandler()
  const routes: unknown[] = []
  let wire: PeerWire | undefined
  const to: IncomingRoute = {
    ...optionsFor(clock),
    attach(attached) {
      wire = attached
      handler.onHandshake = () => answer(attached)
      return handler
    },
  }
  const stream = acceptIncoming(socket, { clock }, (infoHash, peerId, remote) => {
    routes.push([toHex(infoHash), toHex(peerId), remote])
    return known ? to : undefined
  })
  return { clock, socket, handler, routes, stream, wire: () => wire as PeerWire }
}

describe('an incoming peer', () => {
  test.each([1, 20, 67, 68, 200])('is routed by its info hash and answered, chunks of %i bytes', (size) => {
    const { stream, routes, handler, socket, clock } = incoming()
    deliverInChunks(stream, concatBytes([handshakeBytes(), frame(1), frame(4, 3)]), [size])
    expect(routes).toEqual([[toHex(INFO_HASH), toHex(PEER_ID), REMOTE]])
    expect(handler.log.map(([name]) => name)).toEqual(['handshake', 'unchoked', 'have'])
    const sent = socket.take()
    expect([...sent.subarray(0, 68)]).toEqual([...handshakeBytes({ peerId: OUR_ID })])
    expect([...sent.subarray(72, 74)]).toEqual([20, 0])
    expect(clock.timers).toBe(2)
  })

  test('gets our handshake, extended handshake and pieces in one write', () => {
    const { stream, socket } = incoming((wire) => {
      wire.handshake(INFO_HASH, OUR_ID)
      wire.have(1)
    })
    stream.data(handshakeBytes())
    expect(socket.writes).toHaveLength(1)
    expect([...socket.take().subarray(-9)]).toEqual([...frame(4, 1)])
  })

  test('may use the fast extension in the chunk of its handshake', () => {
    const { stream, handler } = incoming()
    stream.data(concatBytes([handshakeBytes(), frame(14)]))
    expect(handler.log.at(-1)).toEqual(['bitfield', [0xff, 0x80]])
  })

  test('may be refused by the swarm', () => {
    const { stream, handler, socket, clock } = incoming((wire) => wire.close({ code: 'SELF' }))
    stream.data(concatBytes([handshakeBytes(), frame(1)]))
    expect(handler.log.map(([name]) => name)).toEqual(['handshake', 'closed'])
    expect([socket.destroyed, socket.writes.length, clock.timers]).toEqual([true, 0, 0])
  })

  test('that is not answered is our mistake', () => {
    const { stream } = incoming(() => {})
    expect(() => stream.data(handshakeBytes())).toThrow('neither answered nor refused')
  })

  test('for a torrent that we do not have is disconnected without a word', () => {
    const { stream, socket, routes, clock } = incoming(undefined, false)
    stream.data(handshakeBytes())
    stream.data(frame(1))
    expect(routes).toHaveLength(1)
    expect([socket.destroyed, socket.writes.length, clock.timers]).toEqual([true, 0, 0])
  })

  test('that speaks something else is disconnected at its first byte', () => {
    const { stream, socket, routes, clock } = incoming()
    stream.data(utf8('G'))
    stream.data(utf8('ET / HTTP/1.1'))
    expect([socket.destroyed, routes.length, clock.timers]).toEqual([true, 0, 0])
  })

  test('that is slow is disconnected after ten seconds', () => {
    const { stream, socket, clock } = incoming()
    clock.pass(9_999)
    stream.data(handshakeBytes().subarray(0, 30))
    expect(socket.destroyed).toBe(false)
    clock.pass(1)
    stream.data(handshakeBytes().subarray(30))
    expect([socket.destroyed, clock.timers]).toEqual([true, 0])
  })

  test.each(['ended', 'closed'] as const)('whose stream has %s before its handshake leaves nothing', (end) => {
    const { stream, clock, handler } = incoming()
    stream[end]?.()
    stream.drained?.()
    stream.data(handshakeBytes())
    expect([clock.timers, handler.log]).toEqual([0, []])
  })

  test('is told what happens to its stream afterwards', () => {
    const { stream, handler } = incoming()
    stream.data(handshakeBytes())
    stream.drained?.()
    stream.closed(new Error('reset'))
    stream.ended?.()
    expect(handler.log.slice(1)).toEqual([['drained'], ['closed', { code: 'NETWORK', error: new Error('reset') }]])
  })
})

test('a peer is dialled with a time limit, and that it cannot be reached is told', () => {
  const handler = new LoggingHandler()
  const clock = new ManualClock()
  let fail: ((error?: Error) => void) | undefined
  const asked: unknown[] = []
  const streams = {
    connect: (to: unknown, stream: { closed(error?: Error): void }, options: unknown) => {
      asked.push(to, options)
      fail = (error) => stream.closed(error)
      return new FakeSocket()
    },
    listen: () => Promise.reject(new Error('not used here')),
  }
  connectPeer(streams, REMOTE, handler, { ...optionsFor(clock), peerId: OUR_ID })
  expect(asked).toEqual([REMOTE, { timeout: CONNECT_LIMIT }])
  const error = new Error('refused')
  fail?.(error)
  expect(handler.log).toEqual([['closed', { code: 'NETWORK', error }]])
})

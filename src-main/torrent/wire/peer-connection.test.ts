import { describe, expect, test } from 'vitest'
import { decodeBencode } from '../../codec/bencode.ts'
import { concatBytes, textOf, utf8 } from '../../kernel/bytes.ts'
import { Bitfield } from '../bitfield.ts'
import { MAX_UNREAD_REJECTS } from './peer-connection.ts'
import { BLOCK_LENGTH, MAX_INBOUND_REQUESTS } from './peer-wire.ts'
import { MAX_IDLE_TELLINGS } from './reception.ts'
import { blockBytes } from './test-handler.ts'
import {
  dial,
  extended,
  frame,
  handshakeBytes,
  INFO_HASH,
  live,
  OUR_ID,
  PEER_ID,
  type TestPeer,
  u32,
} from './test-support.ts'

const BLOCK = { piece: 3, begin: 16_384, length: 16_384 }
const request = ({ piece, begin, length }: typeof BLOCK) => frame(6, piece, begin, length)
const block = (address: typeof BLOCK) => frame(7, address.piece, address.begin, blockBytes(address))
const PROTOCOL = { code: 'PROTOCOL', violation: expect.any(String) }

function expectClosed({ handler, socket, clock }: TestPeer, reason: object): void {
  expect(handler.reason).toEqual(reason)
  expect(handler.log.filter(([name]) => name === 'closed')).toHaveLength(1)
  expect(socket.destroyed).toBe(true)
  expect(clock.timers).toBe(0)
}

/** Inbound requests for distinct blocks: pieces of 40,000 bytes asked for by the byte. */
function manyRequests(count: number, length = 1): Uint8Array {
  return concatBytes(Array.from({ length: count }, (_, i) => frame(6, i % 8, Math.floor(i / 8), length)))
}

describe('the handshake', () => {
  test('goes out as soon as the connection stands, byte for byte', () => {
    const { stream, socket } = dial()
    expect(socket.take()).toHaveLength(0)
    stream.connected()
    const expected = [19, ...utf8('BitTorrent protocol'), 0, 0, 0, 0, 0, 0x10, 0, 4, ...INFO_HASH, ...OUR_ID]
    expect([...socket.take()]).toEqual(expected)
  })

  test.each([1, 3, 19, 20, 48, 67, 68])('of the peer is read from chunks of %i bytes', (size) => {
    const { stream, deliver, handler } = dial()
    stream.connected()
    deliver(concatBytes([handshakeBytes(), frame(1)]), size)
    expect(handler.log).toEqual([
      ['handshake', { infoHash: INFO_HASH, peerId: PEER_ID, fast: true, extended: true, dht: false }],
      ['unchoked'],
    ])
  })

  test('is followed by our extended handshake, to a peer that knows them', () => {
    const { stream, deliver, socket } = dial({ uploadOnly: true })
    stream.connected()
    socket.take()
    deliver(handshakeBytes())
    const sent = socket.take()
    expect([...sent.subarray(4, 6)]).toEqual([20, 0])
    expect(textOf(sent.subarray(6))).toBe(
      'd1:md11:ut_metadatai1ee1:pi6881e4:reqqi2000e11:upload_onlyi1e1:v11:Shoal/0.1.0e',
    )
    deliver(frame(1))
    expect(socket.take()).toHaveLength(0)
  })

  test('is followed by nothing to a peer that does not', () => {
    const { stream, deliver, socket } = dial()
    stream.connected()
    socket.take()
    deliver(handshakeBytes({ extended: false }))
    expect(socket.take()).toHaveLength(0)
  })

  test('for another torrent closes', () => {
    const peer = dial()
    peer.stream.connected()
    peer.deliver(handshakeBytes({ infoHash: new Uint8Array(20) }))
    expectClosed(peer, { code: 'WRONG_INFO_HASH' })
  })

  test.each(Array.from({ length: 20 }, (_, i) => i))('with byte %i wrong closes at that byte', (wrong) => {
    const peer = dial()
    peer.stream.connected()
    const bytes = handshakeBytes()
    bytes[wrong] = (bytes[wrong] as number) ^ 1
    peer.deliver(bytes.subarray(0, wrong))
    expect(peer.handler.reason).toBeUndefined()
    peer.deliver(bytes.subarray(wrong, wrong + 1))
    expectClosed(peer, PROTOCOL)
  })

  test('that does not come within ten seconds closes', () => {
    const peer = dial()
    peer.clock.pass(60_000)
    peer.stream.connected()
    peer.deliver(handshakeBytes().subarray(0, 67))
    peer.clock.pass(9_999)
    expect(peer.handler.reason).toBeUndefined()
    peer.clock.pass(1)
    expectClosed(peer, { code: 'HANDSHAKE_TIMEOUT' })
  })

  test('is sent once: a second call is our mistake', () => {
    expect(() => live().wire.handshake(INFO_HASH, OUR_ID)).toThrow('before')
  })

  test('comes before anything else we send', () => {
    expect(() => dial().wire.interested()).toThrow('before our handshake')
  })
})

describe('time', () => {
  test('a keep-alive follows a minute of our silence', () => {
    const { clock, socket, wire, deliver } = live()
    clock.pass(59_000)
    wire.interested()
    expect([...socket.take()]).toEqual([0, 0, 0, 1, 2])
    clock.pass(59_999)
    deliver(frame(1))
    expect(socket.take()).toHaveLength(0)
    clock.pass(1)
    expect([...socket.take()]).toEqual([0, 0, 0, 0])
    clock.pass(60_000)
    expect([...socket.take()]).toEqual([0, 0, 0, 0])
  })

  test("two minutes of the peer's silence close", () => {
    const peer = live()
    peer.clock.pass(119_000)
    peer.deliver(u32(0))
    peer.clock.pass(119_999)
    expect(peer.handler.reason).toBeUndefined()
    peer.clock.pass(1)
    expectClosed(peer, { code: 'SILENT' })
  })
})

describe('what the peer sends', () => {
  test.each([
    ['choke', frame(0), ['choked']],
    ['unchoke', frame(1), ['unchoked']],
    ['interested', frame(2), ['interested']],
    ['not interested', frame(3), ['notInterested']],
    ['have', frame(4, 8), ['have', 8]],
    ['bitfield', frame(5, Uint8Array.of(0xa5, 0xff)), ['bitfield', [0xa5, 0x80]]],
    ['port', frame(9, Uint8Array.of(0x1a, 0xe1)), ['port', 6_881]],
    ['have all', frame(14), ['bitfield', [0xff, 0x80]]],
    ['have none', frame(15), ['bitfield', [0, 0]]],
    ['reject', frame(16, 3, 16_384, 16_384), ['rejected', BLOCK]],
  ])('%s', (_, bytes, entry) => {
    const { deliver, handler } = live()
    deliver(bytes)
    expect(handler.afterHandshake).toEqual([entry])
  })

  test('a bitfield stands in for many haves, as often as it tells of more', () => {
    const { deliver, handler } = live()
    deliver(frame(15))
    deliver(frame(4, 0))
    const grown = Array.from({ length: 8 }, (_, i) => (0xff00 >> i) & 0xff)
    for (const byte of grown) deliver(frame(5, Uint8Array.of(byte, 0)))
    deliver(frame(14))
    const bitfields = [...grown.map((byte) => [byte, 0]), [0xff, 0x80]]
    expect(handler.afterHandshake).toEqual([
      ['bitfield', [0, 0]],
      ['have', 0],
      ...bitfields.map((bits) => ['bitfield', bits]),
    ])
  })

  test.each([
    ['suggest', frame(13, 3)],
    ['allowed fast', frame(17, 3)],
    ['keep-alive', u32(0)],
    ['port 0', frame(9, Uint8Array.of(0, 0))],
    ['an unknown message', frame(99, new Uint8Array(1_000))],
    ['an extension we never offered', extended(7, 'not bencode')],
    ['a cancel of nothing', frame(8, 3, 0, 16_384)],
  ])('%s changes nothing', (_, bytes) => {
    const { deliver, handler, socket } = live()
    deliver(concatBytes([bytes, frame(1)]))
    expect(handler.afterHandshake).toEqual([['unchoked']])
    expect(socket.take()).toHaveLength(0)
  })

  test('a block goes into the array that the handler names', () => {
    const { deliver, handler } = live()
    deliver(concatBytes([block(BLOCK), frame(0)]), 1_000)
    expect(handler.afterHandshake).toEqual([['blockTarget', BLOCK, true], ['blockReceived', BLOCK, true], ['choked']])
  })

  test('a block that nobody wants is read and dropped', () => {
    const { deliver, handler } = live()
    handler.wants = () => false
    deliver(concatBytes([block(BLOCK), frame(0)]), 1_000)
    expect(handler.afterHandshake).toEqual([['blockTarget', BLOCK, false], ['choked']])
  })

  test('a target of another length is our mistake', () => {
    const { deliver, handler } = live()
    handler.blockTarget = () => new Uint8Array(1)
    expect(() => deliver(block(BLOCK))).toThrow(RangeError)
  })

  test('the last piece is shorter', () => {
    const { deliver, handler } = live()
    deliver(block({ piece: 8, begin: 0, length: 10_000 }))
    expect(handler.reason).toBeUndefined()
    deliver(block({ piece: 8, begin: 1, length: 10_000 }))
    expect(handler.reason).toEqual(PROTOCOL)
  })

  test.each([
    ['a length of 4 GiB', u32(0xffff_ffff)],
    ['a length over the largest', u32(1_048_577)],
    ['choke with a byte too many', frame(0, Uint8Array.of(0))],
    ['have with a byte too few', frame(4, Uint8Array.of(0, 0, 1))],
    ['have of a piece that is not', frame(4, 9)],
    ['have of piece 2^32 - 1', frame(4, 0xffff_ffff)],
    ['suggest of a piece that is not', frame(13, 9)],
    ['allowed fast of a piece that is not', frame(17, 9)],
    ['a bitfield a byte too short', frame(5, Uint8Array.of(0xff))],
    ['a bitfield a byte too long', frame(5, Uint8Array.of(0xff, 0xff, 0))],
    [
      'bitfields that tell of nothing more',
      concatBytes(Array.from({ length: MAX_IDLE_TELLINGS + 2 }, () => frame(14))),
    ],
    [
      'have all and have none in turns',
      concatBytes(Array.from({ length: 2 * MAX_IDLE_TELLINGS + 2 }, (_, i) => frame(14 + (i % 2)))),
    ],
    ['a request of no bytes', frame(6, 0, 0, 0)],
    ['a request of more than a block', frame(6, 0, 0, BLOCK_LENGTH + 1)],
    ['a request over the end of its piece', frame(6, 0, 40_000 - 16_383, 16_384)],
    ['a request with a sum beyond 2^32', frame(6, 0, 0xffff_ffff, 16_384)],
    ['a request of a piece that is not', frame(6, 9, 0, 16_384)],
    ['a cancel of a piece that is not', frame(8, 9, 0, 16_384)],
    ['a reject of a piece that is not', frame(16, 9, 0, 16_384)],
    ['a block without bytes', frame(7, 0, 0)],
    ['a block larger than a block', frame(7, 0, 0, new Uint8Array(BLOCK_LENGTH + 1))],
    ['a block of a piece that is not', frame(7, 9, 0, new Uint8Array(10))],
    ['a port of three bytes', frame(9, Uint8Array.of(1, 2, 3))],
    ['an extended message without a number', frame(20)],
    ['an unknown message of 64 KiB and more', concatBytes([u32(65_537), Uint8Array.of(99)])],
    ['too many unknown messages', concatBytes(Array.from({ length: 101 }, () => frame(99)))],
  ])('%s closes', (_, bytes) => {
    for (const size of [1, bytes.length]) {
      const peer = live()
      peer.deliver(bytes, size)
      expectClosed(peer, PROTOCOL)
      peer.deliver(frame(1))
      expectClosed(peer, PROTOCOL)
    }
  })

  test.each([13, 14, 15, 16, 17])('message %i without the fast extension closes', (id) => {
    const rest = id === 16 ? [3, 0, 16_384] : id === 14 || id === 15 ? [] : [3]
    const peer = live({ fast: false })
    expect(peer.wire.fast).toBe(false)
    peer.deliver(frame(id, ...rest))
    expectClosed(peer, PROTOCOL)
  })

  test('nothing is told after a close in the middle of a chunk', () => {
    const peer = live()
    peer.handler.afterEach = ([name]) => {
      if (name === 'unchoked') peer.wire.close({ code: 'REDUNDANT' })
    }
    peer.deliver(concatBytes([frame(1), block(BLOCK), frame(0), frame(4, 1)]))
    expect(peer.handler.afterHandshake).toEqual([['unchoked'], ['closed', { code: 'REDUNDANT' }]])
    expectClosed(peer, { code: 'REDUNDANT' })
  })

  test('a close while a block is asked for ends there too', () => {
    const peer = live()
    peer.handler.afterEach = ([name]) => {
      if (name === 'blockTarget') peer.wire.close({ code: 'STOPPED' })
    }
    peer.deliver(concatBytes([block(BLOCK), frame(0)]))
    expect(peer.handler.afterHandshake).toHaveLength(2)
    expectClosed(peer, { code: 'STOPPED' })
  })
})

describe('extended messages', () => {
  test('an extended handshake is told once checked', () => {
    const { deliver, handler } = live()
    deliver(extended(0, 'd1:md11:ut_metadatai3e6:ut_pexi1ee1:pi51413e4:reqqi512e11:upload_onlyi1e1:v9:Test\u0007 1.0e'))
    expect(handler.afterHandshake).toEqual([
      [
        'extendedHandshake',
        {
          client: 'Test 1.0',
          requestQueue: 512,
          listenPort: 51_413,
          uploadOnly: true,
          extensions: new Map([
            ['ut_metadata', 3],
            ['ut_pex', 1],
          ]),
        },
      ],
    ])
  })

  test('metadata is offered with its size', () => {
    const peer = dial({ metadataSize: 12_345 })
    peer.stream.connected()
    peer.socket.take()
    peer.deliver(handshakeBytes())
    expect(textOf(peer.socket.take().subarray(6))).toContain('13:metadata_sizei12345e')
  })

  test('what changes of ours is sent anew: names that were offered, and whether we want more', () => {
    const { socket, wire } = live()
    wire.extendedUpdate({ uploadOnly: true })
    expect(socket.take()).toEqual(extended(0, 'd1:mde11:upload_onlyi1ee'))
    wire.extendedUpdate({ uploadOnly: false, extensions: { ut_metadata: false, ut_pex: false } })
    expect(socket.take()).toEqual(extended(0, 'd1:md11:ut_metadatai0ee11:upload_onlyi0ee'))
    wire.extendedUpdate({ extensions: { ut_metadata: true } })
    expect(socket.take()).toEqual(extended(0, 'd1:md11:ut_metadatai1eee'))
  })

  test('nothing of it is sent to a peer without extensions', () => {
    const { socket, wire } = live({ extended: false })
    wire.extendedUpdate({ uploadOnly: true })
    expect(socket.writes).toEqual([])
  })

  test('one of ours is told by name, with the bytes after its bencoded head', () => {
    const { deliver, handler } = live()
    deliver(extended(1, 'd8:msg_typei0ee\u0001\u0002'))
    expect(handler.afterHandshake).toEqual([
      ['extendedMessage', 'ut_metadata', [...utf8('d8:msg_typei0ee\u0001\u0002')]],
    ])
  })

  test('ours go out under the number that the peer gave', () => {
    const { deliver, socket, wire } = live()
    wire.extended('ut_metadata', utf8('de'))
    expect(socket.take()).toHaveLength(0)
    deliver(extended(0, 'd1:md11:ut_metadatai3eee'))
    wire.extended('ut_metadata', utf8('de'))
    expect(socket.writes).toHaveLength(1)
    expect([...socket.take()]).toEqual([0, 0, 0, 4, 20, 3, ...utf8('de')])
    wire.extended('ut_pex', utf8('de'))
    deliver(extended(0, 'd1:md11:ut_metadatai0eee'))
    wire.extended('ut_metadata', utf8('de'))
    expect(socket.take()).toHaveLength(0)
  })

  test.each([
    ['five bytes that make a decoder loop', 'l-3:e'],
    ['200,000 nested lists', 'l'.repeat(200_000)],
    ['5,000 nested lists, closed', 'l'.repeat(5_000) + 'e'.repeat(5_000)],
    ['a string longer than what is there', 'd1:v4294967295:xe'],
    ['no bencode', 'hello'],
    ['nothing', ''],
    ['a list', 'le'],
  ])('%s is harmless', (what, payload) => {
    const handshake = live()
    handshake.deliver(extended(0, payload), 1_000)
    expectClosed(handshake, PROTOCOL)
    const message = live()
    message.deliver(extended(1, payload), 1_000)
    // A message may begin with any bencoded value; a list is one.
    if (what === 'a list') expect(message.handler.reason).toBeUndefined()
    else expectClosed(message, PROTOCOL)
  })

  test.each(['toString', '__proto__', 'constructor'])('a dictionary with the key %s is harmless', (key) => {
    const { deliver, handler } = live()
    const evil = `d${key.length}:${key}i5ee`
    deliver(extended(0, `d1:md1:a${evil}${key.length}:${key}i2ee${key.length}:${key}${evil}e`), 7)
    expect(handler.reason).toBeUndefined()
    expect(handler.log.at(-1)?.[1]).toMatchObject({ client: '', extensions: new Map([[key, 2]]) })
  })

  test('a hundred handshakes are heard, one more closes', () => {
    const peer = live()
    peer.deliver(concatBytes(Array.from({ length: 100 }, () => extended(0, 'de'))))
    expect(peer.handler.afterHandshake).toHaveLength(100)
    peer.deliver(extended(0, 'de'))
    expectClosed(peer, PROTOCOL)
  })
})

describe('requests of the peer', () => {
  test('are told while we do not choke, once for each block', () => {
    const { deliver, wire, handler } = live()
    wire.unchoke()
    deliver(concatBytes([request(BLOCK), request(BLOCK), request({ ...BLOCK, begin: 0 })]))
    expect(handler.afterHandshake).toEqual([
      ['requested', BLOCK],
      ['requested', { ...BLOCK, begin: 0 }],
    ])
  })

  test('are rejected while we choke; without the fast extension they are dropped', () => {
    const fast = live()
    fast.deliver(request(BLOCK))
    expect([...fast.socket.take()]).toEqual([...frame(16, 3, 16_384, 16_384)])
    const plain = live({ fast: false })
    plain.deliver(request(BLOCK))
    expect(plain.socket.take()).toHaveLength(0)
    expect([fast.handler.afterHandshake, plain.handler.afterHandshake]).toEqual([[], []])
  })

  test('beyond 2,000 open ones close', () => {
    const peer = live()
    peer.wire.unchoke()
    peer.deliver(manyRequests(MAX_INBOUND_REQUESTS), 65_536)
    expect(peer.handler.afterHandshake).toHaveLength(MAX_INBOUND_REQUESTS)
    peer.deliver(frame(6, 8, 9_999, 1))
    expectClosed(peer, PROTOCOL)
  })

  test('beyond 2,000 in one choke close; each unchoke starts anew', () => {
    const peer = live({ fast: false })
    peer.deliver(manyRequests(MAX_INBOUND_REQUESTS))
    peer.wire.unchoke()
    peer.wire.choke()
    peer.deliver(manyRequests(MAX_INBOUND_REQUESTS))
    expect(peer.handler.reason).toBeUndefined()
    peer.deliver(request(BLOCK))
    expectClosed(peer, PROTOCOL)
  })

  test('make room again when answered, rejected or cancelled', () => {
    const { deliver, wire, handler } = live()
    wire.unchoke()
    for (let round = 0; round < 3; round++) {
      deliver(manyRequests(MAX_INBOUND_REQUESTS))
      const open = handler.log.filter(([name]) => name === 'requested').map(([, address]) => address as typeof BLOCK)
      if (round === 0) wire.sendBlocks(open.map((address) => ({ address, bytes: blockBytes(address) })))
      else if (round === 1) for (const address of open) wire.reject(address)
      handler.log.length = 0
    }
    expect(handler.reason).toBeUndefined()
  })

  test('are answered once: a cancelled one with a reject, and its block is not sent', () => {
    const { deliver, wire, handler, socket } = live()
    wire.unchoke()
    socket.take()
    deliver(concatBytes([request(BLOCK), frame(8, 3, 16_384, 16_384)]))
    expect(handler.afterHandshake).toEqual([
      ['requested', BLOCK],
      ['cancelled', BLOCK],
    ])
    wire.sendBlocks([{ address: BLOCK, bytes: blockBytes(BLOCK) }])
    wire.reject(BLOCK)
    expect([...socket.take()]).toEqual([...frame(16, 3, 16_384, 16_384)])
  })

  test('are all rejected by our choke, after it, in one write', () => {
    const { deliver, wire, socket } = live()
    wire.unchoke()
    deliver(concatBytes([request(BLOCK), request({ ...BLOCK, begin: 0 })]))
    socket.take()
    wire.choke()
    expect(socket.writes).toHaveLength(1)
    expect([...socket.take()]).toEqual([...frame(0), ...frame(16, 3, 16_384, 16_384), ...frame(16, 3, 0, 16_384)])
    wire.reject(BLOCK)
    wire.sendBlocks([{ address: BLOCK, bytes: blockBytes(BLOCK) }])
    expect(socket.take()).toHaveLength(0)
  })

  test('that make us reject without end close when the peer does not read', () => {
    const peer = live()
    peer.wire.unchoke()
    const pair = concatBytes([request(BLOCK), frame(8, 3, 16_384, 16_384)])
    for (let i = 0; i < MAX_UNREAD_REJECTS; i++) peer.deliver(pair)
    peer.stream.drained()
    for (let i = 0; i < MAX_UNREAD_REJECTS; i++) peer.deliver(pair)
    expect(peer.handler.reason).toBeUndefined()
    peer.deliver(pair)
    expect(peer.handler.reason).toEqual(PROTOCOL)
  })
})

describe('what we send', () => {
  test.each<[string, (peer: TestPeer) => void, Uint8Array]>([
    ['unchoke', ({ wire }) => wire.unchoke(), frame(1)],
    ['interested, once', ({ wire }) => [wire.interested(), wire.interested()], frame(2)],
    ['interest that ends', ({ wire }) => [wire.interested(), wire.notInterested()], concatBytes([frame(2), frame(3)])],
    ['have', ({ wire }) => wire.have(7), frame(4, 7)],
    [
      'requests',
      ({ wire }) => wire.request([BLOCK, { ...BLOCK, begin: 0 }]),
      concatBytes([request(BLOCK), frame(6, 3, 0, 16_384)]),
    ],
    ['no requests', ({ wire }) => wire.request([]), new Uint8Array()],
    ['cancel', ({ wire }) => wire.cancel(BLOCK), frame(8, 3, 16_384, 16_384)],
    ['all pieces', ({ wire }) => wire.sendPieces(Bitfield.full(9)), frame(14)],
    ['no piece', ({ wire }) => wire.sendPieces(new Bitfield(9)), frame(15)],
    [
      'some pieces',
      ({ wire }) => wire.sendPieces(new Bitfield(9, Uint8Array.of(1, 0x80))),
      frame(5, Uint8Array.of(1, 0x80)),
    ],
  ])('%s', (_, send, expected) => {
    const peer = live()
    send(peer)
    expect([...peer.socket.take()]).toEqual([...expected])
  })

  test('the port of our DHT node goes to a peer that has one', () => {
    for (const dht of [true, false]) {
      const { socket, wire } = live({ dht })
      wire.port(6_881)
      expect([...socket.take()]).toEqual(dht ? [0, 0, 0, 3, 9, 0x1a, 0xe1] : [])
    }
  })

  test('pieces without the fast extension are a bitfield, or nothing', () => {
    const all = live({ fast: false })
    all.wire.sendPieces(Bitfield.full(9))
    expect([...all.socket.take()]).toEqual([...frame(5, Uint8Array.of(0xff, 0x80))])
    const none = live({ fast: false })
    none.wire.sendPieces(new Bitfield(9))
    expect(none.socket.take()).toHaveLength(0)
    expect(() => none.wire.sendPieces(new Bitfield(9))).toThrow('before')
  })

  test('a bitfield does not change after it was sent', () => {
    const { wire, socket } = live()
    const bits = new Bitfield(9, Uint8Array.of(1, 0))
    const writes: (readonly Uint8Array[])[] = []
    socket.write = (...parts) => void writes.push(parts)
    wire.sendPieces(bits)
    bits.set(0)
    expect([...concatBytes(writes.flat())]).toEqual([...frame(5, Uint8Array.of(1, 0))])
  })

  test('blocks go in one write, in the order of the calls with everything else', () => {
    const { wire, socket, deliver } = live()
    const other = { piece: 8, begin: 0, length: 10_000 }
    wire.unchoke()
    deliver(concatBytes([request(BLOCK), request(other)]))
    socket.take()
    wire.have(1)
    wire.sendBlocks([BLOCK, other].map((address) => ({ address, bytes: blockBytes(address) })))
    wire.choke()
    expect(socket.writes.map(({ length }) => length)).toEqual([9, 2 * 13 + 26_384, 5])
    expect(socket.take()).toEqual(concatBytes([frame(4, 1), block(BLOCK), block(other), frame(0)]))
  })

  test('what the handler sends while it is told something goes out in one write', () => {
    const { wire, socket, deliver, handler } = live()
    handler.afterEach = ([name]) => {
      if (name === 'unchoked') wire.request([BLOCK])
      if (name === 'have') wire.interested()
    }
    deliver(concatBytes([frame(1), frame(4, 3)]))
    expect(socket.writes).toHaveLength(1)
    expect(socket.take()).toEqual(concatBytes([request(BLOCK), frame(2)]))
  })

  test('a very long batch is cut, in order', () => {
    const { wire, socket, deliver, handler } = live()
    handler.afterEach = () => {
      for (let i = 0; i < 1_500; i++) wire.have(i % 9)
    }
    deliver(frame(1))
    expect(socket.writes.map(({ length }) => length)).toEqual([1_024 * 9, 476 * 9])
    expect(socket.take()).toEqual(concatBytes(Array.from({ length: 1_500 }, (_, i) => frame(4, i % 9))))
  })

  test('bufferedBytes counts what the system has not taken', () => {
    const { wire, socket } = live()
    wire.request([BLOCK, BLOCK])
    expect(wire.bufferedBytes).toBe(34)
    socket.take()
    expect(wire.bufferedBytes).toBe(0)
  })

  test('reading is paused at the socket', () => {
    const { wire, socket } = live()
    wire.pauseReading()
    expect(socket.paused).toBe(true)
    wire.resumeReading()
    expect(socket.paused).toBe(false)
  })
})

describe('the end', () => {
  test.each<[string, (peer: TestPeer) => void, object]>([
    ["of the peer's half", ({ stream }) => stream.ended(), { code: 'REMOTE_CLOSED' }],
    ['of the stream', ({ stream }) => stream.closed(), { code: 'REMOTE_CLOSED' }],
    ['by an error', ({ stream }) => stream.closed(new Error('reset')), { code: 'NETWORK', error: new Error('reset') }],
    ['by us', ({ wire }) => wire.close({ code: 'BANNED' }), { code: 'BANNED' }],
  ])('%s is told once, and every timer goes', (_, end, reason) => {
    for (const peer of [dial(), live()]) {
      end(peer)
      end(peer)
      peer.stream.closed()
      peer.clock.pass(1_000_000)
      expectClosed(peer, reason)
    }
  })

  test('after it every method does nothing', () => {
    const peer = live()
    const { wire, socket } = peer
    wire.close({ code: 'STOPPED' })
    wire.handshake(INFO_HASH, OUR_ID)
    wire.sendPieces(new Bitfield(9))
    wire.choke()
    wire.unchoke()
    wire.interested()
    wire.notInterested()
    wire.have(1)
    wire.request([BLOCK])
    wire.cancel(BLOCK)
    wire.reject(BLOCK)
    wire.sendBlocks([{ address: BLOCK, bytes: blockBytes(BLOCK) }])
    wire.extended('ut_metadata', utf8('de'))
    wire.extendedUpdate({ uploadOnly: true })
    wire.port(1)
    wire.pauseReading()
    wire.resumeReading()
    peer.stream.connected()
    peer.stream.drained()
    peer.deliver(frame(1))
    expect(socket.writes).toEqual([])
    expectClosed(peer, { code: 'STOPPED' })
  })
})

test('our extended handshake is bencoding by our own reader', () => {
  const { stream, deliver, socket } = dial({ listenPort: undefined })
  stream.connected()
  socket.take()
  deliver(handshakeBytes())
  const { value } = decodeBencode(socket.take().subarray(6))
  expect(value).toEqual(
    new Map<string, unknown>([
      ['m', new Map([['ut_metadata', 1]])],
      ['reqq', 2000],
      ['v', utf8('Shoal/0.1.0')],
    ]),
  )
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex, toHex, utf8 } from '../kernel/bytes.ts'
import {
  decodeAnswer,
  decodeRequest,
  encodeAnnounceRequest,
  encodeAnswer,
  encodeConnectRequest,
  MAX_SCRAPED,
  transactionOf,
  UdpTrackerPacketError,
} from './udp-tracker.ts'

const runs = process.env.SHOAL_LONG === '1' ? 20_000 : 1_000
const connection = fromHex('0102030405060708')
const announce = {
  infoHash: fromHex('aa'.repeat(20)),
  peerId: fromHex('bb'.repeat(20)),
  downloaded: 2 ** 32 + 1,
  left: 2,
  uploaded: 3,
  event: 'started',
  key: 0xdeadbeef,
  numwant: undefined,
  port: 6881,
} as const
const announcePacket = [
  '0102030405060708', // connection id
  '00000001', // action
  '11223344', // transaction
  'aa'.repeat(20),
  'bb'.repeat(20),
  '0000000100000001', // downloaded
  '0000000000000002', // left
  '0000000000000003', // uploaded
  '00000002', // event
  '00000000', // IP address
  'deadbeef', // key
  'ffffffff', // num_want
  '1ae1', // port
].join('')

describe('UDP tracker packets, byte for byte (BEP 15)', () => {
  test('connect', () => {
    expect(toHex(encodeConnectRequest(0x11223344))).toBe('00000417271019800000000011223344')
    expect(decodeRequest(fromHex('00000417271019800000000011223344'))).toEqual({
      type: 'connect',
      transaction: 0x11223344,
    })
    const answer = { type: 'connect', transaction: 0x11223344, connection } as const
    expect(toHex(encodeAnswer(answer, 4))).toBe('00000000112233440102030405060708')
    expect(decodeAnswer(fromHex('00000000112233440102030405060708'), 4)).toEqual(answer)
  })

  test('announce request', () => {
    expect(announcePacket).toHaveLength(2 * 98)
    expect(toHex(encodeAnnounceRequest(0x11223344, connection, announce))).toBe(announcePacket)
    const request = { type: 'announce', transaction: 0x11223344, connection, ...announce }
    expect(decodeRequest(fromHex(announcePacket))).toEqual(request)
    expect(decodeRequest(fromHex(`${announcePacket}0102`)), 'longer packets are read').toEqual(request)
  })

  test('path and query follow the announce as options (BEP 41)', () => {
    expect(toHex(encodeAnnounceRequest(0x11223344, connection, announce, '/a?k=1'))).toBe(
      `${announcePacket}0206${toHex(utf8('/a?k=1'))}`,
    )
    const long = `/${'x'.repeat(299)}`
    const packet = encodeAnnounceRequest(0x11223344, connection, announce, long)
    expect(packet).toHaveLength(98 + 2 + 255 + 2 + 45)
    expect([packet[98], packet[99], packet[355], packet[356]]).toEqual([2, 255, 2, 45])
  })

  test('announce answer, with peers of either family', () => {
    const head = '000000011122334400000708000000050000000a'
    const counts = { type: 'announce', transaction: 0x11223344, interval: 1_800, leechers: 5, seeds: 10 } as const
    const ipv4 = { ...counts, peers: [{ host: '10.0.0.1', port: 6881 }] }
    expect(toHex(encodeAnswer(ipv4, 4))).toBe(`${head}0a0000011ae1`)
    expect(decodeAnswer(fromHex(`${head}0a0000011ae1`), 4)).toEqual(ipv4)
    expect(decodeAnswer(fromHex(`${head}0a0000011ae1ffff`), 4), 'a rest is left').toEqual(ipv4)
    const ipv6 = { ...counts, peers: [{ host: '2001:db8::1', port: 6881 }] }
    expect(toHex(encodeAnswer(ipv6, 6))).toBe(`${head}20010db80000000000000000000000011ae1`)
    expect(decodeAnswer(encodeAnswer(ipv6, 6), 6)).toEqual(ipv6)
  })

  test('scrape and error', () => {
    const packet = `010203040506070800000002112233440${'c'.repeat(39)}${'dd'.repeat(20)}`
    expect(decodeRequest(fromHex(packet))).toMatchObject({
      type: 'scrape',
      infoHashes: [fromHex(`0${'c'.repeat(39)}`), fromHex('dd'.repeat(20))],
    })
    const scrape = {
      type: 'scrape',
      transaction: 1,
      swarms: [{ seeds: 1, completed: 2, leechers: 3 }],
    } as const
    expect(toHex(encodeAnswer(scrape, 4))).toBe('0000000200000001000000010000000200000003')
    expect(decodeAnswer(encodeAnswer(scrape, 4), 4)).toEqual(scrape)
    const error = { type: 'error', transaction: 1, message: 'no' } as const
    expect(toHex(encodeAnswer(error, 4))).toBe('00000003000000016e6f')
    expect(decodeAnswer(fromHex('00000003000000016e6f'), 4)).toEqual(error)
  })

  test('what is not of the layout is refused with the typed error', () => {
    const tooMany = `01020304050607080000000211223344${'00'.repeat(20 * (MAX_SCRAPED + 1))}`
    const event = announcePacket.replace('0000000200000000deadbeef', '0000000400000000deadbeef')
    const requests = ['', '0000', '00000417271019810000000011223344', tooMany, event, `${'00'.repeat(11)}0911223344`]
    for (const hex of [...requests, '01020304050607080000000211223344', '00000417271019800000000511223344'])
      expect(() => decodeRequest(fromHex(hex)), hex.slice(0, 40)).toThrow(UdpTrackerPacketError)
    for (let length = 0; length < 98; length++)
      if (length !== 16)
        expect(() => decodeRequest(fromHex(announcePacket).subarray(0, length))).toThrow(UdpTrackerPacketError)
    const answers = ['', '00000000112233', '00000000112233440102030405060', '00000004112233440102030405060708']
    for (const hex of [
      ...answers.map((hex) => hex.slice(0, hex.length & ~1)),
      '0000000111223344000007080000000500000a',
    ])
      expect(() => decodeAnswer(fromHex(hex), 4), hex).toThrow(UdpTrackerPacketError)
    expect(transactionOf(fromHex('00000000112233'))).toBeUndefined()
    expect(transactionOf(fromHex('0000000011223344'))).toBe(0x11223344)
  })

  test('any bytes give a packet or the typed error', { timeout: 60_000 }, () => {
    const known = (error: unknown) => expect(error).toBeInstanceOf(UdpTrackerPacketError)
    const headed = fc
      .tuple(fc.constantFrom(0, 1, 2, 3, 4), fc.uint8Array({ maxLength: 300 }))
      .map(([action, rest]) => Uint8Array.from([0, 0, 0, action, ...rest]))
    const connected = headed.map((rest) => Uint8Array.from([...fromHex('0000041727101980'), ...rest]))
    fc.assert(
      fc.property(fc.oneof(headed, connected), fc.constantFrom(4, 6), (bytes, family) => {
        try {
          const answer = decodeAnswer(bytes, family as 4 | 6)
          expect(encodeAnswer(answer, family as 4 | 6).length).toBeLessThanOrEqual(3 * bytes.length)
        } catch (error) {
          known(error)
        }
        try {
          expect(decodeRequest(bytes).transaction).toBeGreaterThanOrEqual(0)
        } catch (error) {
          known(error)
        }
      }),
      { seed: 9, numRuns: runs },
    )
  })
})

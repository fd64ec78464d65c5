import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeBencode } from '../../codec/bencode.ts'
import { BencodeError } from '../../codec/bencode-error.ts'
import { fromHex, textOf, utf8 } from '../../kernel/bytes.ts'
import {
  decodePexMessage,
  encodePexMessage,
  MAX_PEX_ADDED,
  MAX_PEX_DROPPED,
  MAX_PEX_MESSAGE_LENGTH,
  type PexMessage,
  type PexPeer,
} from './pex-message.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 20_000 : 500
const noFlags = { prefersEncryption: false, seed: false, utp: false, holepunch: false, reachable: false }
const peer = (host: string, port: number, flags: Partial<PexPeer> = {}): PexPeer => ({
  endpoint: { host, port },
  ...noFlags,
  ...flags,
})

describe('a ut_pex message', () => {
  test('has the fields of BEP 11', () => {
    const message: PexMessage = {
      added: [peer('65.66.67.68', 0x4546, { seed: true, reachable: true }), peer('2001:db8::1', 6881, { utp: true })],
      dropped: [{ host: '97.98.99.100', port: 0x6566 }],
    }
    const bytes = encodePexMessage(message)
    const v6 = String.fromCharCode(...fromHex('20010db80000000000000000000000011ae1'))
    const expected = `d5:added6:ABCDEF7:added.f1:\x126:added618:${v6}8:added6.f1:\x047:dropped6:abcdef8:dropped60:e`
    expect(String.fromCharCode(...bytes)).toBe(expected)
    expect(decodePexMessage(bytes)).toEqual(message)
  })

  test('each flag has its bit; others are passed over', () => {
    const names = ['prefersEncryption', 'seed', 'utp', 'holepunch', 'reachable'] as const
    for (const [i, name] of names.entries()) {
      const message = { added: [peer('1.2.3.4', 5, { [name]: true })], dropped: [] }
      expect(encodePexMessage(message)).toContain(1 << i)
      expect(decodePexMessage(encodePexMessage(message))).toEqual(message)
    }
    const reserved = encodeBencode({ added: fromHex('010203040005'), 'added.f': Uint8Array.of(0xe0) })
    expect(decodePexMessage(reserved).added).toEqual([peer('1.2.3.4', 5)])
  })

  test('flags stay with their peers, also where a peer cannot be used or flags are missing', () => {
    const added = fromHex('010203040000e00000010005000000000005010203040005010203040006')
    const read = decodePexMessage(encodeBencode({ added, 'added.f': Uint8Array.of(1, 1, 1, 2) })).added
    expect(read).toEqual([peer('1.2.3.4', 5, { seed: true }), peer('1.2.3.4', 6)])
  })

  test('is bounded both ways, duplicates left out', () => {
    const added = Array.from({ length: 80 }, (_, i) => peer(i < 30 ? `1.0.0.${i}` : `2001:db8::${i}`, 5))
    const dropped = Array.from({ length: 80 }, (_, i) => ({ host: `2.0.0.${i}`, port: 5 }))
    const bytes = encodePexMessage({ added, dropped })
    expect(decodePexMessage(bytes)).toEqual({
      added: added.slice(0, MAX_PEX_ADDED),
      dropped: dropped.slice(0, MAX_PEX_DROPPED),
    })
    const many = Uint8Array.from({ length: 6 * 200 }, (_, i) => (i % 6 === 3 ? (i / 6) % 100 : 7))
    const read = decodePexMessage(encodeBencode({ added: many, dropped: many }))
    expect([read.added.length, read.dropped.length]).toEqual([MAX_PEX_ADDED, MAX_PEX_DROPPED])
    expect(decodePexMessage(encodeBencode({ added: fromHex('010203040005'.repeat(100)) })).added).toHaveLength(1)
  })

  test('without any field says nothing; unknown fields are passed over', () => {
    expect(decodePexMessage(utf8('de'))).toEqual({ added: [], dropped: [] })
    expect(decodePexMessage(utf8('d9:added.f.xle8:toString0:e'))).toEqual({ added: [], dropped: [] })
  })

  test.each([
    ['nothing', '', 'TRUNCATED'],
    ['the five bytes that hang a decoder', 'l-3:e', 'BAD_TOKEN'],
    ['a list', 'le', 'WRONG_TYPE'],
    ['200,000 nested lists', 'l'.repeat(200_000), 'TOO_LARGE'],
    ['nested lists within the length', `d5:added${'l'.repeat(8_000)}`, 'TOO_DEEP'],
    ['many items', `d1:al${'0:'.repeat(200)}ee`, 'TOO_MANY_ITEMS'],
    ['a long one', `d5:added${MAX_PEX_MESSAGE_LENGTH}:${'x'.repeat(MAX_PEX_MESSAGE_LENGTH)}e`, 'TOO_LARGE'],
    ['peers of a list', 'd5:addedlee', 'WRONG_TYPE'],
    ['flags of a number', 'd7:added.fi1ee', 'WRONG_TYPE'],
    ['half a peer', 'd5:added7:ABCDEFGe', 'OUT_OF_RANGE'],
    ['half a peer gone', 'd8:dropped617:ABCDEFGHIJKLMNOPQe', 'OUT_OF_RANGE'],
    ['bytes behind it', 'dex', 'TRAILING_BYTES'],
  ])('that is %s is refused', (_, text, code) => {
    expect(() => decodePexMessage(utf8(text))).toThrow(BencodeError)
    expect(() => decodePexMessage(utf8(text))).toThrow(expect.objectContaining({ code }))
  })

  test('whatever is sent is read back', () => {
    const endpoint = fc.record({
      host: fc.oneof(
        fc.tuple(fc.integer({ min: 1, max: 223 }), fc.nat(255), fc.nat(255)).map(([a, b, c]) => `${a}.${b}.${c}.1`),
        fc.integer({ min: 1, max: 0xffff }).map((group) => `2001:db8::${group.toString(16)}`),
      ),
      port: fc.integer({ min: 1, max: 65_535 }),
    })
    const flag = fc.boolean()
    const flags = { prefersEncryption: flag, seed: flag, utp: flag, holepunch: flag, reachable: flag }
    const options = { maxLength: 50, selector: (item: { host: string }) => item.host }
    const added = fc
      .uniqueArray(endpoint, options)
      .chain((list) => fc.tuple(...list.map((item) => fc.record({ endpoint: fc.constant(item), ...flags }))))
    const byHost = (a: string, b: string) => (a < b ? -1 : 1)
    fc.assert(
      fc.property(added, fc.uniqueArray(endpoint, options), (came, went) => {
        const read = decodePexMessage(encodePexMessage({ added: came, dropped: went }))
        const sorted = (list: readonly PexPeer[]) => [...list].sort((a, b) => byHost(a.endpoint.host, b.endpoint.host))
        expect(sorted(read.added)).toEqual(sorted(came))
        expect(read.dropped.map(({ host }) => host).sort()).toEqual(went.map(({ host }) => host).sort())
      }),
      { seed: 40, numRuns: Math.ceil(numRuns / 5) },
    )
  })

  test('any change to a message gives a message within the bounds or a BencodeError', () => {
    const good = encodePexMessage({
      added: [peer('1.2.3.4', 5, { seed: true }), peer('2001:db8::1', 6)],
      dropped: [{ host: '5.6.7.8', port: 9 }],
    })
    expect(textOf(good)).toContain('dropped6')
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), fc.nat(good.length), (changes, length) => {
        const bytes = good.slice()
        for (const [at, value] of changes) bytes[at] = value
        for (const given of [bytes, bytes.subarray(0, length)]) {
          try {
            const read = decodePexMessage(given)
            expect(read.added.length + read.dropped.length).toBeLessThanOrEqual(3)
          } catch (error) {
            expect(error).toBeInstanceOf(BencodeError)
          }
        }
      }),
      { seed: 41, numRuns },
    )
  })
})

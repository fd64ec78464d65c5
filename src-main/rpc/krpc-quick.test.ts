import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BencodeInput, encodeBencode } from '../codec/bencode.ts'
import { utf8 } from '../kernel/bytes.ts'
import { KEPT, nodeAt } from './known-nodes.ts'
import { closelyRead, decodeMessage } from './krpc-decode.ts'
import { encodeMessage } from './krpc-encode.ts'
import { quickMessage } from './krpc-quick.ts'

const runs = process.env.SHOAL_LONG === '1' ? 50_000 : 2_000
const id = utf8('abcdefghij0123456789')
const target = utf8('mnopqrstuvwxyz123456')
const endpoint = { host: '9.8.7.6', port: 6881 }
const bytesOf = (message: Record<string, BencodeInput>) => encodeBencode(message)

/** What real programs send nearly all the time. */
const USUAL: Readonly<Record<string, Uint8Array>> = {
  ping: bytesOf({ a: { id }, q: 'ping', t: 'aa', y: 'q' }),
  'find_node of a read-only node': bytesOf({ a: { id, target }, q: 'find_node', ro: 1, t: 'aa', v: 'UT12', y: 'q' }),
  get_peers: bytesOf({ a: { id, info_hash: target }, q: 'get_peers', t: 'aa', v: 'LT01', y: 'q' }),
  pong: bytesOf({ ip: new Uint8Array(6).fill(9), r: { id }, t: new Uint8Array(20), y: 'r' }),
  nodes: bytesOf({ r: { id, nodes: new Uint8Array(52).fill(7) }, t: 'a', y: 'r' }),
  'nodes and values': bytesOf({
    ip: new Uint8Array(6).fill(9),
    r: { id, nodes: new Uint8Array(208).fill(7), token: 'a token', values: [new Uint8Array(6).fill(5)] },
    ...{ t: 'aa', v: 'LT01', y: 'r' },
  }),
}

describe('quick reading', () => {
  test.each(Object.entries(USUAL))('takes %s, and reads it as close reading does', (_name, bytes) => {
    expect(quickMessage(bytes)).toBeDefined()
    expect(quickMessage(bytes)).toEqual(closelyRead(bytes))
  })

  test.each<[string, Record<string, BencodeInput>]>([
    ['another method', { a: { id, target }, q: 'sample_infohashes', t: 'aa', y: 'q' }],
    ['an argument more', { a: { id, target, want: ['n4'] }, q: 'find_node', t: 'aa', y: 'q' }],
    ['a key more', { a: { id }, q: 'ping', t: 'aa', y: 'q', z: 1 }],
    ['an address of IPv6', { ip: new Uint8Array(18).fill(9), r: { id }, t: 'aa', y: 'r' }],
    ['values of IPv6', { r: { id, values: [new Uint8Array(18).fill(9)] }, t: 'aa', y: 'r' }],
    ['nodes of a broken length', { r: { id, nodes: new Uint8Array(27) }, t: 'aa', y: 'r' }],
    ['an item', { r: { id, token: 'a', v: 'value' }, t: 'aa', y: 'r' }],
    ['an error', { e: [203, 'no'], t: 'aa', y: 'e' }],
    ['an id of 19 bytes', { a: { id: id.subarray(1) }, q: 'ping', t: 'aa', y: 'q' }],
    ['a transaction of 21 bytes', { a: { id }, q: 'ping', t: new Uint8Array(21), y: 'q' }],
  ])('leaves %s to close reading', (_name, message) => expect(quickMessage(bytesOf(message))).toBeUndefined())

  test.each([
    ['keys out of order', 'd1:q4:ping1:ad2:id20:abcdefghij0123456789e1:t2:aa1:y1:qe'],
    ['a key twice', 'd1:ad2:id20:abcdefghij0123456789e1:q4:ping1:q4:ping1:t2:aa1:y1:qe'],
    ['a key with a zero behind it', 'd2:a\0d2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe'],
    ['bytes behind the message', 'd1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qee'],
    ['a zero in front of a length', 'd1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t02:aa1:y1:qe'],
    ['a length beyond the message', 'd1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t99:aa1:y1:qe'],
  ])('leaves %s to close reading', (_name, text) => expect(quickMessage(utf8(text))).toBeUndefined())

  test('never reads what is left of a damaged message otherwise than close reading', () => {
    const change = fc.record({
      at: fc.nat(400),
      byte: fc.oneof(fc.nat(255), fc.constantFrom(...utf8('0123456789:deil'))),
    })
    const damaged = fc
      .tuple(fc.constantFrom(...Object.values(USUAL)), fc.array(change, { maxLength: 3 }), fc.nat(400))
      .map(([message, changes, cut]) => {
        const bytes = message.slice(0, cut > 200 ? message.length : cut)
        for (const { at, byte } of changes) if (at < bytes.length) bytes[at] = byte
        return bytes
      })
    fc.assert(
      fc.property(damaged, (bytes) => {
        const quick = quickMessage(bytes)
        if (quick !== undefined) expect(quick).toEqual(closelyRead(bytes))
      }),
      { seed: 5, numRuns: runs },
    )
  })

  test('what it read does not change with the datagram', () => {
    const bytes = (USUAL['nodes and values'] as Uint8Array).slice()
    const message = decodeMessage(bytes)
    const before = structuredClone(message)
    bytes.fill(0)
    expect(message).toEqual(before)
  })
})

describe('nodes that are named again', () => {
  const node = (n: number, port = 6881) => {
    const named = new Uint8Array(20)
    named[17] = n >> 16
    named[18] = n >> 8
    named[19] = n
    const response = { kind: 'response', transaction: id.subarray(0, 2), id } as const
    const bytes = encodeMessage({ ...response, nodes: [{ id: named, endpoint: { ...endpoint, port } }] })
    return bytes.subarray(bytes.indexOf(0x3a, 40) + 1)
  }
  const first = (n: number, port?: number) => {
    const bytes = node(n, port)
    return nodeAt(
      bytes,
      bytes.findIndex((_, at) => bytes[at + 20] === 9 && bytes[at + 21] === 8),
    )
  }

  test('are the same object, another port or id is another one', () => {
    expect(first(1)).toBe(first(1))
    expect(first(1)?.endpoint).toEqual(endpoint)
    expect(first(1, 6882)?.endpoint.port).toBe(6882)
    expect(first(2)).not.toBe(first(1))
  })

  test('are kept in a bounded number: one of two that share a place is forgotten', () => {
    const before = first(3)
    expect(first(3 + KEPT)).not.toBe(before)
    expect(first(3)).not.toBe(before)
    expect(first(3)).toEqual(before)
  })
})

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { byteText } from '../codec/bencode-scan.ts'
import { fromHex, textOf, toHex, utf8 } from '../kernel/bytes.ts'
import { decodeMessage } from './krpc-decode.ts'
import { encodedSize, encodeMessage } from './krpc-encode.ts'
import type { KrpcMessage } from './krpc-message.ts'

interface Vector {
  readonly name: string
  readonly bencoded: string
  readonly hex: string
}
interface Packet {
  readonly from: string
  readonly kind: string
  readonly y: string
  readonly hex: string
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../test/vectors/dht/${name}`, import.meta.url), 'utf8')) as T
}

const bep5 = read<{ messages: Vector[] }>('bep5_messages.json').messages
const composed = read<{ messages: Vector[] }>('composed_messages.json').messages
const captured = read<{ packets: Packet[] }>('captured_packets.json').packets

function decoded(bytes: Uint8Array): KrpcMessage {
  const message = decodeMessage(bytes)
  if (message.kind === 'fault') throw new Error(message.reason)
  return message
}

describe('the packets of BEP 5', () => {
  test('there are ten', () => expect(bep5).toHaveLength(10))

  test.each(bep5)('$name: decoded and encoded again, byte by byte', ({ bencoded }) => {
    const again = textOf(encodeMessage(decoded(utf8(bencoded))))
    // Nodes of a broken length are survived: none of them is taken.
    expect(again).toBe(bencoded.replace('5:nodes9:def456...', '5:nodes0:'))
  })

  test('mean what BEP 5 says', () => {
    const [error, ping, , , , withPeers, , announce] = [0, 1, 2, 3, 4, 6, 7, 8].map((i) =>
      decoded(utf8((bep5[i] as Vector).bencoded)),
    )
    expect(error).toMatchObject({ kind: 'error', code: 201, message: 'A Generic Error Ocurred' })
    expect(ping).toEqual({
      kind: 'query',
      transaction: utf8('aa'),
      id: utf8('abcdefghij0123456789'),
      readOnly: false,
      method: 'ping',
      args: {},
    })
    expect(withPeers).toMatchObject({
      token: utf8('aoeusnth'),
      values: [
        { host: '97.120.106.101', port: 11_893 },
        { host: '105.100.104.116', port: 28_269 },
      ],
    })
    expect(announce).toMatchObject({
      method: 'announce_peer',
      args: { infoHash: utf8('mnopqrstuvwxyz123456'), port: 6881, impliedPort: true, token: utf8('aoeusnth') },
    })
  })
})

describe('composed shapes of later BEPs', () => {
  test.each(composed)('$name: decoded and encoded again, byte by byte', ({ hex }) => {
    const message = decoded(fromHex(hex))
    expect(toHex(encodeMessage(message))).toBe(hex)
    expect(encodedSize(message)).toBe(hex.length / 2)
  })

  test('mean what the BEPs say', () => {
    const messages = composed.map(({ hex }) => decoded(fromHex(hex)))
    expect(messages.map((message) => (message.kind === 'query' ? message.method : message.kind))).toEqual([
      'sample_infohashes',
      'response',
      'response',
      'ping',
      'response',
      'find_node',
      'response',
      'get_peers',
      'get',
      'put',
    ])
    expect(messages[1]).toMatchObject({ samples: [utf8('1'.repeat(20)), utf8('2'.repeat(20))], num: 3, interval: 3600 })
    expect(messages[2]).toMatchObject({ samples: [], nodes: [], num: 0, interval: 21_600 })
    expect(messages[3]).toMatchObject({ readOnly: true })
    expect(messages[4]).toMatchObject({ ip: { host: '192.0.2.1', port: 6881 } })
    expect(messages[5]).toMatchObject({ args: { want: ['n4', 'n6'] } })
    expect(messages[6]).toMatchObject({ nodes6: [{ endpoint: { host: '2001:db8::1', port: 6881 } }] })
    expect(messages[7]).toMatchObject({ args: { scrape: true, noseed: true } })
    expect(messages[8]).toMatchObject({ args: { seq: 1n } })
    expect(messages[9]).toMatchObject({ args: { v: utf8('12:Hello World!') } })
  })
})

describe('datagrams of real programs', () => {
  const letter = { query: 'q', response: 'r', error: 'e' }

  test.each(captured)('$from, $y, $kind', ({ hex, y, kind }) => {
    const message = decoded(fromHex(hex))
    expect(letter[message.kind]).toBe(y)
    if (message.kind === 'query') expect(message.method).toBe(kind)
    if (message.kind === 'error') expect(kind).toContain(`[${message.code}, b`)
    if (message.kind === 'response') {
      for (const field of kind.split(',').filter((name) => name !== 'p')) expect(message).toHaveProperty(field)
      for (const { id } of message.nodes ?? []) expect(id).toHaveLength(20)
    }
    // What we understood of it survives our own encoding.
    expect(decoded(encodeMessage(message))).toEqual(message)
  })

  test('their peers and nodes are read', () => {
    const messages = captured.map(({ hex }) => decoded(fromHex(hex)))
    const peers = messages.flatMap((message) => (message.kind === 'response' ? (message.values ?? []) : []))
    const nodes = messages.flatMap((message) => (message.kind === 'response' ? (message.nodes ?? []) : []))
    expect(peers).toContainEqual({ host: '127.0.0.1', port: 4242 })
    expect(nodes.length).toBeGreaterThan(30)
    expect(new Set(messages.map((message) => byteText(message.transaction).length))).toEqual(new Set([2, 4]))
  })
})

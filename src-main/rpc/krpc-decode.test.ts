import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BencodeInput, encodeBencode } from '../codec/bencode.ts'
import { utf8 } from '../kernel/bytes.ts'
import { decodeMessage, type KrpcFault } from './krpc-decode.ts'
import { encodedSize, encodeMessage, fitResponse, packedNode } from './krpc-encode.ts'
import { type KrpcMessage, MAX_ANSWER_BYTES, MAX_SEQUENCE, type Response } from './krpc-message.ts'

const runs = process.env.SHOAL_LONG === '1' ? 20_000 : 500
const id = utf8('abcdefghij0123456789')
const other = utf8('mnopqrstuvwxyz123456')

function query(method: string, args: Record<string, BencodeInput>, more: Record<string, BencodeInput> = {}) {
  return decodeMessage(encodeBencode({ a: { id, ...args }, q: method, t: 'aa', y: 'q', ...more }))
}

function response(fields: Record<string, BencodeInput>, more: Record<string, BencodeInput> = {}) {
  return decodeMessage(encodeBencode({ r: { id, ...fields }, t: 'aa', y: 'r', ...more }))
}

/** What is owed for it: error 203 or nothing. */
function owed(message: KrpcMessage | KrpcFault): string {
  if (message.kind !== 'fault') return 'an answer'
  return message.transaction ? '203' : 'silence'
}

describe('cheap checks', () => {
  const message = encodeBencode({ a: { id }, q: 'ping', t: 'aa', y: 'q' })

  test.each([
    ['empty', new Uint8Array()],
    ['14 bytes', utf8('d1:y1:q1:t1:ae')],
    ['a list', utf8(`l${'1:a'.repeat(20)}e`)],
    [
      '2,049 bytes',
      encodeBencode({ a: { id }, q: 'ping', t: 'aa', y: 'q', zz: new Uint8Array(2_049 - message.length - 9) }),
    ],
  ])('%s: silence', (_, bytes) => expect(owed(decodeMessage(bytes))).toBe('silence'))

  test('2,048 bytes are taken', () => {
    const bytes = encodeBencode({
      a: { id },
      q: 'ping',
      t: 'aa',
      y: 'q',
      zz: new Uint8Array(2_048 - message.length - 9),
    })
    expect([bytes.length, owed(decodeMessage(bytes))]).toEqual([2_048, 'an answer'])
  })

  test('every truncation of a message: silence', () => {
    for (let end = 0; end < message.length; end++) {
      expect(owed(decodeMessage(message.subarray(0, end)))).toBe('silence')
    }
  })

  test('nested too deep: silence, but as many items as fit are taken', () => {
    const deep = utf8(`d1:ad2:id20:abcdefghij01234567891:v${'l'.repeat(15)}${'e'.repeat(15)}e1:q4:ping1:t2:aa1:y1:qe`)
    expect(owed(decodeMessage(deep))).toBe('silence')
    const many = utf8(`d1:ad2:id20:abcdefghij01234567891:vl${'0:'.repeat(950)}ee1:q4:ping1:t2:aa1:y1:qe`)
    expect(owed(decodeMessage(many))).toBe('an answer')
  })
})

describe('queries', () => {
  test('transaction ids of 1 to 20 bytes', () => {
    const answers = [0, 1, 2, 20, 21].map((length) => owed(query('ping', {}, { t: new Uint8Array(length) })))
    expect(answers).toEqual(['silence', 'an answer', 'an answer', 'an answer', 'silence'])
  })

  test.each<[string, string, Record<string, BencodeInput>]>([
    ['an id of 19 bytes', 'ping', { id: id.subarray(1) }],
    ['an id that is a number', 'ping', { id: 5 }],
    ['no target', 'find_node', {}],
    ['a target of 21 bytes', 'find_node', { target: new Uint8Array(21) }],
    ['want that is no list', 'find_node', { target: other, want: 'n4' }],
    ['no info-hash', 'get_peers', {}],
    ['scrape that is text', 'get_peers', { info_hash: other, scrape: 'yes' }],
    ['port 0', 'announce_peer', { info_hash: other, port: 0, token: 'a' }],
    ['port 65536', 'announce_peer', { info_hash: other, port: 65_536, token: 'a' }],
    ['a negative port', 'announce_peer', { info_hash: other, port: -1, token: 'a' }],
    ['no token', 'announce_peer', { info_hash: other, port: 5 }],
    ['a token of 129 bytes', 'announce_peer', { info_hash: other, port: 5, token: new Uint8Array(129) }],
    ['a negative seq', 'get', { target: other, seq: -1 }],
    ['a seq of 2^63', 'get', { target: other, seq: MAX_SEQUENCE + 1n }],
    ['no value', 'put', { token: 'a' }],
    ['a key of 31 bytes', 'put', { token: 'a', v: 1, k: new Uint8Array(31), sig: new Uint8Array(64), seq: 1 }],
    ['no signature', 'put', { token: 'a', v: 1, k: new Uint8Array(32), seq: 1 }],
    ['no seq', 'put', { token: 'a', v: 1, k: new Uint8Array(32), sig: new Uint8Array(64) }],
    [
      'a salt that is a number',
      'put',
      { token: 'a', v: 1, k: new Uint8Array(32), sig: new Uint8Array(64), seq: 1, salt: 1 },
    ],
  ])('%s: 203', (_, method, args) => expect(owed(query(method, args))).toBe('203'))

  test('arguments or method of another type: 203', () => {
    expect(owed(query('ping', {}, { a: 'x' }))).toBe('203')
    expect(owed(query('ping', {}, { q: 5 }))).toBe('203')
  })

  test('the largest numbers and the implied port', () => {
    expect(query('get', { target: other, seq: MAX_SEQUENCE })).toMatchObject({ args: { seq: MAX_SEQUENCE } })
    const announced = query('announce_peer', { info_hash: other, implied_port: 1, token: 'a', seed: 1 })
    expect(announced).toMatchObject({ args: { port: 0, impliedPort: true, seed: true } })
  })

  test('the value of an item is kept as it stood, keys out of order included', () => {
    const bytes = utf8('d1:ad2:id20:abcdefghij01234567895:token1:a1:vd1:bi1e1:ai2eee1:q3:put1:t2:aa1:v2:XX1:y1:qe')
    expect(decodeMessage(bytes)).toMatchObject({ args: { v: utf8('d1:bi1e1:ai2ee') }, version: utf8('XX') })
  })

  test('an unknown method has a name and, where there is one, a target', () => {
    expect(query('vote', { target: other })).toMatchObject({ method: 'unknown', name: 'vote', args: { target: other } })
    expect(query('vote', { info_hash: other })).toMatchObject({ args: { target: other } })
    expect(query('vote', { target: 'short' })).toMatchObject({ method: 'unknown', args: {} })
    expect(query('x'.repeat(500), {})).toMatchObject({ name: 'x'.repeat(32) })
    expect(query('constructor', {})).toMatchObject({ method: 'unknown' })
  })
})

describe('answers', () => {
  test('values of both families, mixed; other lengths, other types and port 0 are left out', () => {
    const values = [
      Uint8Array.of(1, 2, 3, 4, 0, 80),
      Uint8Array.of(0x20, 1, ...new Array<number>(13).fill(0), 9, 0, 81),
      Uint8Array.of(1, 2, 3, 4, 0, 0),
      Uint8Array.of(1, 2, 3),
      7,
    ]
    expect(response({ values })).toMatchObject({
      values: [
        { host: '1.2.3.4', port: 80 },
        { host: '2001::9', port: 81 },
      ],
    })
  })

  test.each<[string, Record<string, BencodeInput>]>([
    ['an id of 19 bytes', { id: id.subarray(1) }],
    ['nodes that are a list', { nodes: [] }],
    ['values that are text', { values: 'abcdef' }],
    ['a token of 129 bytes', { token: new Uint8Array(129) }],
    ['a signature of 63 bytes', { sig: new Uint8Array(63) }],
    ['a filter of 255 bytes', { BFsd: new Uint8Array(255) }],
    ['an interval of a day', { interval: 86_400 }],
    ['a negative number of samples', { num: -1 }],
  ])('%s: silence', (_, fields) => expect(owed(response(fields))).toBe('silence'))

  test('an odd ip or version decides nothing', () => {
    expect(response({}, { ip: 'abc', v: 5 })).toEqual({ kind: 'response', transaction: utf8('aa'), id })
  })

  test('an error needs a code and a text', () => {
    const error = (e: BencodeInput) => decodeMessage(encodeBencode({ e, t: 'aa', y: 'e' }))
    expect(error([203, 'bad'])).toMatchObject({ kind: 'error', code: 203, message: 'bad' })
    expect(error([203, 'x'.repeat(1_000)])).toMatchObject({ message: 'x'.repeat(256) })
    for (const bad of [[], [203], ['203', 'bad'], [-1, 'bad'], 'bad']) expect(owed(error(bad))).toBe('silence')
  })

  test('another type of message: silence', () => {
    expect(owed(decodeMessage(encodeBencode({ t: 'aa', y: 'x', a: { id }, q: 'ping' })))).toBe('silence')
    expect(owed(decodeMessage(encodeBencode({ t: 'aa', a: { id }, q: 'ping' })))).toBe('silence')
  })
})

describe('fitResponse', () => {
  const peer = { host: '2001:db8::1', port: 80 }
  const node = { id: other, endpoint: { host: '10.0.0.1', port: 80 } }
  const node6 = { id: other, endpoint: peer }
  const head = { kind: 'response', transaction: new Uint8Array(20), id } as const

  test('leaves alone what fits', () => {
    const small: Response = { ...head, values: [peer] }
    expect(fitResponse(small)).toEqual(small)
  })

  test('takes peers first, as few as it can, then samples, filters and nodes', () => {
    const full: Response = {
      ...head,
      nodes: Array.from({ length: 8 }, () => node),
      nodes6: Array.from({ length: 8 }, () => node6),
      values: Array.from({ length: 500 }, () => peer),
    }
    const fitted = fitResponse(full)
    expect([fitted.nodes?.length, fitted.nodes6?.length]).toEqual([8, 8])
    expect(encodedSize(fitted)).toBeLessThanOrEqual(MAX_ANSWER_BYTES)
    expect(encodedSize(fitted)).toBeGreaterThan(MAX_ANSWER_BYTES - 21)
    const filters = { seedFilter: new Uint8Array(256), peerFilter: new Uint8Array(256) }
    const withFilters = fitResponse({ ...full, ...filters })
    expect(withFilters.values).toEqual([])
    expect([withFilters.nodes?.length, withFilters.nodes6?.length, withFilters.seedFilter]).toEqual([8, 8, undefined])
    const samples = fitResponse({ ...head, samples: Array.from({ length: 200 }, () => other), num: 200 })
    expect(encodedSize(samples)).toBeGreaterThan(MAX_ANSWER_BYTES - 20)
  })

  test('gives up the largest item whole, and keeps its sequence number', () => {
    const item = { v: utf8(`995:${'x'.repeat(995)}`), k: new Uint8Array(32), sig: new Uint8Array(64), seq: 7n }
    const fitted = fitResponse({ ...head, ...item, nodes: [node], token: utf8('token') })
    expect(fitted).toEqual({ ...head, seq: 7n, nodes: [], token: utf8('token') })
  })
})

describe('properties', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
  const port = fc.integer({ min: 1, max: 65_535 })
  const endpoint4 = fc.record({ host: fc.ipV4(), port })
  const node = fc
    .record({ id: bytes(20), endpoint: endpoint4 })
    .map((named) => ({ ...named, packed: packedNode(named) }))
  const some = { requiredKeys: [] as [] }
  const fields = fc.record(
    {
      nodes: fc.array(node, { maxLength: 60 }),
      values: fc.array(endpoint4, { maxLength: 200 }),
      token: fc.uint8Array({ maxLength: 128 }),
      v: fc.uint8Array({ maxLength: 990 }).map((value) => encodeBencode(value)),
      k: bytes(32),
      sig: bytes(64),
      seq: fc.bigInt({ min: 0n, max: MAX_SEQUENCE }),
      seedFilter: bytes(256),
      peerFilter: bytes(256),
      samples: fc.array(bytes(20), { maxLength: 60 }),
      num: fc.nat(),
      interval: fc.integer({ min: 0, max: 21_600 }),
      version: bytes(4),
      ip: endpoint4,
    },
    some,
  )
  const transaction = fc.uint8Array({ minLength: 1, maxLength: 20 })
  const answer = fc
    .record({ transaction, id: bytes(20), fields })
    .map(({ transaction, id, fields }): Response => ({ kind: 'response', transaction, id, ...fields }))

  test('an answer cut to size has that size, and reads back as itself', () => {
    fc.assert(
      fc.property(answer, (message) => {
        const fitted = fitResponse(message)
        const encoded = encodeMessage(fitted)
        expect(encoded.length).toBe(encodedSize(fitted))
        expect(encoded.length).toBeLessThanOrEqual(MAX_ANSWER_BYTES)
        expect(decodeMessage(encoded)).toEqual(fitted)
      }),
      { seed: 31, numRuns: runs },
    )
  })

  test('random changes to an answer, and random bytes, end in a message or a fault', () => {
    const change = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 })
    const broken = fc.tuple(answer, change).map(([message, changes]) => {
      const encoded = encodeMessage(fitResponse(message))
      for (const [at, byte] of changes) encoded[at % encoded.length] = byte
      return encoded
    })
    const noise = fc.uint8Array({ maxLength: 2_100 }).map((tail) => Uint8Array.of(0x64, ...tail))
    fc.assert(
      fc.property(fc.oneof(broken, noise), (input) => {
        const message = decodeMessage(input)
        expect(['query', 'response', 'error', 'fault']).toContain(message.kind)
        if (message.kind !== 'fault')
          expect(decodeMessage(encodeMessage(message))).toMatchObject({ kind: message.kind })
      }),
      { seed: 32, numRuns: runs },
    )
  })

  test('queries with arguments of random types end in a query or a fault', () => {
    const name = fc.constantFrom('ping', 'find_node', 'get_peers', 'announce_peer', 'get', 'put', 'sample_infohashes')
    const key = fc.constantFrom(
      ...['id', 'target', 'info_hash', 'port', 'implied_port', 'token', 'seq', 'cas', 'v', 'k', 'sig', 'salt', 'want'],
    )
    const value: fc.Arbitrary<BencodeInput> = fc.oneof(
      fc.integer(),
      bytes(20),
      bytes(32),
      bytes(64),
      fc.constant([]),
      fc.constant(['n4', 5]),
      fc.constant({}),
    )
    const args = fc.dictionary(key, value)
    fc.assert(
      fc.property(name, args, (method, args) => {
        const message = query(method, args)
        if (message.kind === 'fault') expect(message.transaction).toEqual(utf8('aa'))
        else expect(decodeMessage(encodeMessage(message))).toEqual(message)
      }),
      { seed: 33, numRuns: runs },
    )
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeBencode, encodeBencode } from '../../codec/bencode.ts'
import { BencodeError } from '../../codec/bencode-error.ts'
import { byteText, scanBencode } from '../../codec/bencode-scan.ts'
import type { MutableItem } from '../../kernel/key-value-store.ts'
import { decodeMessage } from '../../rpc/krpc-decode.ts'
import { encodedSize, encodeMessage } from '../../rpc/krpc-encode.ts'
import { type KrpcMessage, MAX_ANSWER_BYTES, MAX_ITEM_ANSWER_BYTES } from '../../rpc/krpc-message.ts'
import { type ChordContact, contactAt, holdsItsPlace } from '../contact.ts'
import type { HostAnswer, HostQuestion } from '../host-messages.ts'
import type { Question } from '../messages.ts'
import { RingId } from '../ring-id.ts'
import { wireMessages } from '../test-support/wire-messages.ts'
import {
  decodeAnswer,
  decodeHostAnswer,
  decodeQuestion,
  encodeAnswer,
  encodeHostAnswer,
  encodeHostQuestion,
  encodeQuestion,
  unlessMalformed,
} from './codec.ts'
import type { HostBody } from './host-answers.ts'
import { hostQuestionNames } from './host-questions.ts'
import { MAX_BODY_BYTES, MAX_MEMBERS_IN_MESSAGE, MAX_STRANGERS_BODY_BYTES } from './limits.ts'
import { sizeOfAnswer, sizeOfHostAnswer, sizeOfHostQuestion, sizeOfQuestion } from './sizes.ts'

const runs = process.env.SHOAL_LONG === '1' ? 20_000 : 400
const NO_LIMIT = Number.POSITIVE_INFINITY
const families = [4, 6] as const
const slot = fc.integer({ min: 0, max: 63 })

/** A question whose answer this is. */
const askedFor: Record<HostBody['kind'], HostQuestion['kind']> = {
  ...{ hello: 'hello', done: 'store', forward: 'forward', read: 'read', written: 'write', range: 'range' },
  copies: 'copies',
}

function isCanonical(body: Uint8Array): void {
  expect(scanBencode(body).flags.unsortedKeys).toBe(false)
  expect(encodeBencode(decodeBencode(body).value)).toEqual(body)
}

describe.each(families)('over IPv%i', (family) => {
  const messages = wireMessages(family)

  test('questions for virtual nodes come back as they were', () => {
    fc.assert(
      fc.property(messages.question, slot, fc.option(slot, { nil: undefined }), (question, to, from) => {
        const named = encodeQuestion({ to, from, question })
        isCanonical(named.body)
        expect(decodeQuestion(named, family)).toEqual({ for: 'node', to, from, question })
      }),
      { numRuns: runs, seed: 1 },
    )
  })

  test('their answers too', () => {
    fc.assert(
      fc.property(messages.answer, (answer) => {
        const body = encodeAnswer(answer)
        isCanonical(body)
        const asked = answer.kind === 'route' ? 'route' : answer.kind === 'alive' ? 'notify' : 'state'
        expect(decodeAnswer(asked, body, family)).toEqual(answer)
        expect(body.length).toBeLessThanOrEqual(MAX_STRANGERS_BODY_BYTES)
      }),
      { numRuns: runs, seed: 2 },
    )
  })

  test('questions between hosts too', () => {
    fc.assert(
      fc.property(messages.hostQuestion, (question) => {
        const named = encodeHostQuestion(question)
        isCanonical(named.body)
        expect(decodeQuestion(named, family)).toEqual({ for: 'host', question })
      }),
      { numRuns: runs, seed: 3 },
    )
  })

  test('and their answers', () => {
    fc.assert(
      fc.property(messages.hostAnswer, (answer) => {
        const body = encodeHostAnswer(answer, NO_LIMIT) as Uint8Array
        isCanonical(body)
        expect(decodeHostAnswer(askedFor[answer.kind], body, family)).toEqual(answer)
      }),
      { numRuns: runs, seed: 4 },
    )
  })

  test('sizes are those of the datagrams', () => {
    const head = { transaction: new Uint8Array(2), id: new Uint8Array(20), version: new Uint8Array(4) } as const
    const ip = family === 4 ? { host: '1.2.3.4', port: 5 } : { host: '2001:db8::1', port: 5 }
    const sizeOfQuery = ({ name, body }: { name: string; body: Uint8Array }) =>
      encodeMessage({ kind: 'query', readOnly: false, method: 'unknown', name, args: { c: body }, ...head }).length
    const sizeOf = (c: Uint8Array) => encodeMessage({ kind: 'response', c, ip, ...head }).length
    fc.assert(
      fc.property(
        messages.question,
        messages.answer,
        messages.hostQuestion,
        messages.hostAnswer,
        (question, answer, hostQuestion, hostAnswer) => {
          expect(sizeOfQuestion(question)).toBe(sizeOfQuery(encodeQuestion({ to: 33, from: 44, question })))
          expect(sizeOfAnswer(answer, family)).toBe(sizeOf(encodeAnswer(answer)))
          expect(sizeOfHostQuestion(hostQuestion)).toBe(sizeOfQuery(encodeHostQuestion(hostQuestion)))
          const body = encodeHostAnswer(hostAnswer, NO_LIMIT) as Uint8Array
          expect(sizeOfHostAnswer(hostAnswer, family)).toBe(sizeOf(body))
        },
      ),
      { numRuns: runs / 4, seed: 5 },
    )
    const refused = { kind: 'refused', code: 203, message: 'no' } as const
    const error = { kind: 'error', code: 203, message: 'no', transaction: new Uint8Array(2), ip } as const
    expect(sizeOfHostAnswer(refused, family)).toBe(encodedSize({ ...error, version: head.version }))
  })

  test('an answer is cut to what may be sent: an item goes whole and is said to be too large, peers one by one', () => {
    fc.assert(
      fc.property(messages.hostAnswer, fc.constantFrom(MAX_BODY_BYTES, MAX_STRANGERS_BODY_BYTES), (answer, limit) => {
        const body = encodeHostAnswer(answer, limit)
        if (body === undefined) {
          expect(['range', 'copies']).toContain(answer.kind)
          return
        }
        expect(body.length).toBeLessThanOrEqual(limit)
        const read = decodeHostAnswer(askedFor[answer.kind], body, family)
        if (answer.kind !== 'read' || read.kind !== 'read') {
          expect(read).toEqual(answer)
          return
        }
        const isCut = answer.item !== undefined && read.item === undefined
        expect(read.item).toEqual(isCut ? undefined : answer.item)
        expect(read.isTooLarge).toBe(isCut ? true : answer.isTooLarge)
        expect(answer.peers?.slice(0, read.peers?.length)).toEqual(read.peers)
      }),
      { numRuns: runs, seed: 6 },
    )
  })
})

describe('the bytes', () => {
  const target = new Uint8Array(20).fill(0x74)
  const id = ringIdOf(0x74)
  const member = contactAt({ host: '1.2.3.4', port: 0x1ae1 }, 9) as ChordContact
  const M = '\x01\x02\x03\x04\x1a\xe1\x09'
  const six = contactAt({ host: '2001:db8::1', port: 0x1ae1 }, 63) as ChordContact
  const M6 = '\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x1a\xe1\x3f'
  const T = byteText(target)
  const range = { after: ringIdOf(0x61), upTo: id }
  const [A, K, S] = ['a'.repeat(20), 'k'.repeat(32), 's'.repeat(64)]
  const token = new Uint8Array(8).fill(0x6f)
  const immutable = { kind: 'immutable', value: bytesOf('2:hi') } as const
  const mutable: MutableItem = {
    kind: 'mutable',
    value: bytesOf('i7e'),
    publicKey: bytesOf(K),
    salt: bytesOf('x'),
    seq: 3n,
    signature: bytesOf(S),
  }
  const mutableText = `1:k32:${K}4:salt1:x3:seqi3e3:sig64:${S}1:v3:i7e`
  const peer = { endpoint: { host: '5.6.7.8', port: 0x0102 }, seed: true, age: 0x0a0b }
  const P = '\x05\x06\x07\x08\x01\x02'

  test.each<[Question, number | undefined, string, string]>([
    [{ kind: 'ping' }, undefined, 'chord_ping', 'd2:toi9ee'],
    [{ kind: 'state' }, 63, 'chord_state', 'd4:fromi63e2:toi9ee'],
    [{ kind: 'notify' }, 0, 'chord_notify', 'd4:fromi0e2:toi9ee'],
    [{ kind: 'leaving' }, 1, 'chord_leaving', 'd4:fromi1e2:toi9ee'],
    [{ kind: 'route', target: id }, undefined, 'chord_route', `d6:target20:${T}2:toi9ee`],
  ])('of a question %#', (question, from, name, text) => {
    const named = encodeQuestion({ to: 9, from, question })
    expect([named.name, byteText(named.body)]).toEqual([name, text])
  })

  test('of the answers to them', () => {
    const text = (answer: Parameters<typeof encodeAnswer>[0]) => byteText(encodeAnswer(answer))
    expect(text({ kind: 'alive' })).toBe('de')
    expect(text({ kind: 'absent' })).toBe('d6:absenti1ee')
    expect(text({ kind: 'busy' })).toBe('d4:busyi1ee')
    const state = { kind: 'state', predecessor: member, successors: [member, member] } as const
    expect(text(state)).toBe(`d11:predecessor7:${M}10:successors14:${M}${M}e`)
    const route = { kind: 'route', closer: [], successors: [member] } as const
    expect(text(route)).toBe(`d6:closer0:10:successors7:${M}e`)
    expect(text({ ...route, closer: [six], successors: [] })).toBe(`d6:closer19:${M6}10:successors0:e`)
  })

  test.each<[HostQuestion, string, string]>([
    [{ kind: 'hello' }, 'chord_hello', 'de'],
    [{ kind: 'ping' }, 'chord_ping', 'de'],
    [{ kind: 'reach', port: 6881 }, 'chord_reach', 'd4:porti6881ee'],
    [{ kind: 'signal', to: peer.endpoint }, 'chord_signal', `d2:at6:${P}e`],
    [{ kind: 'forward', target: id, steps: 20 }, 'chord_forward', `d5:stepsi20e6:target20:${T}e`],
    [{ kind: 'read', key: id }, 'chord_read', `d3:key20:${T}e`],
    [{ kind: 'read', key: id, slot: 63 }, 'chord_read', `d3:key20:${T}4:sloti63ee`],
    [
      { kind: 'read', key: id, seq: 5n, peers: { noSeeds: true }, token },
      'chord_read',
      `d3:key20:${T}6:noseedi1e5:peersi1e3:seqi5e5:token8:ooooooooe`,
    ],
    [{ kind: 'write', item: immutable, token }, 'chord_write', 'd4:itemd1:v4:2:hie5:token8:ooooooooe'],
    [
      { kind: 'write', item: mutable, cas: 2n, token },
      'chord_write',
      `d3:casi2e4:itemd${mutableText}e5:token8:ooooooooe`,
    ],
    [
      { kind: 'announce', infoHash: id, port: 'implied', seed: true, token },
      'chord_announce',
      `d4:hash20:${T}4:porti0e4:seedi1e5:token8:ooooooooe`,
    ],
    [{ kind: 'range', range }, 'chord_range', `d5:after20:${A}4:upto20:${T}e`],
    [{ kind: 'copies', range, from: id }, 'chord_copies', `d5:after20:${A}4:from20:${T}4:upto20:${T}e`],
    [{ kind: 'store', copies: [{ item: mutable, age: 60 }] }, 'chord_store', `d6:copiesld3:agei60e${mutableText}eee`],
    [
      { kind: 'storePeers', infoHash: id, peers: [peer] },
      'chord_store_peers',
      `d4:hash20:${T}5:peers9:${P}\x01\x0a\x0be`,
    ],
  ])('of a question between hosts %#', (question, name, text) => {
    const named = encodeHostQuestion(question)
    expect([named.name, byteText(named.body)]).toEqual([name, text])
  })

  test.each<[HostBody, string]>([
    [{ kind: 'hello', members: [member] }, `d7:members7:${M}e`],
    [{ kind: 'done' }, 'de'],
    [{ kind: 'forward', owners: [member], hops: 3 }, `d4:hopsi3e6:owners7:${M}e`],
    [{ kind: 'read', token }, 'd5:token8:ooooooooe'],
    [
      { kind: 'read', token, item: immutable, peers: [peer.endpoint] },
      `d4:itemd1:v4:2:hie5:peers6:${P}5:token8:ooooooooe`,
    ],
    [{ kind: 'read', token, isTooLarge: true, seq: 1n }, 'd5:largei1e3:seqi1e5:token8:ooooooooe'],
    [{ kind: 'written', stored: 2 }, 'd6:storedi2ee'],
    [{ kind: 'range', keys: [{ key: id, digest: token }] }, `d4:keys28:${T}ooooooooe`],
    [{ kind: 'range', parts: Array(16).fill(token) }, `d5:parts128:${'o'.repeat(128)}e`],
    [
      { kind: 'copies', items: [{ item: immutable, age: 1 }], peers: [{ infoHash: id, peers: [peer] }], next: id },
      `d5:itemsld3:agei1e1:v4:2:hiee4:next20:${T}5:peersld4:hash20:${T}5:peers9:${P}\x01\x0a\x0beee`,
    ],
  ])('of an answer between hosts %#', (answer, text) => {
    expect(byteText(encodeHostAnswer(answer, NO_LIMIT) as Uint8Array)).toBe(text)
  })

  test('a whole exchange as datagrams', () => {
    const question = encodeQuestion({ to: 9, from: 3, question: { kind: 'state' } })
    const head = { transaction: bytesOf('aa'), id: target, version: bytesOf('SH01') } as const
    const args = { c: question.body }
    const query = { kind: 'query', readOnly: false, method: 'unknown', name: question.name, args, ...head } as const
    expect(byteText(encodeMessage(query))).toBe(
      `d1:ad1:cd4:fromi3e2:toi9ee2:id20:${T}e1:q11:chord_state1:t2:aa1:v4:SH011:y1:qe`,
    )
    const answer: KrpcMessage = { kind: 'response', c: encodeAnswer({ kind: 'busy' }), ...head }
    expect(byteText(encodeMessage(answer))).toBe(`d1:rd1:cd4:busyi1ee2:id20:${T}e1:t2:aa1:v4:SH011:y1:re`)
    expect(decodeMessage(encodeMessage(query))).toEqual(query)
    expect(decodeMessage(encodeMessage(answer))).toEqual(answer)
  })

  test('the largest of each kind fits into one datagram', () => {
    const members = Array(60).fill(six) as ChordContact[]
    expect(sizeOfAnswer({ kind: 'route', closer: members, successors: members }, 6)).toBeLessThan(MAX_ANSWER_BYTES)
    expect(sizeOfHostAnswer({ kind: 'hello', members }, 6)).toBeLessThan(MAX_ANSWER_BYTES)
    const value = bytesOf(`996:${'v'.repeat(996)}`)
    const item = { ...mutable, value, salt: new Uint8Array(64), seq: 2n ** 63n - 1n }
    const read = { kind: 'read', item, token } as const
    expect(encodeHostAnswer(read, MAX_BODY_BYTES)?.length).toBeGreaterThan(1_200)
    expect(sizeOfHostAnswer(read, 6)).toBeLessThan(MAX_ITEM_ANSWER_BYTES)
    const copies = { kind: 'copies', items: [{ item, age: 1e9 }], peers: [], next: id } as const
    expect(encodeHostAnswer(copies, MAX_BODY_BYTES)).toBeDefined()
    const keys = Array(60).fill({ key: id, digest: token })
    expect(encodeHostAnswer({ kind: 'range', keys }, MAX_BODY_BYTES)).toBeDefined()
    const peers6 = Array(200).fill(six.endpoint)
    expect(encodeHostAnswer({ kind: 'read', token, peers: peers6 }, MAX_STRANGERS_BODY_BYTES)).toBeDefined()
    const write = encodeHostQuestion({ kind: 'write', item, cas: item.seq, token: new Uint8Array(20) })
    expect(write.body.length).toBeLessThanOrEqual(MAX_BODY_BYTES)
    const store = encodeHostQuestion({ kind: 'store', copies: [{ item, age: 1e9 }] })
    expect(store.body.length).toBeLessThanOrEqual(MAX_BODY_BYTES)
  })
})

describe('what comes from outside', () => {
  const questionKinds = ['ping', 'state', 'notify', 'leaving', 'route'] as const
  const hostKinds = [...new Set(Object.values(askedFor)), 'reach', 'signal', 'announce', 'storePeers'] as const
  const readers = (body: Uint8Array, family: 4 | 6): (() => unknown)[] => [
    ...questionKinds.map((kind) => () => decodeQuestion({ name: `chord_${kind}`, body }, family)),
    ...questionKinds.map((kind) => () => decodeAnswer(kind, body, family)),
    ...hostKinds.map((kind) => () => {
      return decodeQuestion({ name: hostQuestionNames[kind], body }, family)
    }),
    ...hostKinds.map((kind) => () => decodeHostAnswer(kind, body, family)),
  ]
  const messages = wireMessages(4)
  const body = fc.oneof(
    messages.answer.map(encodeAnswer),
    messages.hostAnswer.map((answer) => encodeHostAnswer(answer, NO_LIMIT) as Uint8Array),
    messages.hostQuestion.map((question) => encodeHostQuestion(question).body),
    fc.tuple(messages.question, slot).map(([question, to]) => encodeQuestion({ to, from: to, question }).body),
  )
  const damage = fc.array(
    fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0x64, 0x65, 0x69, 0x6c, 0x30, 0x31))),
    {
      maxLength: 3,
    },
  )

  test('bytes damaged anywhere either say what is wrong, or are a message within its bounds', () => {
    fc.assert(
      fc.property(body, damage, fc.constantFrom(...families), (whole, changes, family) => {
        const bytes = whole.slice()
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte
        for (const read of readers(bytes, family)) unlessMalformed(read)
      }),
      { numRuns: runs, seed: 7 },
    )
  })

  test('of a message cut short nothing is read', () => {
    fc.assert(
      fc.property(body, fc.nat(), (whole, at) => {
        const bytes = whole.subarray(0, at % whole.length)
        for (const read of readers(bytes, 4)) expect(read).toThrow(BencodeError)
      }),
      { numRuns: runs, seed: 8 },
    )
  })

  test('members stand where their address puts them, whoever names them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 7, maxLength: 7 * 16 }), (bytes) => {
        const packed = bytes.subarray(0, bytes.length - (bytes.length % 7))
        const answer = encodeBencode({ predecessor: packed.subarray(0, 7), successors: packed })
        const read = unlessMalformed(() => decodeAnswer('state', answer, 4))
        if (read?.kind !== 'state') return
        for (const { endpoint, slot, id } of read.successors)
          expect(contactAt(endpoint, slot)?.id.equals(id)).toBe(true)
      }),
      { numRuns: runs, seed: 9 },
    )
    const fine = Uint8Array.of(1, 2, 3, 4, 5, 6, 63)
    const at = (change: Partial<Record<number, number>>) =>
      encodeBencode({ predecessor: fine, successors: fine.map((byte, i) => change[i] ?? byte) })
    const state = decodeAnswer('state', at({}), 4)
    expect(state.kind === 'state' && state.successors.every(holdsItsPlace)).toBe(true)
    expect(() => decodeAnswer('state', at({ 6: 64 }), 4)).toThrow(BencodeError)
    expect(() => decodeAnswer('state', at({ 4: 0, 5: 0 }), 4)).toThrow(BencodeError)
  })

  test('of another family, or of none, they are refused', () => {
    const mapped = Uint8Array.of(...new Uint8Array(10), 255, 255, 1, 2, 3, 4, 5, 6, 7)
    const four = Uint8Array.of(1, 2, 3, 4, 5, 6, 7)
    const members = (bytes: Uint8Array, family: 4 | 6) =>
      decodeHostAnswer('hello', encodeBencode({ members: bytes }), family)
    expect(members(four, 4)).toMatchObject({ members: [{ endpoint: { host: '1.2.3.4', port: 0x0506 }, slot: 7 }] })
    expect(() => members(mapped, 6)).toThrow(BencodeError)
    expect(() => members(mapped, 4)).toThrow(BencodeError)
    expect(() => members(four, 6)).toThrow(BencodeError)
    expect(members(new Uint8Array(), 6)).toEqual({ kind: 'hello', members: [] })
  })

  test('longer lists than there may be are refused, and are not sent', () => {
    const many = (bytes: number) => new Uint8Array(bytes).fill(1)
    const refuses = (read: () => unknown) => expect(read).toThrow(BencodeError)
    const state = (most: number) => encodeBencode({ predecessor: many(7), successors: many(7 * most) })
    expect(decodeAnswer('state', state(16), 4)).toMatchObject({ successors: { length: 16 } })
    refuses(() => decodeAnswer('state', state(17), 4))
    refuses(() => decodeAnswer('state', state(0), 4))
    refuses(() => decodeAnswer('route', encodeBencode({ closer: many(7 * 9), successors: many(7) }), 4))
    refuses(() => decodeHostAnswer('hello', encodeBencode({ members: many(7 * 33) }), 4))
    refuses(() => decodeHostAnswer('range', encodeBencode({ keys: many(28 * 41) }), 4))
    refuses(() => decodeHostAnswer('range', encodeBencode({ parts: many(8 * 15) }), 4))
    refuses(() => decodeHostAnswer('range', encodeBencode({}), 4))
    refuses(() => decodeHostAnswer('read', encodeBencode({ token: many(8), peers: many(6 * 101) }), 4))
    const copy = { age: 1, v: bytesOf('i1e') }
    const store = (most: number) => ({ name: 'chord_store', body: encodeBencode({ copies: Array(most).fill(copy) }) })
    expect(decodeQuestion(store(40), 4)).toMatchObject({ question: { copies: { length: 40 } } })
    refuses(() => decodeQuestion(store(41), 4))
    const member = contactAt({ host: '1.2.3.4', port: 5 }, 6) as ChordContact
    const hello: HostAnswer = { kind: 'hello', members: Array(100).fill(member) }
    const { members } = decodeHostAnswer('hello', encodeHostAnswer(hello, NO_LIMIT) as Uint8Array, 4) as typeof hello
    expect(members).toHaveLength(MAX_MEMBERS_IN_MESSAGE)
  })

  test('a value that is no bencoding, or too long, is no item', () => {
    const put = (v: Uint8Array) =>
      decodeQuestion({ name: 'chord_write', body: encodeBencode({ item: { v }, token: 'x' }) }, 4)
    expect(put(bytesOf('i1e'))).toMatchObject({ question: { item: { kind: 'immutable' } } })
    for (const value of ['', 'i1', 'i1ei2e', 'x', `${'l'.repeat(20)}${'e'.repeat(20)}`, `997:${'v'.repeat(997)}`])
      expect(() => put(bytesOf(value))).toThrow(BencodeError)
  })

  test('another name is no question of ours', () => {
    for (const name of ['chord_', 'chord_constructor', 'chord_storePeers', 'ping'])
      expect(decodeQuestion({ name, body: bytesOf('de') }, 4)).toBeUndefined()
  })

  test('what is kept is copied out of the datagram', () => {
    fc.assert(
      fc.property(messages.hostQuestion, (question) => {
        const { name, body } = encodeHostQuestion(question)
        const read = decodeQuestion({ name, body }, 4)
        body.fill(0)
        expect(read).toEqual({ for: 'host', question })
      }),
      { numRuns: runs / 4, seed: 10 },
    )
  })
})

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}

function ringIdOf(byte: number): RingId {
  return RingId.of(new Uint8Array(20).fill(byte))
}

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeBencode } from '../codec/bencode.ts'
import { concatBytes } from '../kernel/bytes.ts'
import { SeededRandom } from '../simulation/random.ts'
import { Contact } from './contact.ts'
import { NodeId } from './node-id.ts'
import {
  decodeSavedState,
  encodeSavedState,
  MAX_SAVED_BYTES,
  MAX_SAVED_CONTACTS,
  SavedStateError,
} from './saved-state.ts'

const random = SeededRandom.of(51)
const id = NodeId.random(random)
const contact = (n: number) => {
  const host = n % 3 === 0 ? `2001:db8::${(n + 1).toString(16)}` : `9.8.${n >> 8}.${n & 255}`
  return new Contact(NodeId.random(random), { host, port: 1 + n })
}
const contacts = (count: number) => Array.from({ length: count }, (_, n) => contact(n))
const plain = (list: readonly Contact[]) => list.map((c) => `${c.id} ${c.endpoint.host} ${c.endpoint.port}`).sort()
const parts = (...more: Uint8Array[]) => concatBytes(more)
const idSince = 1_700_000_000_000
const good = { id: id.bytes, nodes: new Uint8Array(), nodes6: new Uint8Array(), since: 1_700_000_000, version: 1 }
const node = (...address: number[]) => parts(random.bytes(20), Uint8Array.from(address))

describe('a saved state', () => {
  test.each([0, 1, 300])('with %i contacts comes back, both families', (count) => {
    const saved = contacts(count)
    const state = decodeSavedState(encodeSavedState({ id, idSince, contacts: saved }))
    expect(state.id.equals(id)).toBe(true)
    expect(state.idSince).toBe(idSince)
    expect(plain(state.contacts)).toEqual(plain(saved))
  })

  test('holds the first 500 contacts, within the limit of bytes', () => {
    const saved = contacts(MAX_SAVED_CONTACTS + 50)
    const bytes = encodeSavedState({ id, idSince, contacts: saved })
    expect(bytes.length).toBeLessThan(MAX_SAVED_BYTES)
    expect(plain(decodeSavedState(bytes).contacts)).toEqual(plain(saved.slice(0, MAX_SAVED_CONTACTS)))
  })
})

describe('a damaged one is refused', () => {
  const repeated = node(9, 9, 9, 9, 1, 1)
  test.each([
    ['no dictionary', 7],
    ['another version', { ...good, version: 2 }],
    ['no version', { ...good, version: undefined }],
    ['a short id', { ...good, id: id.bytes.subarray(1) }],
    ['an id that is a number', { ...good, id: 1 }],
    ['no time of the id', { ...good, since: undefined }],
    ['a time before 1970', { ...good, since: -1 }],
    ['contacts missing', { ...good, nodes6: undefined }],
    ['a cut contact', { ...good, nodes: new Uint8Array(25) }],
    ['port 0', { ...good, nodes: node(9, 9, 9, 9, 0, 0) }],
    ['address 0', { ...good, nodes: node(0, 9, 9, 9, 1, 1) }],
    ['a multicast address', { ...good, nodes: node(224, 9, 9, 9, 1, 1) }],
    ['IPv4 as IPv6', { ...good, nodes6: node(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 9, 9, 9, 9, 1, 1) }],
    ['a contact twice', { ...good, nodes: parts(repeated, repeated) }],
    ['ourselves', { ...good, nodes: parts(id.bytes, Uint8Array.of(9, 9, 9, 9, 1, 1)) }],
    ['too many', { ...good, nodes: parts(...Array.from({ length: 501 }, () => node(9, 9, 9, 9, 1, 1))) }],
    ['too deep', { ...good, more: [[1]] }],
    ['too large', { ...good, more: new Uint8Array(MAX_SAVED_BYTES) }],
  ])('%s', (_what, value) => {
    expect(() => decodeSavedState(encodeBencode(value))).toThrow(SavedStateError)
  })

  test('whatever the bytes, the error is ours', () => {
    const bytes = encodeSavedState({ id, idSince, contacts: contacts(20) })
    const damage = fc.record({ at: fc.nat(bytes.length - 1), to: fc.nat(255), cut: fc.nat(bytes.length) })
    const attempt = (input: Uint8Array) => {
      try {
        expect(decodeSavedState(input).contacts.length).toBeLessThanOrEqual(20)
      } catch (error) {
        expect(error).toBeInstanceOf(SavedStateError)
      }
    }
    fc.assert(
      fc.property(damage, fc.uint8Array({ maxLength: 60 }), ({ at, to, cut }, noise) => {
        const changed = bytes.slice()
        changed[at] = to
        for (const input of [changed, bytes.subarray(0, cut), noise]) attempt(input)
      }),
      { seed: 1, numRuns: process.env.SHOAL_LONG === '1' ? 5_000 : 200 },
    )
  })
})

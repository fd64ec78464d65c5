import { describe, expect, test } from 'vitest'
import { encodeBencode } from '../../codec/bencode.ts'
import { Contact } from '../../kademlia/contact.ts'
import { NodeId } from '../../kademlia/node-id.ts'
import { MAX_SAVED_CONTACTS } from '../../kademlia/saved-state.ts'
import { silentLog } from '../../kernel/log.ts'
import { SeededRandom } from '../../simulation/random.ts'
import { KEPT_CONTACTS, KeptState } from './kept-state.ts'

const random = SeededRandom.of(1)
const contacts = (count: number, prefix = '10.0') =>
  Array.from(
    { length: count },
    (_, i) => new Contact(NodeId.random(random), { host: `${prefix}.${i >> 8}.${i & 255}`, port: 6881 + i }),
  )
const stateOf = (list: readonly Contact[]) => ({ id: NodeId.random(random), idSince: 5_000, contacts: list })
const endpoints = (state: { contacts: readonly Contact[] } | undefined) => state?.contacts.map((c) => c.endpoint)

function kept() {
  const table = new Map<string, { node: string; bytes: Uint8Array; savedAt: number }>()
  const lines: string[] = []
  const log = { ...silentLog, write: (_level: string, event: string) => void lines.push(event) }
  const clock = { now: () => 1, wallTime: () => 77_000, after: () => ({ cancel() {} }), every: () => ({ cancel() {} }) }
  const records = {
    get: (node: string) => table.get(node),
    put: (node: string, bytes: Uint8Array, savedAt: number) => void table.set(node, { node, bytes, savedAt }),
    all: () => [...table.values()],
    remove: (node: string) => void table.delete(node),
  }
  const parts = { records, clock, random, log }
  return { table, lines, parts, state: new KeptState(parts) }
}

describe('kept state', () => {
  test('id, its age and 300 contacts come back', () => {
    const { state, table } = kept()
    const saved = stateOf(contacts(300))
    state.save('0.0.0.0', saved, undefined)
    expect(table.get('0.0.0.0')?.savedAt).toBe(77_000)
    const read = state.load('0.0.0.0')
    expect([read?.id.key, read?.idSince]).toEqual([saved.id.key, 5_000])
    expect(endpoints(read)).toEqual(endpoints(saved))
    expect(state.load('2a00::1')).toBe(undefined)
  })

  test('a run that reached nobody does not lose the contacts that it began with', () => {
    const { state } = kept()
    const began = stateOf(contacts(400))
    const met = contacts(3, '10.8')
    state.save('0.0.0.0', { ...began, contacts: met }, began)
    expect(endpoints(state.load('0.0.0.0'))).toEqual(
      [...met, ...began.contacts.slice(0, KEPT_CONTACTS - 3)].map((c) => c.endpoint),
    )
    const many = contacts(KEPT_CONTACTS, '10.7')
    state.save('0.0.0.0', { ...began, contacts: many }, began)
    expect(endpoints(state.load('0.0.0.0'))).toEqual(many.map((c) => c.endpoint))
  })

  test('an id that was a contact before is not kept twice', () => {
    const { state, lines } = kept()
    const began = stateOf(contacts(10))
    const [first] = began.contacts as [Contact]
    state.save('0.0.0.0', { id: first.id, idSince: 1_000, contacts: [] }, began)
    expect(state.load('0.0.0.0')?.contacts).toHaveLength(9)
    expect(lines).toEqual([])
  })

  test('a new address begins with a new id and what others of its family knew, never more than is kept', () => {
    const { state } = kept()
    const one = stateOf(contacts(400))
    state.save('0.0.0.0', one, undefined)
    state.save('9.9.9.9', stateOf(contacts(400, '10.9')), undefined)
    const read = state.load('127.0.0.1')
    expect([read?.idSince, read?.id.equals(one.id)]).toEqual([77_000, false])
    expect(read?.contacts).toHaveLength(MAX_SAVED_CONTACTS)
    expect(state.load('2a00::1')).toBe(undefined)
  })

  test.each([
    ['nothing', new Uint8Array(0)],
    ['zeros', new Uint8Array(100)],
    ['a list', encodeBencode([])],
    ['too much', new Uint8Array(200_000).fill(0x69)],
  ])('%s is dropped with a line in the log', (_name, bytes) => {
    const { state, table, lines, parts } = kept()
    parts.records.put('0.0.0.0', bytes, 1)
    expect(state.load('0.0.0.0')).toBe(undefined)
    expect(lines).toEqual(['kept state is damaged and dropped'])
    expect(table.size).toBe(0)
  })

  test('a database that refuses is said, and nothing is thrown', () => {
    const { lines, parts } = kept()
    const full = () => {
      throw Object.assign(new Error('full'), { code: 'SQLITE_FULL' })
    }
    const state = new KeptState({ ...parts, records: { ...parts.records, put: full, remove: full } })
    state.save('0.0.0.0', stateOf([]), undefined)
    parts.records.put('0.0.0.0', new Uint8Array(1), 1)
    expect(state.load('0.0.0.0')).toBe(undefined)
    expect(lines).toEqual(['state not kept', 'kept state is damaged and dropped', 'damaged state not removed'])
  })
})

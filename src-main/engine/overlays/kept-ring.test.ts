import { describe, expect, test } from 'vitest'
import { type ChordContact, contactAt } from '../../chord/contact.ts'
import { MAX_SAVED_CONTACTS } from '../../chord/saved-contacts.ts'
import { silentLog } from '../../kernel/log.ts'
import { KeptRing } from './kept-ring.ts'

const contacts = (count: number, net = 20) =>
  Array.from(
    { length: count },
    (_, n) => contactAt({ host: `${net}.1.${n >> 6}.9`, port: 1 + n }, n & 63) as ChordContact,
  )
const names = (list: readonly ChordContact[] | undefined) =>
  list?.map(({ id, endpoint, slot }) => `${id} ${endpoint.host}:${endpoint.port} ${slot}`)

function world() {
  const lines: string[] = []
  const log = { ...silentLog, write: (_level: string, event: string) => void lines.push(event) }
  const clock = { now: () => 1, wallTime: () => 77_000, after: () => ({ cancel() {} }), every: () => ({ cancel() {} }) }
  const table = new Map<4 | 6, { bytes: Uint8Array; savedAt: number }>()
  const state = { refuses: false }
  const refuse = () => {
    if (state.refuses) throw Object.assign(new Error('full'), { code: 'SQLITE_FULL' })
  }
  const records = (family: 4 | 6) => ({
    contacts: () => table.get(family),
    saveContacts: (bytes: Uint8Array, savedAt: number) => {
      refuse()
      table.set(family, { bytes, savedAt })
    },
    removeContacts: () => {
      refuse()
      table.delete(family)
    },
  })
  return { lines, table, state, kept: new KeptRing({ records: { 4: records(4), 6: records(6) }, clock, log }) }
}

describe('members of the ring between runs', () => {
  test('come back as they were, each family apart', () => {
    const { kept, table } = world()
    const six = [contactAt({ host: '2a00:1::7', port: 9 }, 3) as ChordContact]
    kept.save('0.0.0.0', contacts(70), undefined)
    kept.save('2a00:1::1', six, undefined)
    expect(names(kept.load('127.0.0.1'))).toEqual(names(contacts(70)))
    expect(names(kept.load('::'))).toEqual(names(six))
    expect(table.get(4)?.savedAt).toBe(77_000)
  })

  test('a run that met nobody does not lose those that it began with; each is kept once, the newest first', () => {
    const { kept } = world()
    const began = contacts(3)
    kept.save('0.0.0.0', [], began)
    expect(names(kept.load('0.0.0.0'))).toEqual(names(began))
    const met = [...contacts(2, 30), ...began.slice(1)]
    kept.save('0.0.0.0', met, began)
    expect(names(kept.load('0.0.0.0'))).toEqual(names([...met, ...began.slice(0, 1)]))
    kept.save('0.0.0.0', contacts(190, 40), contacts(190, 50))
    expect(kept.load('0.0.0.0')).toHaveLength(MAX_SAVED_CONTACTS)
  })

  test('what is damaged is dropped with a line in the log, also where the database refuses', () => {
    const { kept, table, lines, state } = world()
    expect(kept.load('0.0.0.0')).toBeUndefined()
    for (const bytes of [new Uint8Array(8), new Uint8Array(7 * (MAX_SAVED_CONTACTS + 1))]) {
      table.set(4, { bytes, savedAt: 1 })
      expect(kept.load('0.0.0.0')).toBeUndefined()
      expect(table.size).toBe(0)
    }
    table.set(4, { bytes: new Uint8Array(8), savedAt: 1 })
    state.refuses = true
    expect(kept.load('0.0.0.0')).toBeUndefined()
    kept.save('0.0.0.0', contacts(1), undefined)
    expect(lines).toEqual([
      ...['kept members of the ring are damaged and dropped', 'kept members of the ring are damaged and dropped'],
      ...['kept members of the ring are damaged and dropped', 'damaged members not removed'],
      'members of the ring not kept',
    ])
  })

  test('zeros are members nowhere', () => {
    const { kept, table } = world()
    table.set(4, { bytes: new Uint8Array(14), savedAt: 1 })
    expect(kept.load('0.0.0.0')).toBeUndefined()
  })
})

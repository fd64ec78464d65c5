import { describe, expect, test } from 'vitest'
import { MAX_LABELS } from './labels/bip329.ts'
import { MAX_CONTACTS, Notes } from './notes.ts'
import { memoryStore } from './test-support/wallet-bed.ts'

describe('notes', () => {
  test('labels are cleaned, changed, and removed by an empty one', () => {
    const { labels } = memoryStore()
    const notes = new Notes(labels)
    notes.setLabel('addr', 'a', ' rent\u202e\nof May ')
    expect(notes.labelOf('addr', 'a')).toBe('rent of May')
    expect(new Notes(labels).labelOf('addr', 'a')).toBe('rent of May')
    expect(notes.labelOf('tx', 'a')).toBe('')
    notes.setLabel('addr', 'a', '')
    expect([...notes.labels, ...new Notes(labels).labels]).toEqual([])
  })

  test('of two contacts with one address the later one names it, and the other again once that is gone', () => {
    const notes = new Notes(memoryStore().labels)
    const first = notes.setContact({ name: 'Ada', address: 'a', note: '' })
    const second = notes.setContact({ name: 'Bob', address: 'a', note: 'x'.repeat(300) })
    expect(second.id).not.toBe(first.id)
    expect(second.note).toHaveLength(255)
    expect(notes.contactOf('a')).toBe('Bob')
    notes.removeContact(second.id)
    expect(notes.contactOf('a')).toBe('Ada')
    notes.setContact({ ...first, address: 'b' })
    expect([notes.contactOf('a'), notes.contactOf('b')]).toEqual([undefined, 'Ada'])
    expect(notes.setContact({ name: '\u202e', address: 'c', note: '' }).name).toBe('c')
  })

  test('no two are the same, and one that is not there is not removed', () => {
    const notes = new Notes(memoryStore().labels)
    const ada = notes.setContact({ name: 'Ada', address: 'a', note: '' })
    const exists = expect.objectContaining({ code: 'CONTACT_EXISTS', message: expect.stringContaining('Ada') })
    expect(() => notes.setContact({ name: 'Ada', address: 'a', note: 'again' })).toThrow(exists)
    const other = notes.setContact({ name: 'ADA', address: 'b', note: '' })
    expect(() => notes.setContact({ ...other, address: 'a' })).toThrow(
      expect.objectContaining({ code: 'CONTACT_EXISTS' }),
    )
    expect(notes.setContact({ ...ada, name: 'ada', note: 'herself' })).toMatchObject({ name: 'ada', note: 'herself' })
    notes.removeContact(ada.id)
    expect(() => notes.removeContact(ada.id)).toThrow(expect.objectContaining({ code: 'NO_SUCH_CONTACT' }))
    expect(notes.contacts).toEqual([other])
  })

  test(`there are at most ${MAX_CONTACTS} contacts and ${MAX_LABELS} labels`, () => {
    const store = memoryStore()
    const notes = new Notes(store.labels)
    store.transaction(() => {
      for (let i = 0; i < MAX_CONTACTS; i++) notes.setContact({ name: `${i}`, address: `${i}`, note: '' })
      for (let i = 0; i < MAX_LABELS; i++) notes.setLabel('addr', `${i}`, 'a')
    })
    expect(() => notes.setContact({ name: 'x', address: 'x', note: '' })).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_CONTACTS' }),
    )
    expect(() => notes.setLabel('addr', 'x', 'a')).toThrow(expect.objectContaining({ code: 'TOO_MANY_LABELS' }))
    notes.setLabel('addr', '5', 'b')
    expect(notes.contacts).toHaveLength(MAX_CONTACTS)
    expect(new Set(notes.contacts.map(({ id }) => id)).size).toBe(MAX_CONTACTS)
  })
})

import { describe, expect, test } from 'vitest'
import { isVoid, partyOf, statusLook } from './history-words.ts'

const row = { status: 'confirmed', trust: 'fresh', confirmations: 2, maturesIn: 0, refused: '' } as const

describe('how a transaction stands', () => {
  test.each([
    [{ ...row, status: 'pending', confirmations: 0 }, 'Pending'],
    [{ ...row, status: 'pending', refused: 'min relay fee not met' }, 'Refused'],
    [row, 'Fresh, 2 blocks'],
    [{ ...row, trust: 'likely', confirmations: 1 }, 'Likely to stay, 1 block'],
    [{ ...row, trust: 'settled', confirmations: 1_200 }, 'Settled, 1,200 blocks'],
    [{ ...row, status: 'immature', maturesIn: 57 }, 'Immature, 57 to go'],
    [{ ...row, status: 'orphaned' }, 'Orphaned'],
    [{ ...row, status: 'conflicted' }, 'Conflicted'],
    [{ ...row, status: 'replaced' }, 'Replaced'],
    [{ ...row, status: 'abandoned' }, 'Abandoned'],
  ] as const)('%o', (stands, word) => {
    expect(statusLook(stands).word).toBe(word)
    expect(statusLook(stands).sentence).toMatch(/\.$/)
  })

  test('why others refused it is told', () =>
    expect(statusLook({ ...row, status: 'pending', refused: 'dust' }).sentence).toContain('dust'))

  test('what never counts is told apart', () => {
    expect(isVoid({ status: 'orphaned' })).toBe(true)
    expect(isVoid({ status: 'pending' })).toBe(false)
  })
})

describe('with whom it was', () => {
  const none = { contacts: [], label: '', addresses: [], kind: 'sent' } as const
  test.each([
    [{ ...none, label: 'Rent', contacts: ['Bea'] }, 'Rent'],
    [{ ...none, contacts: ['Bea'], addresses: ['a', 'b', 'c'] }, 'Bea and 2 others'],
    [{ ...none, addresses: ['shl1q'] }, 'shl1q'],
    [{ ...none, kind: 'mined' as const }, 'A block of ours'],
    [none, ''],
  ])('%o', (given, words) => expect(partyOf(given).words).toBe(words))
})

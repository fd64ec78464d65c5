import { expect, test } from 'vitest'
import { type ChordContact, contactAt } from '../contact.ts'
import { KnownMembers, MAX_ANSWERED, MAX_HEARSAY, MAX_SAVED_OF_HOST, MAX_TOLD_OF_HOST } from './known-members.ts'

const at = (n: number, slot = 0) => contactAt({ host: `20.${n >> 8}.${n & 255}.1`, port: 6881 }, slot) as ChordContact
const many = (count: number, slot = 0) => Array.from({ length: count }, (_, n) => at(n, slot))

test('of those that have answered the one heard longest ago goes first', () => {
  const known = new KnownMembers()
  for (const [i, contact] of many(MAX_ANSWERED + 1).entries()) known.heard(contact, i)
  expect(known.heardMembers).toHaveLength(MAX_ANSWERED)
  expect(known.heardAt(at(0))).toBeUndefined()
  expect(known.heardMembers[0]).toMatchObject({ contact: at(MAX_ANSWERED), heardAt: MAX_ANSWERED })
})

test('a few hosts that answer at all their places drive out nobody else, now or in what is kept', () => {
  const known = new KnownMembers()
  const honest = many(40)
  for (const contact of honest) known.heard(contact, 0)
  for (const liar of [1_000, 1_001, 1_002, 1_003]) {
    for (let slot = 0; slot < 64; slot++) known.heard(at(liar, slot), 1)
  }
  expect(known.heardMembers).toHaveLength(MAX_ANSWERED)
  expect(honest.filter((contact) => known.heardAt(contact) === undefined)).toEqual([])
  expect(known.toSave).toHaveLength(honest.length + 4 * MAX_SAVED_OF_HOST)
})

test('hearsay is bounded, in all and for each host', () => {
  const known = new KnownMembers()
  for (let slot = 0; slot < 64; slot++) known.tell(at(1, slot))
  expect(known.told).toHaveLength(MAX_TOLD_OF_HOST)
  for (const contact of many(200)) known.tell(contact)
  expect(known.told).toHaveLength(MAX_HEARSAY)
})

test('who misses twice in a row is forgotten, who answers between is not', () => {
  const known = new KnownMembers()
  known.heard(at(1), 0)
  known.missed(at(1))
  known.heard(at(1), 1)
  known.missed(at(1))
  expect(known.heardAt(at(1))).toBe(1)
  known.missed(at(1))
  expect(known.isEmpty).toBe(true)
})

test('another port at the same place has not answered', () => {
  const known = new KnownMembers()
  known.heard(at(1), 5)
  expect(known.heardAt({ ...at(1), endpoint: { ...at(1).endpoint, port: 7_000 } })).toBeUndefined()
  expect(known.memberAt(at(1).endpoint)).toEqual(at(1))
})

test('a lookup begins with those nearest before the target, hearsay only where no others are', () => {
  const known = new KnownMembers()
  const [first, ...others] = many(20).toSorted((a, b) => (a.id.key < b.id.key ? -1 : 1)) as [
    ChordContact,
    ...ChordContact[],
  ]
  for (const contact of others) known.heard(contact, 0)
  known.tell(first)
  const last = others.at(-1) as ChordContact
  expect(known.toBegin(first.id, 3)).toEqual([last, others.at(-2), others.at(-3)])
  expect(known.toBegin(first.id, 20)).toHaveLength(20)
  expect(known.toBegin(first.id, 20).at(-1)).toEqual(first)
})

test('what is kept are those that have answered, then those of the last run, at most so many', () => {
  const remembered = many(MAX_ANSWERED + 10)
  const known = new KnownMembers(remembered)
  known.heard(at(5), 0)
  known.heard(at(999), 1)
  expect(known.toSave).toHaveLength(MAX_ANSWERED)
  expect(known.toSave.slice(0, 3)).toEqual([at(999), at(5), at(0)])
  expect(known.toSave.filter(({ id }) => id.equals(at(5).id))).toHaveLength(1)
})

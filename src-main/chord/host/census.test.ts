import { expect, test } from 'vitest'
import { type ChordContact, contactAt } from '../contact.ts'
import { compareIds } from '../ring-id.ts'
import { Census } from './census.ts'

const at = (host: string, slot: number) => contactAt({ host, port: 1 }, slot) as ChordContact
const own = (slot: number) => at('9.0.0.1', slot)
const other = (slot: number) => at('9.0.1.1', slot)

/** A member of ours that sees these, in the order of the ring. */
function member(self: ChordContact, ...seen: ChordContact[]) {
  const successors = seen.toSorted((a, b) => compareIds(self.id.distanceTo(a.id), self.id.distanceTo(b.id)))
  return { self, successors, predecessor: successors.at(-1) as ChordContact, capacity: 16 }
}
const keys = (contacts: readonly ChordContact[]) => new Set(contacts.map(({ id }) => id.key))

test('counts who has been seen without a gap for so long', () => {
  const census = new Census()
  census.take([member(own(0), other(1), other(2))], 0)
  census.take([member(own(0), other(2))], 5_000)
  census.take([member(own(0), other(1), other(2))], 10_000)
  expect(keys(census.settled(10_000, 10_000))).toEqual(keys([own(0), other(2)]))
  expect(census.settled(0, 10_000)).toHaveLength(3)
})

test('whom one of our lists passes over counts from then on only, though another names it all the while', () => {
  const census = new Census()
  const all = [other(1), other(2), other(3)]
  census.take([member(own(0), own(1), ...all), member(own(1), own(0), ...all)], 0)
  census.take([member(own(0), own(1), ...all), member(own(1), own(0), other(1), other(3))], 5_000)
  census.take([member(own(0), own(1), ...all), member(own(1), own(0), ...all)], 10_000)
  const settled = keys(census.settled(10_000, 10_000))
  expect(settled).toEqual(keys([own(0), own(1), other(1), other(3)]))
})

test('one of our own that has left counts no more, though others of ours name it still', () => {
  const census = new Census()
  census.take([member(own(0), own(1), other(1)), member(own(1), own(0), other(1))], 0)
  expect(census.settled(0, 0)).toHaveLength(3)
  census.take([member(own(0), own(1), other(1))], 5_000)
  expect(census.settled(0, 5_000)).toHaveLength(2)
})

import { expect, test } from 'vitest'
import { type ChordContact, contactAt } from '../contact.ts'
import { Census } from './census.ts'

const at = (host: string, slot: number) => contactAt({ host, port: 1 }, slot) as ChordContact
const own = (slot: number) => at('9.0.0.1', slot)
const other = (slot: number) => at('9.0.1.1', slot)
const member = (self: ChordContact, ...successors: ChordContact[]) => ({
  ...{ self, successors, predecessor: other(9), capacity: 16 },
})

test('counts who has been seen without a gap for so long', () => {
  const census = new Census()
  census.take([member(own(0), other(1), other(2))], 0)
  census.take([member(own(0), other(2))], 5_000)
  census.take([member(own(0), other(1), other(2))], 10_000)
  // own(0), other(9) and other(2) since the start; other(1) again since the third look.
  expect(census.settled(10_000, 10_000)).toEqual([own(0), other(9), other(2)])
  expect(census.settled(0, 10_000)).toHaveLength(4)
})

test('one of our own that has left counts no more, though others of ours name it still', () => {
  const census = new Census()
  census.take([member(own(0), own(1), other(1)), member(own(1), other(1))], 0)
  expect(census.settled(0, 0)).toHaveLength(4)
  census.take([member(own(0), own(1), other(1))], 5_000)
  expect(census.settled(0, 5_000)).toHaveLength(3)
})

import { expect, test } from 'vitest'
import { SECOND } from '../../kernel/clock.ts'
import { type ChordContact, contactAt } from '../contact.ts'
import type { HostCallbacks } from '../host-messages.ts'
import { compareIds, type RingId } from '../ring-id.ts'
import { keyOf, StoreWorld, text } from '../test-support/store-world.ts'
import { ItemShelf } from './item-shelf.ts'
import { type Place, REPLICAS } from './places.ts'
import { GRACE, LONGEST_SECOND_SPREAD, LONGEST_SPREAD, MAX_SPREADS, Replication } from './replication.ts'

const contact = (host: number, slot: number) => contactAt({ host: `45.0.${host}.1`, port: 6881 }, slot) as ChordContact
const [self, sibling] = [contact(0, 0), contact(0, 1)]

/** The list of somebody whose siblings stand between others, and others' between those. */
const successors = [
  sibling,
  contact(1, 0),
  contact(1, 1),
  contact(0, 2),
  contact(2, 0),
  contact(1, 2),
  contact(3, 0),
  contact(4, 0),
]

function make(
  list: readonly ChordContact[] = successors,
  siblings: readonly Place[] = [],
  predecessor: (key: RingId) => ChordContact = () => self,
) {
  const { clock, run } = (() => {
    const world = new StoreWorld({ seed: 1 })
    return { clock: world.clock, run: (duration: number) => world.run(duration) }
  })()
  const shelf = new ItemShelf()
  shelf.write(text('a'), { host: '1.2.3.4' }, 0)
  const held = shelf.get(keyOf(text('a')), 0) as NonNullable<ReturnType<typeof shelf.get>>
  const asked: { readonly host: string; readonly callbacks: HostCallbacks }[] = []
  const port = {
    ask: ({ host }: { host: string }, _question: unknown, callbacks: HostCallbacks) => asked.push({ host, callbacks }),
  }
  const place = { self, predecessor: predecessor(held.key), successors: list, capacity: 16 }
  const replication = new Replication({ port, clock, members: () => [place, ...siblings] })
  const told: number[] = []
  const spread = () => replication.spread(place, held, (copies) => told.push(copies))
  return { replication, asked, told, spread, run }
}

const done = { kind: 'done' } as const

test('copies go to the next three distinct hosts, none of them our own', () => {
  const { asked, spread } = make()
  spread()
  expect(asked.map(({ host }) => host)).toEqual(['45.0.1.1', '45.0.2.1', '45.0.3.1'])
})

test('where a member before us owns the key, it is given a copy too, which does not count', () => {
  const owner = (contactOf: ChordContact) => (key: RingId) => ({ ...contactOf, id: key })
  const { asked, told, spread } = make(successors, [], owner(contact(9, 0)))
  spread()
  expect(asked.map(({ host }) => host)).toEqual(['45.0.9.1', '45.0.1.1', '45.0.2.1', '45.0.3.1'])
  for (const { callbacks } of asked) callbacks.answered(done)
  expect(told).toEqual([3])
  for (const known of [contact(2, 5), sibling]) {
    const another = make(successors, [], owner(known))
    another.spread()
    expect(another.asked).toHaveLength(3)
  }
})

test('where its list names none but us, those that come behind by the lists of our other places', () => {
  const [own, next] = [contact(0, 1), contact(0, 2)]
  const place = (self: ChordContact, successors: readonly ChordContact[]) => {
    return { self, predecessor: self, successors, capacity: 16 }
  }
  const others = [
    contact(5, 0),
    contact(6, 0),
    contact(5, 1),
    contact(7, 0),
    contact(8, 0),
    contact(9, 0),
    contact(9, 1),
  ]
  const clockwise = others.toSorted((a, b) => compareIds(self.id.distanceTo(a.id), self.id.distanceTo(b.id)))
  const { asked, spread } = make([own], [place(own, [next, ...others.slice(0, 3)]), place(next, others)])
  spread()
  expect(asked.map(({ host }) => host)).toEqual(
    [...new Set(clockwise.map(({ endpoint }) => endpoint.host))].slice(0, REPLICAS),
  )
})

test('all that answer are counted, a refusal and silence are not', () => {
  const { asked, told, spread } = make()
  spread()
  asked[0]?.callbacks.answered(done)
  asked[1]?.callbacks.answered({ kind: 'refused', code: 202, message: 'no room' })
  expect(told).toEqual([])
  asked[2]?.callbacks.missed()
  expect(told).toEqual([1])
})

test('after the first the others have a moment', () => {
  const { asked, told, spread, run } = make()
  spread()
  run(2 * SECOND)
  asked[1]?.callbacks.answered(done)
  run(GRACE - 1)
  asked[0]?.callbacks.answered(done)
  expect(told).toEqual([])
  run(1)
  expect(told).toEqual([2])
  asked[2]?.callbacks.answered(done)
  expect(told).toEqual([2])
})

test('where none of them takes it, silent or full, it goes to the two behind', () => {
  for (const isSilent of [true, false]) {
    const { asked, told, spread, run } = make([...successors, contact(5, 0), contact(6, 0)])
    spread()
    for (const { callbacks } of asked.slice(0, 3)) {
      if (!isSilent) callbacks.answered({ kind: 'refused', code: 202, message: 'no room' })
    }
    if (isSilent) run(LONGEST_SPREAD)
    expect(told).toEqual([])
    expect(asked.slice(3).map(({ host }) => host)).toEqual(['45.0.4.1', '45.0.5.1'])
    asked[4]?.callbacks.answered(done)
    run(GRACE)
    expect(told).toEqual([1])
  }
})

test('without any answer it ends in time', () => {
  const { told, spread, run, replication } = make()
  spread()
  run(LONGEST_SPREAD + LONGEST_SECOND_SPREAD - 1)
  expect([told, replication.open]).toEqual([[], 1])
  run(1)
  expect([told, replication.open]).toEqual([[0], 0])
})

test('where there is no other host it is over at once', () => {
  const { told, spread, asked } = make([sibling, self])
  spread()
  expect([told, asked]).toEqual([[0], []])
})

test('so many are counted at once; the copies of one more go out all the same', () => {
  const { told, spread, asked, replication } = make()
  for (let n = 0; n <= MAX_SPREADS; n++) spread()
  expect([replication.open, told, asked.length]).toEqual([MAX_SPREADS, [0], 3 * (MAX_SPREADS + 1)])
  for (const { callbacks } of asked) callbacks.answered(done)
  expect([replication.open, told.length]).toEqual([0, MAX_SPREADS + 1])
})

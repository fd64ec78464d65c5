import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../kernel/clock.ts'
import { type ChordContact, contactAt } from '../contact.ts'
import type { HostAnswer, HostCallbacks, HostQuestion } from '../host-messages.ts'
import { RingId } from '../ring-id.ts'
import { StoreWorld, text } from '../test-support/store-world.ts'
import { MAX_REFUSALS } from './give-peers.ts'
import { ItemShelf } from './item-shelf.ts'
import { PeerShelf } from './peer-shelf.ts'
import type { Place } from './places.ts'
import { LONGEST_GIVING, MAX_QUEUED, MAX_SWARMS_GIVEN, Repair, SOON, SYNC_EVERY, SYNCS_AT_ONCE } from './repair.ts'
import { Strays } from './strays.ts'

const contact = (host: number, slot = 0) => contactAt({ host: `45.0.${host}.1`, port: 6881 }, slot) as ChordContact
const equal = { kind: 'range', keys: [] } as const
const refused = { kind: 'refused', code: 203, message: 'Not a key of ours' } as const
/** As one does that has all of it. */
const answerTo = ({ kind }: HostQuestion): HostAnswer => (kind === 'storePeers' ? { kind: 'done' } : equal)
type Changeable = { -readonly [K in keyof Place]: Place[K] }

/** A host with so many places; what it asks stays open until it is answered here. */
function make(count = 1) {
  const world = new StoreWorld({ seed: 3 })
  const { clock, random } = world
  const places: Changeable[] = Array.from({ length: count }, (_, slot) => {
    const successors = [contact(0, slot + 1), contact(1), contact(1, 1), contact(2), contact(3), contact(4)]
    return { self: contact(0, slot), predecessor: contact(9), successors, capacity: 16 }
  })
  const asked: { readonly host: string; readonly question: HostQuestion; readonly callbacks: HostCallbacks }[] = []
  const port = {
    ask: ({ host }: { host: string }, question: HostQuestion, callbacks: HostCallbacks) =>
      asked.push({ host, question, callbacks }),
  }
  const [items, peers] = [new ItemShelf(), new PeerShelf(random)]
  const members = () => places
  const lookUp = () => ({ cancel() {} })
  const strays = new Strays({ clock, port, items, members, isOwn: () => false, lookUp })
  const repair = new Repair({ clock, random, port, items, peers, strays, members })
  /** Answers what is open, until nothing is. @returns whom it went to */
  const settle = () => {
    const hosts: string[] = []
    for (let one = asked.shift(); one; one = asked.shift()) {
      if (one.question.kind === 'range') hosts.push(one.host)
      one.callbacks.answered(answerTo(one.question))
    }
    return hosts
  }
  return { world, places, asked, items, peers, repair, settle }
}

describe('repair', () => {
  test('compares what a member owns with the next three hosts, about once a minute', () => {
    const { world, repair, settle, places } = make()
    repair.start()
    expect(settle()).toEqual([])
    let rounds = 0
    for (const until = world.time + 20 * MINUTE; world.time < until; world.run(SECOND)) {
      const hosts = settle()
      if (hosts.length > 0) rounds += 1
      if (hosts.length > 0) expect(hosts).toEqual(['45.0.1.1', '45.0.2.1', '45.0.3.1'])
    }
    expect(rounds).toBeGreaterThan(20 / 1.5 - 2)
    expect(rounds).toBeLessThan(20 / 0.5 + 1)
    places.length = 0
    world.run(3 * MINUTE)
    expect(settle()).toEqual([])
  })

  test('comes soon where a neighbour has changed, and not where none has', () => {
    const { world, repair, settle, places } = make()
    const [place] = places as [Changeable]
    repair.start()
    repair.neighboursChanged()
    world.run(2 * SOON)
    expect(settle()).toHaveLength(3)
    repair.neighboursChanged()
    // Somebody behind the replicas.
    place.successors = [...place.successors, contact(5)]
    world.run(2 * SOON)
    expect(settle()).toEqual([])
    place.successors = [contact(2), contact(3), contact(4)]
    repair.neighboursChanged()
    world.run(2 * SOON)
    expect(settle()).toEqual(['45.0.2.1', '45.0.3.1', '45.0.4.1'])
    place.predecessor = contact(8)
    repair.neighboursChanged()
    world.run(2 * SOON)
    expect(settle()).toHaveLength(3)
  })

  test('gives a new replica the peers of its range, once, and all of them where the range has grown', () => {
    const { world, repair, asked, places, peers } = make()
    const [place] = places as [Changeable]
    const self = place.self.id
    const infoHashes = Array.from({ length: 20 }, (_, n) => self.plusPowerOfTwo(100 + n))
    for (const infoHash of infoHashes) peers.announce(infoHash, { host: '81.0.0.1', port: 1 }, false, 0)
    place.predecessor = { ...contact(9), id: self.plusPowerOfTwo(50) }
    repair.start()
    /** How many info-hashes each host is given; `silent` answers nothing. */
    const given = (silent?: string, refuser?: string) => {
      repair.neighboursChanged()
      world.run(2 * SOON)
      const counts: Record<string, number> = {}
      for (let one = asked.shift(); one; one = asked.shift()) {
        if (one.question.kind === 'storePeers') counts[one.host] = (counts[one.host] ?? 0) + 1
        if (one.host === silent && one.question.kind === 'storePeers') one.callbacks.missed()
        else
          one.callbacks.answered(
            one.host === refuser && one.question.kind === 'storePeers' ? refused : answerTo(one.question),
          )
      }
      return counts
    }
    expect(given()).toEqual({ '45.0.1.1': 20, '45.0.2.1': 20, '45.0.3.1': 20 })
    expect(given()).toEqual({})
    place.successors = [contact(1), contact(5), contact(2), contact(3)]
    expect(given('45.0.5.1')).toEqual({ '45.0.5.1': 1 })
    // What has failed is tried again in the next round.
    world.run(1.5 * SYNC_EVERY)
    expect(given(undefined, '45.0.5.1')).toEqual({ '45.0.5.1': MAX_REFUSALS })
    world.run(1.5 * SYNC_EVERY)
    expect(given()).toEqual({ '45.0.5.1': 20 })
    place.predecessor = { ...contact(8), id: self.plusPowerOfTwo(110) }
    expect(given()).toEqual({})
    place.predecessor = { ...contact(9), id: self.plusPowerOfTwo(50) }
    expect(given()).toEqual({})
    place.predecessor = { ...contact(7), id: self.plusPowerOfTwo(40) }
    expect(given()).toEqual({ '45.0.1.1': 20, '45.0.5.1': 20, '45.0.2.1': 20 })
  })

  test('gives a replica so many info-hashes of a member at most', () => {
    const { world, repair, asked, settle, places, peers } = make()
    const [place] = places as [Changeable]
    Object.assign(place, { predecessor: place.self, successors: [contact(1)] })
    for (let n = 0; n < MAX_SWARMS_GIVEN + 5; n++) {
      peers.announce(RingId.of(world.random.bytes(20)), { host: `81.${n >> 8}.${n & 255}.1`, port: 1 }, false, 0)
    }
    repair.start()
    repair.neighboursChanged()
    world.run(2 * SOON)
    let given = 0
    for (let one = asked.shift(); one; one = asked.shift()) {
      if (one.question.kind === 'storePeers') given += 1
      expect(asked).toHaveLength(0)
      one.callbacks.answered(answerTo(one.question))
    }
    expect(given).toBe(MAX_SWARMS_GIVEN)
    expect(settle()).toEqual([])
  })

  test('gives peers to one that answers slowly for so long, then it is the next one’s turn', () => {
    const { world, repair, asked, places, peers } = make()
    const [place] = places as [Changeable]
    Object.assign(place, { predecessor: place.self, successors: [contact(1), contact(2)] })
    for (let n = 0; n < MAX_SWARMS_GIVEN; n++) {
      peers.announce(RingId.of(world.random.bytes(20)), { host: `81.${n >> 8}.${n & 255}.1`, port: 1 }, false, 0)
    }
    repair.start()
    repair.neighboursChanged()
    world.run(2 * SOON)
    const slow = asked.shift()
    slow?.callbacks.answered(equal)
    const began = world.time
    while (asked[0]?.host === slow?.host) {
      world.run(4 * SECOND)
      const one = asked.shift()
      one?.callbacks.answered(answerTo(one.question))
    }
    expect(world.time - began).toBeLessThanOrEqual(LONGEST_GIVING + 4 * SECOND)
    expect(asked.map(({ host, question }) => [host, question.kind])).toEqual([['45.0.2.1', 'range']])
  })

  test('runs one comparison of a member at a time, so many in all, and so many wait', () => {
    const { world, repair, asked, settle } = make(10)
    repair.start()
    world.run(SYNC_EVERY * 1.5)
    expect(asked).toHaveLength(SYNCS_AT_ONCE)
    // Each round adds what waits already.
    world.run(20 * SYNC_EVERY)
    expect([asked.length, repair.open]).toEqual([SYNCS_AT_ONCE, 30 + SYNCS_AT_ONCE])
    expect(settle().length).toBe(30 + SYNCS_AT_ONCE)
    const many = make(64)
    for (const [n, place] of many.places.entries()) {
      place.successors = Array.from({ length: 3 }, (_, k) => contact(10 + 3 * (n % 40) + k))
      place.self = contact(1 + n)
    }
    for (let more = 0; more < 60; more++)
      many.places.push({ ...(many.places[more] as Place), self: contact(100 + more) })
    many.repair.start()
    many.world.run(SYNC_EVERY * 1.5)
    expect(many.repair.open).toBeLessThanOrEqual(MAX_QUEUED + SYNCS_AT_ONCE)
    expect(many.repair.open).toBeGreaterThan(MAX_QUEUED / 2)
  })

  test('forgets what has expired', () => {
    const { world, repair, items, peers, settle } = make()
    items.write(text('a'), { host: '1.2.3.4' }, 0)
    peers.announce(RingId.of(new Uint8Array(20)), { host: '81.0.0.1', port: 1 }, false, 0)
    repair.start()
    world.run(44 * MINUTE)
    settle()
    expect([items.size, peers.size]).toEqual([1, 1])
    world.run(3 * MINUTE)
    settle()
    expect([items.size, peers.size]).toEqual([1, 0])
    world.run(24 * 60 * MINUTE, () => {
      settle()
      return false
    })
    expect(items.size).toBe(0)
  })

  test('that is stopped asks nobody any more, and sets no timer', () => {
    const { world, repair, asked } = make()
    repair.start()
    repair.neighboursChanged()
    world.run(SYNC_EVERY * 1.5)
    repair.stop()
    const before = asked.length
    for (const { callbacks } of asked) callbacks.answered(equal)
    repair.neighboursChanged()
    world.run(10 * MINUTE)
    expect([asked.length, repair.open, world.close()]).toEqual([before, 0, 0])
  })
})

import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../simulation/random.ts'
import { areSiblings, type ChordContact, contactAt } from '../contact.ts'
import { IdealRing } from '../ideal-ring.ts'
import { isBetween, owns, RingId } from '../ring-id.ts'
import { distinctHosts, isNeighbour, keeperOf, ownerAmong, type Place, REPLICAS, replicaHosts } from './places.ts'

const R = 16
const HOSTS = 200
const endpoint = (n: number) => ({ host: `45.${n >> 8}.${n & 255}.1`, port: 6881 })
const contacts = Array.from({ length: HOSTS }, (_, n) =>
  [0, 1, 2, 3].map((slot) => contactAt(endpoint(n), slot) as ChordContact),
)
const ring = new IdealRing(contacts.flat())
const placesOf = (n: number): Place[] =>
  (contacts[n] as ChordContact[]).map((self) => ({ self, capacity: R, ...ring.pointersOf(self.id, R) }))
const random = SeededRandom.of(4)

/** The owner of a key and the next hosts, as whoever sees the whole ring. */
function holders(key: RingId): ChordContact[] {
  const owner = contacts.flat().find(({ id }) => owns(ring.pointersOf(id, R).predecessor.id, key, id)) as ChordContact
  return [owner, ...replicaHosts({ self: owner, successors: ring.pointersOf(owner.id, R).successors }, [])]
}

test('replicas are the next hosts behind the owner, each another', () => {
  for (let n = 0; n < HOSTS; n++) {
    for (const place of placesOf(n)) {
      const hosts = replicaHosts(place, [])
      expect(hosts).toHaveLength(REPLICAS)
      const all = [place.self, ...hosts]
      expect(new Set(all.map((contact) => contact.endpoint.host)).size).toBe(1 + REPLICAS)
      const [, , last] = hosts as [ChordContact, ChordContact, ChordContact]
      for (const between of place.successors) {
        const isNearer = isBetween(place.self.id, between.id, last.id)
        if (isNearer) expect(all.some((contact) => areSiblings(contact, between))).toBe(true)
      }
    }
  }
})

describe('on a ring of 200 hosts with four places each', () => {
  test('every owner and every replica keeps a key; few others would', () => {
    let others = 0
    const keys = 200
    for (let n = 0; n < keys; n++) {
      const key = RingId.of(random.bytes(20))
      const expected = holders(key).map((contact) => contact.endpoint.host)
      for (let host = 0; host < HOSTS; host++) {
        const keeps = keeperOf(placesOf(host), key) !== undefined
        if (expected.includes(endpoint(host).host)) expect(keeps).toBe(true)
        else if (keeps) others += 1
      }
    }
    expect(others / keys / HOSTS).toBeLessThan(0.4)
  })

  test('the owner is the one whose range it is in', () => {
    for (let n = 0; n < 100; n++) {
      const key = RingId.of(random.bytes(20))
      const [owner] = holders(key) as [ChordContact]
      for (let host = 0; host < HOSTS; host++) {
        expect(ownerAmong(placesOf(host), key)?.self.id.equals(owner.id) ?? false).toBe(
          endpoint(host).host === owner.endpoint.host,
        )
      }
    }
  })

  test('neighbours are those in its pointers', () => {
    const places = placesOf(0)
    const near = new Set(
      places.flatMap(({ successors, predecessor }) =>
        [predecessor, ...successors].map((contact) => contact.endpoint.host),
      ),
    )
    for (let n = 0; n < HOSTS; n++) expect(isNeighbour(places, endpoint(n))).toBe(near.has(endpoint(n).host))
    expect(isNeighbour(places, { ...endpoint(1), port: 1 })).toBe(false)
  })
})

test('who sees the whole ring keeps every key; who has no place, none', () => {
  const few = contacts.slice(0, 3).flat()
  const small = new IdealRing(few)
  const [self] = few as [ChordContact]
  const place = { self, capacity: R, ...small.pointersOf(self.id, R) }
  for (let n = 0; n < 50; n++) {
    const key = RingId.of(random.bytes(20))
    expect(keeperOf([place], key)).toBe(place)
    expect(keeperOf([], key)).toBeUndefined()
  }
})

test('distinct hosts are told apart by address and port', () => {
  const [a, b] = [contactAt(endpoint(1), 0), contactAt({ ...endpoint(1), port: 2 }, 1)] as [ChordContact, ChordContact]
  const c = contactAt(endpoint(1), 2) as ChordContact
  expect(distinctHosts([a, b, c], 5)).toEqual([a, b])
  expect(distinctHosts([a, b, c], 1)).toEqual([a])
  expect(distinctHosts([a, b, c], 5, c)).toEqual([b])
})

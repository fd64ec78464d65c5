import { describe, expect, test } from 'vitest'
import { type ChordContact, contactAt } from '../contact.ts'
import { RingId } from '../ring-id.ts'
import { StorePair } from '../test-support/store-pair.ts'
import { keyOf, text } from '../test-support/store-world.ts'
import { HEIRS, handOver, LONGEST_HAND_OVER } from './hand-over.ts'
import { isInRange } from './key-range.ts'
import { rangeOf } from './places.ts'

const other = (n: number) => contactAt({ host: `46.0.${n}.1`, port: 6881 }, 0) as ChordContact
const items = Array.from({ length: 100 }, (_, n) => text(`${n}`))
const infoHash = (byte: number) => RingId.of(new Uint8Array(20).fill(byte))
const peer = { host: '80.0.0.1', port: 9 }

/** The first host of a pair, between others, and what it has. */
function make(successors?: readonly ChordContact[]) {
  const pair = new StorePair()
  const { a, b } = pair
  const place = { self: a.self, predecessor: other(7), successors: successors ?? [b.self], capacity: 8 }
  b.places = [{ self: b.self, predecessor: a.self, successors: [a.self], capacity: 8 }]
  for (const item of items) a.items.write(item, { host: '1.2.3.4' }, 0)
  for (let byte = 0; byte < 256; byte += 16) a.peers.announce(infoHash(byte), peer, false, 0)
  const leave = () =>
    pair.ended<boolean>((done) =>
      handOver({ items: a.items, peers: a.peers, port: a.port, clock: a.clock, members: () => [place] }, place, done),
    )
  return { pair, place, leave }
}

describe('a member that leaves', () => {
  test('gives the next host what it owned, items and peers, and nothing else', async () => {
    const { pair, place, leave } = make()
    expect(await leave()).toBe(true)
    const owned = items.filter((item) => isInRange(rangeOf(place), keyOf(item)))
    expect(owned.length).toBeGreaterThan(0)
    expect(new Set(pair.b.items.all(pair.now).map(({ item }) => item))).toEqual(new Set(owned))
    const swarms = Array.from({ length: 16 }, (_, n) => infoHash(16 * n)).filter((id) => isInRange(rangeOf(place), id))
    expect(pair.b.peers.ids().map(String).sort()).toEqual(swarms.map(String).sort())
    expect(pair.a.items.size).toBe(items.length)
  })

  test('sends nothing that the next has already', async () => {
    const { pair, leave } = make()
    for (const item of items) pair.b.items.write(item, { host: '1.2.3.4' }, 0)
    for (const { key } of pair.b.items.all(0)) if (!pair.a.items.get(key, 0)) pair.b.items.drop(key)
    const before = pair.a.peers.size
    expect(await leave()).toBe(true)
    expect(pair.a.asked.questions).toBeLessThanOrEqual(1 + before)
  })

  test('passes over those that do not answer or will not take it', async () => {
    const { pair, leave } = make([other(1), other(2), other(3), other(4)])
    // It has no place, and so no key is its to keep.
    pair.b.places = []
    expect(await leave()).toBe(false)
    const silent = make([other(1), other(2), other(3), other(4)])
    silent.pair.b.tongue = () => undefined
    expect(await silent.leave()).toBe(false)
    expect(silent.pair.a.asked.questions).toBe(HEIRS)
    const late = make([other(1), other(2)])
    let said = 0
    late.pair.b.tongue = (_question, truth) => (said++ === 0 ? undefined : truth)
    expect(await late.leave()).toBe(true)
  })

  test('asks whom it has called dead last, and where all are, the nearest alone', async () => {
    const heirs = [other(1), other(2), other(3)]
    const asked = async (dead: readonly ChordContact[]) => {
      const { pair, place } = make(heirs)
      const hosts: string[] = []
      pair.a.port.ask = ({ host }, _question, { missed }) => {
        hosts.push(host)
        pair.a.clock.after(1, missed)
      }
      const isDead = (contact: ChordContact) => dead.includes(contact)
      const { items, peers, port, clock } = pair.a
      const parts = { items, peers, port, clock, members: () => [place], isDead }
      expect(await pair.ended<boolean>((done) => handOver(parts, place, done))).toBe(false)
      return hosts
    }
    const [one, two, three] = heirs.map(({ endpoint }) => endpoint.host)
    expect(await asked([])).toEqual([one, two, three])
    expect(await asked(heirs.slice(0, 1))).toEqual([two, three, one])
    expect(await asked(heirs)).toEqual([one])
  })

  test('goes without where there is nobody, or where it takes too long', async () => {
    expect(await make([]).leave()).toBe(false)
    const stuck = make()
    stuck.pair.a.port.ask = () => {}
    expect(await stuck.leave()).toBe(false)
    expect(stuck.pair.now).toBe(LONGEST_HAND_OVER)
  })
})

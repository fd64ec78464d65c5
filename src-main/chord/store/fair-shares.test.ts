import { expect, test } from 'vitest'
import { SeededRandom } from '../../simulation/random.ts'
import { RingId } from '../ring-id.ts'
import { FairShares, PLANNED_AT_ONCE } from './fair-shares.ts'
import { MAX_INFO_HASHES, PeerShelf } from './peer-shelf.ts'

const random = SeededRandom.of(5)
const someKey = () => RingId.of(random.bytes(20))
const edge = someKey()
const whole = { after: edge, upTo: edge }

test('looks through all once for many decisions', () => {
  const held: RingId[] = []
  const shares = new FairShares({ ranges: () => [whole], count: () => held.length })
  for (let n = 0; n < 1_000; n++) {
    held.push(someKey())
    shares.note(held.at(-1) as RingId, { network: n % 3, isCopy: false })
  }
  for (let n = 0; n < 2 * PLANNED_AT_ONCE; n++) {
    const victim = shares.victimFor(someKey(), 9) as RingId
    shares.forget(victim)
    held.pop()
  }
  expect(shares.looks).toBe(2)
  expect(shares.victimFor(someKey(), 0)).toBeUndefined()
  expect(shares.looks).toBe(2)
})

test('one whose network has as many as any other displaces nothing, nor does what is outside displace what is inside', () => {
  let size = 0
  const shares = new FairShares({ ranges: () => [whole], count: () => size })
  const none = new FairShares({ ranges: () => [], count: () => 0 })
  for (let n = 0; n < 100; n++) {
    size += 1
    for (const one of [shares, none]) one.note(someKey(), { network: n, isCopy: false })
  }
  expect([shares.victimFor(someKey(), 200), none.victimFor(someKey(), 200)]).toEqual([undefined, undefined])
  expect([shares.looks, none.looks]).toEqual([0, 0])
})

test('two networks that fill the shelf of peers do not keep a third out', () => {
  const shelf = new PeerShelf(random, () => [whole])
  const early: RingId[] = []
  for (let n = 0; n < MAX_INFO_HASHES; n++) {
    const key = someKey()
    if (n < 100) early.push(key)
    shelf.announce(key, { host: `9.9.${n % 2}.1`, port: 1 }, false, 0)
  }
  expect(shelf.size).toBe(MAX_INFO_HASHES)
  const honest = Array.from({ length: 300 }, someKey)
  for (const key of honest) expect(shelf.announce(key, { host: '7.7.7.1', port: 1 }, false, 0)).toBe(true)
  expect(shelf.size).toBe(MAX_INFO_HASHES)
  for (const key of [...honest, ...early]) expect(shelf.current(key, 0)).toHaveLength(1)
  // What went is no longer counted: its network may announce as much elsewhere.
  for (const key of honest.slice(0, 100)) {
    expect(shelf.announce(key, { host: '9.9.0.1', port: 2 }, false, 0)).toBe(true)
  }
})

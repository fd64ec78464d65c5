import { expect, test } from 'vitest'
import { MINUTE } from '../kernel/clock.ts'
import { SeededRandom } from '../simulation/random.ts'
import { MAX_PEERS, PEER_LIFE, type Swarm, Swarms } from './swarms.ts'

const peer = (n: number) => ({ host: `81.${n >> 8}.${n & 255}.1`, port: 1 })

/** Of at most `limit` torrents, the first to come. */
function make(limit = 10): Swarms<string> {
  const swarms = new Map<string, Swarm>()
  return new Swarms<string>(
    {
      get size() {
        return swarms.size
      },
      get: (id) => swarms.get(id),
      hasRoomFor: (id) => swarms.size < limit || swarms.has(id),
      set: (id, swarm) => {
        swarms.set(id, swarm)
        return undefined
      },
      delete: (id) => swarms.delete(id),
      ids: () => [...swarms.keys()],
    },
    SeededRandom.of(1),
  )
}

const of = (n: number, announcedAt: number, seed = false) => ({ endpoint: peer(n), seed, announcedAt })

test('what another keeper knows is adopted where it is newer, in the order of announcing', () => {
  const swarms = make()
  swarms.announce('a', peer(1), false, 100)
  swarms.announce('a', peer(2), false, 300)
  expect(swarms.adopt('a', of(3, 200, true), 400)).toBe(true)
  expect(swarms.adopt('a', of(1, 50, true), 400)).toBe(false)
  expect(swarms.adopt('a', of(2, 350, true), 400)).toBe(true)
  expect(swarms.current('a', 400)).toEqual([of(1, 100), of(3, 200, true), of(2, 350, true)])
})

test('what has expired on the way is not adopted, nor what finds no room', () => {
  const swarms = make(1)
  expect(swarms.adopt('a', of(1, 0), PEER_LIFE)).toBe(false)
  expect(swarms.size).toBe(0)
  expect(swarms.adopt('a', of(1, MINUTE), PEER_LIFE)).toBe(true)
  expect(swarms.adopt('b', of(1, MINUTE), PEER_LIFE)).toBe(false)
})

test('of too many peers the one announced longest ago goes, also where it came last', () => {
  const swarms = make()
  for (let n = 0; n < MAX_PEERS; n++) swarms.announce('a', peer(n), false, 1_000 + n)
  expect(swarms.adopt('a', of(2_000, 500), 2_000)).toBe(true)
  expect(swarms.current('a', 2_000)[0]).toEqual(of(2_000, 500))
  swarms.announce('a', peer(3_000), false, 2_000)
  const current = swarms.current('a', 2_000)
  expect([current.length, current[0]]).toEqual([MAX_PEERS, of(1, 1_001)])
})

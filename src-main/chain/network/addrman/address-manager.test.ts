import { describe, expect, test } from 'vitest'
import { SECOND } from '../../../kernel/clock.ts'
import { type Endpoint, formatEndpoint } from '../../../kernel/network.ts'
import { SeededRandom } from '../../../simulation/random.ts'
import { ManualClock, WALL_TIME } from '../../test-support/stream-fakes.ts'
import type { GossipAddress } from '../messages/index.ts'
import { HORIZON, MAX_FAILURES, MAX_TRIES_WITHOUT_SUCCESS } from './address-entry.ts'
import {
  AddressManager,
  type AddressSource,
  type KnownAddress,
  MAX_PICKS,
  MAX_SHARED,
  SHARED_PERCENT,
} from './address-manager.ts'
import { BUCKET_SLOTS } from './bucket-table.ts'
import { NEW_BUCKETS_OF_A_SOURCE, SMALL_NETWORK_BUCKETS, TRIED_BUCKETS_OF_A_GROUP } from './placement.ts'
import { MAX_COLLISIONS } from './tried-collisions.ts'

const NOW = WALL_TIME / SECOND
const MINUTE = 60
const HOUR = 3_600
const DAY = 24 * HOUR
const KADEMLIA: AddressSource = { origin: 'kademlia' }

function gossipFrom(host: string): AddressSource {
  return { origin: 'gossip', host }
}

function address(host: string, port = 9_533, time = NOW, services = 9n): GossipAddress {
  return { time, services, host, port }
}

/** A public address by number; each 200 numbers are one group. */
function hostOf(i: number): string {
  const group = Math.floor(i / 200)
  return `${20 + (group % 60)}.${Math.floor(group / 60) % 256}.${i % 7}.${1 + (i % 200)}`
}

function managing(seed = 1) {
  const clock = new ManualClock()
  const addresses = new AddressManager({ clock, random: SeededRandom.of(seed) })
  const pass = (seconds: number) => clock.pass(seconds * SECOND)
  return { clock, addresses, pass }
}

const endpoint = (host: string, port = 9_533): Endpoint => ({ host, port })
const nameOf = ({ endpoint }: KnownAddress) => formatEndpoint(endpoint)

describe('what is taken', () => {
  test('an address is known once, with what was said of it', () => {
    const { addresses } = managing()
    expect(addresses.add([address('8.8.8.8'), address('8.8.8.8'), address('::ffff:8.8.8.8')], KADEMLIA)).toBe(1)
    expect(addresses.known).toHaveLength(1)
    expect(addresses.find(endpoint('8.8.8.8'))).toMatchObject({
      endpoint: { host: '8.8.8.8', port: 9_533 },
      origin: 'kademlia',
      services: 9n,
      time: NOW,
      triedSlot: undefined,
    })
  })

  test('what cannot be dialled is passed over', () => {
    const { addresses } = managing()
    const bad = [address('0.0.0.0'), address('224.0.0.1'), address('ff02::1'), address('::'), address('8.8.8.8', 0)]
    expect(addresses.add([...bad, address('a.name.example'), address('8.8.8.8', 65_536)], KADEMLIA)).toBe(0)
    expect(addresses.size).toBe(0)
  })

  test('somebody outside cannot name addresses inside', () => {
    const { addresses } = managing()
    const inside = [address('127.0.0.1'), address('192.168.1.1'), address('fd00::1')]
    expect(addresses.add(inside, gossipFrom('8.8.8.8'))).toBe(0)
    expect(addresses.add(inside, gossipFrom('192.168.1.9'))).toBe(2)
    expect(addresses.add([address('127.0.0.2')], gossipFrom('127.0.0.1'))).toBe(1)
  })

  test('gossip is two hours older than it says, unless somebody speaks of itself', () => {
    const { addresses } = managing()
    addresses.add([address('8.8.8.8')], gossipFrom('9.9.9.9'))
    addresses.add([address('9.9.9.9')], gossipFrom('9.9.9.9'))
    expect(addresses.find(endpoint('8.8.8.8'))?.time).toBe(NOW - 2 * HOUR)
    expect(addresses.find(endpoint('9.9.9.9'))?.time).toBe(NOW)
  })

  test('times that cannot be are five days ago', () => {
    const { addresses } = managing()
    const times = {
      '8.8.8.1': NOW + 10 * MINUTE + 1,
      '8.8.8.2': 0,
      '8.8.8.3': 2 ** 32 - 1,
      '8.8.8.4': NOW + 10 * MINUTE,
    }
    for (const [host, time] of Object.entries(times)) addresses.add([address(host, 9_533, time)], KADEMLIA)
    const kept = Object.keys(times).map((host) => addresses.find(endpoint(host))?.time)
    expect(kept).toEqual([NOW - 5 * DAY, NOW - 5 * DAY, NOW - 5 * DAY, NOW + 10 * MINUTE])
  })

  test('who is named again later is younger, in steps, and never older', () => {
    const { addresses, pass } = managing()
    const time = () => addresses.find(endpoint('8.8.8.8'))?.time
    addresses.add([address('8.8.8.8')], KADEMLIA)
    pass(HOUR)
    addresses.add([address('8.8.8.8', 9_533, NOW + HOUR)], KADEMLIA)
    expect(time()).toBe(NOW)
    addresses.add([address('8.8.8.8', 9_533, NOW + HOUR + 1, 64n)], KADEMLIA)
    expect(time()).toBe(NOW + HOUR + 1)
    addresses.add([address('8.8.8.8', 9_533, NOW)], KADEMLIA)
    expect(time()).toBe(NOW + HOUR + 1)
    expect(addresses.find(endpoint('8.8.8.8'))?.services).toBe(73n)
  })
})

describe('an attacker', () => {
  const ATTACK = 100_000

  test('who names 100,000 addresses from one netgroup gets 64 buckets, and drives out nobody', () => {
    const { addresses } = managing()
    for (let i = 0; i < 4_000; i++) addresses.add([address(hostOf(i))], gossipFrom(`${100 + (i % 50)}.${i % 40}.1.1`))
    const honest = addresses.known.map(nameOf)
    const before = addresses.buckets.new
    expect(honest.length).toBeGreaterThan(3_800)
    for (let i = 0; i < ATTACK; i++) {
      const host = `${130 + (i % 50)}.${(i >>> 3) & 255}.${(i >>> 8) & 255}.${i & 255}`
      addresses.add([address(host)], gossipFrom(`200.1.${i % 200}.7`))
    }
    const names = new Set(addresses.known.map(nameOf))
    expect(honest.filter((name) => !names.has(name))).toEqual([])
    expect(addresses.size - honest.length).toBeLessThanOrEqual(NEW_BUCKETS_OF_A_SOURCE * BUCKET_SLOTS)
    expect(addresses.buckets.new - before).toBeLessThanOrEqual(NEW_BUCKETS_OF_A_SOURCE)
    let chosen = 0
    for (let i = 0; i < 1_000; i++)
      if (honest.includes(nameOf(addresses.select({ table: 'new' }) as KnownAddress))) chosen++
    expect(chosen).toBeGreaterThan(850)
  })

  test('whose addresses all answer, of one netgroup, gets 8 of the tried buckets', () => {
    const { addresses, pass } = managing()
    for (let i = 0; i < 3_000; i++) {
      const own = endpoint(`200.1.${i % 250}.${1 + Math.floor(i / 250)}`)
      addresses.add([address(own.host)], { origin: 'tracker' })
      addresses.good(own, 9n)
      // Slots that another of his has are given up to the newcomer after a while.
      pass(5)
      addresses.feelerTarget()
    }
    expect(addresses.triedCount).toBeGreaterThan(100)
    expect(addresses.buckets.tried).toBeLessThanOrEqual(TRIED_BUCKETS_OF_A_GROUP)
    expect(addresses.triedCount).toBeLessThanOrEqual(TRIED_BUCKETS_OF_A_GROUP * BUCKET_SLOTS)
  })

  test('in our own network gets 32 buckets of each table', () => {
    const { addresses } = managing()
    for (let i = 0; i < ATTACK; i++) {
      const own = endpoint(`192.168.${(i >>> 8) & 255}.${1 + (i % 250)}`, 1 + (i % 60_000))
      addresses.add([address(own.host, own.port)], gossipFrom(`192.168.0.${i % 200}`))
      if (i % 10 === 0) addresses.good(own, 9n)
    }
    expect(addresses.buckets.new).toBeLessThanOrEqual(SMALL_NETWORK_BUCKETS)
    expect(addresses.buckets.tried).toBeLessThanOrEqual(SMALL_NETWORK_BUCKETS)
    expect(addresses.size).toBeLessThanOrEqual(2 * SMALL_NETWORK_BUCKETS * BUCKET_SLOTS)
  })
})

describe('small networks', () => {
  test.each([
    ['on one machine', (i: number) => endpoint('127.0.0.1', 20_000 + i)],
    ['in 127/8', (i: number) => endpoint(`127.0.0.${1 + i}`)],
    ['in one house', (i: number) => endpoint(`192.168.1.${1 + i}`)],
    ['of IPv6, link-local', (i: number) => endpoint(`fe80::${1 + i}`)],
  ])('twenty nodes %s are all known, all tried, and all chosen', (_, at) => {
    for (let seed = 0; seed < 10; seed++) {
      const { addresses, pass } = managing(seed)
      const all = Array.from({ length: 20 }, (_, i) => at(i))
      for (const { host, port } of all) addresses.add([address(host, port)], gossipFrom(at(0).host))
      expect(addresses.size).toBe(20)
      for (const one of all) addresses.good(one, 9n)
      expect(addresses.triedCount).toBe(20)
      pass(HOUR)
      const chosen = new Set<string>()
      for (let i = 0; i < 500; i++) chosen.add(nameOf(addresses.select() as KnownAddress))
      expect(chosen.size).toBe(20)
    }
  })
})

describe('choosing', () => {
  test('nothing from nothing', () => {
    const { addresses } = managing()
    expect([addresses.select(), addresses.feelerTarget()]).toEqual([undefined, undefined])
  })

  test('both tables have the same chance, however full they are', () => {
    const { addresses, pass } = managing()
    for (let i = 0; i < 1_000; i++) addresses.add([address(hostOf(i))], KADEMLIA)
    for (let i = 0; i < 10; i++) addresses.good(endpoint(hostOf(100 * i)), 9n)
    pass(HOUR)
    let tried = 0
    for (let i = 0; i < 1_000; i++) if (addresses.select()?.triedSlot !== undefined) tried++
    expect(tried).toBeGreaterThan(430)
    expect(tried).toBeLessThan(570)
    expect(addresses.select({ table: 'tried' })?.triedSlot).toBeDefined()
    expect(addresses.select({ table: 'new' })).toMatchObject({ triedSlot: undefined })
  })

  test('who failed or was tried just now is chosen less, but an only address is chosen', () => {
    const { addresses, pass } = managing()
    addresses.add([address('8.8.8.8'), address('9.9.9.9')], KADEMLIA)
    const share = () => {
      let count = 0
      for (let i = 0; i < 2_000; i++) if (addresses.select()?.endpoint.host === '8.8.8.8') count++
      return count / 2_000
    }
    expect(Math.abs(share() - 0.5)).toBeLessThan(0.05)
    addresses.attempted(endpoint('8.8.8.8'))
    expect(share()).toBeLessThan(0.1)
    pass(11 * MINUTE)
    // One failure: two thirds of the other's weight.
    expect(Math.abs(share() - 0.4)).toBeLessThan(0.06)
    addresses.forget(endpoint('9.9.9.9'))
    addresses.attempted(endpoint('8.8.8.8'))
    expect(addresses.select()?.endpoint.host).toBe('8.8.8.8')
  })

  test('what the caller does not accept is not chosen, and the search ends', () => {
    const { addresses } = managing()
    addresses.add([address('8.8.8.8'), address('9.9.9.9')], KADEMLIA)
    const accept = ({ endpoint }: KnownAddress) => endpoint.host === '9.9.9.9'
    for (let i = 0; i < 50; i++) expect(addresses.select({ accept })?.endpoint.host).toBe('9.9.9.9')
    let asked = 0
    const refuse = () => {
      asked++
      return false
    }
    expect(addresses.select({ accept: refuse })).toBeUndefined()
    expect(asked).toBeGreaterThan(MAX_PICKS / 2)
    expect(asked).toBeLessThanOrEqual(MAX_PICKS)
  })
})

describe('failures', () => {
  const RIVAL = '8.8.8.8'

  test('count once between two successes of anybody: it may be we who are cut off', () => {
    const { addresses, pass } = managing()
    addresses.add([address(RIVAL), address('9.9.9.9')], KADEMLIA)
    const attempts = () => addresses.find(endpoint(RIVAL))?.attempts
    for (let i = 0; i < 5; i++) {
      pass(MINUTE)
      addresses.attempted(endpoint(RIVAL))
    }
    expect(attempts()).toBe(1)
    pass(MINUTE)
    addresses.good(endpoint('9.9.9.9'), 9n)
    pass(MINUTE)
    addresses.attempted(endpoint(RIVAL))
    expect(attempts()).toBe(2)
    addresses.good(endpoint(RIVAL), 1_033n)
    expect(addresses.find(endpoint(RIVAL))).toMatchObject({ attempts: 0, services: 1_033n })
  })

  /** Lets one fail so often, each time after another has answered. */
  function fail({ addresses, pass }: ReturnType<typeof managing>, times: number): void {
    for (let i = 0; i < times; i++) {
      pass(1)
      addresses.good(endpoint('9.9.9.9'), 9n)
      pass(2 * MINUTE)
      addresses.attempted(endpoint(RIVAL))
    }
  }

  test.each([
    ['never answered and failed three times', MAX_TRIES_WITHOUT_SUCCESS, false, 2 * MINUTE, true],
    ['never answered and failed twice', MAX_TRIES_WITHOUT_SUCCESS - 1, false, 2 * MINUTE, false],
    ['answered a week ago and failed ten times since', MAX_FAILURES, true, 7 * DAY, true],
    ['answered a week ago and failed nine times since', MAX_FAILURES - 1, true, 7 * DAY, false],
    ['answered a day ago and failed ten times since', MAX_FAILURES, true, DAY, false],
    ['was not heard of for thirty days', 0, false, HORIZON + 1, true],
    ['was heard of thirty days ago', 0, false, HORIZON, false],
  ])('who %s', (_, failures, hasAnswered, age, isGone) => {
    const bench = managing()
    const { addresses, pass } = bench
    addresses.add([address(RIVAL), address('9.9.9.9')], KADEMLIA)
    if (hasAnswered) addresses.good(endpoint(RIVAL), 9n)
    fail(bench, failures)
    pass(age)
    addresses.seen(endpoint('9.9.9.9'))
    const shared = new Set<string>()
    for (let i = 0; i < 100; i++) for (const { host } of addresses.shared('8.1.1.1')) shared.add(host)
    expect(shared.has(RIVAL)).toBe(!isGone)
    expect(shared.has('9.9.9.9')).toBe(true)
  })

  test('who is gone makes room for who is named', () => {
    const { addresses, pass } = managing()
    for (let i = 0; i < 200; i++) addresses.add([address(`8.8.1.${i}`)], KADEMLIA)
    const first = addresses.size
    // One group named by one source has one bucket.
    expect(first).toBeLessThanOrEqual(BUCKET_SLOTS)
    pass(31 * DAY)
    const later = NOW + 31 * DAY
    for (let i = 0; i < 200; i++) addresses.add([address(`8.8.2.${i}`, 9_533, later)], KADEMLIA)
    const old = addresses.known.filter(({ endpoint }) => endpoint.host.startsWith('8.8.1.'))
    expect(addresses.size).toBeLessThanOrEqual(BUCKET_SLOTS)
    expect(old.length).toBeLessThan(first / 4)
  })
})

describe('test before evict', () => {
  /** Two of one group of which the second wants the first one's place in the tried table. */
  function collision(seed = 1) {
    const bench = managing(seed)
    const { addresses } = bench
    for (let i = 0; ; i++) {
      const newcomer = endpoint(`8.8.${i % 256}.${1 + Math.floor(i / 256)}`)
      addresses.add([address(newcomer.host)], gossipFrom(`${30 + (i % 200)}.1.1.1`))
      if (addresses.find(newcomer) === undefined) continue
      addresses.good(newcomer, 9n)
      if (addresses.find(newcomer)?.triedSlot !== undefined) continue
      const rival = addresses.feelerTarget()
      // Those there answered just now: the newcomer has to yield. It will be heard again.
      expect(rival?.triedSlot).toBeUndefined()
      bench.pass(5 * HOUR)
      addresses.good(newcomer, 9n)
      const there = addresses.feelerTarget() as KnownAddress
      expect(there.triedSlot).toBeDefined()
      return { ...bench, newcomer, there: there.endpoint, slot: there.triedSlot }
    }
  }

  test('who answers the feeler stays, and the newcomer waits in the new table', () => {
    const { addresses, newcomer, there, slot, pass } = collision()
    addresses.attempted(there)
    addresses.good(there, 9n)
    pass(2 * MINUTE)
    addresses.feelerTarget()
    expect(addresses.find(there)?.triedSlot).toBe(slot)
    expect(addresses.find(newcomer)).toMatchObject({ triedSlot: undefined })
    expect(addresses.feelerTarget()?.triedSlot).toBeUndefined()
  })

  test('who does not answer within a minute makes room, and goes back to the new table', () => {
    const { addresses, newcomer, there, slot, pass } = collision()
    addresses.attempted(there)
    pass(MINUTE)
    expect(addresses.feelerTarget()?.endpoint).toEqual(there)
    pass(1)
    addresses.feelerTarget()
    expect(addresses.find(newcomer)?.triedSlot).toBe(slot)
    expect(addresses.find(there)).toMatchObject({ triedSlot: undefined })
  })

  test('without a test the newcomer takes the place after forty minutes', () => {
    const { addresses, newcomer, slot, pass } = collision()
    pass(40 * MINUTE)
    expect(addresses.feelerTarget()?.triedSlot).toBe(slot)
    pass(1)
    addresses.feelerTarget()
    expect(addresses.find(newcomer)?.triedSlot).toBe(slot)
  })

  test('a newcomer that is forgotten meanwhile changes nothing', () => {
    const { addresses, newcomer, there, slot, pass } = collision()
    addresses.forget(newcomer)
    pass(HOUR)
    addresses.feelerTarget()
    expect(addresses.find(newcomer)).toBeUndefined()
    expect(addresses.find(there)?.triedSlot).toBe(slot)
  })

  test(`no more than ${MAX_COLLISIONS} wait`, () => {
    const { addresses, pass } = managing()
    const waiting: Endpoint[] = []
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 1_500; i++) {
        const one = endpoint(`8.8.${i % 256}.${1 + Math.floor(i / 256)}`)
        addresses.add([address(one.host, 9_533, NOW + round * 5 * HOUR)], gossipFrom(`${30 + (i % 200)}.1.1.1`))
        const before = addresses.find(one)
        if (before === undefined || before.triedSlot !== undefined) continue
        addresses.good(one, 9n)
        if (round === 1 && addresses.find(one)?.triedSlot === undefined) waiting.push(one)
      }
      if (round === 0) {
        // All that wait yield to those that answered just now.
        addresses.feelerTarget()
        pass(5 * HOUR)
      }
    }
    expect(waiting.length).toBeGreaterThan(2 * MAX_COLLISIONS)
    pass(HOUR)
    addresses.feelerTarget()
    const moved = waiting.filter((one) => addresses.find(one)?.triedSlot !== undefined)
    expect(moved.length).toBeGreaterThan(0)
    expect(moved.length).toBeLessThanOrEqual(MAX_COLLISIONS)
  })
})

describe('answers to getaddr', () => {
  test(`are at most ${SHARED_PERCENT} % of what we know, rounded up, and different each time`, () => {
    const { addresses } = managing()
    expect(addresses.shared('8.8.8.8')).toEqual([])
    for (let i = 0; i < 300; i++) addresses.add([address(hostOf(i * 37))], gossipFrom(`${100 + (i % 50)}.1.1.1`))
    const [one, two] = [addresses.shared('8.8.8.8'), addresses.shared('8.8.8.8')]
    expect(one).toHaveLength(Math.ceil((addresses.size * SHARED_PERCENT) / 100))
    expect(new Set(one.map(({ host }) => host)).size).toBe(one.length)
    expect(one).not.toEqual(two)
    expect(one[0]).toEqual({ time: NOW - 2 * HOUR, services: 9n, host: expect.any(String), port: 9_533 })
  })

  test(`are at most ${MAX_SHARED}`, () => {
    const { addresses } = managing()
    for (let i = 0; i < 8_000; i++)
      addresses.add([address(hostOf(i * 37))], gossipFrom(`${100 + (i % 50)}.${i % 9}.1.1`))
    expect((addresses.size * SHARED_PERCENT) / 100).toBeGreaterThan(MAX_SHARED)
    expect(addresses.shared('8.8.8.8')).toHaveLength(MAX_SHARED)
  })

  test('tell nobody outside what is inside', () => {
    const { addresses } = managing()
    for (let i = 1; i < 50; i++)
      addresses.add([address(`192.168.0.${i}`), address('127.0.0.1', i)], { origin: 'local' })
    const reach = (asker: string) => new Set(addresses.shared(asker).map(({ host }) => host.split('.')[0]))
    expect(reach('8.8.8.8')).toEqual(new Set())
    expect(reach('192.168.0.7')).toEqual(new Set(['192']))
    expect(reach('127.0.0.1')).toEqual(new Set(['192', '127']))
  })
})

test('a connection that stands keeps its address young, every twenty minutes', () => {
  const { addresses, pass } = managing()
  addresses.add([address('8.8.8.8')], KADEMLIA)
  pass(20 * MINUTE)
  addresses.seen(endpoint('8.8.8.8'))
  expect(addresses.find(endpoint('8.8.8.8'))?.time).toBe(NOW)
  pass(1)
  addresses.seen(endpoint('8.8.8.8'))
  expect(addresses.find(endpoint('8.8.8.8'))?.time).toBe(NOW + 20 * MINUTE + 1)
})

test('what is not known is nobody', () => {
  const { addresses } = managing()
  const stranger = endpoint('8.8.8.8')
  addresses.attempted(stranger)
  addresses.good(stranger, 9n)
  addresses.seen(stranger)
  addresses.forget(stranger)
  expect([addresses.size, addresses.find(stranger)]).toEqual([0, undefined])
})

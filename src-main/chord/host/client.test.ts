/** Clients and members: what a host needs to take places, and what becomes of them when its address changes. */
import { describe, expect, test } from 'vitest'
import type { Endpoint } from '../../kernel/network.ts'
import { IdealRing } from '../ideal-ring.ts'
import type { ChordSearchResult } from '../overlay.ts'
import { RingId } from '../ring-id.ts'
import { type HostOptions, HostWorld, membersOf, type SimHost } from '../test-support/host-world.ts'
import { BOOTSTRAP_LIMIT } from './attempts.ts'
import { ADDRESS_SETTLED } from './node-options.ts'

const MINUTE = 60_000

/** The n-th address, each of a network of its own. */
const publicly = (n: number): Endpoint => ({ host: `${20 + n}.1.0.1`, port: 6881 })

/** Seven members whose addresses are given. */
function sevenMembers(seed: number): HostWorld {
  const world = new HostWorld({ seed, successors: 4 })
  for (let n = 0; n < 7; n++) {
    const host = world.add({ at: publicly(n), virtualNodes: 2 })
    world.run(MINUTE, () => world.isPlaced(host, 2))
  }
  if (!world.run(30 * MINUTE, () => world.members().length === 14)) throw new Error('places to spare are kept')
  world.becomesIdeal(10 * MINUTE)
  return world
}

/** One whose address nobody has given. */
function newcomer(world: HostWorld, options: HostOptions = {}): SimHost {
  return world.add({ at: publicly(50), address: undefined, virtualNodes: 2, ...options })
}

describe('a host whose address is not given', () => {
  test('is a client until others agree on its address and one that it never asked has reached it; then a member', () => {
    const world = sevenMembers(1)
    const host = newcomer(world)
    world.run(5_000)
    expect(host.node.facts).toMatchObject({ phase: 'client', missing: 'address', virtualNodes: [] })
    expect(world.run(60 * MINUTE, () => host.node.facts.missing === 'reach')).toBe(true)
    expect(host.node.facts).toMatchObject({ phase: 'client', externalHost: host.endpoint.host })
    expect(world.run(60 * MINUTE, () => world.isPlaced(host, 2))).toBe(true)
    expect(world.sent).toMatchObject({ reach: expect.any(Number), signal: expect.any(Number) })
    expect(world.becomesIdeal(10 * MINUTE)).toBe(true)
    expect(host.node.facts.missing).toBeUndefined()
  })

  test('that nobody reaches unasked stays a client, is in no list, and finds owners all the same', () => {
    const world = sevenMembers(2)
    const host = newcomer(world, { isReachable: false, external: () => publicly(50).host })
    world.run(60 * MINUTE)
    expect(host.node.facts).toMatchObject({ phase: 'client', missing: 'reach', estimatedMembers: undefined })
    const isListed = world
      .members()
      .some(({ successors }) => successors.some(({ endpoint }) => endpoint.host === host.endpoint.host))
    expect(isListed).toBe(false)
    const ring = new IdealRing(world.members().map(({ self }) => self))
    for (let i = 0; i < 10; i++) {
      const target = RingId.of(world.random.bytes(20))
      const found: ChordSearchResult[] = []
      host.node.lookUp(target, { manner: i % 2 ? 'recursive' : 'iterative' }, (result) => found.push(result))
      world.run(MINUTE, () => found.length > 0)
      expect(found[0]?.owners[0]?.id.toString()).toBe(ring.successorOf(target).id.toString())
    }
  })

  test('goes on as a client when those that it knew have died, by asking afresh', () => {
    const world = sevenMembers(3)
    const host = newcomer(world, { isReachable: false, external: () => publicly(50).host })
    world.run(5 * MINUTE)
    for (const other of world.living.slice(1, 4)) world.kill(other)
    world.run(10 * MINUTE)
    const found: ChordSearchResult[] = []
    host.node.lookUp(RingId.of(world.random.bytes(20)), {}, (result) => found.push(result))
    world.run(MINUTE)
    expect(found[0]?.owners.length).toBeGreaterThan(0)
  })

  test('with an address from elsewhere and strangers known to reach it begins a ring where there is none', () => {
    const world = new HostWorld({ seed: 4, successors: 4 })
    let reached = false
    const host = world.make({
      at: publicly(0),
      address: undefined,
      external: () => publicly(0).host,
      reached: () => reached,
    })
    host.node.start()
    world.run(MINUTE)
    expect(host.node.facts).toMatchObject({ phase: 'isolated', missing: 'reach', retryAt: expect.any(Number) })
    reached = true
    world.run(10_000)
    expect(host.node.facts).toMatchObject({ phase: 'member', retryAt: undefined })
    expect(membersOf(host.node)).toHaveLength(5)
  })

  test('without anybody to ask is isolated, and asks again with growing pauses, at once when told of somebody', () => {
    const world = sevenMembers(5)
    const attempts: number[] = []
    const host = world.make({
      at: publicly(50),
      address: undefined,
      bootstrap: (found) => {
        attempts.push(world.time)
        found([])
      },
    })
    host.node.start()
    world.run(30 * MINUTE)
    expect(host.node.phase).toBe('isolated')
    const pauses = attempts.slice(1).map((at, i) => at - (attempts[i] as number))
    expect(pauses[0]).toBeLessThanOrEqual(5_000)
    expect(Math.max(...pauses)).toBeLessThanOrEqual(300_000)
    expect(pauses.length).toBeLessThan(20)
    host.node.suggest([publicly(2)])
    world.run(1_000)
    expect(host.node.phase).toBe('client')
  })
})

test('a bootstrap that never finds anybody is not waited for long', () => {
  const world = new HostWorld({ seed: 12, successors: 4 })
  const host = world.make({ bootstrap: () => {} })
  host.node.start()
  world.run(BOOTSTRAP_LIMIT - 1)
  expect(host.node.phase).toBe('joining')
  world.run(1)
  expect(host.node.phase).toBe('member')
})

test('a host that is told of itself does not take itself for another that looks for a ring', () => {
  const world = new HostWorld({ seed: 13, successors: 4 })
  const host = world.make({ bootstrap: (found) => found([host.endpoint]) })
  host.node.start()
  world.run(100)
  expect(host.node.phase).toBe('member')
  expect(world.sent).toEqual({})
})

describe('whose packets count', () => {
  test('a loopback host and a public one are of different rings', () => {
    const world = sevenMembers(6)
    const local = world.add({ at: { host: '127.0.5.1', port: 6881 } })
    world.run(10 * MINUTE)
    expect(local.node.phase).toBe('member')
    expect(local.node.facts.contacts).toEqual([])
    expect(world.members([local])).toHaveLength(5)
  })

  test('two hosts behind one address share its slots', () => {
    const world = sevenMembers(7)
    const [first] = world.hosts as [SimHost]
    const second = world.add({ at: { host: first.endpoint.host, port: 7000 }, virtualNodes: 2 }, [
      world.hosts[3] as SimHost,
    ])
    expect(world.run(10 * MINUTE, () => world.isPlaced(second, 2))).toBe(true)
    expect(world.becomesIdeal(10 * MINUTE)).toBe(true)
    const slots = [first, second].flatMap(({ node }) => membersOf(node).map(({ self }) => self.slot))
    expect(new Set(slots).size).toBe(slots.length)
  })
})

describe('another address', () => {
  test('its places are left in order, and it joins at those of the new one', () => {
    const world = sevenMembers(8)
    let address = publicly(60).host
    const host = world.add({
      at: publicly(60),
      address: undefined,
      virtualNodes: 2,
      external: () => address,
      reached: () => true,
    })
    expect(world.run(10 * MINUTE, () => world.isPlaced(host, 2))).toBe(true)
    world.run(MINUTE)
    const before = membersOf(host.node).map(({ self }) => self.id.key)
    const broken: unknown[] = []
    world.afterEvent = () => {
      if (broken.length === 0) broken.push(...world.check().violations(4))
    }
    address = publicly(61).host
    world.move(host, publicly(61))
    host.node.networkChanged()
    world.run(ADDRESS_SETTLED - 10_000)
    expect(membersOf(host.node).map(({ self }) => self.id.key)).toEqual(before)
    const isThere = () => membersOf(host.node).filter(({ self }) => self.endpoint.host === address).length === 2
    expect(world.run(10 * MINUTE, isThere)).toBe(true)
    expect(world.becomesIdeal(10 * MINUTE)).toBe(true)
    expect(world.members()).toHaveLength(16)
    expect(broken).toEqual([])
  })

  test('a moment of another address changes nothing', () => {
    const world = sevenMembers(9)
    let address = publicly(60).host
    const host = world.add({ at: publicly(60), address: undefined, external: () => address, reached: () => true })
    world.run(MINUTE)
    const before = membersOf(host.node)
    address = publicly(61).host
    world.run(ADDRESS_SETTLED / 2)
    address = publicly(60).host
    world.run(10 * MINUTE)
    expect(membersOf(host.node)).toEqual(before)
  })
})

describe('leaving', () => {
  test('a host that leaves says so: the ring is ideal without it sooner than after a crash', () => {
    const world = sevenMembers(10)
    const broken: unknown[] = []
    world.afterEvent = () => {
      if (broken.length === 0) broken.push(...world.check().violations(4))
    }
    const host = world.hosts[2] as SimHost
    let hasLeft = false
    host.node.leave().then(() => {
      hasLeft = true
    })
    expect(host.node.phase).toBe('stopped')
    // A farewell on its way, a ping to make sure of it, a question behind it: nobody waits for a period to pass.
    world.run(2_500)
    const others = world.members(world.living.filter((other) => other !== host))
    expect(others).toHaveLength(12)
    expect(others.filter(({ successors: [first] }) => first?.endpoint.host === host.endpoint.host)).toEqual([])
    world.run(15_000)
    expect(world.becomesIdeal(2 * MINUTE)).toBe(true)
    expect(world.members()).toHaveLength(12)
    expect(broken).toEqual([])
    expect(hasLeft).toBe(false)
    return Promise.resolve().then(() => expect(hasLeft).toBe(true))
  })

  test('a host that restarts with what it saved is back in its places, without anybody to bootstrap by', () => {
    const world = sevenMembers(11)
    const host = world.hosts[4] as SimHost
    const places = membersOf(host.node).map(({ self }) => self.id.key)
    const saved = host.node.saved()
    expect(saved.length).toBeGreaterThan(3)
    world.kill(host)
    const again = world.make({ at: host.endpoint, virtualNodes: 2, saved })
    again.node.start()
    expect(world.run(5 * MINUTE, () => world.isPlaced(again, 2))).toBe(true)
    expect(membersOf(again.node).map(({ self }) => self.id.key)).toEqual(places)
    expect(world.becomesIdeal(10 * MINUTE)).toBe(true)
  })
})

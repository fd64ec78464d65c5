/** What has broken rings elsewhere, case by case, with whole hosts. */
import { describe, expect, test } from 'vitest'
import { areSiblings } from '../contact.ts'
import { CUT_OFF_FOR } from '../outside.ts'
import { HostWorld, type HostWorldOptions, membersOf, type SimHost } from '../test-support/host-world.ts'

const MINUTE = 60_000

/** A ring of so many hosts of two places each, settled. */
function ring(count: number, options: HostWorldOptions, virtualNodes = 2): { world: HostWorld; hosts: SimHost[] } {
  const world = new HostWorld(options)
  const hosts = world.grow(count, { virtualNodes })
  const wanted = Math.max(count * virtualNodes, world.successors + 1)
  if (!world.run(60 * MINUTE, () => world.members().length === wanted)) throw new Error('places to spare are kept')
  if (!world.becomesIdeal(10 * MINUTE)) throw new Error('no ideal ring')
  return { world, hosts }
}

/** Violations from now on, the first that were seen. `r`: whether its r + 1 principals are counted. */
function watch(world: HostWorld, r?: number): unknown[] {
  const broken: unknown[] = []
  world.afterEvent = () => {
    if (broken.length === 0) broken.push(...world.check().violations(r))
  }
  return broken
}

describe('failures at once', () => {
  test('half of the hosts, with lists of 16', () => {
    const { world, hosts } = ring(32, { seed: 1, successors: 16 })
    const broken = watch(world)
    for (const host of hosts.filter((_, i) => i % 2 === 0)) world.kill(host)
    expect(world.becomesIdeal(15 * MINUTE)).toBe(true)
    expect(world.members()).toHaveLength(32)
    expect(broken).toEqual([])
  })

  test('two neighbours on the ring, each with all its places', () => {
    const { world } = ring(10, { seed: 2, successors: 6 })
    const broken = watch(world)
    const [first] = world.members()
    const next = first?.successors.find((contact) => !areSiblings(contact, first.self))
    const neighbours = [first?.self, next].map((contact) =>
      world.hosts.find(({ endpoint }) => endpoint.host === contact?.endpoint.host),
    )
    for (const host of neighbours) world.kill(host as SimHost)
    expect(world.becomesIdeal(15 * MINUTE)).toBe(true)
    expect(world.members()).toHaveLength(16)
    expect(broken).toEqual([])
  })

  test('all hosts but one: it is a ring of r + 1 places again', () => {
    const { world, hosts } = ring(6, { seed: 3, successors: 16 }, 4)
    for (const host of hosts.slice(1)) world.kill(host)
    const [survivor] = hosts as [SimHost]
    expect(world.run(30 * MINUTE, () => membersOf(survivor.node).length === 17)).toBe(true)
    expect(world.becomesIdeal(20 * MINUTE)).toBe(true)
    expect(world.check().violations(16)).toEqual([])
    expect(survivor.node.facts.isSmall).toBe(true)
  })
})

describe('a host of one place', () => {
  test('is left alone with a list that names the dead only: it is a ring, and takes more places', () => {
    const { world, hosts } = ring(5, { seed: 15, successors: 2 }, 1)
    const [survivor, ...others] = hosts as [SimHost, ...SimHost[]]
    for (const host of others) world.kill(host)
    expect(world.run(30 * MINUTE, () => membersOf(survivor.node).length === 3)).toBe(true)
    expect(world.becomesIdeal(10 * MINUTE)).toBe(true)
    const joiner = world.add({ virtualNodes: 1 })
    expect(world.run(5 * MINUTE, () => world.isPlaced(joiner, 1))).toBe(true)
  })
})

describe('two rings become one', () => {
  test('after a partition', () => {
    const { world, hosts } = ring(12, { seed: 4, successors: 4 })
    world.run(5 * MINUTE)
    const there = hosts.slice(6)
    for (const host of there) host.side = 1
    expect(world.becomesIdeal(30 * MINUTE, () => hosts.slice(0, 6))).toBe(true)
    expect(world.becomesIdeal(30 * MINUTE, () => there)).toBe(true)
    for (const host of there) host.side = 0
    expect(world.becomesIdeal(60 * MINUTE)).toBe(true)
    expect(world.members()).toHaveLength(24)
  })

  test('begun apart, when one host is told of the other: what both have to spare leaves', () => {
    const world = new HostWorld({ seed: 5, successors: 16 })
    const [here, there] = [world.make(), world.make()]
    for (const { node } of [here, there]) node.start()
    const [two, four] = [world.add({}, [here]), world.add({}, [there])]
    world.run(MINUTE)
    expect(world.members()).toHaveLength(17 + 4 + 17 + 4)
    expect(world.check([here, two]).violations(16)).toEqual([])
    two.node.suggest([four.endpoint])
    expect(world.becomesIdeal(30 * MINUTE)).toBe(true)
    expect(world.check().rings()).toHaveLength(1)
    expect(world.run(120 * MINUTE, () => world.members().length === 17)).toBe(true)
    expect(world.becomesIdeal(10 * MINUTE)).toBe(true)
    expect(world.check().violations(16)).toEqual([])
  })

  test('begun apart, of two hosts each, when the host that one began by is there again', () => {
    const world = new HostWorld({ seed: 10, successors: 4 })
    const here = world.make()
    const there = world.make({ bootstrap: (found) => found([here.endpoint]) })
    here.side = 1
    for (const { node } of [here, there]) node.start()
    const others = [world.add({}, [here]), world.add({}, [there])]
    ;(others[0] as SimHost).side = 1
    world.run(5 * MINUTE)
    for (const pair of [
      [here, others[0]],
      [there, others[1]],
    ] as [SimHost, SimHost][]) {
      expect(pair.map(({ node }) => node.phase)).toEqual(['member', 'member'])
      expect(world.check(pair).isIdeal(4)).toBe(true)
    }
    for (const host of world.hosts) host.side = 0
    expect(world.run(30 * MINUTE, () => world.check().rings().length === 1)).toBe(true)
    expect(world.becomesIdeal(30 * MINUTE)).toBe(true)
  })

  test('of two Shoals at one address, which began apart and stand in the same places', () => {
    const world = new HostWorld({ seed: 11, successors: 4 })
    const low = world.make({ at: { host: '45.1.1.1', port: 7000 } })
    const high = world.make({ at: { host: '45.1.1.1', port: 7001 } })
    for (const { node } of [low, high]) node.start()
    world.run(MINUTE)
    const places = () => new Set(world.members().map(({ self }) => self.id.key))
    expect(world.members()).toHaveLength(10)
    expect(places().size).toBe(5)
    high.node.suggest([low.endpoint])
    low.node.suggest([high.endpoint])
    const isApart = () => membersOf(high.node).length === 4 && places().size === world.members().length
    expect(world.run(10 * MINUTE, isApart)).toBe(true)
    expect(world.becomesIdeal(10 * MINUTE)).toBe(true)
    expect(world.check().rings()).toHaveLength(1)
    expect(membersOf(low.node).length).toBeGreaterThanOrEqual(4)
  })

  test('hosts that start at the same time with each other to ask begin one ring, or come together', () => {
    for (const seed of [6, 7, 8, 9]) {
      const world = new HostWorld({ seed, successors: 4 })
      const hosts = [0, 1, 2].map(() =>
        world.make({ bootstrap: (found) => found(hosts.map(({ endpoint }) => endpoint)) }),
      )
      for (const { node } of hosts) node.start()
      const isOne = () => hosts.every(({ node }) => node.phase === 'member') && world.check().rings().length === 1
      expect(world.run(20 * MINUTE, isOne), `seed ${seed}`).toBe(true)
      expect(world.becomesIdeal(20 * MINUTE), `seed ${seed}`).toBe(true)
    }
  })
})

describe('joining', () => {
  test('two hosts join at once by way of one', () => {
    const { world } = ring(5, { seed: 10, successors: 4 })
    const broken = watch(world, 4)
    const joiners = [world.add({ virtualNodes: 2 }), world.add({ virtualNodes: 2 })]
    expect(world.run(5 * MINUTE, () => joiners.every((host) => world.isPlaced(host, 2)))).toBe(true)
    expect(world.becomesIdeal(10 * MINUTE)).toBe(true)
    expect(world.members()).toHaveLength(14)
    expect(broken).toEqual([])
  })

  test('a joiner dies when its place is about to be adopted', () => {
    const { world } = ring(5, { seed: 11, successors: 4 })
    const broken = watch(world, 4)
    const joiner = world.add({ virtualNodes: 1 })
    const isAt = ({ endpoint }: { readonly endpoint: { readonly host: string } }) =>
      endpoint.host === joiner.endpoint.host
    const others = () => world.members(world.living.filter((host) => host !== joiner))
    // Its successor knows it, whoever stands before it does not yet.
    const isDue = () => others().some(({ predecessor }) => isAt(predecessor))
    expect(world.run(5 * MINUTE, isDue)).toBe(true)
    expect(others().some(({ successors }) => successors.some(isAt))).toBe(false)
    world.kill(joiner)
    expect(world.becomesIdeal(10 * MINUTE)).toBe(true)
    expect(world.members()).toHaveLength(10)
    expect(broken).toEqual([])
  })
})

describe('hosts that are slow', () => {
  test('one that says only that it is busy for half a minute keeps its places', () => {
    const { world, hosts } = ring(6, { seed: 12, successors: 4 })
    const broken = watch(world, 4)
    const busy = hosts[2] as SimHost
    busy.onlyBusy = true
    world.run(30_000)
    busy.onlyBusy = false
    expect(world.becomesIdeal(10 * MINUTE)).toBe(true)
    expect(world.members()).toHaveLength(12)
    expect(broken).toEqual([])
  })

  test('a host whose answers all come too late for two minutes is not taken for alone, and comes back', () => {
    const { world, hosts } = ring(6, { seed: 13, successors: 4 })
    const slow = hosts[3] as SimHost
    slow.delay = 700
    world.run(2 * CUT_OFF_FOR)
    // It hears the others, though late: it has not made a ring of its own.
    const own = membersOf(slow.node)
    expect(own.some(({ self, successors }) => successors.some((contact) => !areSiblings(contact, self)))).toBe(true)
    expect(world.check([slow]).rings()).toEqual([])
    slow.delay = 0
    expect(world.becomesIdeal(20 * MINUTE)).toBe(true)
    expect(world.members()).toHaveLength(12)
  })

  test('a host that has slept for ten minutes takes nobody for gone, and is back in its places', () => {
    const { world, hosts } = ring(8, { seed: 14, successors: 4 }, 1)
    const sleeper = hosts[2] as SimHost
    const rings = new Set<number>()
    world.sleep(sleeper, 10 * MINUTE)
    world.afterEvent = () => rings.add(world.check().rings().length)
    world.run(11 * MINUTE)
    expect(world.becomesIdeal(10 * MINUTE)).toBe(true)
    expect(world.members()).toHaveLength(8)
    expect([...rings]).toEqual([1])
  })
})

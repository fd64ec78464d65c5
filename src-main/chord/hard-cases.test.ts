/** What has broken rings elsewhere, case by case. */
import { describe, expect, test } from 'vitest'
import type { ChordContact } from './contact.ts'
import { CUT_OFF_FOR } from './outside.ts'
import { isBetween } from './ring-id.ts'
import { RingWorld, type WorldHost, type WorldNode } from './test-support/ring-world.ts'

const MINUTE = 60_000
const order = (nodes: readonly WorldNode[]) =>
  [...nodes].sort((a, b) => (a.member.self.id.key < b.member.self.id.key ? -1 : 1))
const nodesOf = (hosts: readonly WorldHost[]) => hosts.flatMap(({ nodes }) => nodes)
const violations = (world: RingWorld, r?: number) => world.check().violations(r)

/** The k-th member clockwise from the first. */
function at(world: RingWorld, index: number): WorldNode {
  const nodes = order(world.living)
  return nodes[index % nodes.length] as WorldNode
}

/** Watches everything that happens, from now on. */
function watch(world: RingWorld, r?: number): { broken: unknown[] } {
  const seen = { broken: [] as unknown[] }
  world.afterEvent = () => {
    if (seen.broken.length === 0) seen.broken.push(...violations(world, r))
  }
  return seen
}

describe('failures at once', () => {
  test('half of a ring of 64 is killed, with lists of 16', () => {
    const world = new RingWorld({ seed: 1, successors: 16 })
    const hosts = world.create(64, 1)
    world.run(20_000)
    const seen = watch(world)
    for (const host of hosts.filter((_, i) => i % 2 === 0)) world.kill(host)
    expect(world.becomesIdeal(10 * MINUTE)).toBe(true)
    expect(world.living).toHaveLength(32)
    expect(seen.broken).toEqual([])
  })

  test('two neighbours are killed', () => {
    const world = new RingWorld({ seed: 2, successors: 3 })
    world.create(12, 1)
    world.run(20_000)
    const seen = watch(world, 3)
    world.kill(at(world, 4).host)
    world.kill(at(world, 4).host)
    expect(world.becomesIdeal(5 * MINUTE)).toBe(true)
    expect(world.living).toHaveLength(10)
    expect(seen.broken).toEqual([])
  })

  test('a host dies with all its virtual nodes, of two and of three hosts', () => {
    for (const count of [2, 3]) {
      const world = new RingWorld({ seed: 3, successors: 3 })
      const [first] = world.create(count, 5) as [WorldHost, ...WorldHost[]]
      world.run(20_000)
      world.kill(first)
      expect(world.becomesIdeal(10 * MINUTE), `${count} hosts`).toBe(true)
      expect(world.living).toHaveLength(5 * (count - 1))
    }
  })

  test('all hosts but one are killed: its virtual nodes are a ring', () => {
    const world = new RingWorld({ seed: 4, successors: 16 })
    const [survivor, ...others] = world.create(6, 4) as [WorldHost, ...WorldHost[]]
    world.run(20_000)
    for (const host of others) world.kill(host)
    expect(world.becomesIdeal(20 * MINUTE)).toBe(true)
    expect(world.living.map(({ host }) => host)).toEqual(Array(4).fill(survivor))
  })

  test('a single virtual node is left: it is a ring by itself, and one joins it', () => {
    const world = new RingWorld({ seed: 5, successors: 4 })
    const [survivor, ...others] = world.create(5, 1) as [WorldHost, ...WorldHost[]]
    world.run(20_000)
    for (const host of others) world.kill(host)
    expect(world.becomesIdeal(20 * MINUTE)).toBe(true)
    const alone = (survivor.nodes[0] as WorldNode).member
    expect(alone.successors).toEqual([alone.self])
    world.join(world.addNode(world.addHost()), [alone.self])
    expect(world.run(MINUTE, () => world.living.length === 2)).toBe(true)
    expect(world.becomesIdeal(5 * MINUTE)).toBe(true)
    expect(world.living).toHaveLength(2)
  })
})

describe('joining', () => {
  /** Two places between the same two members. */
  function twoInOneGap(world: RingWorld): WorldNode[] {
    const gapOf = (node: WorldNode) =>
      order(world.living).findIndex(({ member }) =>
        isBetween(member.self.id, node.member.self.id, (member.successors[0] as ChordContact).id),
      )
    const found = new Map<number, WorldNode>()
    for (;;) {
      const node = world.addNode(world.addHost())
      const other = found.get(gapOf(node))
      if (other) return [other, node]
      found.set(gapOf(node), node)
    }
  }

  test('two join one gap at once', () => {
    const world = new RingWorld({ seed: 6, successors: 3 })
    world.create(8, 1)
    world.run(20_000)
    const seen = watch(world, 3)
    const known = world.living.map(({ member }) => member.self)
    for (const node of twoInOneGap(world)) world.join(node, known)
    expect(world.run(MINUTE, () => world.living.length === 10)).toBe(true)
    expect(world.becomesIdeal(5 * MINUTE)).toBe(true)
    expect(world.living).toHaveLength(10)
    expect(seen.broken).toEqual([])
  })

  test('a joiner dies when it is asked in step 2', () => {
    const world = new RingWorld({ seed: 7, successors: 3 })
    world.create(8, 1)
    world.run(20_000)
    const seen = watch(world, 3)
    const joiner = world.addNode(world.addHost())
    const { self } = joiner.member
    let wasDue = false
    world.join(joiner, [at(world, 0).member.self])
    // Its successor has it for predecessor; the one before is about to be told so, and to ask it.
    const isKnown = () => world.living.some(({ member }) => member.predecessor.id.equals(self.id))
    expect(world.run(MINUTE, isKnown)).toBe(true)
    const isAsking = () =>
      world.living.some(({ member, underWay }) => {
        const tells = [...underWay].some(([teller]) =>
          world.living.some(
            (node) => node.member.self === teller && node.member.predecessor.id.equals(self.id) && member.self !== self,
          ),
        )
        return tells && !member.successors.some(({ id }) => id.equals(self.id))
      })
    expect(world.run(MINUTE, isAsking)).toBe(true)
    wasDue = world.living.every(({ member }) => !member.successors.some(({ id }) => id.equals(self.id)))
    world.kill(joiner.host)
    expect(wasDue).toBe(true)
    expect(world.becomesIdeal(5 * MINUTE)).toBe(true)
    expect(world.living).toHaveLength(8)
    expect(seen.broken).toEqual([])
  })
})

describe('partition', () => {
  test('a ring in two halves becomes two rings, and one again', () => {
    const world = new RingWorld({ seed: 8, successors: 4 })
    const hosts = world.create(20, 1)
    world.run(2 * MINUTE)
    const [here, there] = [hosts.slice(0, 10), hosts.slice(10)]
    for (const host of there) host.side = 1
    expect(world.becomesIdeal(20 * MINUTE, () => nodesOf(here))).toBe(true)
    expect(world.becomesIdeal(20 * MINUTE, () => nodesOf(there))).toBe(true)
    expect(
      world
        .check()
        .violations()
        .map(({ rule }) => rule),
    ).toEqual(['OneRing'])
    for (const host of there) host.side = 0
    expect(world.becomesIdeal(60 * MINUTE)).toBe(true)
    expect(world.living).toHaveLength(20)
  })

  test('a host that is cut off for longer than CUT_OFF_FOR is a ring of its own, and grows together with the others', () => {
    const world = new RingWorld({ seed: 13, successors: 4 })
    const [host, ...others] = world.create(6, 4) as [WorldHost, ...WorldHost[]]
    world.run(20_000)
    host.side = 1
    world.run(CUT_OFF_FOR / 2)
    expect(violations(world).map(({ rule }) => rule)).not.toContain('OneRing')
    expect(world.becomesIdeal(20 * MINUTE, () => host.nodes)).toBe(true)
    expect(world.becomesIdeal(20 * MINUTE, () => nodesOf(others))).toBe(true)
    host.side = 0
    expect(world.becomesIdeal(60 * MINUTE)).toBe(true)
    expect(world.living).toHaveLength(24)
  })

  test('a host that is cut off for half a minute comes back to its places; no second ring at any time', () => {
    const world = new RingWorld({ seed: 9, successors: 4 })
    const [host] = world.create(6, 4) as [WorldHost, ...WorldHost[]]
    world.run(20_000)
    const seen = watch(world, 4)
    host.side = 1
    world.run(30_000)
    host.side = 0
    expect(world.becomesIdeal(10 * MINUTE)).toBe(true)
    expect(world.living).toHaveLength(24)
    expect(seen.broken).toEqual([])
  })
})

describe('a host that only says that it is busy', () => {
  test('for half a minute: it keeps its place', () => {
    const world = new RingWorld({ seed: 10, successors: 3 })
    const [host] = world.create(8, 1) as [WorldHost, ...WorldHost[]]
    world.run(20_000)
    const seen = watch(world, 3)
    const [slow] = host.nodes as [WorldNode]
    host.onlyBusy = true
    world.run(30_000)
    const listed = world.living.filter(({ member }) =>
      member.successors.some(({ id }) => id.equals(slow.member.self.id)),
    )
    expect(listed).toHaveLength(3)
    const joiner = world.addNode(world.addHost())
    world.join(
      joiner,
      world.living.filter((node) => node !== slow).map(({ member }) => member.self),
    )
    world.run(20_000)
    host.onlyBusy = false
    expect(world.becomesIdeal(5 * MINUTE)).toBe(true)
    expect(world.living).toHaveLength(9)
    expect(seen.broken).toEqual([])
  })

  test('for ever: the others go on without it', () => {
    const world = new RingWorld({ seed: 11, successors: 3 })
    const [host] = world.create(8, 1) as [WorldHost, ...WorldHost[]]
    world.run(20_000)
    host.onlyBusy = true
    const before = order(world.living).find(
      ({ member }) => member.successors[0]?.endpoint === host.nodes[0]?.member.self.endpoint,
    )
    const { self } = (host.nodes[0] as WorldNode).member
    expect(world.run(20 * MINUTE, () => !before?.member.successors[0]?.id.equals(self.id))).toBe(true)
  })
})

describe('leaving', () => {
  test('one after the other, down to the base, and nothing breaks', () => {
    const world = new RingWorld({ seed: 12, successors: 3 })
    world.create(10, 1)
    world.run(20_000)
    const seen = watch(world, 3)
    for (let left = 9; left >= 4; left--) {
      world.leave(at(world, left))
      expect(world.becomesIdeal(2 * MINUTE)).toBe(true)
      expect(world.living).toHaveLength(left)
    }
    expect(seen.broken).toEqual([])
  })
})

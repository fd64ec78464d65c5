/** Whole hosts: how a ring begins, grows, and is looked up in. */
import { expect, test } from 'vitest'
import { IdealRing } from '../ideal-ring.ts'
import type { ChordSearchResult } from '../overlay.ts'
import { RingId } from '../ring-id.ts'
import { HostWorld, type SimHost } from '../test-support/host-world.ts'

const MINUTE = 60_000

function lookUp(world: HostWorld, host: SimHost, target: RingId, manner: 'iterative' | 'recursive' = 'iterative') {
  const found: ChordSearchResult[] = []
  host.node.lookUp(target, { manner }, (result) => found.push(result))
  world.run(MINUTE, () => found.length > 0)
  return found[0] as ChordSearchResult
}

test('the first host begins a ring of r + 1 members at once', () => {
  const world = new HostWorld({ seed: 1, successors: 16 })
  const host = world.make()
  host.node.start()
  world.run(100)
  expect(host.node.phase).toBe('member')
  expect(host.node.facts.virtualNodes).toHaveLength(17)
  expect(world.check().violations(16)).toEqual([])
  expect(host.node.facts).toMatchObject({ isSmall: true, estimatedMembers: 17, missing: undefined })
  expect(world.close()).toBe(0)
})

test('hosts join one after the other; what the first has to spare leaves, and nothing breaks on the way', () => {
  const world = new HostWorld({ seed: 2, successors: 16 })
  const broken: unknown[] = []
  world.afterEvent = () => {
    if (broken.length === 0) broken.push(...world.check().violations(16))
  }
  const hosts = world.grow(6)
  const [first] = hosts as [SimHost]
  expect(world.run(20 * MINUTE, () => first.node.facts.virtualNodes.length === 4)).toBe(true)
  expect(world.becomesIdeal(5 * MINUTE)).toBe(true)
  expect(world.members()).toHaveLength(24)
  expect(broken).toEqual([])
  expect(first.node.facts).toMatchObject({ isSmall: false })
  world.close()
})

test('a ring of two hosts keeps r + 1 members', () => {
  const world = new HostWorld({ seed: 3, successors: 16 })
  world.grow(2)
  world.run(10 * MINUTE)
  expect(world.members()).toHaveLength(17)
  expect(world.check().violations(16)).toEqual([])
  world.close()
})

test.each(['iterative', 'recursive'] as const)('every host finds the owner of a key: %s', (manner) => {
  const world = new HostWorld({ seed: 4, successors: 4 })
  const hosts = world.grow(8)
  world.becomesIdeal(10 * MINUTE)
  const ring = new IdealRing(world.members().map(({ self }) => self))
  for (const host of hosts) {
    const target = RingId.of(world.random.bytes(20))
    const { owners, path, cost } = lookUp(world, host, target, manner)
    expect(owners[0]?.id.toString()).toBe(ring.successorOf(target).id.toString())
    expect(path.at(-1)?.id).toEqual(owners[0]?.id)
    expect(cost.timeouts).toBe(0)
  }
  world.close()
})

/** A member all of whose successors have died at once, while the ring goes on without it. */
import { describe, expect, test } from 'vitest'
import { MINUTE } from '../kernel/clock.ts'
import { compareIds } from './ring-id.ts'
import { RingWorld, type WorldNode } from './test-support/ring-world.ts'

const SEEDS = process.env.SHOAL_LONG === '1' ? 60 : 6
const SUCCESSORS = 2

/** A ring of hosts with one virtual node each, in order from the one that will be stranded. */
function ringOf(hosts: number, seed: number): { world: RingWorld; nodes: readonly WorldNode[] } {
  const world = new RingWorld({ seed, successors: SUCCESSORS })
  world.create(hosts, 1)
  const nodes = world.living.sort((a, b) => compareIds(a.member.self.id, b.member.self.id))
  return { world, nodes }
}

describe.each(Array.from({ length: SEEDS }, (_, seed) => seed))('seed %i', (seed) => {
  test('finds back by the living among many dead that it remembers', () => {
    const { world, nodes } = ringOf(16, seed)
    const [stranded, ...others] = nodes as [WorldNode, ...WorldNode[]]
    const dead = others.slice(0, 10)
    for (const { member } of others) stranded.host.oldContacts.remember(member.self)
    for (const { host } of dead) world.kill(host)
    world.run(MINUTE)
    expect(stranded.member.isStranded).toBe(true)
    // Each is tried for some seconds, nearest first.
    expect(world.becomesIdeal(8 * MINUTE)).toBe(true)
  })

  test('is found where the only one that it knows alive is its predecessor', () => {
    const { world, nodes } = ringOf(8, seed)
    const [stranded, first, second] = nodes as [WorldNode, WorldNode, WorldNode]
    for (const { host } of [first, second]) world.kill(host)
    expect(world.becomesIdeal(8 * MINUTE)).toBe(true)
    expect(stranded.member.isStranded).toBe(false)
  })
})

import { describe, expect, test } from 'vitest'
import type { LookupResult } from '../../src-main/kademlia/lookup-result.ts'
import { NodeId } from '../../src-main/kademlia/node-id.ts'
import { MINUTE } from '../../src-main/kernel/clock.ts'
import { KademliaWorld, type Member } from './kademlia-world.ts'

function lookUp(world: KademliaWorld, from: Member, target: NodeId): Promise<LookupResult<undefined>> {
  return world.ended((done) => from.node.findNode(target, { done }))
}

const nodes = process.env.SHOAL_LONG === '1' ? 200 : 60

describe('a network that grows node by node', () => {
  test.each([
    { nodes, lossRate: 0 },
    { nodes, lossRate: 0.05 },
  ])('of $nodes nodes with $lossRate loss: lookups find the true nearest', async ({ nodes, lossRate }) => {
    const world = new KademliaWorld({ seed: 7, lossRate })
    await world.grow(nodes)
    await world.sim.run(2 * MINUTE)
    let [exact, whole] = [0, 0]
    const lookups = 30
    for (let n = 0; n < lookups; n++) {
      const target = NodeId.random(world.sim.random)
      const from = world.members[(n * 7) % nodes] as Member
      const { closest, hops } = await lookUp(world, from, target)
      const true8 = world.nearest(target, 8, from).map(({ node }) => node.facts.id.key)
      if (closest[0]?.id.key === true8[0]) exact++
      if (closest.every(({ id }, rank) => id.key === true8[rank])) whole++
      expect(hops).toBeGreaterThan(0)
    }
    // A question and its repetition are both lost, one way or the other, in one case of a hundred.
    expect(exact).toBeGreaterThanOrEqual(lossRate === 0 ? lookups : lookups - 2)
    expect(whole).toBeGreaterThanOrEqual(lossRate === 0 ? lookups : 0.8 * lookups)
    await world.close()
  })
})

import { describe, expect, test } from 'vitest'
import type { AnnounceReport, GetPeersReply, ScrapeReport } from '../../src-main/kademlia/dht.ts'
import type { LookupResult } from '../../src-main/kademlia/lookup-result.ts'
import { NodeId } from '../../src-main/kademlia/node-id.ts'
import type { InfoHashSample } from '../../src-main/kademlia/peer-store.ts'
import { MINUTE } from '../../src-main/kernel/clock.ts'
import { formatEndpoint } from '../../src-main/kernel/network.ts'
import { KademliaWorld, type Member } from './kademlia-world.ts'

function announce(world: KademliaWorld, { node }: Member, infoHash: NodeId, port: number | 'implied', seed = false) {
  return world.ended<AnnounceReport>((done) => node.announce(infoHash, { port, seed }, { done }))
}

async function peersOf(world: KademliaWorld, { node }: Member, infoHash: NodeId, noSeeds = false): Promise<string[]> {
  const found = new Set<string>()
  await world.ended<LookupResult<GetPeersReply>>((done) =>
    node.getPeers(
      infoHash,
      { noSeeds },
      {
        found: ({ peers }) => {
          for (const peer of peers) found.add(formatEndpoint(peer))
        },
        done,
      },
    ),
  )
  return [...found].sort()
}

describe('peers announced in a network of 40 nodes', () => {
  test('are found from every node, at the port they said or at that of their packets', async () => {
    const world = new KademliaWorld({ seed: 11 })
    await world.grow(40)
    const infoHash = NodeId.random(world.sim.random)
    const [a, b] = [world.members[3], world.members[20]] as [Member, Member]
    const { stored, lookup } = await announce(world, a, infoHash, 50_000)
    expect(stored).toBeGreaterThanOrEqual(8)
    expect(lookup.closest.map(({ id }) => id.key)).toEqual(
      world.nearest(infoHash, 8, a).map(({ node }) => node.facts.id.key),
    )
    await announce(world, b, infoHash, 'implied')
    const expected = [`${a.host.address}:50000`, `${b.host.address}:6881`].sort()
    for (const member of world.members) expect(await peersOf(world, member, infoHash)).toEqual(expected)
    expect(await peersOf(world, a, NodeId.random(world.sim.random))).toEqual([])
    await world.close()
  })

  test('are forgotten when they do not announce again', async () => {
    const world = new KademliaWorld({ seed: 12 })
    await world.grow(20)
    const infoHash = NodeId.random(world.sim.random)
    await announce(world, world.members[1] as Member, infoHash, 50_000)
    await world.sim.run(40 * MINUTE)
    expect(await peersOf(world, world.members[2] as Member, infoHash)).toHaveLength(1)
    await world.sim.run(6 * MINUTE)
    expect(await peersOf(world, world.members[2] as Member, infoHash)).toEqual([])
    expect(world.members.every(({ node }) => node.facts.storedInfoHashes === 0)).toBe(true)
    await world.close()
  })

  test('seeds are left out for a seed, counted apart, and the torrent is in samples (BEP 33, 51)', async () => {
    const world = new KademliaWorld({ seed: 13 })
    await world.grow(30)
    const infoHash = NodeId.random(world.sim.random)
    for (const [n, member] of world.members.slice(0, 12).entries()) {
      await announce(world, member, infoHash, 6_000 + n, n < 4)
    }
    const asker = world.members[25] as Member
    expect(await peersOf(world, asker, infoHash)).toHaveLength(12)
    expect(await peersOf(world, asker, infoHash, true)).toHaveLength(8)
    expect(await world.ended<ScrapeReport>((done) => asker.node.scrape(infoHash, done))).toEqual({ seeds: 4, peers: 8 })
    const sampled = await world.ended<LookupResult<InfoHashSample>>((done) => asker.node.sample(infoHash, { done }))
    expect(sampled.payloads.length).toBeGreaterThanOrEqual(8)
    expect(sampled.payloads[0]?.payload.samples.map(String)).toEqual([String(infoHash)])
    await world.close()
  })

  test('a search that is cancelled says nothing more', async () => {
    const world = new KademliaWorld({ seed: 14 })
    await world.grow(12)
    const [a, b] = [world.members[3], world.members[7]] as [Member, Member]
    const infoHash = NodeId.random(world.sim.random)
    await announce(world, a, infoHash, 50_000)
    const heard: string[] = []
    const observer = {
      stepped: () => heard.push('step'),
      found: () => heard.push('peers'),
      done: () => heard.push('done'),
    }
    const search = b.node.announce(infoHash, { port: 1, seed: false }, observer)
    expect(heard).toEqual([])
    await world.sim.until(MINUTE, () => heard.includes('step'))
    const before = [...heard]
    search.cancel()
    await world.sim.run(MINUTE)
    expect(heard).toEqual(before)
    await world.close()
  })
})

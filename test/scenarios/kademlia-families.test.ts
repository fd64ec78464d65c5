import { describe, expect, test } from 'vitest'
import { encodeBencode } from '../../src-main/codec/bencode.ts'
import type { AnnounceReport, GetPeersReply } from '../../src-main/kademlia/dht.ts'
import { targetOf } from '../../src-main/kademlia/item-target.ts'
import { Kademlia } from '../../src-main/kademlia/kademlia.ts'
import type { KademliaNode } from '../../src-main/kademlia/kademlia-node.ts'
import { kademliaStore } from '../../src-main/kademlia/kademlia-store.ts'
import type { LookupResult } from '../../src-main/kademlia/lookup-result.ts'
import { NodeId } from '../../src-main/kademlia/node-id.ts'
import { MINUTE } from '../../src-main/kernel/clock.ts'
import type { GetReport, PutReport } from '../../src-main/kernel/key-value-store.ts'
import type { Endpoint } from '../../src-main/kernel/network.ts'
import { KademliaWorld, type Member } from './kademlia-world.ts'

/** A machine with an address of each family: two hosts of the simulation, two nodes that know of each other. */
interface Dual {
  readonly four: Member
  readonly six: Member
  readonly dht: Kademlia
}

async function dual(world: KademliaWorld, n: number, bootstrap: readonly Endpoint[]): Promise<Dual> {
  const routers = (found: (endpoints: readonly Endpoint[]) => void) => found(bootstrap)
  const nodes: KademliaNode[] = []
  const four = await world.make({ routers, sibling: () => nodes[1] })
  const address = `2a0${n % 10}:${(n + 1).toString(16)}::1`
  const six = await world.make({ routers, sibling: () => nodes[0], hostOptions: { address } })
  nodes.push(four.node, six.node)
  const dht = new Kademlia(four.host.clock)
  dht.add(four.node)
  dht.add(six.node)
  four.node.start()
  six.node.start()
  return { four, six, dht }
}

async function duals(world: KademliaWorld, count: number): Promise<Dual[]> {
  const machines: Dual[] = []
  for (let n = 0; n < count; n++) {
    const first = machines[0]
    const machine = await dual(world, n, first ? [first.four.endpoint, first.six.endpoint] : [])
    if (first) await world.sim.until(MINUTE, () => machine.dht.nodes.every(({ phase }) => phase === 'joined'))
    machines.push(machine)
  }
  await world.sim.run(2 * MINUTE)
  return machines
}

describe('IPv4 and IPv6 (BEP 32)', () => {
  test('are two networks; a search runs in both and finds what either has', async () => {
    const world = new KademliaWorld({ seed: 51 })
    const machines = await duals(world, 12)
    const [a, b] = [machines[2], machines[9]] as [Dual, Dual]
    for (const { four, six } of machines) {
      expect([four.node.facts.family, six.node.facts.family]).toEqual([4, 6])
      const hosts = six.node.buckets().flatMap(({ live }) => live.map(({ contact }) => contact.endpoint.host))
      expect(hosts.length).toBeGreaterThan(5)
      expect(hosts.every((host) => host.includes(':'))).toBe(true)
    }
    const infoHash = NodeId.random(world.sim.random)
    const announced = await world.ended<AnnounceReport>((done) =>
      a.dht.announce(infoHash, { port: 4_000, seed: false }, { done }),
    )
    expect(announced.stored).toBeGreaterThanOrEqual(16)
    const peers = new Set<string>()
    const lookup = await world.ended<LookupResult<GetPeersReply>>((done) =>
      b.dht.getPeers(infoHash, {}, { found: (reply) => reply.peers.map(({ host }) => peers.add(host)), done }),
    )
    expect([...peers].sort()).toEqual([a.four.host.address, a.six.host.address].sort())
    expect(lookup.closest.some(({ endpoint }) => endpoint.host.includes(':'))).toBe(true)
    expect(lookup.closest.some(({ endpoint }) => !endpoint.host.includes(':'))).toBe(true)
    await world.close()
  })

  test('a store of items over both; the removal of a node ends nothing', async () => {
    const world = new KademliaWorld({ seed: 52 })
    const machines = await duals(world, 10)
    const [a, b] = [machines[1], machines[8]] as [Dual, Dual]
    const item = { kind: 'immutable', value: encodeBencode('both') } as const
    const put = await world.ended<PutReport>((done) => kademliaStore(a.dht).put(item, {}, done))
    expect(put.stored).toBeGreaterThanOrEqual(16)
    b.dht.remove(b.six.node)
    const got = await world.ended<GetReport>((done) => kademliaStore(b.dht).get(targetOf(item).bytes, {}, done))
    expect(got.item).toEqual(item)
    b.dht.remove(b.four.node)
    expect(b.dht.ready).toBe(false)
    const alone = await world.ended<GetReport>((done) => b.dht.get(targetOf(item), {}, done))
    expect(alone).toMatchObject({ item: undefined, holders: 0 })
    expect((await world.ended<PutReport>((done) => b.dht.put(item, {}, done))).stored).toBe(0)
    await world.close()
  })

  test('the sibling of a node that has joined finds its own first nodes through it', async () => {
    const world = new KademliaWorld({ seed: 53 })
    const machines = await duals(world, 8)
    const bootstrap = [(machines[0] as Dual).four.endpoint]
    const newcomer = await dual(world, 20, bootstrap)
    await world.sim.until(3 * MINUTE, () => newcomer.dht.nodes.every(({ phase }) => phase === 'joined'))
    await world.sim.run(MINUTE)
    expect(newcomer.six.node.facts.nodes).toBeGreaterThan(5)
    await world.close()
  })
})

/**
 * Thirty hosts over simulated sockets and routers: members whose address is given, hosts that must first learn theirs and be
 * reached, and hosts behind routers that let nobody in. What each becomes, and what half of the members' death does to them.
 */
import { expect, test } from 'vitest'
import { ChordNode } from '../../src-main/chord/host/chord-node.ts'
import type { ChordNodeOptions } from '../../src-main/chord/host/node-options.ts'
import { IdealRing } from '../../src-main/chord/ideal-ring.ts'
import { RingCheck } from '../../src-main/chord/invariants.ts'
import type { ChordSearchResult } from '../../src-main/chord/overlay.ts'
import { RingId } from '../../src-main/chord/ring-id.ts'
import { ChordStore } from '../../src-main/chord/store/chord-store.ts'
import { CHORD_WORD } from '../../src-main/chord/wire/codec.ts'
import { RpcChordPort } from '../../src-main/chord/wire/rpc-chord-port.ts'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import { datagramTransport } from '../../src-main/rpc/message-transport.ts'
import { Rpc } from '../../src-main/rpc/rpc.ts'
import type { SimulatedHost } from '../../src-main/simulation/host.ts'
import { type HostOptions, Simulation } from '../../src-main/simulation/simulation.ts'
import { publicAddress } from './kademlia-world.ts'

const PORT = 6_881
const R = 16
const PLACES = 2

interface Hosted {
  readonly machine: SimulatedHost
  readonly node: ChordNode
  readonly rpc: Rpc
}

class World {
  readonly sim = new Simulation({ seed: 11, latency: [10, 80] })
  readonly hosts: Hosted[] = []

  async add(options: Partial<ChordNodeOptions> = {}, hostOptions: HostOptions = {}): Promise<Hosted> {
    const number = this.hosts.length
    const machine = this.sim.host(`host-${number}`, { address: publicAddress(number), ...hostOptions })
    const { clock, random, log } = machine
    const at = { host: hostOptions.nat ? '0.0.0.0' : machine.address, port: PORT }
    const id = random.bytes(20)
    const rpc = await this.sim.within(SECOND, Rpc.open(datagramTransport(machine.datagrams, at), { clock, random, id }))
    const port = new RpcChordPort({ clock, rpc: rpc.extension(CHORD_WORD) })
    const known = this.hosts.slice(0, 3).map((host) => ({ host: host.machine.address, port: PORT }))
    const node = new ChordNode(
      port,
      { clock, random, log, store: (host) => new ChordStore(host) },
      { virtualNodes: PLACES, bootstrap: (found) => found(known), ...options },
    )
    const host = { machine, node, rpc }
    this.hosts.push(host)
    node.start()
    return host
  }

  /** One whose address is given, with all its places. */
  async member(): Promise<Hosted> {
    const host = await this.add({ address: publicAddress(this.hosts.length) })
    await this.sim.until(5 * MINUTE, () => host.node.members.length >= PLACES, `${host.machine.name} has its places`)
    return host
  }

  get members(): readonly Hosted[] {
    return this.hosts.filter(({ node }) => node.phase === 'member')
  }

  get check(): RingCheck {
    return new RingCheck(this.members.flatMap(({ node }) => [...node.members]))
  }

  async lookUp({ node }: Hosted, target: RingId, manner: 'iterative' | 'recursive'): Promise<ChordSearchResult> {
    const found = new Promise<ChordSearchResult>((resolve) => node.lookUp(target, { manner }, resolve))
    return this.sim.within(MINUTE, found)
  }

  async end(host: Hosted): Promise<void> {
    host.node.stop()
    await this.sim.within(SECOND, host.rpc.close())
    this.hosts.splice(this.hosts.indexOf(host), 1)
  }

  async close(): Promise<void> {
    for (const host of [...this.hosts]) await this.end(host)
    await this.sim.stop()
  }
}

test('thirty hosts: who is reached becomes a member, who is not stays a client; half of them die, and all go on', async () => {
  const world = new World()
  const { sim } = world
  for (let n = 0; n < 24; n++) await world.member()
  const open = [await world.add(), await world.add(), await world.add({}, { nat: { kind: 'full-cone' } })]
  const closed = [
    await world.add({}, { nat: { kind: 'port-restricted' } }),
    await world.add({}, { nat: { kind: 'restricted' } }),
    await world.add({}, { nat: { kind: 'symmetric' } }),
  ]
  await sim.until(
    5 * MINUTE,
    () => [...open, ...closed].every(({ node }) => node.phase !== 'joining'),
    'all know the ring',
  )
  expect(closed.map(({ node }) => node.phase)).toEqual(['client', 'client', 'client'])
  const areMembers = () => open.every(({ node }) => node.members.length === PLACES)
  await sim.until(60 * MINUTE, areMembers, 'those that can be reached are members')
  expect(closed.map(({ node }) => node.facts.missing)).toEqual(['reach', 'reach', 'reach'])
  expect(closed.map(({ node }) => node.facts.externalHost)).toEqual([27, 28, 29].map(publicAddress))
  await sim.until(60 * MINUTE, () => world.check.isIdeal(R), 'the ring is ideal')
  await agree(world)

  for (const host of world.hosts.slice(0, 24).filter((_, i) => i % 2 === 1)) await world.end(host)
  await sim.until(20 * MINUTE, () => world.check.isIdeal(R), 'the ring is ideal without the dead')
  expect(world.check.violations(R)).toEqual([])
  await sim.run(5 * MINUTE)
  expect(closed.map(({ node }) => node.phase)).toEqual(['client', 'client', 'client'])
  await agree(world)
  await world.close()
})

/** Whoever asks, member or client, one by one or passed on, finds the owner. */
async function agree(world: World): Promise<void> {
  const ring = new IdealRing(world.members.flatMap(({ node }) => node.members.map(({ self }) => self)))
  for (const [i, host] of world.hosts.entries()) {
    const target = RingId.of(host.machine.random.bytes(20))
    const { owners } = await world.lookUp(host, target, i % 2 === 0 ? 'iterative' : 'recursive')
    expect(owners[0]?.id.toString()).toBe(ring.successorOf(target).id.toString())
  }
}

import { describe, expect, test } from 'vitest'
import { Contact } from '../../src-main/kademlia/contact.ts'
import { NodeId } from '../../src-main/kademlia/node-id.ts'
import type { BucketView } from '../../src-main/kademlia/routing-outcome.ts'
import { decodeSavedState, encodeSavedState } from '../../src-main/kademlia/saved-state.ts'
import { isSecureId } from '../../src-main/kademlia/secure-id.ts'
import { HOUR, MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import { encodeMessage } from '../../src-main/rpc/krpc-encode.ts'
import { KademliaWorld, type Member, PORT, publicAddress } from './kademlia-world.ts'

function knows(holder: Member, { node }: Member): boolean {
  return holder.node.buckets().some(({ live, spares }) => {
    return [...live, ...spares].some(({ contact }) => contact.id.equals(node.facts.id))
  })
}

describe('who asks only (BEP 43)', () => {
  test('searches, answers nothing and is in nobody’s table', async () => {
    const world = new KademliaWorld({ seed: 31 })
    const servers = await world.grow(25)
    const reader = await world.make({ mode: 'read-only' })
    reader.node.start()
    await world.joined(reader)
    await world.sim.run(30 * MINUTE)
    expect(reader.node.facts).toMatchObject({ serving: false, phase: 'joined' })
    expect(reader.node.facts.nodes).toBeGreaterThan(8)
    expect(reader.rpc.counters.answersSent).toBe(0)
    expect(servers.filter((server) => knows(server, reader))).toEqual([])
    await world.close()
  })

  test('`auto` serves once strangers have reached it for 15 minutes, and not before', async () => {
    const world = new KademliaWorld({ seed: 32 })
    await world.grow(15)
    const auto = await world.make({ mode: 'auto' })
    auto.node.start()
    await world.joined(auto)
    const noticed: boolean[] = []
    auto.node.watch(() => noticed.push(auto.node.facts.serving))
    await world.sim.run(20 * MINUTE)
    expect(auto.node.facts.serving).toBe(false)
    // Programs that do not know of read-only nodes ask them all the same.
    for (let minute = 0; minute < 17; minute++) {
      expect(auto.node.facts.serving).toBe(minute > 15)
      await strangerAsks(world, auto, 200 + minute)
      await world.sim.run(MINUTE)
    }
    expect(noticed).toEqual([true])
    expect(auto.rpc.readOnly).toBe(false)
    await world.sim.run(HOUR)
    expect(world.members.some((member) => member !== auto && knows(member, auto))).toBe(true)
    auto.node.networkChanged()
    expect(auto.node.facts.serving).toBe(false)
    await world.close()
  })

  test('`auto`: whom another protocol asks over the same socket is no stranger', async () => {
    const world = new KademliaWorld({ seed: 35 })
    await world.grow(15)
    const listeners = new Set<(host: string) => void>()
    const watchAsked = (asked: (host: string) => void) => {
      listeners.add(asked)
      return () => listeners.delete(asked)
    }
    const auto = await world.make({ mode: 'auto', watchAsked })
    auto.node.start()
    await world.joined(auto)
    await world.sim.run(20 * MINUTE)
    for (let minute = 0; minute < 17; minute++) {
      for (const asked of listeners) asked(publicAddress(200 + minute))
      await strangerAsks(world, auto, 200 + minute)
      await world.sim.run(MINUTE)
    }
    expect(auto.node.facts.serving).toBe(false)
    auto.node.stop()
    expect(listeners.size).toBe(0)
    await world.close()
  })

  test('answers from those it has asked itself prove nothing', async () => {
    const world = new KademliaWorld({ seed: 33 })
    await world.grow(10)
    const auto = await world.make({ mode: 'auto' })
    auto.node.start()
    await world.joined(auto)
    for (let minute = 0; minute < 30; minute++) {
      for (const { host, node } of world.members.slice(0, 5)) ask(host, node.facts.id, auto, PORT + 1 + minute)
      await world.sim.run(MINUTE)
    }
    expect(auto.node.facts.serving).toBe(false)
    await world.close()
  })
})

describe('our own id', () => {
  test('follows the address that others see (BEP 42), with table and stores kept', async () => {
    const world = new KademliaWorld({ seed: 34 })
    await world.grow(20)
    const { host: machine, rpc, node } = await world.make({ external: undefined })
    const before = node.facts.id
    expect(isSecureId(before, machine.address)).toBe(false)
    node.start()
    await world.sim.until(5 * MINUTE, () => !node.facts.id.equals(before))
    expect(isSecureId(node.facts.id, machine.address)).toBe(true)
    expect(node.facts.externalHost).toBe(machine.address)
    expect(rpc.id).toEqual(node.facts.id.bytes)
    const known = node.facts.nodes
    expect(known).toBeGreaterThan(10)
    await world.sim.run(10 * MINUTE)
    const me = world.members.at(-1) as Member
    expect(world.members.filter((member) => member !== me && knows(member, me)).length).toBeGreaterThan(5)
    const { id } = node.facts
    await world.sim.run(3 * HOUR)
    expect(node.facts.id.equals(id)).toBe(true)
    await world.close()
  })

  test('is kept across runs for 30 days, and new after that', async () => {
    const world = new KademliaWorld({ seed: 35 })
    await world.grow(12)
    const member = world.members[5] as Member
    const bytes = encodeSavedState(member.node.saved())
    const { id } = member.node.facts
    await world.leave(member)
    const { idSince } = decodeSavedState(bytes)
    const wallTime = member.host.clock.wallTime()
    expect(wallTime - idSince).toBeLessThan(HOUR)
    const again = await world.make({ host: member.host, saved: decodeSavedState(bytes) })
    expect(again.node.facts.id.equals(id)).toBe(true)
    await world.leave(again)
    const old = { ...decodeSavedState(bytes), idSince: wallTime - 30 * 24 * HOUR }
    const anew = await world.make({ host: member.host, saved: old })
    expect(anew.node.facts.id.equals(id)).toBe(false)
    expect(isSecureId(anew.node.facts.id, member.host.address)).toBe(true)
    await world.close()
  })
})

describe('coming back', () => {
  test('from the saved state alone, without routers, though most of it is gone', async () => {
    const world = new KademliaWorld({ seed: 36 })
    await world.grow(30)
    const member = world.members[10] as Member
    const bytes = encodeSavedState(member.node.saved())
    const saved = decodeSavedState(bytes)
    expect(saved.contacts.length).toBeGreaterThan(15)
    await world.leave(member)
    for (const other of [...world.members.slice(0, 22)]) await world.leave(other)
    const again = await world.make({ host: member.host, routers: () => {}, saved })
    again.node.start()
    await world.joined(again)
    expect(again.node.facts.nodes).toBeGreaterThan(3)
    await world.sim.run(20 * MINUTE)
    expect(again.node.facts.nodes).toBe(7)
    await world.close()
  })

  test('of many saved contacts a few are asked at once, the others little by little', async () => {
    const world = new KademliaWorld({ seed: 42 })
    await world.grow(10)
    const contacts = Array.from({ length: 400 }, (_, n) => {
      return new Contact(NodeId.random(world.sim.random), { host: publicAddress(100 + n), port: PORT })
    })
    const members = world.members.map(({ node, endpoint }) => new Contact(node.facts.id, endpoint))
    const saved = { id: NodeId.random(world.sim.random), idSince: 0, contacts: [...members, ...contacts] }
    const again = await world.make({ saved })
    again.node.start()
    await world.joined(again)
    await world.sim.run(10 * SECOND)
    expect(again.rpc.counters.queriesSent).toBeLessThan(120)
    await world.sim.run(30 * MINUTE)
    expect(again.rpc.counters.queriesSent).toBeGreaterThan(400)
    await world.close()
  })

  test('alone a node is isolated and tries again, less and less often, at most every 5 minutes', async () => {
    const world = new KademliaWorld({ seed: 37 })
    const attempts: number[] = []
    const dead = { host: publicAddress(99), port: PORT }
    const { node } = await world.make({
      routers: (found) => {
        attempts.push(world.sim.elapsed)
        found([dead])
      },
    })
    node.start()
    await world.sim.run(HOUR)
    expect(node.facts.phase).toBe('isolated')
    expect(node.facts.retryAt).toBeGreaterThan(world.sim.elapsed - SECOND)
    const gaps = attempts.slice(1).map((at, n) => at - (attempts[n] as number))
    expect(gaps[0]).toBeLessThan(20 * SECOND)
    expect(Math.max(...gaps)).toBeLessThan(6 * MINUTE)
    expect(gaps.length).toBeLessThan(24)
    expect(gaps.at(-1)).toBeGreaterThan(3 * MINUTE)
    await world.close()
  })

  test('routers whose names cannot be resolved do not hold it up', async () => {
    const world = new KademliaWorld({ seed: 38 })
    const [other] = (await world.grow(1)) as [Member]
    const { node } = await world.make({ routers: () => {} })
    node.start()
    await world.sim.run(31 * SECOND)
    expect(node.facts.phase).toBe('isolated')
    node.suggest([other.endpoint])
    await world.sim.until(MINUTE, () => node.facts.phase === 'joined')
    await world.close()
  })

  test('cut off it notices, and joins again at once when told that the network has changed', async () => {
    const world = new KademliaWorld({ seed: 39 })
    await world.grow(20)
    const member = world.members[7] as Member
    const phases: string[] = []
    member.node.watch(() => phases.push(member.node.facts.phase))
    const others = world.members.filter((other) => other !== member).map(({ host }) => host)
    world.sim.partition(member.host, others)
    await world.sim.run(HOUR)
    expect(member.node.facts.phase).toBe('isolated')
    world.sim.heal()
    member.node.networkChanged()
    await world.joined(member, 15 * SECOND)
    await world.sim.run(MINUTE)
    expect(member.node.facts.nodes).toBeGreaterThan(10)
    expect(phases[0]).toBe('isolated')
    expect(phases.at(-1)).toBe('joined')
    await world.close()
  })

  test('cut off and connected again it comes back by itself', async () => {
    const world = new KademliaWorld({ seed: 40 })
    await world.grow(20)
    const member = world.members[7] as Member
    const others = world.members.filter((other) => other !== member).map(({ host }) => host)
    world.sim.partition(member.host, others)
    await world.sim.run(HOUR)
    world.sim.heal()
    await world.joined(member, 6 * MINUTE)
    await world.close()
  })

  test('cut off and connected again it is back as soon as one that it knew asks it', async () => {
    const world = new KademliaWorld({ seed: 41 })
    await world.grow(20)
    const member = world.members[7] as Member
    const others = world.members.filter((other) => other !== member)
    world.sim.partition(
      member.host,
      others.map(({ host }) => host),
    )
    const left = () => (member.node.facts.retryAt ?? -Infinity) - member.host.clock.now()
    await world.sim.until(HOUR, () => left() > 15 * SECOND, 'it is alone and waits')
    const { live } = member.node.buckets()[0] as BucketView
    const known = others.find(({ node }) => live.some(({ contact }) => contact.id.equals(node.facts.id))) as Member
    world.sim.heal()
    known.rpc.query(member.endpoint, 'ping', {}, { replied() {}, failed() {} })
    await world.joined(member, 3 * SECOND)
    await world.close()
  })
})

/** A host that we have never sent anything to asks once. */
async function strangerAsks(world: KademliaWorld, to: Member, n: number): Promise<void> {
  const host = world.sim.host(`stranger-${n}`, { address: publicAddress(n) })
  ask(host, NodeId.random(world.sim.random), to, PORT)
  await world.sim.run(SECOND)
}

function ask(host: Member['host'], id: NodeId, to: Member, port: number): void {
  const query = {
    kind: 'query',
    transaction: new Uint8Array(2),
    id: id.bytes,
    readOnly: false,
    method: 'ping',
    args: {},
  }
  const bytes = encodeMessage(query as Parameters<typeof encodeMessage>[0])
  host.datagrams
    .bind({ host: host.address, port }, () => {})
    .then((socket) => {
      socket.send(bytes, to.endpoint)
      return socket.close()
    })
}

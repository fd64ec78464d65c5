import { describe, expect, test } from 'vitest'
import { type KademliaSourceOptions, kademliaSource } from '../../src-main/discovery/overlay/kademlia-source.ts'
import { Kademlia } from '../../src-main/kademlia/kademlia.ts'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import { formatEndpoint } from '../../src-main/kernel/network.ts'
import type { Following, PeerSource } from '../../src-main/kernel/peer-source.ts'
import { KademliaWorld, type Member } from './kademlia-world.ts'

const infoHash = new Uint8Array(20).fill(0x3c)

function sourceAt({ host, node }: Member, options: Partial<KademliaSourceOptions> = {}): PeerSource {
  const dht = new Kademlia(host.clock)
  dht.add(node)
  return kademliaSource({ dht: () => dht, clock: host.clock, random: host.random, ...options })
}

function follow(source: PeerSource, port: number, left = 1, of = infoHash): { following: Following; found: string[] } {
  const found: string[] = []
  const totals = () => ({ uploaded: 0, downloaded: 0, left })
  const subject = { infoHash: of, peerId: new Uint8Array(20), port: () => port, totals }
  return { following: source.follow(subject, (peers) => found.push(...peers.map(formatEndpoint))), found }
}

describe('the DHT as a source of peers', () => {
  test('two torrents find each other; who takes no connections announces nothing', async () => {
    const world = new KademliaWorld({ seed: 61 })
    await world.grow(20)
    const [a, b, c] = [world.members[3], world.members[9], world.members[15]] as [Member, Member, Member]
    const first = follow(sourceAt(a), 4_001)
    await world.sim.run(30 * SECOND)
    const second = follow(sourceAt(b), 4_002)
    const hidden = follow(sourceAt(c), 0)
    // Nobody but itself, by its own announcement.
    expect([new Set(first.found).size < 2, second.found]).toEqual([true, []])
    await world.sim.run(30 * SECOND)
    expect(second.found).toContain(`${a.host.address}:4001`)
    expect(hidden.found).toContain(`${a.host.address}:4001`)
    // The first found nobody and looks again within a minute.
    await world.sim.run(90 * SECOND)
    expect(new Set(first.found)).toEqual(new Set([`${a.host.address}:4001`, `${b.host.address}:4002`]))
    const [status] = second.following.status()
    expect(status).toMatchObject({ name: 'DHT', state: 'working', peers: expect.any(Number) })
    expect(status?.message).toMatch(/^\d+ nodes? asked, \d+ hops?, \d+ ms, announced to \d+$/)
    expect(hidden.following.status()[0]?.message).toMatch(/^\d+ nodes? asked, \d+ hops?, \d+ ms$/)
    for (const { following } of [first, second, hidden]) await following.stop()
    await world.close()
  })

  test('announces about every 15 minutes while it finds peers, less and less often while it does not', async () => {
    const world = new KademliaWorld({ seed: 62 })
    await world.grow(12)
    const [a, b] = [world.members[3], world.members[9]] as [Member, Member]
    const alone = follow(sourceAt(a), 0)
    const planned = new Set<number>()
    for (let second = 0; second < 7_200; second += 5) {
      const nextAt = alone.following.status()[0]?.nextAt
      if (nextAt !== undefined) planned.add(nextAt)
      await world.sim.run(5 * SECOND)
    }
    const times = [...planned]
    const gaps = times.slice(1).map((at, n) => at - (times[n] as number))
    expect(gaps[0]).toBeLessThan(25 * SECOND)
    expect(gaps.at(-1)).toBeGreaterThan(11 * MINUTE)
    expect(Math.max(...gaps)).toBeLessThan(16 * MINUTE)
    expect(alone.found).toEqual([])
    await alone.following.stop()
    const lonely = follow(sourceAt(b), 4_001)
    await world.sim.run(2 * MINUTE)
    // It has found itself by now, which is no reason to stop looking.
    expect(new Set(lonely.found)).toEqual(new Set([`${b.host.address}:4001`]))
    const again = lonely.following.status()[0]?.nextAt as number
    expect(again - world.sim.elapsed).toBeLessThan(3 * MINUTE)
    const busy = follow(sourceAt(a), 4_002)
    await world.sim.run(4 * MINUTE)
    const nextAt = busy.following.status()[0]?.nextAt as number
    expect(nextAt - world.sim.elapsed).toBeGreaterThan(7 * MINUTE)
    expect(nextAt - world.sim.elapsed).toBeLessThan(15 * MINUTE)
    for (const { following } of [lonely, busy]) await following.stop()
    await world.close()
  })

  test('waits for the first nodes and begins at once when there are some', async () => {
    const world = new KademliaWorld({ seed: 63 })
    await world.grow(10)
    const late = await world.make()
    const { following, found } = follow(sourceAt(late), 4_000)
    await world.sim.run(MINUTE)
    expect(following.status()[0]).toMatchObject({ state: 'idle', message: 'waiting for the first nodes' })
    late.node.start()
    await world.joined(late)
    await world.sim.run(5 * SECOND)
    expect(following.status()[0]?.state).toBe('working')
    expect(found).toEqual([])
    await following.stop()
    const off = follow(sourceAt(late, { dht: () => undefined }), 4_000)
    await world.sim.run(SECOND)
    expect(off.following.status()[0]?.state).toBe('off')
    await off.following.stop()
    await world.close()
  })

  test('of a hundred torrents a few search at a time, and each gets its turn', async () => {
    const world = new KademliaWorld({ seed: 64 })
    await world.grow(15)
    const source = sourceAt(world.members[7] as Member)
    const all = Array.from({ length: 100 }, (_, n) => follow(source, 4_000, 1, new Uint8Array(20).fill(n)))
    let most = 0
    const states = () => all.map(({ following }) => following.status()[0]?.state)
    await world.sim.until(10 * MINUTE, () => {
      most = Math.max(most, (world.members[7] as Member).rpc.outstanding)
      return states().every((state) => state === 'working')
    })
    expect(most).toBeLessThan(200)
    for (const { following } of all) await following.stop()
    await world.close()
  })
})

/** What a source of peers over an overlay promises: the same cases for the mainline DHT and for the Chord ring. */
import { afterEach, describe, expect, test } from 'vitest'
import { ChordStore } from '../../src-main/chord/store/chord-store.ts'
import { chordSource } from '../../src-main/discovery/overlay/chord-source.ts'
import { kademliaSource } from '../../src-main/discovery/overlay/kademlia-source.ts'
import { MINUTE, type Millis, SECOND } from '../../src-main/kernel/clock.ts'
import { formatEndpoint } from '../../src-main/kernel/network.ts'
import type { Following, PeerSource } from '../../src-main/kernel/peer-source.ts'
import { WireWorld } from './chord-wire-world.ts'
import { KademliaWorld, together } from './kademlia-world.ts'

const INFO_HASH = new Uint8Array(20).fill(0x3c)

interface Member {
  readonly address: string
  /** Over this member, or over an overlay that is off. */
  source(state?: 'off'): PeerSource
  /** Queries under way. */
  readonly outstanding: number
}

interface World {
  readonly elapsed: Millis
  /** Members that have joined. */
  readonly members: readonly Member[]
  /** One more that knows nobody until `begin`. */
  late(): Promise<Member & { begin(): void }>
  run(duration: Millis): Promise<void>
  until(limit: Millis, holds: () => boolean): Promise<void>
  close(): Promise<void>
}

async function kademlia(seed: number, count: number): Promise<World> {
  const world = new KademliaWorld({ seed })
  const member = ({ host, node, rpc }: Awaited<ReturnType<KademliaWorld['make']>>): Member => {
    const { address, clock, random } = host
    const dht = together(clock, node)
    return {
      address,
      source: (state) => kademliaSource({ dht: () => (state === 'off' ? undefined : dht), clock, random }),
      get outstanding() {
        return rpc.outstanding
      },
    }
  }
  const members = (await world.grow(count)).map(member)
  return {
    members,
    get elapsed() {
      return world.sim.elapsed
    },
    async late() {
      const made = await world.make()
      return { ...member(made), begin: () => made.node.start() }
    },
    run: (duration) => world.sim.run(duration),
    until: (limit, holds) => world.sim.until(limit, holds, 'as expected'),
    close: () => world.close(),
  }
}

async function chord(seed: number, count: number): Promise<World> {
  const world = new WireWorld({ seed })
  const member = ({ machine, node, rpc }: Awaited<ReturnType<WireWorld['add']>>): Member => {
    const { address, clock, random } = machine
    return {
      address,
      source: (state) => chordSource({ chord: () => (state === 'off' ? undefined : node), clock, random }),
      get outstanding() {
        return rpc.outstanding
      },
    }
  }
  const add = (options: Parameters<WireWorld['add']>[0], through = world.living.slice(0, 1)) =>
    world.add({ virtualNodes: 1, successors: 4, ...options }, through, (host) => new ChordStore(host))
  const until = async (limit: Millis, holds: () => boolean) => {
    if (!(await world.net.until(limit, holds))) throw new Error(`not so after ${limit} ms`)
  }
  for (let n = 0; n < count; n++) {
    const { node } = await add({})
    await until(10 * MINUTE, () => node.phase === 'member')
  }
  if ((await world.becomesIdeal(20 * MINUTE, 4)) === undefined) throw new Error('no ideal ring')
  return {
    members: world.hosts.map(member),
    get elapsed() {
      return world.net.elapsed
    },
    async late() {
      const [first] = world.living
      // Without an address of its own it cannot begin a ring.
      const made = await add({ address: undefined }, [])
      const begin = () => made.node.suggest(first ? [{ host: first.machine.address, port: first.rpc.local.port }] : [])
      return { ...member(made), begin }
    },
    run: (duration) => world.net.run(duration),
    until,
    close: () => world.close(),
  }
}

interface Followed {
  readonly following: Following
  readonly found: string[]
}

describe.each([
  ['the DHT', 'DHT', 'node', kademlia],
  ['Chord', 'Chord', 'host', chord],
] as const)('%s as a source of peers', (_overlay, name, asked, makeWorld) => {
  const followed: Following[] = []
  let world: World | undefined

  afterEach(async () => {
    for (const following of followed.splice(0)) await following.stop()
    await world?.close()
    world = undefined
  })

  async function worldOf(seed: number, count: number): Promise<World> {
    world = await makeWorld(seed, count)
    return world
  }

  function follow(source: PeerSource, port: number, infoHash = INFO_HASH): Followed {
    const found: string[] = []
    const totals = () => ({ uploaded: 0, downloaded: 0, left: 1 })
    const subject = { infoHash, peerId: new Uint8Array(20), port: () => port, totals }
    const following = source.follow(subject, (peers) => found.push(...peers.map(formatEndpoint)))
    followed.push(following)
    return { following, found }
  }

  const members = (all: World) => all.members as readonly [Member, Member, Member, ...Member[]]

  test('two torrents find each other; who takes no connections announces nothing', async () => {
    const all = await worldOf(61, 8)
    const [a, b, c] = members(all)
    const first = follow(a.source(), 4_001)
    await all.run(30 * SECOND)
    const second = follow(b.source(), 4_002)
    const hidden = follow(c.source(), 0)
    // Nobody but itself, by its own announcement.
    expect([new Set(first.found).size < 2, second.found]).toEqual([true, []])
    await all.run(30 * SECOND)
    expect(second.found).toContain(`${a.address}:4001`)
    expect(hidden.found).toContain(`${a.address}:4001`)
    // The first found nobody and looks again within a minute.
    await all.run(90 * SECOND)
    expect(new Set(first.found)).toEqual(new Set([`${a.address}:4001`, `${b.address}:4002`]))
    const [status] = second.following.status()
    expect(status).toMatchObject({ name, state: 'working', peers: expect.any(Number) })
    const cost = `\\d+ ${asked}s? asked, \\d+ hops?, \\d+ ms`
    expect(status?.message).toMatch(new RegExp(`^${cost}, announced to [1-9]\\d*$`))
    expect(hidden.following.status()[0]?.message).toMatch(new RegExp(`^${cost}$`))
  })

  test('announces about every 15 minutes while it finds peers, less and less often while it does not', async () => {
    const all = await worldOf(62, 5)
    const [a, b, c] = members(all)
    const alone = follow(a.source(), 0, new Uint8Array(20).fill(0x11))
    const busy = [follow(b.source(), 4_002), follow(c.source(), 4_003)] as const
    const planned = new Set<number>()
    for (let time = 0; time < 50 * MINUTE; time += 5 * SECOND) {
      const nextAt = alone.following.status()[0]?.nextAt
      if (nextAt !== undefined) planned.add(nextAt)
      await all.run(5 * SECOND)
    }
    const times = [...planned]
    const gaps = times.slice(1).map((at, n) => at - (times[n] as number))
    expect(gaps[0]).toBeLessThan(25 * SECOND)
    expect(gaps.at(-1)).toBeGreaterThan(5 * MINUTE)
    expect(Math.max(...gaps)).toBeLessThan(16 * MINUTE)
    expect(alone.found).toEqual([])
    for (const { following, found } of busy) {
      expect(new Set(found)).toEqual(new Set([`${b.address}:4002`, `${c.address}:4003`]))
      expect((following.status()[0]?.nextAt as number) - all.elapsed).toBeLessThan(15 * MINUTE)
    }
  })

  test('waits while there is nobody to ask and begins at once when there is', async () => {
    const all = await worldOf(63, 6)
    const late = await all.late()
    const { following, found } = follow(late.source(), 4_000)
    await all.run(20 * SECOND)
    expect(following.status()[0]).toMatchObject({ state: 'idle', message: `waiting for the first ${asked}s` })
    late.begin()
    await all.until(MINUTE, () => following.status()[0]?.state === 'working')
    expect(found.filter((peer) => peer !== `${late.address}:4000`)).toEqual([])
    const off = follow(late.source('off'), 4_000)
    await all.run(SECOND)
    expect(off.following.status()).toMatchObject([{ name, state: 'off', nextAt: undefined }])
  })

  test('of a hundred torrents a few search at a time, and each gets its turn', async () => {
    const all = await worldOf(64, 8)
    const [, , member] = members(all)
    const source = member.source()
    const torrents = Array.from({ length: 100 }, (_, n) => follow(source, 4_000, new Uint8Array(20).fill(n)))
    let most = 0
    await all.until(10 * MINUTE, () => {
      most = Math.max(most, member.outstanding)
      return torrents.every(({ following }) => following.status()[0]?.state === 'working')
    })
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThan(200)
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { utf8 } from '../../kernel/bytes.ts'
import { MINUTE, SECOND } from '../../kernel/clock.ts'
import { silentLog } from '../../kernel/log.ts'
import { type Endpoint, formatEndpoint, type MulticastSocket } from '../../kernel/network.ts'
import type { PeerSourceStatus, Subject } from '../../kernel/peer-source.ts'
import type { SimulatedHost } from '../../simulation/host.ts'
import { type HostOptions, Simulation } from '../../simulation/simulation.ts'
import {
  LOCAL_LOOK_INTERVAL,
  LOCAL_PEER_LIFETIME,
  LOCAL_RATE,
  LOCAL_RATE_PER_ADDRESS,
  LocalDiscovery,
  localSource,
  MAX_LOCAL_PEERS,
} from './local-discovery.ts'
import { decodeLocalSearch, encodeLocalSearch, LOCAL_GROUP_V4, type LocalSearch } from './local-message.ts'
import { LOCAL_ANNOUNCE_INTERVAL } from './local-schedule.ts'

const hash = (n: number) => new Uint8Array(20).map((_, i) => (i < 4 ? n >> (8 * i) : i))

function subject(infoHash: Uint8Array, port: number | (() => number) = 6881): Subject {
  const peerId = new Uint8Array(20)
  return {
    infoHash,
    peerId,
    port: () => (typeof port === 'number' ? port : port()),
    totals: () => ({ uploaded: 0, downloaded: 0, left: 1 }),
  }
}

/** A host of a network with local discovery on it. */
function home(sim: Simulation, name: string, options: HostOptions = { lan: 'home' }) {
  const host = sim.host(name, options)
  const senders: string[] = []
  const discovery = new LocalDiscovery({
    ...{ clock: host.clock, random: host.random, datagrams: host.datagrams, localAddresses: host.localAddresses },
    log: silentLog,
    onSender: (endpoint) => senders.push(formatEndpoint(endpoint)),
  })
  const follow = (infoHash: Uint8Array, port: number | (() => number) = 6881) => {
    const found: string[] = []
    const take = (endpoints: readonly Endpoint[]) => found.push(...endpoints.map(formatEndpoint))
    const following = localSource(discovery).follow(subject(infoHash, port), take)
    return { found, following, status: () => following.status()[0] as PeerSourceStatus }
  }
  const enable = (on = true) => sim.within(MINUTE, discovery.setEnabled(on))
  return { host, discovery, senders, follow, enable }
}

/** Someone on the network who listens to all but strangers, and can send anything. */
async function stranger(sim: Simulation, name = 'stranger', options: HostOptions = { lan: 'home' }) {
  const host = sim.host(name, options)
  const heard: [at: number, search: LocalSearch, from: string][] = []
  const join = host.datagrams.joinMulticast(LOCAL_GROUP_V4, (bytes, from) => {
    const search = decodeLocalSearch(bytes)
    if (search && search.cookie !== 'stranger') heard.push([sim.elapsed, search, from.host])
  })
  const socket: MulticastSocket = await sim.within(MINUTE, join)
  await sim.within(MINUTE, socket.joinOn(host.localAddresses.list()))
  const announce = (infoHashes: Uint8Array[], port = 7000) => {
    for (const bytes of encodeLocalSearch({ port, infoHashes, cookie: 'stranger' }, LOCAL_GROUP_V4)) socket.send(bytes)
  }
  return { host, socket, heard, announce, hashesHeard: () => heard.flatMap(([, search]) => search.infoHashes) }
}

async function end(sim: Simulation, ...all: { discovery?: LocalDiscovery; socket?: MulticastSocket }[]): Promise<void> {
  for (const { discovery, socket } of all) {
    if (discovery) await sim.within(MINUTE, discovery.close())
    if (socket) await sim.within(MINUTE, socket.close())
  }
  await sim.stop()
}

describe('on one local network', () => {
  test('three hosts find each other, each under its own address and port; another network hears nothing', async () => {
    const sim = new Simulation({ seed: 1 })
    const [a, b, c] = [home(sim, 'a'), home(sim, 'b'), home(sim, 'c')]
    const elsewhere = home(sim, 'elsewhere', { lan: 'office' })
    const all = [a, b, c, elsewhere].map((one, i) => ({ ...one, ...one.follow(hash(1), 7001 + i) }))
    const other = b.follow(hash(2))
    for (const one of all) {
      await one.enable()
      await sim.run(2 * SECOND)
    }
    await sim.run(2 * MINUTE)
    const at = all.map(({ host }, i) => `${host.address}:${7001 + i}`)
    for (const [i, one] of all.slice(0, 3).entries())
      expect(new Set(one.found)).toEqual(new Set(at.slice(0, 3).filter((_, j) => j !== i)))
    expect([all[3]?.found, other.found]).toEqual([[], []])
    expect(new Set(a.senders)).toEqual(new Set([at[1], at[2], `${b.host.address}:6881`]))
    expect(all[0]?.status()).toMatchObject({ name: 'Local network', state: 'working', message: '', peers: 2 })
    await end(sim, ...all)
  })

  test('a newcomer is heard within seconds, and hears the others at their next announce at the latest', async () => {
    const sim = new Simulation({ seed: 2 })
    const [old, young] = [home(sim, 'old'), home(sim, 'young')]
    const there = old.follow(hash(1), 7001)
    await old.enable()
    await sim.run(2 * MINUTE)
    const came = young.follow(hash(1), 7002)
    await young.enable()
    await sim.until(2 * SECOND, () => there.found.length > 0, 'the newcomer is heard')
    // The minute since the last announce is over, so the answer comes at once.
    await sim.until(2 * SECOND, () => came.found.length > 0, 'the newcomer is answered')
    await end(sim, old, young)
  })

  test('announces come every five minutes, at most one a minute, however much is asked for', async () => {
    const sim = new Simulation({ seed: 3, latency: [1, 1], jitter: 0 })
    const [one, listener] = [home(sim, 'one'), await stranger(sim)]
    const { following } = one.follow(hash(1))
    await one.enable()
    await sim.run(11 * MINUTE)
    const times = listener.heard.map(([at]) => at)
    expect(times.length).toBe(3)
    for (const [i, at] of times.slice(1).entries()) expect(at - (times[i] as number)).toBe(LOCAL_ANNOUNCE_INTERVAL)
    for (let i = 0; i < 100; i++) {
      following.refresh()
      listener.announce([hash(1)], 8000 + i)
      one.follow(hash(100 + i))
      await sim.run(SECOND)
    }
    // 100 seconds: two announces, of up to 101 torrents in a few datagrams each.
    const bursts = new Set(listener.heard.slice(3).map(([at]) => at))
    expect(bursts.size).toBe(2)
    expect(listener.heard.length).toBeLessThan(3 + 2 * 6)
    await end(sim, one, listener)
  })

  test('few torrents have a datagram each, many share them; stopped ones and those without a port are silent', async () => {
    const sim = new Simulation({ seed: 4 })
    const [one, listener] = [home(sim, 'one'), await stranger(sim)]
    const few = [1, 2, 3].map((n) => one.follow(hash(n)))
    const silent = one.follow(hash(99), 0)
    await one.enable()
    await sim.run(5 * SECOND)
    expect(listener.heard.map(([, { infoHashes }]) => infoHashes.length)).toEqual([1, 1, 1])
    expect(silent.status().state).toBe('idle')
    listener.heard.length = 0
    await sim.within(SECOND, (few[0] as (typeof few)[0]).following.stop())
    for (let n = 10; n < 110; n++) one.follow(hash(n))
    await sim.run(2 * MINUTE)
    expect(listener.heard.length).toBe(5)
    expect(new Set(listener.hashesHeard().map((infoHash) => infoHash[0]))).not.toContain(1)
    await end(sim, one, listener)
  })
})

test('who can be reached only later is announced within a minute from then', async () => {
  const sim = new Simulation({ seed: 12 })
  const [one, listener] = [home(sim, 'one'), await stranger(sim)]
  let port = 0
  one.follow(hash(1), () => port)
  await one.enable()
  await sim.run(10 * MINUTE)
  expect(listener.heard).toEqual([])
  port = 7001
  await sim.run(MINUTE)
  expect(listener.heard.map(([, search]) => search.port)).toEqual([7001])
  await end(sim, one, listener)
})

describe('switched and moved', () => {
  test('nothing is sent or heard while it is off; switching on begins at once', async () => {
    const sim = new Simulation({ seed: 5 })
    const [one, listener] = [home(sim, 'one'), await stranger(sim)]
    const { found, status } = one.follow(hash(1))
    await sim.run(10 * MINUTE)
    expect(status()).toMatchObject({ state: 'off', nextAt: undefined })
    await one.enable()
    await sim.run(2 * SECOND)
    listener.announce([hash(1)])
    await sim.run(SECOND)
    expect([listener.heard.length, found.length]).toEqual([1, 1])
    await one.enable(false)
    listener.announce([hash(1)])
    await sim.run(10 * MINUTE)
    expect([listener.heard.length, found.length, status().state]).toEqual([1, 1, 'off'])
    // One after the other without waiting: what was asked for last holds.
    one.discovery.setEnabled(true)
    one.discovery.setEnabled(false)
    await one.enable()
    await sim.run(MINUTE)
    expect(listener.heard.length).toBe(2)
    await end(sim, one, listener)
  })

  test('what the policy forbids is not begun, said in the status, and begun when it is allowed', async () => {
    const sim = new Simulation({ seed: 6 })
    const [one, listener] = [home(sim, 'one'), await stranger(sim)]
    one.host.network.set({ mode: 'local-only', allowedHosts: [] })
    const { status } = one.follow(hash(1))
    await one.enable()
    await sim.run(10 * MINUTE)
    expect(listener.heard).toEqual([])
    expect(status()).toMatchObject({ state: 'failed', message: expect.stringContaining('switched off') })
    one.host.network.set({ mode: 'online' })
    await sim.within(SECOND, one.discovery.networkChanged())
    await sim.run(2 * SECOND)
    expect([listener.heard.length, status().state]).toEqual([1, 'working'])
    await end(sim, one, listener)
  })

  test('a network that comes later is seen within a minute, and told at once; without one the machine talks to itself', async () => {
    const sim = new Simulation({ seed: 7 })
    const [one, listener] = [home(sim, 'one'), await stranger(sim)]
    const { node } = one.host.machine
    const all = node.localAddresses
    node.localAddresses = all.filter(({ internal }) => internal)
    one.follow(hash(1))
    await one.enable()
    const second = await sim.within(
      SECOND,
      one.host.datagrams.joinMulticast(LOCAL_GROUP_V4, (_bytes, from) => within.push(from.host)),
    )
    const within: string[] = []
    await sim.within(SECOND, second.joinOn(all))
    await sim.run(2 * MINUTE)
    expect([within, listener.heard.length]).toEqual([['127.0.0.1'], 0])
    node.localAddresses = all
    await sim.run(LOCAL_LOOK_INTERVAL + 2 * SECOND)
    expect(listener.heard.map(([, , from]) => from)).toEqual([one.host.address])
    node.localAddresses = []
    await sim.run(10 * MINUTE)
    expect(listener.heard.length).toBe(1)
    await end(sim, one, listener, { socket: second })
  })
})

describe('what strangers send', () => {
  test('is passed on with the address that it came from, for torrents that are followed', async () => {
    const sim = new Simulation({ seed: 8 })
    const [one, other] = [home(sim, 'one'), await stranger(sim)]
    const [a, b] = [one.follow(hash(1)), one.follow(hash(2))]
    const same = one.follow(hash(1))
    await one.enable()
    other.announce([hash(1), hash(3)], 7005)
    await sim.run(SECOND)
    const at = `${other.host.address}:7005`
    expect([a.found, b.found, same.found, one.senders]).toEqual([[at], [], [at], [at]])
    expect(a.status().peers).toBe(1)
    await sim.run(LOCAL_PEER_LIFETIME)
    expect(a.status().peers).toBe(0)
    await end(sim, one, other)
  })

  test('is read at a bounded rate from each address and from all, and remembered within bounds', async () => {
    const sim = new Simulation({ seed: 9 })
    const one = home(sim, 'one')
    const { found, status } = one.follow(hash(1))
    await one.enable()
    const flood = await stranger(sim, 'flood')
    for (let i = 0; i < 1_000; i++) flood.announce([hash(1)], 1 + i)
    await sim.run(SECOND)
    expect(found.length).toBeGreaterThanOrEqual(LOCAL_RATE_PER_ADDRESS.burst)
    expect(found.length).toBeLessThanOrEqual(LOCAL_RATE_PER_ADDRESS.burst + LOCAL_RATE_PER_ADDRESS.perSecond)
    expect(status().peers).toBe(MAX_LOCAL_PEERS)
    // Someone else is still heard.
    const quiet = await stranger(sim, 'quiet')
    quiet.announce([hash(1)], 7005)
    await sim.run(SECOND)
    expect(found.at(-1)).toBe(`${quiet.host.address}:7005`)
    found.length = 0
    const crowd: Awaited<ReturnType<typeof stranger>>[] = []
    for (let i = 0; i < 8; i++) crowd.push(await stranger(sim, `crowd ${i}`))
    for (const { announce } of crowd) for (let i = 0; i < 200; i++) announce([hash(1)], 1 + i)
    await sim.run(SECOND)
    expect(found.length).toBeGreaterThan(LOCAL_RATE.burst / 2)
    expect(found.length).toBeLessThanOrEqual(LOCAL_RATE.burst + 2 * LOCAL_RATE.perSecond)
    await end(sim, one, flood, quiet, ...crowd)
  })

  test('can be anything: nothing throws, and afterwards peers are found as before', async () => {
    const sim = new Simulation({ seed: 10 })
    const [one, other] = [home(sim, 'one'), await stranger(sim)]
    const { found } = one.follow(hash(1))
    await one.enable()
    const good = encodeLocalSearch({ port: 7005, infoHashes: [hash(1)], cookie: 'x' }, LOCAL_GROUP_V4)[0] as Uint8Array
    const change = fc.record({ at: fc.nat(good.length - 1), byte: fc.nat(255) })
    const damaged = fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
      const bytes = good.slice()
      for (const { at, byte } of changes) bytes[at] = byte
      return bytes
    })
    const anything = fc.oneof(fc.uint8Array({ maxLength: 2_000 }), damaged, fc.string().map(utf8))
    const numRuns = process.env.SHOAL_LONG === '1' ? 5_000 : 300
    for (const bytes of fc.sample(anything, { seed: 14, numRuns })) {
      other.socket.send(bytes)
      await sim.run(SECOND)
    }
    for (const endpoint of found) expect(endpoint).toMatch(new RegExp(`^${other.host.address}:[1-9][0-9]{0,4}$`))
    found.length = 0
    other.announce([hash(1)], 7006)
    await sim.run(SECOND)
    expect(found).toEqual([`${other.host.address}:7006`])
    await end(sim, one, other)
  })
})

test('stopping and closing leave nothing behind, in any order', async () => {
  const sim = new Simulation({ seed: 11 })
  const hosts: SimulatedHost[] = []
  for (const early of [true, false]) {
    const one = home(sim, `host ${early}`)
    hosts.push(one.host)
    const { following } = one.follow(hash(1))
    await one.enable()
    await sim.run(SECOND)
    if (early) await sim.within(SECOND, following.stop())
    await sim.within(SECOND, one.discovery.close())
    if (!early) await sim.within(SECOND, following.stop())
    await sim.within(SECOND, Promise.all([following.stop(), one.discovery.close(), one.discovery.networkChanged()]))
  }
  expect(hosts.flatMap((host) => host.program.held())).toEqual([])
  await sim.stop()
})

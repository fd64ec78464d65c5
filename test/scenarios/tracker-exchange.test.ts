import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import { formatEndpoint } from '../../src-main/kernel/network.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { createTracker, type TrackerOptions } from '../../src-main/tracker/tracker.ts'
import { follow } from './tracker-world.ts'

const MINUTES_15 = 15 * MINUTE

/** A simulation with one tracker, serving both protocols on port 6969. */
async function worldWithTracker(options: ConstructorParameters<typeof Simulation>[0], rules: TrackerOptions = {}) {
  const sim = new Simulation(options)
  const host = sim.host('tracker')
  const at = { host: host.address, port: 6969 }
  const tracker = await sim.within(SECOND, createTracker(host, { http: at, udp: at, ...rules }))
  return {
    sim,
    host,
    tracker,
    url: { http: `http://${formatEndpoint(at)}/announce`, udp: `udp://tracker:6969/announce` },
  }
}

describe.each(['http', 'udp'] as const)('client and tracker over %s', (protocol) => {
  test('a leecher finds the seed, completes, and the seed is gone after stop', async () => {
    const { sim, tracker, url } = await worldWithTracker({ seed: 1 })
    const [a, b] = [sim.host('a'), sim.host('b')]
    const seed = follow(a, { tiers: [[url[protocol]]], left: 0 })
    await sim.run(5 * SECOND)
    const leecher = follow(b, { tiers: [[url[protocol]]] })
    await sim.until(5 * SECOND, () => leecher.found.length > 0)
    expect(leecher.found).toEqual([`${a.address}:6881`])
    expect(tracker.swarms()).toEqual([{ infoHash: 'a5'.repeat(20), seeds: 1, leechers: 1, completed: 0 }])

    leecher.left = 0
    leecher.following.completed()
    leecher.following.completed()
    await sim.run(5 * SECOND)
    expect(tracker.swarms()).toMatchObject([{ seeds: 2, leechers: 0, completed: 1 }])
    expect(leecher.following.status()).toMatchObject([
      { name: url[protocol], tier: 0, state: 'working', message: '', seeds: 2, leechers: 0 },
    ])

    await sim.within(5 * SECOND, Promise.all([seed.stop(), leecher.stop()]))
    expect(tracker.swarms()).toEqual([])
    await sim.within(SECOND, tracker.close())
    await sim.stop()
  })

  test('announces again at the interval, and a peer that falls silent is forgotten', async () => {
    const { sim, tracker, url } = await worldWithTracker({ seed: 2 })
    const host = sim.host('a')
    const client = follow(host, { tiers: [[url[protocol]]] })
    await sim.run(MINUTE)
    const planned = client.following.status()[0]?.nextAt as number
    expect(planned).toBeGreaterThan(MINUTES_15)
    await sim.run(planned - sim.elapsed + 30 * SECOND)
    expect(client.following.status()[0]?.nextAt).toBeGreaterThan(planned + MINUTES_15)
    sim.kill(host)
    await sim.run(2 * MINUTES_15 - 2 * MINUTE)
    expect(tracker.swarms()).toHaveLength(1)
    await sim.run(4 * MINUTE)
    expect(tracker.swarms()).toEqual([])
    await sim.within(SECOND, tracker.close())
    await sim.stop()
  })

  test('twenty peers all learn of each other although every fifth datagram is lost', async () => {
    const { sim, tracker, url } = await worldWithTracker({ seed: 3, lossRate: 0.2, latency: [10, 200] })
    const clients = sim.hostsOf(20, 'peer').map((host) => follow(host, { tiers: [[url[protocol]]] }))
    await sim.until(15 * MINUTE, () => tracker.swarms()[0]?.leechers === 20)
    await sim.run(2 * MINUTE)
    for (const client of clients) client.following.refresh()
    const known = () => clients.map((client) => new Set(client.found).size)
    await sim.until(30 * MINUTE, () => known().every((count) => count === 19), 'everyone knows everyone')
    await sim.within(6 * SECOND, Promise.all(clients.map((client) => client.stop())))
    await sim.within(SECOND, tracker.close())
    await sim.stop()
  })
})

test('the same seed gives the same run', async () => {
  const run = async () => {
    const { sim, tracker, url } = await worldWithTracker({ seed: 4, lossRate: 0.2 })
    const clients = sim
      .hostsOf(5, 'peer')
      .map((host) => follow(host, { tiers: [[url.udp], [url.http]], random: host.random }))
    await sim.run(10 * MINUTE)
    await sim.within(6 * SECOND, Promise.all(clients.map((client) => client.stop())))
    await sim.within(SECOND, tracker.close())
    await sim.stop()
    return sim.checksum
  }
  expect(await run()).toBe(await run())
})

test('a tracker that was started anew gets new connection ids without a failure', async () => {
  const { sim, host, tracker, url } = await worldWithTracker({ seed: 5 })
  const client = follow(sim.host('a'), { tiers: [[url.udp]] })
  await sim.run(10 * SECOND)
  await sim.within(SECOND, tracker.close())
  const at = { host: host.address, port: 6969 }
  const second = await sim.within(SECOND, createTracker(host, { udp: at }))
  client.left = 0
  client.following.completed()
  await sim.run(5 * SECOND)
  expect(second.swarms()).toMatchObject([{ seeds: 1, completed: 1 }])
  expect(client.following.status()[0]?.state).toBe('working')
  await sim.within(6 * SECOND, client.stop())
  await sim.within(SECOND, second.close())
  await sim.stop()
})

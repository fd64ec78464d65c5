/** Engines that share a local network and nothing else: no tracker, no DHT. */
import { expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { content, Node } from './engine-world.ts'

const HOME = { lan: 'home' }
const LOCAL = { dht: 'off', localDiscovery: true } as const
const SIZE = 200_000

async function nodeWith(sim: Simulation, name: string, settings: Parameters<typeof Node.start>[2], lan = HOME) {
  return Node.start(sim, name, settings, lan)
}

async function shared(node: Node, priv = false) {
  node.host.files.put('/shared.bin', content(SIZE, 1))
  return node.share('/shared.bin', [], { private: priv })
}

async function end(sim: Simulation, ...nodes: Node[]): Promise<void> {
  for (const node of nodes) await node.stop()
  await sim.stop()
}

test('three engines of one network share a torrent; one elsewhere, and one that has it switched off, stay out', async () => {
  const sim = new Simulation({ seed: 1, latency: [1, 3] })
  const seed = await nodeWith(sim, 'seed', LOCAL)
  const { id, bytes } = await shared(seed)
  const [b, c] = [await nodeWith(sim, 'b', LOCAL), await nodeWith(sim, 'c', LOCAL)]
  const elsewhere = await nodeWith(sim, 'elsewhere', LOCAL, { lan: 'office' })
  const silent = await nodeWith(sim, 'silent', { dht: 'off', localDiscovery: false })
  for (const node of [b, c, elsewhere, silent]) await node.add(bytes)
  await b.reaches(id, 'seeding', 3 * MINUTE)
  await c.reaches(id, 'seeding', 3 * MINUTE)
  await sim.run(10 * MINUTE)
  expect([elsewhere.row(id).done, silent.row(id).done]).toEqual([0, 0])
  await end(sim, seed, b, c, elsewhere, silent)
})

test('switching it on in the settings is enough', async () => {
  const sim = new Simulation({ seed: 2, latency: [1, 3] })
  const seed = await nodeWith(sim, 'seed', LOCAL)
  const { id, bytes } = await shared(seed)
  const late = await nodeWith(sim, 'late', { dht: 'off', localDiscovery: false })
  await late.add(bytes)
  await sim.run(5 * MINUTE)
  expect(late.row(id).done).toBe(0)
  await sim.within(MINUTE, late.engine.services.settings.set({ localDiscovery: true }))
  await late.reaches(id, 'seeding', 2 * MINUTE)
  await end(sim, seed, late)
})

test('a private torrent is told to nobody, and nothing is said before a person has agreed', async () => {
  const sim = new Simulation({ seed: 3, latency: [1, 3] })
  const seed = await nodeWith(sim, 'seed', LOCAL)
  const { id, bytes } = await shared(seed, true)
  const other = await nodeWith(sim, 'other', LOCAL)
  await other.add(bytes)
  const unasked = await nodeWith(sim, 'unasked', { ...LOCAL, networkConsent: 'unasked' })
  const heard: string[] = []
  const listener = sim.host('listener', HOME)
  const group = { host: '239.192.152.143', port: 6771 }
  const socket = await sim.within(
    SECOND,
    listener.datagrams.joinMulticast(group, (_bytes, from) => heard.push(from.host)),
  )
  await sim.within(SECOND, socket.joinOn(listener.localAddresses.list()))
  await unasked.add(bytes)
  await sim.run(15 * MINUTE)
  expect(heard).toEqual([])
  expect(other.row(id).done).toBe(0)
  await sim.within(SECOND, socket.close())
  await end(sim, seed, other, unasked)
})

import { beforeEach, describe, expect, test } from 'vitest'
import { Contact } from '../../kademlia/contact.ts'
import type { KademliaNodePort } from '../../kademlia/dht.ts'
import { NodeId } from '../../kademlia/node-id.ts'
import { SECOND } from '../../kernel/clock.ts'
import { type Endpoint, formatEndpoint } from '../../kernel/network.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { KeptState } from './kept-state.ts'
import { FIRST_SAVE, NodeHost, type NodesWish, SAVE_PERIOD } from './node-host.ts'

interface Wish extends NodesWish {
  readonly k: number
}

/** A host on a simulated machine, over nodes that only note what happens to them. */
function world() {
  const sim = new Simulation({ seed: 1 })
  const { clock, log, random } = sim.host()
  const events: string[] = []
  const taken = new Set<string>()
  const table = new Map<string, { node: string; bytes: Uint8Array; savedAt: number }>()
  const state = { addresses: ['0.0.0.0'], searched: new Set<KademliaNodePort>() }
  const records = {
    get: (node: string) => table.get(node),
    put: (node: string, bytes: Uint8Array, savedAt: number) => {
      events.push(`save ${node}`)
      table.set(node, { node, bytes, savedAt })
    },
    all: () => [...table.values()],
    remove: (node: string) => void table.delete(node),
  }
  const open = async (host: string, { port }: Wish, saved: { id: NodeId; idSince: number } | undefined) => {
    const local = { host, port: port || 50_000 }
    const name = formatEndpoint(local)
    if (taken.has(name)) throw Object.assign(new Error(name), { code: 'EADDRINUSE' })
    taken.add(name)
    const id = saved?.id ?? NodeId.random(random)
    const contact = new Contact(NodeId.random(random), { host: '10.1.1.1', port: 1 })
    const node = {
      facts: { local, family: host.includes(':') ? 6 : 4, id },
      start: () => events.push(`start ${name}`),
      networkChanged: () => events.push(`changed ${name}`),
      suggest: (endpoints: Endpoint[]) => events.push(`suggest ${name} ${endpoints.map(formatEndpoint)}`),
      saved: () => ({ id, idSince: saved?.idSince ?? clock.wallTime(), contacts: [contact] }),
    } as unknown as KademliaNodePort
    const close = async () => {
      events.push(`close ${name}`)
      taken.delete(name)
    }
    return { node, close }
  }
  const searches = {
    add: (node: KademliaNodePort) => void state.searched.add(node),
    remove: (node: KademliaNodePort) => void state.searched.delete(node),
  }
  const kept = new KeptState({ records, clock, random, log })
  const host = new NodeHost({ clock, log, kept, open, searches })
  const wish = (more: Partial<Wish> = {}): Wish => ({
    k: 8,
    addresses: () => state.addresses,
    port: 6881,
    ...more,
  })
  const done = () => events.splice(0)
  return { sim, host, events, taken, state, wish, done }
}

describe('nodes as they are wished', () => {
  let w = world()
  beforeEach(() => {
    w = world()
  })
  const end = async () => {
    await w.host.stop()
    await w.sim.stop()
  }

  test('one at each address, on one port; ended in order: kept, closed', async () => {
    w.state.addresses = ['9.9.9.9', '2a00::1']
    await w.host.configure(w.wish())
    expect(w.done()).toEqual(['start 9.9.9.9:6881', 'start [2a00::1]:6881'])
    expect([...w.state.searched]).toEqual(w.host.nodes)
    await w.host.configure(w.wish())
    expect(w.done()).toEqual([])
    await w.host.configure(undefined)
    expect(w.done()).toEqual([...['save 9.9.9.9', 'close 9.9.9.9:6881'], ...['save 2a00::1', 'close [2a00::1]:6881']])
    expect([w.state.searched.size, w.host.nodes.length, w.host.wanted]).toEqual([0, 0, false])
    await end()
  })

  test('another configuration opens anew with the same id', async () => {
    await w.host.configure(w.wish())
    const id = w.host.nodes[0]?.facts.id.key
    await w.host.configure(w.wish({ k: 20 }))
    expect(w.done()).toEqual(['start 0.0.0.0:6881', ...['save 0.0.0.0', 'close 0.0.0.0:6881', 'start 0.0.0.0:6881']])
    expect(w.host.nodes[0]?.facts.id.key).toBe(id)
    await end()
  })

  test('what cannot be opened is tried again when the network has changed', async () => {
    w.taken.add('0.0.0.0:6881')
    await w.host.configure(w.wish())
    expect([w.done(), w.host.nodes]).toEqual([[], []])
    w.taken.clear()
    await w.host.networkChanged()
    expect(w.done()).toEqual(['start 0.0.0.0:6881'])
    await end()
  })

  test('a change of the network moves nodes, and those that stay join again', async () => {
    w.state.addresses = ['9.9.9.9', '8.8.8.8']
    await w.host.configure(w.wish())
    w.done()
    w.state.addresses = ['8.8.8.8', '7.7.7.7']
    await w.host.networkChanged()
    expect(w.done()).toEqual([
      ...['save 9.9.9.9', 'close 9.9.9.9:6881'],
      ...['start 7.7.7.7:6881', 'changed 8.8.8.8:6881'],
    ])
    await end()
  })

  test('the state is kept each ten minutes and at the end, and nothing goes on after that', async () => {
    await w.host.configure(w.wish())
    await w.sim.run(FIRST_SAVE + SECOND)
    expect(w.done()).toEqual(['start 0.0.0.0:6881', 'save 0.0.0.0'])
    await w.sim.run(2 * SAVE_PERIOD)
    expect(w.done()).toEqual(['save 0.0.0.0', 'save 0.0.0.0'])
    await w.host.stop()
    expect(w.done()).toEqual(['save 0.0.0.0', 'close 0.0.0.0:6881'])
    await w.host.configure(w.wish())
    expect(w.done()).toEqual([])
    await w.sim.stop()
  })

  test('of changes that wait the last one counts', async () => {
    const first = w.host.configure(w.wish())
    const second = w.host.configure(w.wish({ k: 20 }))
    const last = w.host.configure(undefined)
    await Promise.all([first, second, last])
    expect(w.done()).toEqual([])
    await end()
  })

  test('suggestions go to nodes of their family', async () => {
    w.state.addresses = ['9.9.9.9', '2a00::1']
    await w.host.configure(w.wish())
    w.done()
    w.host.suggest([
      { host: '1.2.3.4', port: 5 },
      { host: '2a00::9', port: 6 },
    ])
    w.host.suggest([{ host: '1.2.3.4', port: 7 }])
    expect(w.done()).toEqual([
      'suggest 9.9.9.9:6881 1.2.3.4:5',
      'suggest [2a00::1]:6881 [2a00::9]:6',
      'suggest 9.9.9.9:6881 1.2.3.4:7',
    ])
    await end()
  })
})

import { describe, expect, test } from 'vitest'
import type { RunningRequest } from '../kernel/key-value-store.ts'
import { Simulation } from '../simulation/simulation.ts'
import type { KademliaNodePort } from './dht.ts'
import { Kademlia } from './kademlia.ts'
import type { LookupResult } from './lookup-result.ts'
import { NodeId } from './node-id.ts'

type Done = (result: LookupResult<undefined>) => void

/** A node that notes its searches and ends them when told. */
class ScriptedNode {
  phase = 'joined'
  readonly done: Done[] = []
  cancelled = 0
  readonly facts: { readonly family: 4 | 6; readonly nodes: number }

  constructor(family: 4 | 6, nodes: number) {
    this.facts = { family, nodes }
  }

  watch(): () => void {
    return () => {}
  }

  findNode(_target: NodeId, observer: { done: Done }): RunningRequest {
    this.done.push(observer.done)
    return { cancel: () => void this.cancelled++ }
  }

  get port(): KademliaNodePort {
    return this as unknown as KademliaNodePort
  }
}

const target = NodeId.fromHex('00'.repeat(20))
const found = (requests: number): LookupResult<undefined> => ({
  ...{ target, closest: [], path: [], payloads: [], asked: [] },
  ...{ hops: 1, requests, replies: 1, stalls: 0, timeouts: 0 },
})

function world() {
  const sim = new Simulation({ seed: 1 })
  const kademlia = new Kademlia(sim.host().clock)
  const nodes = { small: new ScriptedNode(4, 3), large: new ScriptedNode(4, 9), other: new ScriptedNode(6, 1) }
  for (const node of Object.values(nodes)) kademlia.add(node.port)
  const results: number[] = []
  const search = () => kademlia.findNode(target, { done: ({ requests }) => results.push(requests) })
  return { sim, kademlia, ...nodes, results, search }
}

describe('several nodes as one', () => {
  test('a search runs on the best node of each family and is reported once both have ended', async () => {
    const { sim, small, large, other, results, search } = world()
    search()
    expect([small.done.length, large.done.length, other.done.length]).toEqual([0, 1, 1])
    large.done[0]?.(found(5))
    expect(results).toEqual([])
    other.done[0]?.(found(2))
    other.done[0]?.(found(2))
    expect(results).toEqual([7])
    await sim.stop()
  })

  test('a node that is removed in the middle ends its part; the last one ends the search with nothing', async () => {
    const { sim, kademlia, large, other, results, search } = world()
    search()
    kademlia.remove(large.port)
    expect([large.cancelled, results]).toEqual([1, []])
    other.done[0]?.(found(2))
    large.done[0]?.(found(5))
    expect(results).toEqual([2])
    search()
    for (const node of kademlia.nodes) kademlia.remove(node)
    expect(results).toEqual([2, 0])
    expect([kademlia.ready, kademlia.nodes.length]).toEqual([false, 0])
    await sim.stop()
  })

  test('without a node it ends at once, but never from within the call', async () => {
    const { sim, kademlia, results, search } = world()
    for (const node of kademlia.nodes) kademlia.remove(node)
    search()
    expect(results).toEqual([])
    await sim.run(0)
    expect(results).toEqual([0])
    await sim.stop()
  })

  test('what is cancelled reports nothing, also when its nodes go', async () => {
    const { sim, kademlia, large, other, results, search } = world()
    search().cancel()
    for (const node of kademlia.nodes) kademlia.remove(node)
    expect([large.cancelled, other.cancelled, results]).toEqual([1, 1, []])
    await sim.stop()
  })
})

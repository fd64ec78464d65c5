import { beforeEach, describe, expect, test } from 'vitest'
import { Contact } from '../../kademlia/contact.ts'
import type { GetPeersReply, KademliaSearches, LookupObserver } from '../../kademlia/dht.ts'
import type { Candidate } from '../../kademlia/lookup-result.ts'
import { NodeId } from '../../kademlia/node-id.ts'
import { SECOND } from '../../kernel/clock.ts'
import type { GetReport } from '../../kernel/key-value-store.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { searchableKademlia } from './kademlia-searchable.ts'
import { MAX_ENDED, MAX_LIVE, Searches } from './searches.ts'

const target = NodeId.fromHex('00'.repeat(20))

function world() {
  const sim = new Simulation({ seed: 1 })
  const { clock, random } = sim.host()
  const begun: { observer: LookupObserver<GetPeersReply>; cancelled: boolean }[] = []
  const begin = (observer: unknown) => {
    const search = { observer: observer as LookupObserver<GetPeersReply>, cancelled: false }
    begun.push(search)
    const cancel = () => {
      search.cancelled = true
    }
    return { cancel }
  }
  const gets: { options: { salt?: Uint8Array }; done: (report: GetReport) => void }[] = []
  const dht = {
    get: (_target: NodeId, options: { salt?: Uint8Array }, done: (report: GetReport) => void) => {
      gets.push({ options, done })
      return begin(options)
    },
    findNode: (_target: NodeId, observer: unknown) => begin(observer),
    getPeers: (_target: NodeId, _options: unknown, observer: unknown) => begin(observer),
  } as unknown as KademliaSearches
  const over = searchableKademlia(dht, clock)
  const contact = () => new Contact(NodeId.random(random), { host: `10.0.0.${1 + random.below(250)}`, port: 5 })
  const candidate = (more: Partial<Candidate> = {}): Candidate => {
    const made = contact()
    return {
      ...{ id: made.id, contact: made, path: 0, state: 'asked', hop: 1, from: undefined, confirmed: true },
      ...{ askedAt: clock.now(), repliedAt: undefined },
      ...more,
    }
  }
  const result = (closest: Contact[] = []) => ({
    ...{ target, closest, path: closest.slice(0, 1), hops: 1, requests: 3, replies: 2, stalls: 0, timeouts: 1 },
    ...{ payloads: [], asked: [] },
  })
  return { sim, clock, begun, gets, over, contact, candidate, result, searches: new Searches({ clock, random }) }
}

describe('searches that are watched', () => {
  let w = world()
  beforeEach(() => {
    w = world()
  })
  const observer = (n = 0) => (w.begun[n] as (typeof w.begun)[0]).observer

  test('steps are told as they change, in the order of asking, with times since the beginning', async () => {
    await w.sim.run(7 * SECOND)
    const id = w.searches.start(w.over, target.bytes, 'find_node')
    let told = 0
    const unwatch = w.searches.watch(id, () => told++)
    const first = w.candidate()
    observer().stepped?.(first)
    await w.sim.run(SECOND)
    const second = w.candidate({ hop: 2, from: first })
    observer().stepped?.(second)
    first.state = 'replied'
    first.repliedAt = w.clock.now()
    observer().stepped?.(first)
    expect(told).toBe(3)
    expect(w.searches.read(id)).toMatchObject({
      ...{ state: 'running', method: 'find_node', target: target.toString(), overlay: 'kademlia' },
      steps: [
        { nodeId: first.id.toString(), state: 'replied', hop: 1, askedAt: 0, repliedAt: SECOND },
        { nodeId: second.id.toString(), state: 'asked', hop: 2, askedAt: SECOND, from: first.id.toString() },
      ],
    })
    await w.sim.run(SECOND)
    const nearest = w.contact()
    observer().done(w.result([nearest]))
    expect(w.searches.read(id)).toMatchObject({
      state: 'done',
      result: { hops: 1, requests: 3, timeouts: 1, took: 2 * SECOND, closest: [{ nodeId: nearest.id.toString() }] },
    })
    unwatch()
    expect(told).toBe(4)
  })

  test('what is found is bounded and listed once, and so are steps', () => {
    const id = w.searches.start(w.over, target.bytes, 'get_peers')
    const peers = Array.from({ length: 90 }, (_, i) => ({ host: '10.0.0.1', port: 1 + i }))
    observer().found?.({ peers, token: undefined }, w.contact())
    observer().found?.({ peers, token: undefined }, w.contact())
    expect(w.searches.read(id).found).toHaveLength(90)
    for (let i = 1; i < 20; i++) {
      const more = peers.map(({ port }) => ({ host: `10.0.1.${i}`, port }))
      observer().found?.({ peers: more, token: undefined }, w.contact())
    }
    for (let i = 0; i < 500; i++) observer().stepped?.(w.candidate())
    const { found, steps } = w.searches.read(id)
    expect([found.length, steps.length]).toEqual([1_000, 200])
  })

  test('a node that is asked twice is two steps, and the item that is looked for is told', async () => {
    const item = { publicKey: new Uint8Array(32).fill(7), salt: Uint8Array.of(1, 2) }
    const id = w.searches.start(w.over, target.bytes, 'get', item)
    expect(w.gets[0]?.options.salt).toEqual(item.salt)
    const first = w.candidate({ state: 'replied', repliedAt: w.clock.now() })
    const second = { ...first, hop: 2, from: first }
    for (const step of [first, second, first, second]) observer().stepped?.(step)
    w.gets[0]?.done({
      ...{ target: target.bytes, item: undefined, holders: 0 },
      cost: { hops: 1, requests: 2, timeouts: 0, took: 5 },
    })
    expect(w.searches.read(id)).toMatchObject({
      ...{ publicKey: '07'.repeat(32), salt: '0102', state: 'done' },
      steps: [{ hop: 1 }, { hop: 2, from: first.id.toString() }],
      result: { requests: 2, path: [expect.any(String)], closest: [{ nodeId: first.id.toString() }] },
    })
  })

  test('cancelling ends it; an unknown one is gone', () => {
    const id = w.searches.start(w.over, target.bytes, 'find_node')
    w.searches.cancel(id)
    w.searches.cancel(id)
    expect([w.searches.read(id).state, w.begun[0]?.cancelled]).toEqual(['cancelled', true])
    for (const call of [
      () => w.searches.read('x'),
      () => w.searches.cancel('x'),
      () => w.searches.watch('x', () => {}),
    ])
      expect(call).toThrow(expect.objectContaining({ code: 'SEARCH_GONE' }))
  })

  test('only so many run at once, and only so many that have ended stay', () => {
    const ids = Array.from({ length: MAX_LIVE }, () => w.searches.start(w.over, target.bytes, 'find_node'))
    expect(() => w.searches.start(w.over, target.bytes, 'find_node')).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_SEARCHES' }),
    )
    w.searches.cancelAll('chord')
    expect(w.begun.some(({ cancelled }) => cancelled)).toBe(false)
    w.searches.cancelAll('kademlia')
    expect(w.begun.every(({ cancelled }) => cancelled)).toBe(true)
    for (let i = 0; i < MAX_ENDED; i++) {
      w.searches.start(w.over, target.bytes, 'find_node')
      observer(MAX_LIVE + i).done(w.result())
    }
    for (const id of ids) expect(() => w.searches.read(id)).toThrow(expect.objectContaining({ code: 'SEARCH_GONE' }))
  })
})

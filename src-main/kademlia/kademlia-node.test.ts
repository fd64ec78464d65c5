/** The node against an RPC layer that says anything: whatever comes, nothing is thrown and everything stays bounded. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SECOND } from '../kernel/clock.ts'
import type { Endpoint } from '../kernel/network.ts'
import { encodedSize } from '../rpc/krpc-encode.ts'
import type { Query, Response, ResponseFields } from '../rpc/krpc-message.ts'
import { Simulation } from '../simulation/simulation.ts'
import { Contact } from './contact.ts'
import { KademliaNode } from './kademlia-node.ts'
import { MAX_LOOKUPS } from './lookup-runner.ts'
import { ID_BITS, NodeId } from './node-id.ts'
import { MAX_CHECKS } from './prospects.ts'
import { type Asked, LOCAL, ScriptedRpc } from './test-support.ts'

const RUNS = process.env.SHOAL_LONG === '1' ? 2_000 : 60

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const id = fc.oneof(
  bytes(20),
  fc.constant(new Uint8Array(20)),
  fc.nat(30).map((n) => new Uint8Array(20).fill(n)),
)
const host = fc.oneof(
  fc.ipV4(),
  fc.nat(40).map((n) => `9.${n}.0.1`),
  fc.constantFrom('0.0.0.0', '127.0.0.1', '10.0.0.1', '255.255.255.255', '2a00::1', '::', LOCAL.host),
)
const endpoint = fc.record({ host, port: fc.integer({ min: 1, max: 65_535 }) })
const node = fc.record({ id, endpoint: fc.record({ host, port: fc.nat(65_535) }) })
const seq = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })
const value = fc.uint8Array({ maxLength: 1_500 })
const want = fc.option(fc.subarray(['n4', 'n6'] as const), { nil: undefined })
const token = fc.uint8Array({ maxLength: 128 })

const response: fc.Arbitrary<ResponseFields> = fc.record(
  {
    nodes: fc.array(node, { maxLength: 80 }),
    nodes6: fc.array(node, { maxLength: 10 }),
    values: fc.array(fc.record({ host, port: fc.nat(65_535) }), { maxLength: 150 }),
    token,
    v: value,
    k: bytes(32),
    sig: bytes(64),
    seq,
    seedFilter: bytes(256),
    peerFilter: bytes(256),
    samples: fc.array(bytes(20), { maxLength: 50 }),
    num: fc.nat(),
    interval: fc.nat(21_600),
  },
  { requiredKeys: [] },
)

const query: fc.Arbitrary<Pick<Query, 'method' | 'args'>> = fc.oneof(
  fc.constant({ method: 'ping', args: {} } as const),
  fc.record({ target: id, want }).map((args) => ({ method: 'find_node', args }) as never),
  fc
    .record({ infoHash: id, want, scrape: fc.boolean(), noseed: fc.boolean() })
    .map((args) => ({ method: 'get_peers', args }) as never),
  fc
    .record({ infoHash: id, port: fc.nat(65_535), impliedPort: fc.boolean(), token, seed: fc.boolean() })
    .map((args) => ({ method: 'announce_peer', args }) as never),
  fc
    .record({ target: id, seq: fc.option(seq, { nil: undefined }), want, token: fc.option(token, { nil: undefined }) })
    .map((args) => ({ method: 'get', args }) as never),
  fc.record({ token, v: value }).map((args) => ({ method: 'put', args }) as never),
  fc
    .record({ token, v: value, k: bytes(32), sig: bytes(64), seq, cas: seq, salt: fc.uint8Array({ maxLength: 100 }) })
    .map((args) => ({ method: 'put', args }) as never),
  fc.record({ target: id, want }).map((args) => ({ method: 'sample_infohashes', args }) as never),
  fc.record({ target: id, want }).map((args) => ({ method: 'unknown', name: 'dance', args }) as never),
)

type Step =
  | {
      readonly what: 'asked'
      readonly query: Pick<Query, 'method' | 'args'>
      readonly id: Uint8Array
      readonly from: Endpoint
      readonly readOnly: boolean
    }
  | {
      readonly what: 'answer'
      readonly which: number
      readonly id: Uint8Array | undefined
      readonly fields: ResponseFields
      readonly ip: string
    }
  | { readonly what: 'fail'; readonly which: number }
  | { readonly what: 'stall'; readonly which: number }
  | { readonly what: 'suggest'; readonly endpoints: readonly Endpoint[] }
  | { readonly what: 'search'; readonly target: Uint8Array; readonly kind: number }
  | { readonly what: 'pass'; readonly time: number }
  | { readonly what: 'network' }

const which = fc.nat(1_000)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ what: fc.constant('asked' as const), query, id, from: endpoint, readOnly: fc.boolean() }),
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('answer' as const),
      which,
      id: fc.option(id, { nil: undefined }),
      fields: response,
      ip: host,
    }),
  },
  fc.record({ what: fc.constant('fail' as const), which }),
  fc.record({ what: fc.constant('stall' as const), which }),
  fc.record({ what: fc.constant('suggest' as const), endpoints: fc.array(endpoint, { maxLength: 30 }) }),
  fc.record({ what: fc.constant('search' as const), target: id, kind: fc.nat(6) }),
  fc.record({ what: fc.constant('pass' as const), time: fc.integer({ min: 1, max: 60_000 }) }),
  fc.constant({ what: 'network' } as const),
)

/** A node with its clock. */
function world() {
  const sim = new Simulation({ seed: 81 })
  const machine = sim.host('here')
  const rpc = new ScriptedRpc()
  const { clock, random, log } = machine
  const node = new KademliaNode(rpc, { clock, random, log }, { mode: 'on', external: LOCAL.host })
  return { sim, rpc, node }
}

function search(node: KademliaNode, target: NodeId, kind: number): void {
  const observer = { done() {} }
  const item = { kind: 'immutable', value: target.bytes } as const
  const searches = [
    () => node.findNode(target, observer),
    () => node.getPeers(target, {}, observer),
    () => node.announce(target, { port: 1, seed: true }, observer),
    () => node.scrape(target, () => {}),
    () => node.sample(target, observer),
    () => node.put(item, {}, () => {}),
    () => node.get(target, {}, () => {}),
  ]
  searches[kind]?.()
}

async function act({ sim, rpc, node }: ReturnType<typeof world>, step: Step): Promise<void> {
  const pick = (n: number) => rpc.open[n % Math.max(1, rpc.open.length)]
  if (step.what === 'asked') {
    const head = { kind: 'query', transaction: new Uint8Array(2), id: step.id, readOnly: step.readOnly } as const
    const answer = rpc.handler({ ...head, ...step.query } as Query, step.from)
    if (answer?.kind === 'response') {
      const message = { ...answer, transaction: new Uint8Array(2), id: rpc.id }
      expect(encodedSize(message)).toBeLessThan(4_000)
    }
  } else if (step.what === 'answer' || step.what === 'fail' || step.what === 'stall') {
    const asked = pick(step.which)
    if (!asked) return
    if (step.what === 'stall') {
      asked.callbacks.stalled?.()
      return
    }
    rpc.take(asked)
    if (step.what === 'fail') asked.callbacks.failed('timeout')
    else asked.callbacks.replied(responseOf(step, asked), 20)
  } else if (step.what === 'suggest') node.suggest(step.endpoints)
  else if (step.what === 'search') search(node, NodeId.of(step.target), step.kind)
  else if (step.what === 'network') node.networkChanged()
  else await sim.run(step.time)
}

function responseOf({ id, fields, ip }: Extract<Step, { what: 'answer' }>, asked: Asked): Response {
  const known = id ?? NodeId.fromHex('ab'.repeat(20)).bytes
  return {
    kind: 'response',
    transaction: new Uint8Array(2),
    id: known,
    ip: { host: ip, port: asked.to.port },
    ...fields,
  }
}

function expectBounded({ rpc, node }: ReturnType<typeof world>): void {
  const buckets = node.buckets()
  expect(buckets.length).toBeLessThanOrEqual(ID_BITS)
  for (const { live, spares, capacity } of buckets) {
    expect(live.length).toBeLessThanOrEqual(capacity)
    expect(spares.length).toBeLessThanOrEqual(8)
    for (const { contact } of [...live, ...spares]) expect(contact.id.equals(node.facts.id)).toBe(false)
  }
  // Each lookup has at most 100 requests; what the node asks of itself is far below.
  const searches = 2 + 40
  expect(rpc.open.length).toBeLessThanOrEqual(100 * searches + MAX_CHECKS)
  expect(node.items().length).toBeLessThanOrEqual(1_000)
}

describe('whatever others say', () => {
  test('nothing is thrown, and everything stays bounded', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120 }), async (steps) => {
        const here = world()
        here.node.start()
        here.node.suggest([{ host: '9.9.9.9', port: 1 }])
        for (const step of steps) await act(here, step)
        expectBounded(here)
        here.node.stop()
        expect(here.rpc.open).toEqual([])
        await here.sim.run(60 * SECOND)
        expect(here.rpc.open).toEqual([])
        await here.sim.stop()
      }),
      { seed: 17, numRuns: RUNS },
    )
  })
})

describe('searches', () => {
  test('of more than so many at once, one more ends at once with nothing', async () => {
    const here = world()
    here.node.startWith([new Contact(NodeId.of(new Uint8Array(20).fill(9)), { host: '9.9.9.9', port: 1 })])
    const ended: number[] = []
    for (let n = 0; n <= MAX_LOOKUPS; n++) {
      here.node.findNode(NodeId.of(new Uint8Array(20).fill(n % 7)), { done: ({ requests }) => ended.push(requests) })
    }
    expect(ended).toEqual([])
    await here.sim.run(1)
    expect(ended).toEqual([0])
    expect(here.rpc.open).toHaveLength(MAX_LOOKUPS)
    here.node.stop()
    await here.sim.stop()
  })

  test('end without a word when the node stops, and it can start again', async () => {
    const here = world()
    here.node.suggest([{ host: '9.9.9.9', port: 1 }])
    expect(here.rpc.open).toEqual([])
    for (let run = 0; run < 2; run++) {
      here.node.start()
      here.node.suggest([{ host: '9.9.9.9', port: 1 }])
      expect(here.node.facts.phase).toBe('joining')
      expect(here.rpc.open.map(({ to }) => to.host)).toEqual(['9.9.9.9'])
      const asked = here.rpc.open[0] as Asked
      here.rpc.take(asked)
      const id = new Uint8Array(20).fill(9)
      asked.callbacks.replied({ kind: 'response', transaction: new Uint8Array(2), id }, 20)
      await here.sim.run(1)
      expect(here.rpc.open.map(({ method }) => method)).toEqual(['find_node'])
      const ended: string[] = []
      here.node.announce(NodeId.of(id), { port: 1, seed: false }, { done: () => ended.push('announce') })
      await here.sim.run(1)
      here.node.stop()
      expect([here.node.facts.phase, here.rpc.open]).toEqual(['stopped', []])
      await here.sim.run(60 * SECOND)
      expect(ended).toEqual([])
    }
    await here.sim.stop()
  })
})

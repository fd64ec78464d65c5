import { describe, expect, test } from 'vitest'
import type { Endpoint } from '../kernel/network.ts'
import { encodedSize } from '../rpc/krpc-encode.ts'
import type { KrpcMessage, NodeContact } from '../rpc/krpc-message.ts'
import { Rpc } from '../rpc/rpc.ts'
import { type MessageHost, MessageNetwork, type MessageNetworkOptions } from './message-network.ts'
import type { NatKind } from './nat.ts'

const PORT = 6881
const SECOND = 1_000

const addressFor = (n: number) => `20.${n >> 8}.${n & 255}.1`

async function openRpc(host: MessageHost, nodes: () => readonly NodeContact[] = () => []): Promise<Rpc> {
  const { clock, random } = host
  const rpc = await Rpc.open(host.transport(PORT), { clock, random, id: random.bytes(20) })
  rpc.onQuery(() => ({ kind: 'response', nodes: nodes() }))
  return rpc
}

function ask(rpc: Rpc, to: Endpoint, log: string[], clock: { now(): number }): void {
  rpc.query(
    to,
    'find_node',
    { target: new Uint8Array(20) },
    {
      replied: (_, rtt) => log.push(`replied ${Math.round(rtt)}`),
      failed: (reason) => log.push(`${reason} ${Math.round(clock.now())}`),
    },
  )
}

describe('a message network', () => {
  test('carries questions and answers, each way in the time of the distance', async () => {
    const network = new MessageNetwork({ seed: 1, latency: [40, 40], jitter: 0 })
    const [a, b] = [network.host(addressFor(1)), network.host(addressFor(2))]
    const [rpcA, rpcB] = [await openRpc(a), await openRpc(b)]
    const log: string[] = []
    ask(rpcA, rpcB.local, log, a.clock)
    await network.run(SECOND)
    expect(log).toEqual(['replied 80'])
    expect([network.delivered, network.deliveredBytes]).toEqual([
      2,
      rpcA.counters.bytesReceived + rpcB.counters.bytesReceived,
    ])
    expect(rpcB.counters.bytesReceived).toBe(rpcA.counters.bytesSent)
  })

  test('loses, cuts and heals', async () => {
    const network = new MessageNetwork({ seed: 1, latency: [10, 10], jitter: 0 })
    const [a, b, lossy] = [1, 2, 3].map((n) => network.host(addressFor(n), n === 3 ? { lossRate: 1 } : {})) as [
      MessageHost,
      MessageHost,
      MessageHost,
    ]
    const [rpcA, rpcB, rpcLossy] = [await openRpc(a), await openRpc(b), await openRpc(lossy)]
    const log: string[] = []
    ask(rpcA, rpcLossy.local, log, a.clock)
    network.partition([a], [b])
    ask(rpcA, rpcB.local, log, a.clock)
    await network.run(20 * SECOND)
    expect(log).toEqual(['timeout 10000', 'timeout 10000'])
    network.heal()
    ask(rpcA, rpcB.local, log, a.clock)
    await network.run(SECOND)
    expect(log.at(-1)).toBe('replied 20')
  })

  test('a host that is killed hears nothing, says nothing, and its timers are gone', async () => {
    const network = new MessageNetwork({ seed: 1 })
    const [a, b] = [network.host(addressFor(1)), network.host(addressFor(2))]
    const [rpcA, rpcB] = [await openRpc(a), await openRpc(b)]
    const log: string[] = []
    b.clock.after(SECOND, () => log.push('a timer of the dead'))
    ask(rpcB, rpcA.local, log, b.clock)
    b.kill()
    b.kill()
    ask(rpcA, rpcB.local, log, a.clock)
    ask(rpcB, rpcA.local, log, b.clock)
    await network.run(20 * SECOND)
    expect(log).toEqual(['timeout 10000'])
    expect(rpcB.counters.packetsReceived).toBe(0)
  })

  test.each<[NatKind, string, string]>([
    ['full-cone', 'replied', 'replied'],
    ['restricted', 'replied', 'timeout'],
    ['symmetric', 'replied', 'timeout'],
  ])('behind a %s router: asked by whom it has asked it %s, by a stranger %s', async (kind, byFriend, byStranger) => {
    const network = new MessageNetwork({ seed: 1 })
    const inside = network.host(addressFor(1), { nat: { kind } })
    const [friend, stranger] = [network.host(addressFor(2)), network.host(addressFor(3))]
    const [rpcInside, rpcFriend, rpcStranger] = [await openRpc(inside), await openRpc(friend), await openRpc(stranger)]
    let seen: Endpoint | undefined
    rpcFriend.onQuery((_, from) => {
      seen = from
      return { kind: 'response' }
    })
    const log: string[] = []
    ask(rpcInside, rpcFriend.local, log, inside.clock)
    await network.run(SECOND)
    expect(seen?.host).toBe(addressFor(1))
    ask(rpcFriend, seen as Endpoint, log, friend.clock)
    await network.run(20 * SECOND)
    ask(rpcStranger, seen as Endpoint, log, stranger.clock)
    await network.run(20 * SECOND)
    expect(log.map((line) => line.split(' ')[0])).toEqual(['replied', byFriend, byStranger])
    // The router has forgotten it by now.
    await network.run(150 * SECOND)
    ask(rpcFriend, seen as Endpoint, log, friend.clock)
    await network.run(20 * SECOND)
    expect(log.at(-1)).toMatch(/^timeout/)
  })
})

/** 200 nodes, half of them behind routers, that ask each other at random for a while. */
async function chatter(options: Partial<MessageNetworkOptions>) {
  const network = new MessageNetwork({ seed: 9, lossRate: 0.05, duplicationRate: 0.02, ...options })
  const kinds = ['full-cone', 'restricted', 'port-restricted', 'symmetric'] as const
  const hosts = Array.from({ length: 200 }, (_, n) =>
    network.host(addressFor(n), n % 2 === 0 ? {} : { nat: { kind: kinds[(n >> 1) % 4] as NatKind } }),
  )
  const known: NodeContact[] = []
  const nodes = await Promise.all(hosts.map((host) => openRpc(host, () => known.slice(0, 8))))
  nodes.forEach((rpc, n) => {
    known.push({ id: rpc.id, endpoint: { host: (hosts[n] as MessageHost).publicAddress, port: PORT } })
  })
  const log: string[] = []
  nodes.forEach((rpc, n) => {
    const { clock, random } = hosts[n] as MessageHost
    clock.every(SECOND + n, () => ask(rpc, (known[random.below(200)] as NodeContact).endpoint, log, clock))
  })
  await network.run(10 * SECOND)
  network.partition(hosts.slice(0, 100), hosts.slice(100))
  hosts[3]?.kill()
  await network.run(10 * SECOND)
  return { checksum: network.checksum, events: network.events, log: log.join(), bytes: network.deliveredBytes }
}

describe('the same run', () => {
  test('with messages as objects, frozen, and really encoded, of 200 nodes', async () => {
    const [objects, checked, wire] = [
      await chatter({}),
      await chatter({ mode: 'checked' }),
      await chatter({ mode: 'wire' }),
    ]
    expect(objects.events).toBeGreaterThan(5_000)
    expect(checked).toEqual(objects)
    expect(wire).toEqual(objects)
  })

  test('repeats by seed, and differs with another', async () => {
    const [one, two, other] = [await chatter({}), await chatter({}), await chatter({ seed: 10 })]
    expect(two).toEqual(one)
    expect(other.checksum).not.toBe(one.checksum)
  })

  test('a message changed after it was sent is found out', async () => {
    const network = new MessageNetwork({ seed: 1, mode: 'checked' })
    const [a, b] = [network.host(addressFor(1)), network.host(addressFor(2))]
    await openRpc(b)
    const transport = await a.transport(PORT)({ admits: () => true, received() {} })
    const id = new Uint8Array(20)
    const message: KrpcMessage = {
      kind: 'query',
      transaction: new Uint8Array(2),
      id,
      readOnly: false,
      method: 'ping',
      args: {},
    }
    transport.send(message, { host: addressFor(2), port: PORT }, encodedSize(message))
    expect(() => Object.assign(message, { method: 'get' })).toThrow(TypeError)
    id[0] = 1
    await expect(network.run(SECOND)).rejects.toThrow('was changed')
  })
})

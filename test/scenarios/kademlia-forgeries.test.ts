/** Forged, reflected, replayed and excessive packets against real nodes with the rules of production. */
import { describe, expect, test } from 'vitest'
import { MAX_PEERS_OF_ADDRESS } from '../../src-main/items/swarms.ts'
import { MAX_ITEMS_OF_NETWORK } from '../../src-main/kademlia/item-store.ts'
import { targetOf } from '../../src-main/kademlia/item-target.ts'
import { NodeId } from '../../src-main/kademlia/node-id.ts'
import { utf8 } from '../../src-main/kernel/bytes.ts'
import { MINUTE, type Millis, SECOND } from '../../src-main/kernel/clock.ts'
import type { DatagramSocket, Endpoint } from '../../src-main/kernel/network.ts'
import { decodeMessage } from '../../src-main/rpc/krpc-decode.ts'
import { encodeMessage } from '../../src-main/rpc/krpc-encode.ts'
import {
  errorCode,
  type KnownQuery,
  type KrpcMessage,
  MAX_ANSWER_BYTES,
  type Response,
} from '../../src-main/rpc/krpc-message.ts'
import { DEFAULT_RPC_LIMITS } from '../../src-main/rpc/rpc-limits.ts'
import { tableContacts } from './hostile-nodes.ts'
import { KademliaWorld, type Member } from './kademlia-world.ts'

interface Heard {
  readonly at: Millis
  readonly size: number
  readonly from: Endpoint
  readonly bytes: Uint8Array
}

/** A socket that is no node, which notes the answers that it hears, or all packets. */
async function listener(world: KademliaWorld, address: string, hears: 'answers' | 'all' = 'answers') {
  const port = 6881
  const host = world.sim.host(`at-${address}`, { address })
  const heard: Heard[] = []
  const received = (bytes: Uint8Array, from: Endpoint) => {
    if (hears === 'answers' && decodeMessage(bytes).kind === 'query') return
    heard.push({ at: world.sim.elapsed, size: bytes.length, from, bytes: bytes.slice() })
  }
  const socket = await world.sim.within(SECOND, host.datagrams.bind({ host: address, port }, received))
  return { host, socket, heard, received }
}

type Question = {
  [M in KnownQuery['method']]: Pick<Extract<KnownQuery, { method: M }>, 'method' | 'args'>
}[KnownQuery['method']]

function query(question: Question, id: Uint8Array, transaction = 1): Uint8Array {
  const head = {
    kind: 'query',
    transaction: Uint8Array.of(transaction >> 8, transaction),
    id,
    readOnly: false,
  } as const
  return encodeMessage({ ...head, ...question } as KnownQuery)
}

/** What came last, as a message. */
function last(heard: readonly Heard[]): KrpcMessage {
  const message = decodeMessage((heard.at(-1) as Heard).bytes)
  if (message.kind === 'fault') throw new Error(message.reason)
  return message
}

/** The most bytes in any stretch of `length` milliseconds. */
function most(heard: readonly Heard[], length: Millis): number {
  let [first, bytes, largest] = [0, 0, 0]
  for (const { at, size } of heard) {
    bytes += size
    for (; (heard[first] as Heard).at <= at - length; first++) bytes -= (heard[first] as Heard).size
    largest = Math.max(largest, bytes)
  }
  return largest
}

async function end(world: KademliaWorld, ...sockets: readonly DatagramSocket[]): Promise<void> {
  await world.sim.within(SECOND, Promise.all(sockets.map((socket) => socket.close())))
  await world.close()
}

const infoHash = NodeId.of(utf8('mnopqrstuvwxyz123456'))
const strangersId = utf8('abcdefghij0123456789')

describe('reflected packets', () => {
  test('a node that is sent its own queries, and answers to nothing it asked, takes nobody in and answers nothing', async () => {
    const world = new KademliaWorld({ seed: 5 })
    await world.grow(12)
    await world.sim.run(3 * MINUTE)
    const victim = world.members[4] as Member
    const { id } = victim.node.facts
    const before = { nodes: victim.node.facts.nodes, ...victim.node.facts.counters }
    const knownHosts = new Set(world.members.map(({ endpoint }) => endpoint.host))
    const sources = Array.from({ length: 40 }, (_, n) => ({ host: `99.${n}.0.1`, port: 6881 }))
    for (const source of sources) {
      const random = world.sim.random
      // Its own query, as one that reflects it would send it back; an answer with its own id; an answer that nobody asked for.
      const echo = query({ method: 'find_node', args: { target: id.bytes } }, id.bytes)
      const nodes = [{ id: random.bytes(20), endpoint: { host: '98.1.0.1', port: 6881 } }]
      const ownAnswer: Response = { kind: 'response', transaction: random.bytes(2), id: id.bytes, nodes }
      for (const bytes of [echo, encodeMessage(ownAnswer), encodeMessage({ ...ownAnswer, id: random.bytes(20) })]) {
        world.sim.forgeDatagram(bytes, source, victim.endpoint)
        // As if from a node that it knows.
        world.sim.forgeDatagram(bytes, (world.members[7] as Member).endpoint, victim.endpoint)
      }
      await world.sim.run(SECOND)
    }
    const { counters } = victim.node.facts
    expect(counters.unsolicited - before.unsolicited).toBe(sources.length * 4)
    expect(counters.answersSent - before.answersSent).toBeLessThan(sources.length)
    expect(tableContacts(world).filter(({ endpoint }) => !knownHosts.has(endpoint.host))).toEqual([])
    expect(victim.node.buckets().flatMap(({ live }) => live.filter(({ contact }) => contact.id.equals(id)))).toEqual([])
    expect(victim.node.facts.nodes).toBeGreaterThanOrEqual(before.nodes)
    await world.close()
  })
})

describe('a token', () => {
  test('is of no use from another port, address or id, for another target, or later; every replay gets 203', async () => {
    const world = new KademliaWorld({ seed: 6 })
    const [node] = (await world.grow(1)) as [Member]
    const owner = await listener(world, '99.1.0.1')
    const otherPort = await world.sim.within(
      SECOND,
      owner.host.datagrams.bind({ host: '99.1.0.1', port: 6882 }, owner.received),
    )
    const thief = await listener(world, '99.2.0.1')
    const ask = async (socket: DatagramSocket, question: Question, id = strangersId) => {
      socket.send(query(question, id), node.endpoint)
      await world.sim.run(SECOND)
    }
    const other = NodeId.random(world.sim.random)
    await ask(owner.socket, { method: 'get_peers', args: { infoHash: infoHash.bytes } })
    const { token } = last(owner.heard) as Response
    const announce = (key: NodeId): Question => ({
      method: 'announce_peer',
      args: { infoHash: key.bytes, port: 4000, impliedPort: false, token: token as Uint8Array },
    })
    const replays: [string, () => Promise<void>, Heard[]][] = [
      ['another port', () => ask(otherPort, announce(infoHash)), owner.heard],
      ['another address', () => ask(thief.socket, announce(infoHash)), thief.heard],
      ['another id', () => ask(owner.socket, announce(infoHash), other.bytes), owner.heard],
      ['another target', () => ask(owner.socket, announce(other)), owner.heard],
    ]
    for (const [what, replay, heard] of replays) {
      const count = heard.length
      await replay()
      expect(heard.length, what).toBe(count + 1)
      expect(last(heard), what).toMatchObject({ kind: 'error', code: errorCode.protocol })
      expect(node.node.facts.storedInfoHashes, what).toBe(0)
    }
    await ask(owner.socket, announce(infoHash))
    expect(last(owner.heard).kind).toBe('response')
    expect(node.node.facts.storedInfoHashes).toBe(1)
    await world.sim.run(10 * MINUTE)
    await ask(owner.socket, announce(infoHash))
    expect(last(owner.heard)).toMatchObject({ kind: 'error', code: errorCode.protocol })
    await end(world, owner.socket, otherPort, thief.socket)
  })
})

describe('amplification: queries with the forged address of somebody who has asked nothing', () => {
  /** Two minutes of the most profitable questions there are, `perSecond` of them, to one node that has much to tell. */
  async function flooded(victims: readonly string[], perSecond: number) {
    const world = new KademliaWorld({ seed: 8 })
    await world.grow(12)
    const [node] = world.members as [Member]
    const peer = await listener(world, '99.1.0.1')
    for (let n = 0; n < 120; n++) {
      // Peers for a large answer, from many networks.
      const member = world.members[1 + (n % 11)] as Member
      await world.ended((done) => member.node.announce(infoHash, { port: 1_000 + n, seed: false }, { done }))
    }
    const heard: Heard[] = []
    const sockets: DatagramSocket[] = [peer.socket]
    for (const address of victims) {
      const victim = await listener(world, address, 'all')
      sockets.push(victim.socket)
      victim.heard.push = (...items) => heard.push(...items)
    }
    const questions: readonly Question[] = [
      { method: 'get_peers', args: { infoHash: infoHash.bytes } },
      { method: 'get_peers', args: { infoHash: infoHash.bytes, scrape: true } },
      { method: 'find_node', args: { target: infoHash.bytes, want: ['n4', 'n6'] } },
      { method: 'sample_infohashes', args: { target: infoHash.bytes } },
    ]
    for (let n = 0; n < 120 * perSecond; n++) {
      const from = { host: victims[n % victims.length] as string, port: 6881 }
      // Each under another id, so that we would like to get to know every one.
      const id = NodeId.random(world.sim.random).bytes
      world.sim.forgeDatagram(query(questions[n % questions.length] as Question, id, n), from, node.endpoint)
      await world.sim.run(SECOND / perSecond)
    }
    await world.sim.run(SECOND)
    await end(world, ...sockets)
    return heard.filter(({ from }) => from.host === node.endpoint.host)
  }

  test('one address gets at most 8 KiB in 10 s and 64 KiB in a minute, no datagram over 1,024 bytes', async () => {
    const heard = await flooded(['99.7.7.7'], 20)
    expect(heard.length).toBeGreaterThan(20)
    expect(Math.max(...heard.map(({ size }) => size))).toBeGreaterThan(700)
    expect(Math.max(...heard.map(({ size }) => size))).toBeLessThanOrEqual(MAX_ANSWER_BYTES)
    expect(most(heard, 10 * SECOND)).toBeLessThanOrEqual(8 * 1_024)
    expect(most(heard, MINUTE)).toBeLessThanOrEqual(64 * 1_024)
  })

  test('a /24 gets at most four times that', async () => {
    const victims = Array.from({ length: 16 }, (_, n) => `99.7.7.${n + 1}`)
    const heard = await flooded(victims, 60)
    expect(most(heard, 10 * SECOND)).toBeGreaterThan(8 * 1_024)
    expect(Math.max(...heard.map(({ size }) => size))).toBeLessThanOrEqual(MAX_ANSWER_BYTES)
    expect(most(heard, 10 * SECOND)).toBeLessThanOrEqual(4 * 8 * 1_024)
    expect(most(heard, MINUTE)).toBeLessThanOrEqual(4 * 64 * 1_024)
  })
})

describe('floods', () => {
  const { incomingPerSender, incomingPerNeighbourhood } = DEFAULT_RPC_LIMITS
  const SECONDS = 30

  /** 200 queries a second from many ids and ports of the addresses given. */
  async function flood(addresses: readonly string[], perSecond: number) {
    const world = new KademliaWorld({ seed: 9 })
    const [node] = (await world.grow(1)) as [Member]
    const before = node.node.facts.counters.queriesReceived
    for (let n = 0; n < SECONDS * perSecond; n++) {
      const from = { host: addresses[n % addresses.length] as string, port: 1_024 + (n % 50_000) }
      const bytes = query({ method: 'ping', args: {} }, world.sim.random.bytes(20), n)
      world.sim.forgeDatagram(bytes, from, node.endpoint)
      await world.sim.run(SECOND / perSecond)
    }
    const { counters, nodes } = node.node.facts
    const packets = counters.queriesReceived - before
    const waiting = node.rpc.outstanding
    await world.close()
    return { packets, over: counters.packetsOverBudget, nodes, waiting, sent: counters.queriesSent }
  }

  test('from one address: so many packets are looked at, few are asked back, none enters the table', async () => {
    const { packets, over, nodes, waiting, sent } = await flood(['99.9.9.9'], 200)
    expect(packets).toBeLessThanOrEqual(incomingPerSender.burst + SECONDS * incomingPerSender.perSecond)
    expect(over).toBeGreaterThan(5_000)
    expect(nodes).toBe(0)
    expect(waiting).toBeLessThanOrEqual(DEFAULT_RPC_LIMITS.maxOutstandingPerEndpoint * 32)
    expect(sent).toBeLessThanOrEqual(4 + 2 * SECONDS + 1)
  })

  test('from a /24: four times as many', async () => {
    const addresses = Array.from({ length: 250 }, (_, n) => `99.9.9.${n + 1}`)
    const { packets, nodes } = await flood(addresses, 400)
    expect(packets).toBeLessThanOrEqual(incomingPerNeighbourhood.burst + SECONDS * incomingPerNeighbourhood.perSecond)
    expect(packets).toBeGreaterThan(incomingPerSender.burst + SECONDS * incomingPerSender.perSecond)
    expect(nodes).toBe(0)
  })

  test('of real nodes on one address, and in one /24: one entry in the table, one in a bucket', async () => {
    const world = new KademliaWorld({ seed: 10 })
    const [node] = (await world.grow(1)) as [Member]
    const oneHost = world.sim.host('crowded', { address: '99.3.0.1' })
    for (let n = 0; n < 12; n++) (await world.make({ host: oneHost, port: 7_000 + n })).node.start()
    for (let n = 0; n < 24; n++) (await world.make({ hostOptions: { address: `99.4.0.${n + 1}` } })).node.start()
    await world.sim.run(5 * MINUTE)
    const entries = node.node
      .buckets()
      .map(({ live, spares }) => [...live, ...spares].map(({ contact }) => contact.endpoint.host))
    expect(entries.flat().filter((host) => host === '99.3.0.1')).toHaveLength(1)
    for (const bucket of entries) {
      expect(bucket.filter((host) => host.startsWith('99.4.0.')).length).toBeLessThanOrEqual(1)
    }
    await world.close()
  })

  test('of writes with good tokens from one address: its peers and items are few, those of others stay', async () => {
    const world = new KademliaWorld({ seed: 11 })
    const [node] = (await world.grow(1)) as [Member]
    const flooder = await listener(world, '99.5.0.1')
    const tokenFor = async (question: Question) => {
      flooder.socket.send(query(question, strangersId), node.endpoint)
      await world.sim.run(SECOND / 4)
      return (last(flooder.heard) as Response).token as Uint8Array
    }
    for (let n = 0; n < MAX_PEERS_OF_ADDRESS + 10; n++) {
      const token = await tokenFor({ method: 'get_peers', args: { infoHash: infoHash.bytes } })
      const args = { infoHash: infoHash.bytes, port: 2_000 + n, impliedPort: false, token }
      flooder.socket.send(query({ method: 'announce_peer', args }, strangersId), node.endpoint)
      await world.sim.run(SECOND / 4)
    }
    await tokenFor({ method: 'get_peers', args: { infoHash: infoHash.bytes } })
    expect((last(flooder.heard) as Response).values?.length).toBeLessThanOrEqual(MAX_PEERS_OF_ADDRESS)
    for (let n = 0; n < MAX_ITEMS_OF_NETWORK + 40; n++) {
      const v = utf8(`i${n}e`)
      const target = targetOf({ kind: 'immutable', value: v })
      const token = await tokenFor({ method: 'get', args: { target: target.bytes } })
      flooder.socket.send(query({ method: 'put', args: { token, v } }, strangersId), node.endpoint)
      await world.sim.run(SECOND / 4)
    }
    expect(node.node.facts.storedItems).toBe(MAX_ITEMS_OF_NETWORK)
    expect(last(flooder.heard).kind).toBe('error')
    await end(world, flooder.socket)
  })
})

/** Forged and excessive traffic: packets are handed in with any source address, and everything sent is noted. */
import { describe, expect, test } from 'vitest'
import { utf8 } from '../kernel/bytes.ts'
import type { Endpoint } from '../kernel/network.ts'
import { SeededRandom } from '../simulation/random.ts'
import { Simulation } from '../simulation/simulation.ts'
import { encodedSize } from './krpc-encode.ts'
import { type KrpcMessage, MAX_ANSWER_BYTES } from './krpc-message.ts'
import type { MessageReceiver } from './message-transport.ts'
import { Rpc, type RpcParts } from './rpc.ts'

const target = utf8('mnopqrstuvwxyz123456')
const asker = utf8('abcdefghij0123456789')
const query: KrpcMessage = {
  kind: 'query',
  transaction: utf8('aa'),
  id: asker,
  readOnly: false,
  method: 'get_peers',
  args: { infoHash: target },
}
const QUERY_BYTES = encodedSize(query)

interface Sent {
  readonly message: KrpcMessage
  readonly to: Endpoint
  readonly at: number
  readonly size: number
}

/** An `Rpc` on virtual time whose network is this test. Messages pass as objects, sizes are those on the wire. */
async function underAttack(parts: Partial<RpcParts> = {}) {
  const sim = new Simulation({ seed: 1 })
  const { clock, random } = sim.host()
  const sent: Sent[] = []
  let receiver: MessageReceiver | undefined
  const rpc = await Rpc.open(
    async (owner) => {
      receiver = owner
      return {
        local: { host: '10.0.0.1', port: 6881 },
        send: (message, to, size) => sent.push({ message, to, at: sim.elapsed, size }),
        close: async () => {},
      }
    },
    { clock, random, id: target, ...parts },
  )
  // As large an answer as there may be.
  const values = Array.from({ length: 120 }, (_, i) => ({ host: '192.0.2.1', port: i + 1 }))
  rpc.onQuery(() => ({ kind: 'response', token: utf8('token'), values }))
  const arrives = (message: KrpcMessage, from: Endpoint) => {
    const size = encodedSize(message)
    if (receiver?.admits(from, size)) receiver.received(message, from, size)
  }
  /** Has `to` answer a query of ours. */
  const prove = (to: Endpoint) => {
    rpc.query(to, 'ping', {}, { replied() {}, failed() {} })
    const { transaction } = (sent.at(-1) as Sent).message
    arrives({ kind: 'response', transaction, id: asker }, to)
  }
  return { sim, rpc, sent, arrives, prove }
}

/** The most bytes in any stretch of `length` milliseconds. */
function most(sent: readonly Sent[], length: number): number {
  let [first, bytes, largest] = [0, 0, 0]
  for (const { at, size } of sent) {
    bytes += size
    for (; (sent[first] as Sent).at <= at - length; first++) bytes -= (sent[first] as Sent).size
    largest = Math.max(largest, bytes)
  }
  return largest
}

describe('amplification', () => {
  test('an address that has not answered us gets 8 KiB in 10 s and 64 KiB a minute at most', async () => {
    const { sim, rpc, sent, arrives } = await underAttack()
    for (let i = 0; i < 3 * 60 * 15; i++) {
      arrives(query, { host: '198.51.100.7', port: 1 + i })
      await sim.run(67)
    }
    expect(sent.length).toBeGreaterThan(50)
    expect(Math.max(...sent.map(({ size }) => size))).toBeLessThanOrEqual(MAX_ANSWER_BYTES)
    expect(most(sent, 10_000)).toBeLessThanOrEqual(8 * 1_024)
    expect(most(sent, 60_000)).toBeLessThanOrEqual(64 * 1_024)
    expect(rpc.counters.answersOverBudget).toBeGreaterThan(1_000)
    await rpc.close()
  })

  test.each([
    ['/24', (i: number) => `198.51.100.${i}`],
    ['IPv6 /48', (i: number) => `2001:db8:1:${i.toString(16)}::1`],
  ])('a whole %s gets four times that', async (_, hostOf) => {
    const { sim, rpc, sent, arrives } = await underAttack()
    for (let i = 0; i < 80 * 50; i++) {
      arrives(query, { host: hostOf(i % 256), port: 5 })
      await sim.run(20)
    }
    expect(most(sent, 10_000)).toBeGreaterThan(8 * 1_024)
    expect(most(sent, 10_000)).toBeLessThanOrEqual(4 * 8 * 1_024)
    expect(most(sent, 60_000)).toBeLessThanOrEqual(4 * 64 * 1_024)
    await rpc.close()
  })

  test('an IPv6 /64 is one address', async () => {
    const { sim, rpc, sent, arrives } = await underAttack()
    for (let i = 0; i < 1_000; i++) {
      arrives(query, { host: `2001:db8::${i.toString(16)}`, port: 5 })
      await sim.run(50)
    }
    expect(most(sent, 10_000)).toBeLessThanOrEqual(8 * 1_024)
    await rpc.close()
  })

  test('one that has answered us gets more, for a time', async () => {
    const { sim, rpc, sent, arrives, prove } = await underAttack()
    const friend = { host: '198.51.100.7', port: 5 }
    prove(friend)
    sent.length = 0
    const ask = async () => {
      for (let i = 0; i < 40; i++) arrives(query, friend)
      await sim.run(10_000)
    }
    await ask()
    expect(most(sent, 10_000)).toBeGreaterThan(30 * 1_024)
    await sim.run(15 * 60_000)
    sent.length = 0
    await ask()
    expect(most(sent, 10_000)).toBeLessThanOrEqual(8 * 1_024)
    await rpc.close()
  })

  test('all answers together are bounded', async () => {
    const { rpc, sent, arrives } = await underAttack({ limits: { answerBytes: { perSecond: 1_000, burst: 10_000 } } })
    for (let i = 0; i < 200; i++) arrives(query, { host: `198.51.${i}.1`, port: 5 })
    expect(sent.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(10_000)
    await rpc.close()
  })
})

describe('floods', () => {
  test('one sender is looked at 50 times at once and 10 times a second', async () => {
    const { sim, rpc, arrives } = await underAttack()
    const flood = () => {
      for (let i = 0; i < 500; i++) arrives(query, { host: '198.51.100.7', port: i + 1 })
      return rpc.counters.queriesReceived
    }
    expect(flood()).toBe(50)
    await sim.run(1_000)
    expect([flood(), rpc.counters.packetsOverBudget]).toEqual([60, 940])
    await rpc.close()
  })

  test('and in bytes: 64 KiB at once', async () => {
    const { rpc, arrives } = await underAttack({ limits: { incomingPerSender: { perSecond: 1e9, burst: 1e9 } } })
    for (let i = 0; i < 2_000; i++) arrives(query, { host: '198.51.100.7', port: 5 })
    // The neighbourhood's packets end first where messages are small.
    expect(rpc.counters.queriesReceived).toBe(200)
    const large: KrpcMessage = {
      ...query,
      transaction: new Uint8Array(20),
      method: 'put',
      args: { token: target, v: utf8(`1500:${'x'.repeat(1_500)}`) },
    }
    for (let i = 0; i < 200; i++) arrives(large, { host: '203.0.113.7', port: 5 })
    expect(rpc.counters.queriesReceived - 200).toBe(Math.floor(65_536 / encodedSize(large)))
    await rpc.close()
  })

  test('senders without number: tables stay within their limit, and all packets within theirs', async () => {
    const limits = { tableCapacity: 500, incoming: { perSecond: 1_000, burst: 2_000 } }
    const { sim, rpc, arrives } = await underAttack({ limits })
    const random = SeededRandom.of(9)
    const seconds = 3
    for (let i = 0; i < seconds * 100; i++) {
      for (let j = 0; j < 20; j++) arrives(query, { host: random.bytes(4).join('.'), port: 5 })
      await sim.run(10)
    }
    expect(rpc.largestTable).toBe(500)
    expect(rpc.counters.queriesReceived).toBeGreaterThan(900)
    expect(rpc.counters.queriesReceived).toBeLessThanOrEqual(2_000 + seconds * 1_000)
    await rpc.close()
  })

  test('do not drown the answers that we wait for', async () => {
    const { sim, rpc, sent, arrives } = await underAttack({ limits: { incoming: { perSecond: 100, burst: 100 } } })
    const endings: string[] = []
    const to = { host: '198.51.100.7', port: 5 }
    rpc.query(to, 'ping', {}, { replied: () => endings.push('replied'), failed: (reason) => endings.push(reason) })
    const { transaction } = (sent[0] as Sent).message
    for (let i = 0; i < 5_000; i++) arrives(query, { host: `203.${i >> 8}.${i & 255}.1`, port: 5 })
    expect(rpc.counters.queriesReceived).toBe(100)
    arrives({ kind: 'response', transaction, id: asker }, to)
    expect(endings).toEqual(['replied'])
    await sim.run(1)
    await rpc.close()
  })

  test('the proofs of many senders stay within their limit, the oldest goes first', async () => {
    const unlimited = { perSecond: Number.POSITIVE_INFINITY, burst: Number.POSITIVE_INFINITY }
    const { rpc, sent, arrives, prove } = await underAttack({ limits: { tableCapacity: 300, outgoing: unlimited } })
    for (let i = 0; i < 300; i++) prove({ host: `198.51.${i >> 8}.${i & 255}`, port: 5 })
    expect(rpc.largestTable).toBe(300)
    const answersTo = (host: string) => {
      sent.length = 0
      for (let i = 0; i < 20; i++) arrives(query, { host, port: 5 })
      return sent.length
    }
    expect(answersTo('198.51.0.200')).toBe(20)
    expect(rpc.largestTable).toBe(300)
    await rpc.close()
  })
})

test('one address in other words is the same address', async () => {
  const { sim, rpc, sent, arrives } = await underAttack()
  const endings: string[] = []
  const callbacks = { replied: () => endings.push('replied'), failed: (reason: string) => endings.push(reason) }
  rpc.query({ host: '2001:DB8:0:0::1', port: 5 }, 'ping', {}, callbacks)
  expect(sent[0]?.to).toEqual({ host: '2001:db8::1', port: 5 })
  arrives(
    { kind: 'response', transaction: (sent[0] as Sent).message.transaction, id: asker },
    { host: '2001:db8::1', port: 5 },
  )
  expect(endings).toEqual(['replied'])
  await sim.run(1)
  await rpc.close()
})

test('what the numbers of these tests rest on', () => expect(QUERY_BYTES).toBe(95))

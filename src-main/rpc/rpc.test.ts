import { describe, expect, test } from 'vitest'
import { encodeBencode } from '../codec/bencode.ts'
import { byteText } from '../codec/bencode-scan.ts'
import { utf8 } from '../kernel/bytes.ts'
import type { Endpoint } from '../kernel/network.ts'
import type { SimulatedHost } from '../simulation/host.ts'
import { Simulation } from '../simulation/simulation.ts'
import { decodeMessage } from './krpc-decode.ts'
import { encodeMessage } from './krpc-encode.ts'
import type { KrpcMessage } from './krpc-message.ts'
import { datagramTransport } from './message-transport.ts'
import { QUERY_LIFETIME } from './pending-query.ts'
import { Rpc, type RpcParts } from './rpc.ts'
import type { Answer, QueryCallbacks } from './rpc-port.ts'

const PORT = 6881
const target = utf8('mnopqrstuvwxyz123456')

function idOf(host: SimulatedHost): Uint8Array {
  return utf8(host.name.padEnd(20, '.'))
}

function openRpc(sim: Simulation, host: SimulatedHost, parts: Partial<RpcParts> = {}): Promise<Rpc> {
  const at = { host: host.address, port: PORT }
  const { clock, random } = host
  const open = Rpc.open(datagramTransport(host.datagrams, at), { clock, random, id: idOf(host), ...parts })
  return sim.within(1_000, open)
}

/** A world of two programs; what is open at the end is closed. */
async function pair(run: (world: { sim: Simulation; a: Rpc; b: Rpc; hosts: SimulatedHost[] }) => Promise<void>) {
  const sim = new Simulation({ seed: 5 })
  const hosts = sim.hostsOf(4)
  const a = await openRpc(sim, hosts[0] as SimulatedHost)
  const b = await openRpc(sim, hosts[1] as SimulatedHost)
  await run({ sim, a, b, hosts })
  await sim.within(1_000, Promise.all([a.close(), b.close()]))
  for (const host of hosts) sim.kill(host)
  await sim.stop()
}

/** A socket that is no node: hears everything, sends any bytes. */
async function rawSocket(sim: Simulation, host: SimulatedHost, port: number) {
  const heard: { message: KrpcMessage; from: Endpoint; at: number; size: number }[] = []
  const socket = await sim.within(
    1_000,
    host.datagrams.bind({ host: host.address, port }, (bytes, from) => {
      const message = decodeMessage(bytes)
      if (message.kind === 'fault') throw new Error(message.reason)
      heard.push({ message, from, at: sim.elapsed, size: bytes.length })
    }),
  )
  return { heard, local: socket.local, send: (bytes: Uint8Array, to: Endpoint) => socket.send(bytes, to) }
}

/** Notes what a query's callbacks are told, with the time. */
function recorder(sim: Simulation) {
  const log: string[] = []
  const at = () => Math.round(sim.elapsed)
  const callbacks: QueryCallbacks = {
    replied: (response, rtt) => log.push(`${at()} replied ${byteText(response.id)} ${Math.round(rtt)}`),
    failed: (reason, error) => log.push(`${at()} ${reason}${error ? ` ${error.code} ${error.message}` : ''}`),
    stalled: () => log.push(`${at()} stalled`),
  }
  return { log, callbacks, what: () => log.map((line) => line.split(' ')[1]) }
}

describe('asking and answering', () => {
  test('a query is answered, with what the other sees of us', () =>
    pair(async ({ sim, a, b, hosts }) => {
      b.onQuery((query, from) => {
        expect([query.method, byteText(query.id), query.readOnly, from]).toEqual([
          'get_peers',
          byteText(a.id),
          false,
          a.local,
        ])
        return { kind: 'response', token: utf8('t'), values: [{ host: '192.0.2.9', port: 9 }] }
      })
      const answers: unknown[] = []
      a.query(
        b.local,
        'get_peers',
        { infoHash: target },
        {
          replied: (response, rtt) => answers.push(response, rtt > 20 && rtt < 250),
          failed: (reason) => answers.push(reason),
        },
      )
      await sim.run(1_000)
      expect(answers).toMatchObject([
        {
          id: idOf(hosts[1] as SimulatedHost),
          ip: a.local,
          token: utf8('t'),
          values: [{ host: '192.0.2.9', port: 9 }],
        },
        true,
      ])
      expect([a.outstanding, a.counters.answersReceived, b.counters.answersSent]).toEqual([0, 1, 1])
      expect([a.counters.bytesSent, b.counters.bytesSent]).toEqual([b.counters.bytesReceived, a.counters.bytesReceived])
    }))

  test('an error is a failure that says which', () =>
    pair(async ({ sim, a, b }) => {
      b.onQuery(() => ({ kind: 'error', code: 203, message: 'bad token' }))
      const { log, callbacks, what } = recorder(sim)
      a.query(b.local, 'announce_peer', { infoHash: target, port: 1, impliedPort: false, token: utf8('x') }, callbacks)
      await sim.run(1_000)
      expect(what()).toEqual(['error'])
      expect(log[0]).toContain('203 bad token')
    }))

  test('malformed queries get 203, unknown methods 204 or what the handler says, noise gets silence', () =>
    pair(async ({ sim, b, hosts }) => {
      const seen: string[] = []
      b.onQuery((query): Answer => {
        seen.push(query.method)
        return { kind: 'response', nodes: [] }
      })
      const raw = await rawSocket(sim, hosts[2] as SimulatedHost, 7_000)
      const id = utf8('raw.................')
      const send = (q: string, args: Record<string, Uint8Array>, t: string) =>
        raw.send(encodeBencode({ a: { id, ...args }, q, t, y: 'q', zz: new Uint8Array(40) }), b.local)
      send('find_node', {}, 'no target')
      send('vote', {}, 'unknown')
      send('vote', { target }, 'unknown, target')
      raw.send(utf8('d1:ad2:id3:abce1:q4:ping1:t2:aa1:y1:'), b.local)
      raw.send(encodeBencode({ a: { id: b.id }, q: 'ping', t: 'its own id', y: 'q' }), b.local)
      await sim.run(1_000)
      const answers = raw.heard.map(({ message }) => [
        byteText(message.transaction),
        message.kind === 'error' ? message.code : message.kind,
      ])
      expect(answers.sort()).toEqual([
        ['no target', 203],
        ['unknown, target', 'response'],
        ['unknown', 204],
      ])
      expect(seen).toEqual(['unknown'])
    }))

  test('an error is never larger than its query', () =>
    pair(async ({ sim, b, hosts }) => {
      b.onQuery(() => ({ kind: 'error', code: 202, message: 'x'.repeat(500) }))
      const raw = await rawSocket(sim, hosts[2] as SimulatedHost, 7_000)
      const queries = [
        utf8('d1:q4:ping1:t2:aa1:y1:qe'),
        utf8('d1:ade1:q4:ping1:t2:aa1:y1:qe'),
        encodeBencode({ a: { id: target }, q: 'ping', t: 'aa', y: 'q' }),
      ]
      for (const query of queries) raw.send(query, b.local)
      await sim.run(1_000)
      // The first has no room for an error at all, the others for one without words.
      expect(raw.heard.map(({ message }) => (message.kind === 'error' ? [message.code, message.message] : []))).toEqual(
        expect.arrayContaining([
          [203, ''],
          [202, ''],
        ]),
      )
      expect(raw.heard).toHaveLength(2)
      for (const { size } of raw.heard) expect(size).toBeLessThanOrEqual((queries[1] as Uint8Array).length)
    }))

  test('only to who has shown to be there an answer is over 1,024 bytes, and only with an item', () =>
    pair(async ({ sim, b, hosts }) => {
      const raw = await rawSocket(sim, hosts[2] as SimulatedHost, 7_000)
      const item = { v: utf8(`996:${'x'.repeat(996)}`), k: new Uint8Array(32), sig: new Uint8Array(64), seq: 2n }
      const values = Array.from({ length: 200 }, (_, n) => ({ host: `192.0.2.${n}`, port: 1 }))
      b.onQuery(({ method }) => ({ kind: 'response', token: utf8('token'), ...(method === 'get' ? item : { values }) }))
      const head = { kind: 'query', id: target, readOnly: false } as const
      const ask = async (shown: boolean) => {
        if (shown) b.proven(raw.local)
        raw.heard.length = 0
        const get = { ...head, transaction: utf8('g'), method: 'get', args: { target, token: utf8('token') } } as const
        raw.send(encodeMessage(get), b.local)
        await sim.run(1_000)
        raw.send(
          encodeMessage({ ...head, transaction: utf8('p'), method: 'get_peers', args: { infoHash: target } }),
          b.local,
        )
        await sim.run(1_000)
        return raw.heard.map(({ message, size }) => ({ size, item: message.kind === 'response' && message.v?.length }))
      }
      const before = await ask(false)
      expect(before.map(({ item }) => item)).toEqual([undefined, undefined])
      for (const { size } of before) expect(size).toBeLessThanOrEqual(1_024)
      const [whole, peers] = await ask(true)
      expect(whole?.item).toBe(1_000)
      expect(whole?.size).toBeLessThanOrEqual(1_400)
      expect(peers?.size).toBeLessThanOrEqual(1_024)
    }))

  test('read-only: queries say so, those of others are heard but not answered', () =>
    pair(async ({ sim, a, b }) => {
      const heard: boolean[] = []
      for (const rpc of [a, b]) {
        rpc.onQuery((query) => {
          heard.push(query.readOnly)
          return { kind: 'response' }
        })
      }
      b.readOnly = true
      const [toB, toA] = [recorder(sim), recorder(sim)]
      a.query(b.local, 'ping', {}, toB.callbacks)
      b.query(a.local, 'ping', {}, toA.callbacks)
      await sim.run(QUERY_LIFETIME + 1)
      expect([toA.what(), toB.what()]).toEqual([['replied'], ['stalled', 'timeout']])
      expect(heard.sort()).toEqual([false, true])
    }))
})

describe('which answers count', () => {
  test('only from the address and port asked and with the transaction; a late one still', () =>
    pair(async ({ sim, a, hosts }) => {
      const asked = await rawSocket(sim, hosts[2] as SimulatedHost, 7_000)
      const otherPort = await rawSocket(sim, hosts[2] as SimulatedHost, 7_001)
      const otherHost = await rawSocket(sim, hosts[3] as SimulatedHost, 7_000)
      const { log, callbacks, what } = recorder(sim)
      a.query(asked.local, 'ping', {}, callbacks)
      await sim.run(200)
      const transaction = (asked.heard[0] as (typeof asked.heard)[0]).message.transaction
      const answer = (id: string, t = transaction) =>
        encodeMessage({ kind: 'response', transaction: t, id: utf8(id.padEnd(20, '.')) })
      otherPort.send(answer('port'), a.local)
      otherHost.send(answer('host'), a.local)
      asked.send(
        answer('transaction', Uint8Array.of((transaction[0] as number) ^ 1, transaction[1] as number)),
        a.local,
      )
      asked.send(answer('length', Uint8Array.of(...transaction, 0)), a.local)
      asked.send(encodeMessage({ kind: 'response', transaction, id: a.id }), a.local)
      await sim.run(4_000)
      expect([what(), a.counters.unsolicited, a.outstanding]).toEqual([['stalled'], 5, 1])
      asked.send(answer('right'), a.local)
      await sim.run(1_000)
      asked.send(answer('twice'), a.local)
      await sim.run(1_000)
      expect(what()).toEqual(['stalled', 'replied'])
      expect(log[1]).toContain('replied right')
      expect([a.counters.unsolicited, a.outstanding, a.counters.timeouts]).toEqual([6, 0, 0])
    }))

  test('an answer that was not asked for is nothing', () =>
    pair(async ({ sim, a, hosts }) => {
      const raw = await rawSocket(sim, hosts[2] as SimulatedHost, 7_000)
      for (let i = 0; i < 20; i++) {
        raw.send(encodeMessage({ kind: 'response', transaction: Uint8Array.of(0, i), id: target }), a.local)
        raw.send(encodeMessage({ kind: 'error', transaction: Uint8Array.of(0, i), code: 201, message: '' }), a.local)
      }
      await sim.run(1_000)
      expect([a.counters.unsolicited, a.counters.bytesSent, a.outstanding]).toEqual([40, 0, 0])
    }))

  test('transactions to one endpoint differ, and there is a limit to them', () =>
    pair(async ({ sim, hosts }) => {
      const raw = await rawSocket(sim, hosts[2] as SimulatedHost, 7_000)
      const without = { perSecond: Number.POSITIVE_INFINITY, burst: Number.POSITIVE_INFINITY }
      const limits = { outgoing: without, outgoingPerSender: without, maxOutstandingPerEndpoint: 1_000 }
      const c = await openRpc(sim, hosts[3] as SimulatedHost, { limits })
      const { callbacks, what } = recorder(sim)
      for (let i = 0; i < 1_005; i++) c.query(raw.local, 'ping', {}, callbacks)
      expect([what(), c.outstanding]).toEqual([[], 1_000])
      await sim.run(500)
      expect(new Set(raw.heard.map(({ message }) => byteText(message.transaction))).size).toBe(1_000)
      expect(what()).toEqual(new Array<string>(5).fill('overload'))
      await sim.run(QUERY_LIFETIME)
      expect([c.outstanding, what().filter((word) => word === 'timeout').length]).toEqual([0, 1_000])
      await sim.within(1_000, c.close())
    }))
})

describe('time', () => {
  test('without an answer: overdue after a second, over after ten, to the millisecond', () =>
    pair(async ({ sim, a, hosts }) => {
      const { log, callbacks } = recorder(sim)
      const start = Math.round(sim.elapsed)
      a.query({ host: (hosts[3] as SimulatedHost).address, port: 9 }, 'ping', {}, callbacks)
      await sim.run(60_000)
      expect(log).toEqual([`${start + 1_000} stalled`, `${start + 10_000} timeout`])
      expect([a.outstanding, a.counters.timeouts]).toEqual([0, 1])
    }))

  test('after quick answers overdue comes sooner', () =>
    pair(async ({ sim, a, b, hosts }) => {
      b.onQuery(() => ({ kind: 'response' }))
      for (let i = 0; i < 8; i++) {
        a.query(b.local, 'ping', {}, recorder(sim).callbacks)
        await sim.run(1_000)
      }
      const { log, callbacks } = recorder(sim)
      const start = Math.round(sim.elapsed)
      a.query({ host: (hosts[3] as SimulatedHost).address, port: 9 }, 'ping', {}, callbacks)
      await sim.run(1_000)
      expect(log).toEqual([`${start + 300} stalled`])
      await sim.run(QUERY_LIFETIME)
    }))

  test('queries to one sender are paced, and what would wait too long is refused', () =>
    pair(async ({ sim, a, hosts }) => {
      const raw = await rawSocket(sim, hosts[2] as SimulatedHost, 7_000)
      const other = await rawSocket(sim, hosts[2] as SimulatedHost, 7_001)
      const { callbacks, what } = recorder(sim)
      for (let i = 0; i < 15; i++) {
        a.query(raw.local, 'ping', {}, callbacks)
        a.query(other.local, 'ping', {}, callbacks)
      }
      await sim.run(1)
      expect(what()).toEqual(new Array<string>(6).fill('overload'))
      await sim.run(30_000)
      const times = [...raw.heard, ...other.heard].map(({ at }) => at).sort((x, y) => x - y)
      expect(times).toHaveLength(24)
      // Four at once, then two a second, however they travel.
      expect((times[23] as number) - (times[0] as number)).toBeGreaterThan(9_900)
      for (let i = 5; i < 24; i++) {
        expect((times[i] as number) - (times[i - 5] as number)).toBeGreaterThan(450)
      }
    }))

  test('queries in all are paced and bounded', () =>
    pair(async ({ sim, hosts }) => {
      const limits = { outgoing: { perSecond: 10, burst: 5 }, maxOutstanding: 50 }
      const c = await openRpc(sim, hosts[2] as SimulatedHost, { limits })
      const { callbacks, what } = recorder(sim)
      for (let i = 0; i < 80; i++) c.query({ host: `192.0.2.${i}`, port: 9 }, 'ping', {}, callbacks)
      expect([c.outstanding, c.counters.queriesSent]).toEqual([50, 5])
      await sim.run(1_010)
      expect([what().filter((word) => word === 'overload').length, c.counters.queriesSent]).toEqual([30, 15])
      await sim.run(3_500)
      expect(c.counters.queriesSent).toBe(50)
      await sim.run(QUERY_LIFETIME)
      expect([c.outstanding, c.counters.timeouts]).toEqual([0, 50])
      await sim.within(1_000, c.close())
    }))

  test('a cancelled query says nothing more, whatever state it is in', () =>
    pair(async ({ sim, a, b, hosts }) => {
      b.onQuery(() => ({ kind: 'response' }))
      const { log, callbacks } = recorder(sim)
      const running = Array.from({ length: 30 }, () => a.query(b.local, 'ping', {}, callbacks))
      const silent = { host: (hosts[3] as SimulatedHost).address, port: 9 }
      const stalled = a.query(silent, 'ping', {}, { ...callbacks, stalled: () => stalled.cancel() })
      for (const query of running) query.cancel()
      await sim.run(30_000)
      for (const query of running) query.cancel()
      expect([log, a.outstanding]).toEqual([[], 0])
    }))

  test('closing ends every query without a word, and later ones do nothing', () =>
    pair(async ({ sim, a, b }) => {
      const { log, callbacks } = recorder(sim)
      for (let i = 0; i < 40; i++) a.query(b.local, 'ping', {}, callbacks)
      await sim.within(1_000, a.close())
      a.query(b.local, 'ping', {}, callbacks).cancel()
      await sim.run(30_000)
      expect([log, a.outstanding]).toEqual([[], 0])
    }))
})

describe('over a bad network', () => {
  async function run(seed: number) {
    const sim = new Simulation({ seed, lossRate: 0.3, duplicationRate: 0.1, jitter: 1 })
    const hosts = sim.hostsOf(6)
    const limits = { outgoingPerSender: { perSecond: 50, burst: 50 } }
    const rpcs: Rpc[] = []
    for (const host of hosts) rpcs.push(await openRpc(sim, host, { limits }))
    const endings: string[] = []
    for (const rpc of rpcs) rpc.onQuery(() => ({ kind: 'response' }))
    for (let round = 0; round < 20; round++) {
      for (const [i, rpc] of rpcs.entries()) {
        const { callbacks, log } = recorder(sim)
        rpc.query((rpcs[(i + 1 + (round % 5)) % 6] as Rpc).local, 'ping', {}, callbacks)
        rpc.query(
          (rpcs[(i + 2) % 6] as Rpc).local,
          'find_node',
          { target },
          {
            replied: (response, rtt) => {
              callbacks.replied(response, rtt)
              endings.push(log.map((line) => line.split(' ')[1]).join(' '))
            },
            failed: (reason) => endings.push(reason),
          },
        )
      }
      await sim.run(500)
    }
    await sim.run(QUERY_LIFETIME)
    expect(rpcs.map((rpc) => rpc.outstanding)).toEqual([0, 0, 0, 0, 0, 0])
    await sim.within(1_000, Promise.all(rpcs.map((rpc) => rpc.close())))
    await sim.stop()
    return { endings, checksum: sim.checksum }
  }

  test('every query ends once, lost ones by time-out', async () => {
    const { endings } = await run(3)
    expect(endings).toHaveLength(120)
    const timeouts = endings.filter((ending) => ending === 'timeout').length
    // Half of the exchanges lose one of their two datagrams.
    expect(timeouts).toBeGreaterThan(30)
    expect(timeouts).toBeLessThan(90)
  })

  test('the same seed gives the same run', async () => {
    const [one, two, three] = [await run(4), await run(4), await run(5)]
    expect(one).toEqual(two)
    expect(one.checksum).not.toBe(three.checksum)
  })
})

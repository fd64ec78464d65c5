/** Another protocol over the socket of the DHT, between programs that know it and such that do not. */
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { encodeBencode } from '../codec/bencode.ts'
import { byteText } from '../codec/bencode-scan.ts'
import { utf8 } from '../kernel/bytes.ts'
import type { Endpoint } from '../kernel/network.ts'
import { MessageNetwork } from '../simulation/message-network.ts'
import { decodeMessage } from './krpc-decode.ts'
import { encodedSize, encodeMessage } from './krpc-encode.ts'
import { type KrpcMessage, MAX_EXTENSION_BODY_BYTES, MAX_MESSAGE_BYTES } from './krpc-message.ts'
import type { MessageReceiver, MessageTransport } from './message-transport.ts'
import { MAX_NEIGHBOURS } from './neighbours.ts'
import { QUERY_LIFETIME } from './pending-query.ts'
import { Rpc, type RpcParts } from './rpc.ts'
import { DEFAULT_RPC_LIMITS } from './rpc-limits.ts'
import type { ExtensionCallbacks, ExtensionHandler } from './rpc-port.ts'

const WORD = 'ring_'
const hello = encodeBencode({ hello: 1 })
const [one, two, three] = [1, 2, 3].map((n) => encodeBencode({ n })) as [Uint8Array, Uint8Array, Uint8Array]
const open: Rpc[] = []

afterEach(async () => {
  for (const rpc of open.splice(0)) await rpc.close()
})

/** Two programs and one that is only a socket, on virtual time, with every message really encoded. */
async function world(parts: Partial<RpcParts> = {}) {
  const net = new MessageNetwork({ seed: 7, mode: 'wire', latency: [10, 20] })
  const rpcAt = async (address: string, port = 1) => {
    const host = net.host(address)
    const rpc = await Rpc.open(host.transport(port), {
      ...{ clock: host.clock, random: host.random, id: utf8(address.padEnd(20, '.')) },
      ...parts,
    })
    open.push(rpc)
    return rpc
  }
  const [a, b] = [await rpcAt('8.0.0.1'), await rpcAt('8.0.1.1')]
  const raw = await rawSocket(net, '8.0.2.1')
  return { net, a, b, raw, asks: a.extension(WORD), answers: b.extension(WORD) }
}

async function rawSocket(net: MessageNetwork, address: string) {
  const heard: KrpcMessage[] = []
  const receiver: MessageReceiver = {
    admits: () => true,
    received: (message) => {
      if (message.kind !== 'fault') heard.push(message)
    },
  }
  const host = net.host(address)
  const ports = new Map<number, MessageTransport>()
  const at = async (port: number) => {
    const transport = ports.get(port) ?? (await host.transport(port)(receiver))
    ports.set(port, transport)
    return transport
  }
  await at(1)
  const send = async (message: KrpcMessage, to: Endpoint, port = 1) =>
    (await at(port)).send(message, to, encodedSize(message))
  return { heard, local: { host: address, port: 1 }, send }
}

/** Notes what happens to a query; `more` to so many of its answers. */
function recorder(more = 0) {
  const log: string[] = []
  let left = more
  const callbacks: ExtensionCallbacks = {
    replied: (body, _rtt, ip) => {
      log.push(`replied ${byteText(body)} ${ip?.host}`)
      left -= 1
      return left >= 0 ? 'more' : 'over'
    },
    failed: (reason, error) => log.push(error ? `${reason} ${error.code}` : reason),
  }
  return { log, callbacks }
}

describe('asking and answering', () => {
  test('the dictionary is handed over as it stood, both ways', async () => {
    const { net, asks, answers, b } = await world()
    // Unsorted keys: whatever reads it says what it thinks of that.
    const odd = utf8('d1:bi1e1:ai2ee')
    const seen: unknown[] = []
    answers.onQuery(({ name, body }, from, reply) => {
      seen.push(name, byteText(body), from)
      reply(odd)
    })
    const { log, callbacks } = recorder()
    asks.query(b.local, 'ring_x', odd, callbacks)
    await net.run(100)
    expect(seen).toEqual(['ring_x', byteText(odd), asks.local])
    expect(log).toEqual([`replied ${byteText(odd)} 8.0.0.1`])
  })

  test('whether or not either is read-only, and with nobody who answers the DHT', async () => {
    const { net, asks, answers, a, b } = await world({ readOnly: true })
    answers.onQuery((_, __, reply) => reply(one))
    b.onQuery(() => ({ kind: 'response' }))
    const { log, callbacks } = recorder()
    asks.query(b.local, 'ring_x', hello, callbacks)
    a.query(b.local, 'ping', {}, { replied: () => log.push('pong'), failed: (reason) => log.push(reason) })
    await net.run(100)
    expect(log).toEqual(['replied d1:ni1ee 8.0.0.1'])
    await net.run(QUERY_LIFETIME)
    expect(log.slice(1)).toEqual(['timeout'])
  })

  test('an error says which; one larger than the query is cut', async () => {
    const { net, asks, answers, b } = await world()
    const said = (message: string) => answers.onQuery((_, __, reply) => reply({ code: 203, message }))
    const errors: unknown[] = []
    const callbacks: ExtensionCallbacks = {
      replied: () => 'over',
      failed: (reason, error) => errors.push(reason, error?.code, error?.message),
    }
    said('no')
    asks.query(b.local, 'ring_x', hello, callbacks)
    await net.run(100)
    said('x'.repeat(500))
    asks.query(b.local, 'ring_x', hello, callbacks)
    await net.run(100)
    expect(errors).toEqual(['error', 203, 'no', 'error', 203, ''])
  })

  test('who does not know the protocol says so and is not disturbed', async () => {
    const { net, asks, b } = await world()
    const seen: unknown[] = []
    b.onQuery((query) => {
      seen.push(query.method)
      return { kind: 'response', nodes: [] }
    })
    const { log, callbacks } = recorder()
    asks.query(b.local, 'ring_x', hello, callbacks)
    await net.run(100)
    expect([log, seen]).toEqual([['error 204'], []])
    // Another protocol's word is not ours, and the word alone is no name.
    b.extension('other_').onQuery((_, __, reply) => reply(one))
    b.extension(WORD).onQuery((_, __, reply) => reply(two))
    for (const name of ['ring_x', 'ring_y']) asks.query(b.local, name, hello, callbacks)
    await net.run(100)
    expect(log.slice(1)).toEqual(['replied d1:ni2ee 8.0.0.1', 'replied d1:ni2ee 8.0.0.1'])
    expect(() => asks.query(b.local, 'other_x', hello, callbacks)).toThrow(RangeError)
    expect(() => asks.query(b.local, WORD, hello, callbacks)).toThrow(RangeError)
    expect(() => asks.query(b.local, 'ring_'.padEnd(33, 'x'), hello, callbacks)).toThrow(RangeError)
  })

  test('an answer with nodes instead of a dictionary counts as the same', async () => {
    const { net, asks, raw } = await world()
    const { log, callbacks } = recorder()
    asks.query(raw.local, 'ring_x', hello, callbacks)
    await net.run(50)
    const { transaction } = raw.heard[0] as KrpcMessage
    await raw.send({ kind: 'response', transaction, id: utf8('r'.repeat(20)), nodes: [] }, asks.local)
    await net.run(QUERY_LIFETIME)
    expect(log).toEqual(['error 204'])
  })

  test('the largest query fits, and a larger one is our own mistake', async () => {
    const { net, asks, raw } = await world({ version: new Uint8Array(16) })
    const bodyOf = (bytes: number) => utf8(`d1:x${bytes - 10}:${'y'.repeat(bytes - 10)}e`)
    const largest = bodyOf(MAX_EXTENSION_BODY_BYTES)
    expect(largest).toHaveLength(MAX_EXTENSION_BODY_BYTES)
    const { callbacks } = recorder()
    asks.query(raw.local, 'ring_'.padEnd(32, 'x'), largest, callbacks)
    await net.run(50)
    expect(encodedSize(raw.heard[0] as KrpcMessage)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES)
    expect(raw.heard[0]).toMatchObject({ name: 'ring_'.padEnd(32, 'x'), args: { c: largest } })
    const larger = bodyOf(MAX_EXTENSION_BODY_BYTES + 1)
    expect(() => asks.query(raw.local, 'ring_x', larger, callbacks)).toThrow(RangeError)
  })

  test('an answer of more than 1,024 bytes goes to whom has proven to be there, and none of more than 1,400', async () => {
    const { net, asks, answers, a, b } = await world()
    let size = 0
    answers.onQuery((_, __, reply) => reply(utf8(`d1:x${size}:${'y'.repeat(size)}e`)))
    const lengths: number[] = []
    const ask = async (bytes: number) => {
      size = bytes
      asks.query(b.local, 'ring_x', hello, {
        replied: (body) => {
          lengths.push(body.length)
          return 'over'
        },
        failed: () => lengths.push(0),
      })
      await net.run(QUERY_LIFETIME + 100)
    }
    await ask(900)
    await ask(1_000)
    expect([lengths, answers.isProven(a.local)]).toEqual([[909, 0], false])
    answers.proven(a.local)
    await ask(1_000)
    await ask(1_400)
    expect([lengths.slice(2), answers.isProven(a.local)]).toEqual([[1_010, 0], true])
    expect(b.counters.bytesSent).toBeLessThan(3 * 1_400)
  })
})

describe('later answers', () => {
  test('one may come any time before the query is over, and not after', async () => {
    const { net, asks, answers, b } = await world()
    const replies: (() => void)[] = []
    answers.onQuery((_, __, reply) => replies.push(() => reply(one)))
    const { log, callbacks } = recorder()
    const ask = () => asks.query(b.local, 'ring_x', hello, callbacks)
    ask()
    await net.run(QUERY_LIFETIME - 100)
    replies[0]?.()
    await net.run(100)
    expect(log).toEqual(['replied d1:ni1ee 8.0.0.1'])
    ask()
    await net.run(QUERY_LIFETIME + 100)
    const { answersSent } = b.counters
    replies[1]?.()
    replies[0]?.()
    await net.run(100)
    expect([log.slice(1), b.counters.answersSent - answersSent]).toEqual([['timeout'], 0])
  })

  test('the first of two lengthens the wait once, the last ends it', async () => {
    const { net, asks, answers, a, b } = await world()
    answers.onQuery((_, __, reply) => {
      const { clock } = net
      clock.after(5_000, () => reply(one, 'more'))
      clock.after(5_000 + QUERY_LIFETIME - 100, () => reply(two, 'more'))
      clock.after(5_000 + QUERY_LIFETIME - 50, () => reply(three))
    })
    const { log, callbacks } = recorder(1)
    asks.query(b.local, 'ring_x', hello, callbacks)
    await net.run(3 * QUERY_LIFETIME)
    expect(log).toEqual(['replied d1:ni1ee 8.0.0.1', 'replied d1:ni2ee 8.0.0.1'])
    expect([b.counters.answersSent, a.outstanding]).toEqual([2, 0])
  })

  test('how long they take is nothing to the DHT', async () => {
    const { net, asks, answers, a, b } = await world()
    answers.onQuery((_, __, reply) => net.clock.after(5_000, () => reply(one)))
    const { log, callbacks } = recorder()
    for (let i = 0; i < 16; i++) {
      asks.query(b.local, 'ring_x', hello, callbacks)
      await net.run(6_000)
    }
    expect(log).toHaveLength(16)
    const asked = net.elapsed
    let stalledAt = 0
    const stalled = () => {
      stalledAt = net.elapsed
    }
    a.query(b.local, 'ping', {}, { replied: () => {}, failed: () => {}, stalled })
    await net.run(2_000)
    expect(stalledAt - asked).toBe(1_000)
  })

  test('an answer that another follows without end is waited for twice a query’s life at most', async () => {
    const { net, asks, raw } = await world()
    const { log, callbacks } = recorder(Number.POSITIVE_INFINITY)
    asks.query(raw.local, 'ring_x', hello, callbacks)
    await net.run(50)
    const { transaction } = raw.heard[0] as KrpcMessage
    for (let i = 0; i < 30; i++) {
      await raw.send({ kind: 'response', transaction, id: utf8('r'.repeat(20)), c: one }, asks.local)
      await net.run(1_000)
    }
    expect(log.at(-1)).toBe('timeout')
    expect(log.filter((line) => line === 'timeout')).toHaveLength(1)
    expect(log.length).toBeLessThanOrEqual(1 + 2 * 10)
  })

  test('a query forgotten within its own answer, and answers after the last or from another port, are nothing', async () => {
    const { net, asks, a, raw } = await world()
    const log: string[] = []
    const running = asks.query(raw.local, 'ring_x', hello, {
      replied: (body) => {
        log.push(byteText(body))
        running.cancel()
        return 'more'
      },
      failed: (reason) => log.push(reason),
    })
    await net.run(50)
    const { transaction } = raw.heard[0] as KrpcMessage
    const answer = { kind: 'response', transaction, id: utf8('r'.repeat(20)), c: one } as const
    await raw.send(answer, asks.local, 2)
    await net.run(50)
    expect([log, a.counters.unsolicited]).toEqual([[], 1])
    await raw.send(answer, asks.local)
    await raw.send(answer, asks.local)
    await net.run(2 * QUERY_LIFETIME)
    expect([log, a.counters.unsolicited, a.outstanding]).toEqual([['d1:ni1ee'], 2, 0])
  })

  test('so many wait in all and of one sender; the rest may be answered at once', async () => {
    const { net, answers, b, raw } = await world({ limits: { maxOpenReplies: 10, maxOpenRepliesPerSender: 4 } })
    const replies: Parameters<ExtensionHandler>[2][] = []
    let atOnce = false
    answers.onQuery((_, __, reply) => {
      if (atOnce) reply(two)
      else replies.push(reply)
    })
    const sockets = [raw, ...(await Promise.all([3, 4, 5].map((n) => rawSocket(net, `8.0.${n}.1`))))]
    const ask = async (socket: typeof raw, i: number) => {
      const transaction = Uint8Array.of(0, i)
      const head = { kind: 'query', transaction, id: utf8('r'.repeat(20)), readOnly: false } as const
      await socket.send({ ...head, method: 'unknown', name: 'ring_x', args: { c: hello } }, b.local)
      await net.run(30)
    }
    for (const socket of sockets) for (let i = 0; i < 6; i++) await ask(socket, i)
    expect(replies).toHaveLength(24)
    atOnce = true
    await ask(raw, 9)
    for (const reply of replies) reply(one)
    await net.run(100)
    expect(sockets.map(({ heard }) => heard.length)).toEqual([1 + 4, 4, 2, 0])
    // Answered ones make room, and so do those that nobody waits for any more.
    atOnce = false
    replies.length = 0
    for (let i = 0; i < 4; i++) await ask(raw, i)
    await net.run(QUERY_LIFETIME)
    await ask(raw, 5)
    for (const reply of replies) reply(one)
    await net.run(100)
    expect(raw.heard).toHaveLength(5 + 1)
  })

  test('none is sent and nobody is called once it is closed', async () => {
    const { net, asks, answers, a, b, raw } = await world()
    const replies: (() => void)[] = []
    answers.onQuery((_, __, reply) => replies.push(() => reply(one)))
    const { log, callbacks } = recorder()
    asks.query(b.local, 'ring_x', hello, callbacks)
    for (let i = 0; i < 40; i++) asks.query(raw.local, 'ring_x', hello, callbacks)
    await net.run(50)
    await Promise.all([a.close(), b.close()])
    for (const reply of replies) reply()
    asks.query(b.local, 'ring_x', hello, callbacks)
    await net.run(3 * QUERY_LIFETIME)
    expect([replies.length, b.counters.answersSent]).toEqual([1, 0])
    expect(log.filter((line) => line !== 'overload')).toEqual([])
  })
})

describe('budgets', () => {
  /** So many queries from one host at once, then what of them was looked at. */
  async function flooded(prepare: (world_: Awaited<ReturnType<typeof world>>) => void, queries: number) {
    const all = await world()
    let asked = 0
    all.answers.onQuery(() => {
      asked += 1
    })
    prepare(all)
    for (let i = 0; i < queries; i++) {
      const head = { transaction: Uint8Array.of(i >> 8, i), id: utf8('r'.repeat(20)), readOnly: false } as const
      const query = { kind: 'query', method: 'unknown', name: 'ring_x', args: { c: hello }, ...head } as const
      await all.raw.send(query, all.b.local)
    }
    await all.net.run(0.1)
    await all.net.run(100)
    return asked
  }

  test('a stranger is looked at as the DHT’s are, and so is a neighbour that has proven nothing', async () => {
    const { burst } = DEFAULT_RPC_LIMITS.incomingPerSender
    expect(await flooded(() => {}, 200)).toBe(burst)
    expect(await flooded(({ answers }) => answers.neighbours(['8.0.2.1']), 200)).toBe(burst)
    expect(await flooded(({ answers, raw }) => answers.proven(raw.local), 200)).toBe(burst)
  })

  test('a neighbour that is surely there is looked at more, within limits of its own', async () => {
    const near = ({ answers, raw }: Awaited<ReturnType<typeof world>>) => {
      answers.neighbours([raw.local.host])
      answers.proven(raw.local)
    }
    const { burst, perSecond } = DEFAULT_RPC_LIMITS.incomingPerNeighbour
    const asked = await flooded(near, 600)
    expect(asked).toBeGreaterThanOrEqual(burst)
    expect(asked).toBeLessThanOrEqual(burst + perSecond / 10)
    const notCounted = (world_: Awaited<ReturnType<typeof world>>) => {
      near(world_)
      const others = Array.from({ length: MAX_NEIGHBOURS }, (_, i) => `9.0.0.${i}`)
      world_.answers.neighbours([...others, world_.raw.local.host])
    }
    expect(await flooded(notCounted, 200)).toBe(DEFAULT_RPC_LIMITS.incomingPerSender.burst)
  })

  test('what a neighbour has spent is not given back by naming it again', async () => {
    const all = await world()
    let asked = 0
    all.answers.onQuery(() => {
      asked += 1
    })
    all.answers.proven(all.raw.local)
    const { burst } = DEFAULT_RPC_LIMITS.incomingPerNeighbour
    for (let round = 0; round < 4; round++) {
      all.answers.neighbours(['9.9.9.9', all.raw.local.host])
      for (let i = 0; i < 200; i++) {
        const head = { transaction: Uint8Array.of(round, i), id: utf8('r'.repeat(20)), readOnly: false } as const
        const query = { kind: 'query', method: 'unknown', name: 'ring_x', args: { c: hello }, ...head } as const
        await all.raw.send(query, all.b.local)
      }
      await all.net.run(25)
    }
    expect(asked).toBeLessThanOrEqual(burst + 10)
  })

  test('our queries to a stranger are paced, a few at once and two a second, and what would wait longer is refused', async () => {
    const { net, asks, raw } = await world()
    const { log, callbacks } = recorder()
    for (let i = 0; i < 12; i++) asks.query(raw.local, 'ring_x', hello, callbacks)
    await net.run(50)
    expect([raw.heard.length, log]).toEqual([4, Array(4).fill('overload')])
    await net.run(1_000)
    expect(raw.heard.length).toBe(6)
    await net.run(2_000)
    expect(raw.heard.length).toBe(8)
  })

  test('closed by whom is told that a query was refused, nobody else is told', async () => {
    const { net, asks, a, raw } = await world()
    const log: string[] = []
    const failed = (reason: string) => {
      log.push(reason)
      void a.close()
    }
    for (let i = 0; i < 20; i++) asks.query(raw.local, 'ring_x', hello, { replied: () => 'over', failed })
    await net.run(2 * QUERY_LIFETIME)
    expect(log).toEqual(['overload'])
  })

  test('to a neighbour as many as a small ring needs', async () => {
    const { net, asks, answers, b } = await world({ limits: { outgoing: { perSecond: 1e6, burst: 1e6 } } })
    answers.onQuery((_, __, reply) => reply(one))
    answers.proven(asks.local)
    answers.neighbours([asks.local.host])
    asks.neighbours([b.local.host])
    const { log, callbacks } = recorder()
    asks.query(b.local, 'ring_x', hello, callbacks)
    await net.run(100)
    for (let second = 0; second < 10; second++) {
      for (let i = 0; i < 60; i++) asks.query(b.local, 'ring_x', hello, callbacks)
      await net.run(1_000)
    }
    expect(log).toEqual(Array(601).fill('replied d1:ni1ee 8.0.0.1'))
    for (let i = 0; i < 300; i++) asks.query(b.local, 'ring_x', hello, callbacks)
    await net.run(1)
    expect(log.length - 601).toBe(300 - DEFAULT_RPC_LIMITS.maxOutstandingPerNeighbour)
  })

  test('a query tells when it has left, and its rtt counts from there', async () => {
    const { net, asks, answers, b } = await world()
    answers.onQuery((_, __, reply) => reply(one))
    const log: string[] = []
    for (let i = 0; i < 6; i++) {
      asks.query(b.local, 'ring_x', hello, {
        sent: () => log.push(`sent ${i} ${net.elapsed}`),
        replied: (_, rtt) => {
          expect(rtt).toBeLessThan(60)
          return 'over'
        },
        failed: (reason) => log.push(reason),
      })
    }
    expect(log).toHaveLength(4)
    await net.run(2_000)
    expect(log.slice(4)).toEqual(['sent 4 500', 'sent 5 1000'])
  })
})

describe('hostile bytes', () => {
  const runs = process.env.SHOAL_LONG === '1' ? 20_000 : 500
  const dictionary = fc.oneof(
    fc.constant('d1:xi1ee'),
    fc.constantFrom(
      'de',
      'le',
      'i1e',
      '3:abc',
      'd1:x',
      'd1:x1:ye1:z',
      '',
      'd1:xi01ee',
      `${'d1:x'.repeat(40)}de${'e'.repeat(40)}`,
    ),
    fc.uint8Array({ maxLength: 40 }).map(byteText),
  )

  test('what is under c either is a whole dictionary as it stands, or is not there', () => {
    fc.assert(
      fc.property(dictionary, fc.boolean(), (c, isQuery) => {
        const id = `2:id20:${'i'.repeat(20)}`
        const text = isQuery ? `d1:ad1:c${c}${id}e1:q6:ring_x1:t2:xx1:y1:qe` : `d1:rd1:c${c}${id}e1:t2:xx1:y1:re`
        const message = decodeMessage(Uint8Array.from(text, (letter) => letter.charCodeAt(0)))
        if (message.kind === 'fault' || message.kind === 'error') return
        const found = message.kind === 'query' ? (message.args as { c?: Uint8Array }).c : message.c
        if (found !== undefined) {
          expect(byteText(found)).toBe(c)
          expect(byteText(encodeMessage(message))).toBe(text)
        } else expect(c.startsWith('d')).toBe(false)
      }),
      { numRuns: runs, seed: 1 },
    )
  })

  test('whatever answers come, a query ends exactly once', async () => {
    const answer = fc.record({
      kind: fc.constantFrom('busy', 'last', 'nodes', 'error', 'other transaction', 'other port'),
      after: fc.integer({ min: 0, max: 9_000 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { maxLength: 8 }), async (sequence) => {
        const { net, asks, a, raw } = await world()
        const endings: string[] = []
        asks.query(raw.local, 'ring_x', hello, {
          replied: (body) => {
            if (byteText(body) === byteText(one)) return 'more'
            endings.push('replied')
            return 'over'
          },
          failed: (reason) => endings.push(reason),
        })
        await net.run(50)
        const { transaction } = raw.heard[0] as KrpcMessage
        const id = utf8('r'.repeat(20))
        const messages: Record<string, KrpcMessage> = {
          busy: { kind: 'response', transaction, id, c: one },
          last: { kind: 'response', transaction, id, c: two },
          nodes: { kind: 'response', transaction, id, nodes: [] },
          error: { kind: 'error', transaction, code: 203, message: 'no' },
          'other transaction': { kind: 'response', transaction: Uint8Array.of(1, 2, 3), id, c: two },
          'other port': { kind: 'response', transaction, id, c: two },
        }
        for (const { kind, after } of sequence) {
          await raw.send(messages[kind] as KrpcMessage, asks.local, kind === 'other port' ? 2 : 1)
          await net.run(after)
        }
        await net.run(2 * QUERY_LIFETIME)
        expect(endings).toHaveLength(1)
        expect(a.outstanding).toBe(0)
        for (const rpc of open.splice(0)) await rpc.close()
      }),
      { numRuns: runs / 10, seed: 2 },
    )
  })
})

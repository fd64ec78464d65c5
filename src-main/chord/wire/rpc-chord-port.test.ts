/** Hosts of a ring that ask each other over the RPC layer, on virtual time and with every message really encoded. */
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { encodeBencode } from '../../codec/bencode.ts'
import { utf8 } from '../../kernel/bytes.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { QUERY_LIFETIME } from '../../rpc/pending-query.ts'
import { Rpc, type RpcParts } from '../../rpc/rpc.ts'
import type { ExtensionPort } from '../../rpc/rpc-port.ts'
import { type MessageHost, MessageNetwork, type MessageNetworkOptions } from '../../simulation/message-network.ts'
import { type ChordContact, contactAt } from '../contact.ts'
import type { HostAnswer, HostQuestion } from '../host-messages.ts'
import { type Answer, BUSY, type Busy, type Question } from '../messages.ts'
import { RingId } from '../ring-id.ts'
import type { ChordPortHandlers } from './chord-port.ts'
import { CHORD_WORD } from './codec.ts'
import { LONGEST_BUSY } from './open-question.ts'
import { FIRST_DEADLINE, SHORTEST_DEADLINE } from './round-trip-times.ts'
import { MAX_OPEN_QUESTIONS, PATIENT_DEADLINE, RpcChordPort } from './rpc-chord-port.ts'

const PORT = 6_881
const target = RingId.of(new Uint8Array(20).fill(7))
const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

interface TestHost {
  readonly at: Endpoint
  readonly machine: MessageHost
  readonly rpc: Rpc
  readonly port: RpcChordPort
  /** What its handlers were told. */
  readonly log: string[]
  readonly seen: { slot: number; from: ChordContact | undefined; question: Question | HostQuestion }[]
  answers: (question: Question, reply: (answer: Answer | Busy) => void) => void
  hostAnswers: (question: HostQuestion, reply: (answer: HostAnswer) => void) => void
  virtual(slot: number): ChordContact
}

async function world(options: Partial<MessageNetworkOptions> = {}, parts: Partial<RpcParts> = {}) {
  const net = new MessageNetwork({ seed: 3, mode: 'wire', latency: [20, 20], jitter: 0, ...options })
  const host = async (address: string): Promise<TestHost> => {
    const machine = net.host(address)
    const { clock, random } = machine
    const id = utf8(address.padEnd(20, '.').slice(0, 20))
    const rpc = await Rpc.open(machine.transport(PORT), { clock, random, id, ...parts })
    const port = new RpcChordPort({ clock, rpc: rpc.extension(CHORD_WORD) })
    const at = { host: address, port: PORT }
    const made: TestHost = {
      ...{ at, machine, rpc, port, log: [], seen: [] },
      answers: (question, reply) => reply(question.kind === 'state' ? stateOf(made) : { kind: 'alive' }),
      hostAnswers: (_, reply) => reply({ kind: 'done' }),
      virtual: (slot) => contactAt(at, slot) as ChordContact,
    }
    port.onQuestions(handlersOf(made))
    closing.push(() => rpc.close())
    return made
  }
  const [a, b] = [await host('9.0.0.1'), await host('9.0.1.1')]
  return { net, a, b, host }
}

function stateOf(host: TestHost): Answer {
  return { kind: 'state', successors: [host.virtual(2)], predecessor: host.virtual(3) }
}

function handlersOf(host: TestHost): ChordPortHandlers {
  return {
    asked: (slot, from, question, reply) => {
      host.seen.push({ slot, from, question })
      host.answers(question, reply)
    },
    askedHost: (from, question, reply) => {
      host.seen.push({ slot: -1, from: undefined, question })
      expect(from.port).toBe(PORT)
      host.hostAnswers(question, reply)
    },
    late: (from, isMember) => host.log.push(`late ${from.endpoint.host} ${from.slot} ${isMember}`),
    answered: (from, ip) => host.log.push(`answered ${from.host} ${ip?.host}`),
  }
}

/** As of another port beside the host's own, which it takes the place of. */
function extensionOf({ rpc }: TestHost): ExtensionPort {
  const extension = rpc.extension(CHORD_WORD)
  return {
    local: extension.local,
    query: (...asked) => extension.query(...asked),
    onQuery: () => {},
    neighbours: (hosts) => extension.neighbours(hosts),
    proven: (from) => extension.proven(from),
    isProven: (from) => extension.isProven(from),
  }
}

/** Asks, and notes what comes of it and when. */
function asker(net: MessageNetwork) {
  const log: string[] = []
  const at = () => Math.round(net.elapsed)
  const callbacks = {
    answered: (answer: Answer | HostAnswer) => log.push(`${at()} ${answer.kind}`),
    missed: () => log.push(`${at()} missed`),
    keptBusy: () => log.push(`${at()} kept busy`),
  }
  const ask = (from: TestHost, to: ChordContact, question: Question, slot: number | 'client' = 5) =>
    from.port.asksAs(slot === 'client' ? undefined : slot).ask(to, question, callbacks)
  const askHost = (from: TestHost, to: Endpoint, question: HostQuestion) => from.port.host.ask(to, question, callbacks)
  return { log, ask, askHost, what: () => log.map((line) => line.replace(/^\d+ /, '')) }
}

const STATE = { kind: 'state' } as const
const PING = { kind: 'ping' } as const

describe('asking', () => {
  test('a virtual node is asked by its slot, from the place that the asker’s address has', async () => {
    const { net, a, b } = await world()
    const { ask, what } = asker(net)
    const answers: Answer[] = []
    a.port.asksAs(5).ask(b.virtual(9), STATE, {
      answered: (answer) => answers.push(answer),
      missed: () => {},
      keptBusy: () => {},
    })
    ask(a, b.virtual(9), { kind: 'route', target }, 'client')
    b.answers = (question, reply) =>
      reply(question.kind === 'route' ? { kind: 'route', closer: [], successors: [a.virtual(1)] } : stateOf(b))
    await net.run(100)
    expect(answers).toEqual([stateOf(b)])
    expect(what()).toEqual(['route'])
    expect(b.seen).toEqual([
      { slot: 9, from: a.virtual(5), question: STATE },
      { slot: 9, from: undefined, question: { kind: 'route', target } },
    ])
    expect(a.log).toEqual(['answered 9.0.1.1 9.0.0.1', 'answered 9.0.1.1 9.0.0.1'])
    expect([a.port.outstanding, a.port.local]).toEqual([0, a.at])
  })

  test('a host is asked as a host, its refusal is an answer, and a ping without a slot is for the host', async () => {
    const { net, a, b } = await world()
    const { askHost, what } = asker(net)
    const answers: HostAnswer[] = []
    b.hostAnswers = (question, reply) => {
      if (question.kind === 'hello') reply({ kind: 'hello', members: [b.virtual(1)] })
      else if (question.kind === 'ping') reply({ kind: 'done' })
      else reply({ kind: 'refused', code: 203, message: 'no member' })
    }
    askHost(a, b.at, PING)
    const callbacks = { answered: (answer: HostAnswer) => answers.push(answer), missed: () => {} }
    a.port.host.ask(b.at, { kind: 'hello' }, callbacks)
    a.port.host.ask(b.at, { kind: 'range', range: { after: target, upTo: target } }, callbacks)
    await net.run(100)
    expect(what()).toEqual(['done'])
    expect(answers).toEqual([
      { kind: 'hello', members: [b.virtual(1)] },
      { kind: 'refused', code: 203, message: 'no member' },
    ])
  })

  test('who does not know Chord, or has ended it, has no member, and is not disturbed', async () => {
    const { net, a, b } = await world()
    const machine = net.host('9.0.2.1')
    const other = await Rpc.open(machine.transport(PORT), {
      ...{ clock: machine.clock, random: machine.random, id: utf8('o'.repeat(20)) },
    })
    closing.push(() => other.close())
    const asked: string[] = []
    other.onQuery((query) => {
      asked.push(query.method)
      return { kind: 'response' }
    })
    const { ask, askHost, what } = asker(net)
    ask(a, contactAt(other.local, 1) as ChordContact, STATE)
    askHost(a, other.local, { kind: 'hello' })
    b.port.close()
    ask(a, b.virtual(1), PING)
    await net.run(100)
    expect([what(), asked]).toEqual([['absent', 'refused', 'absent'], []])
    expect(a.log).toEqual(['9.0.2.1', '9.0.2.1', '9.0.1.1'].map((host) => `answered ${host} 9.0.0.1`))
  })

  test('an answer that is none, or is for another question, is as good as missed', async () => {
    const { net, a } = await world()
    const machine = net.host('9.0.2.1')
    const liar = await Rpc.open(machine.transport(PORT), {
      ...{ clock: machine.clock, random: machine.random, id: utf8('l'.repeat(20)) },
    })
    closing.push(() => liar.close())
    liar.extension(CHORD_WORD).onQuery((_, __, reply) => reply(encodeBencode({ successors: 'x', members: 7 })))
    const { ask, askHost, what } = asker(net)
    ask(a, contactAt(liar.local, 1) as ChordContact, STATE)
    askHost(a, liar.local, { kind: 'hello' })
    await net.run(100)
    expect(what()).toEqual(['missed', 'missed'])
  })

  test('a question too large for any datagram is missed, and not from within', async () => {
    const { net, a, b } = await world()
    const { askHost, what } = asker(net)
    const item = { kind: 'immutable', value: utf8(`1990:${'x'.repeat(1_990)}`) } as const
    askHost(a, b.at, { kind: 'write', item, token: new Uint8Array() })
    expect(what()).toEqual([])
    await net.run(1)
    expect([what(), a.port.outstanding]).toEqual([['missed'], 0])
  })

  test('an answer with an item goes to strangers up to 1,024 bytes, and to the proven whole', async () => {
    const { net, a, b } = await world()
    const item = { kind: 'immutable', value: utf8(`996:${'x'.repeat(996)}`) } as const
    const token = new Uint8Array(8)
    b.hostAnswers = (_, reply) => reply({ kind: 'read', token, item })
    const read = async () => {
      const answers: HostAnswer[] = []
      const callbacks = { answered: (answer: HostAnswer) => answers.push(answer), missed: () => {} }
      a.port.host.ask(b.at, { kind: 'read', key: target }, callbacks)
      await net.run(1_000)
      return answers
    }
    expect(await read()).toEqual([{ kind: 'read', token, isTooLarge: true }])
    b.port.proven(a.at)
    expect(b.port.isProven(a.at)).toBe(true)
    expect(await read()).toEqual([{ kind: 'read', token, item }])
    const large = Array.from({ length: 4 }, () => ({ item, age: 1 }))
    b.hostAnswers = (_, reply) => reply({ kind: 'copies', items: large, peers: [], next: undefined })
    const refused: HostAnswer[] = []
    const callbacks = { answered: (answer: HostAnswer) => refused.push(answer), missed: () => {} }
    a.port.host.ask(b.at, { kind: 'copies', range: { after: target, upTo: target } }, callbacks)
    await net.run(1_000)
    expect(refused).toMatchObject([{ kind: 'refused', code: 202 }])
  })
})

describe('deadlines', () => {
  test('two seconds for a stranger, then what is usual for the host', async () => {
    const { net, a, b } = await world()
    const { ask, log, what } = asker(net)
    b.answers = () => {}
    ask(a, b.virtual(1), PING)
    await net.run(FIRST_DEADLINE - 1)
    expect(log).toEqual([])
    await net.run(2)
    expect(what()).toEqual(['missed'])
    b.answers = (_, reply) => reply({ kind: 'alive' })
    for (let i = 0; i < 8; i++) {
      ask(a, b.virtual(1), PING)
      await net.run(1_000)
    }
    expect(a.port.rttOf(b.at)).toBeCloseTo(40, 0)
    b.answers = () => {}
    const asked = net.elapsed
    ask(a, b.virtual(1), PING)
    await net.run(3_000)
    expect(Number(log.at(-1)?.split(' ')[0]) - asked).toBeCloseTo(SHORTEST_DEADLINE, 0)
  })

  test('counts from when the question left, not from when pacing made it wait', async () => {
    const { net, a, b } = await world()
    const { ask, log, what } = asker(net)
    b.machine.kill()
    for (let i = 0; i < 6; i++) ask(a, b.virtual(1), PING)
    await net.run(10_000)
    expect(what()).toEqual(Array(6).fill('missed'))
    expect(log.map((line) => Number(line.split(' ')[0]))).toEqual([2_000, 2_000, 2_000, 2_000, 2_500, 3_000])
  })

  test('who is busy is waited for once more, and no longer for saying it again', async () => {
    const { net, a, b } = await world()
    const { ask, log, what } = asker(net)
    const { clock } = net
    b.answers = (_, reply) => {
      reply(BUSY)
      clock.after(3_000, () => reply(stateOf(b)))
    }
    ask(a, b.virtual(1), STATE)
    await net.run(2_900)
    expect(log).toEqual([])
    await net.run(1_000)
    expect(what()).toEqual(['state'])
    log.length = 0
    b.answers = (_, reply) => reply(BUSY)
    const asked = net.elapsed
    ask(a, b.virtual(1), STATE)
    await net.run(20_000)
    expect(what()).toEqual(['kept busy'])
    expect(Number(log[0]?.split(' ')[0]) - asked).toBeCloseTo(LONGEST_BUSY + 40, 0)
    expect(a.port.outstanding).toBe(0)
  })

  test('busy said again gives no more time, and nothing is answered twice where every packet comes twice', async () => {
    const { net, a, b } = await world({ duplicationRate: 1, jitter: 0.9, latency: [20, 400] })
    const { ask, log, what } = asker(net)
    b.answers = (_, reply) => {
      reply(BUSY)
      net.clock.after(3_000, () => reply(BUSY))
    }
    ask(a, b.virtual(1), STATE)
    await net.run(2 * QUERY_LIFETIME)
    expect(what()).toEqual(['kept busy'])
    expect(Number(log[0]?.split(' ')[0])).toBeLessThan(LONGEST_BUSY + FIRST_DEADLINE)
    b.answers = (_, reply) => reply(stateOf(b))
    for (let i = 0; i < 20; i++) {
      ask(a, b.virtual(1), STATE)
      await net.run(5_000)
    }
    expect(what()).toEqual(['kept busy', ...Array(20).fill('state')])
  })

  test('the time of a host is that of its first word, not of what it was busy with', async () => {
    const { net, a, b } = await world()
    const { ask } = asker(net)
    b.answers = (_, reply) => {
      reply(BUSY)
      net.clock.after(3_000, () => reply(stateOf(b)))
    }
    for (let i = 0; i < 4; i++) {
      ask(a, b.virtual(1), STATE)
      await net.run(5_000)
    }
    expect(a.port.rttOf(b.at)).toBeCloseTo(40, 0)
  })

  test('an answer after the deadline is a sign of life, and makes the next deadline longer', async () => {
    const { net, a, b } = await world({ latency: [1_500, 1_500] })
    const { ask, log, what } = asker(net)
    ask(a, b.virtual(1), PING)
    await net.run(QUERY_LIFETIME)
    expect([what(), a.log]).toEqual([['missed'], ['answered 9.0.1.1 9.0.0.1', 'late 9.0.1.1 1 true']])
    b.answers = (_, reply) => reply({ kind: 'absent' })
    log.length = 0
    ask(a, b.virtual(2), PING)
    await net.run(QUERY_LIFETIME)
    expect(what()).toEqual(['absent'])
    expect(a.log).toHaveLength(3)
  })

  test('a host slower than every deadline is heard each time, until it takes longer than a query lives', async () => {
    const { net, a, b } = await world({ latency: [10, 10] })
    const { ask, what } = asker(net)
    let delay = 7_000
    b.answers = (_, reply) => net.clock.after(delay, () => reply({ kind: delay > 8_000 ? 'absent' : 'alive' }))
    for (let i = 0; i < 8; i++) {
      ask(a, b.virtual(1), PING)
      await net.run(QUERY_LIFETIME)
    }
    expect(what()).toEqual(Array(8).fill('missed'))
    expect(a.log.filter((line) => line.startsWith('late'))).toEqual(Array(8).fill('late 9.0.1.1 1 true'))
    delay = 9_000
    ask(a, b.virtual(1), PING)
    await net.run(QUERY_LIFETIME)
    expect(a.log.at(-1)).toBe('late 9.0.1.1 1 false')
    delay = 11_000
    ask(a, b.virtual(1), PING)
    await net.run(2 * QUERY_LIFETIME)
    expect([a.log.filter((line) => line.startsWith('late')).length, a.port.outstanding]).toEqual([9, 0])
  })

  test('busy after the deadline is a sign of life too, and so is the answer behind it', async () => {
    const { net, a, b } = await world()
    const { ask, what } = asker(net)
    b.answers = (_, reply) => {
      net.clock.after(2_500, () => reply(BUSY))
      net.clock.after(6_000, () => reply(stateOf(b)))
    }
    ask(a, b.virtual(1), STATE)
    await net.run(3 * QUERY_LIFETIME)
    expect(what()).toEqual(['missed'])
    expect(a.log.filter((line) => line.startsWith('late'))).toHaveLength(2)
    expect(a.port.outstanding).toBe(0)
  })

  test('who asks others before it answers has longer, and its time is not taken for its own', async () => {
    const { net, a, b } = await world()
    const { askHost, what } = asker(net)
    b.hostAnswers = (question, reply) => {
      const answer: HostAnswer =
        question.kind === 'forward' ? { kind: 'forward', owners: [], hops: 2 } : { kind: 'done' }
      net.clock.after(PATIENT_DEADLINE - 500, () => reply(answer))
    }
    askHost(a, b.at, { kind: 'forward', target, steps: 9 })
    await net.run(QUERY_LIFETIME)
    expect([what(), a.port.rttOf(b.at)]).toEqual([['forward'], undefined])
    askHost(a, b.at, PING)
    await net.run(QUERY_LIFETIME)
    expect(what()).toEqual(['forward', 'missed'])
    expect(a.port.rttOf(b.at)).toBeGreaterThan(7_000)
    const { askHost: askAgain, what: then } = asker(net)
    b.hostAnswers = () => {}
    askAgain(a, b.at, { kind: 'forward', target, steps: 9 })
    await net.run(PATIENT_DEADLINE - 1)
    expect(then()).toEqual([])
    await net.run(2)
    expect(then()).toEqual(['missed'])
  })
})

describe('our own virtual nodes', () => {
  test('are asked and answered here, each on a turn of its own', async () => {
    const { net, a } = await world()
    a.port.self = a.at
    const { ask, askHost, what } = asker(net)
    const order: string[] = []
    a.answers = (_, reply) => {
      order.push('asked')
      reply(stateOf(a))
      order.push(`replied ${what().length}`)
    }
    ask(a, a.virtual(9), STATE)
    askHost(a, a.at, { kind: 'hello' })
    expect([order, what()]).toEqual([[], []])
    await net.run(1)
    expect([order, what()]).toEqual([
      ['asked', 'replied 0'],
      ['state', 'done'],
    ])
    expect(a.seen[0]).toEqual({ slot: 9, from: a.virtual(5), question: STATE })
    expect([a.log, a.rpc.counters.bytesSent, a.port.rttOf(a.at), a.port.outstanding]).toEqual([[], 0, undefined, 0])
  })

  test('have deadlines too: busy ones, and those that never answer', async () => {
    const { net, a } = await world()
    a.port.self = a.at
    const { ask, what } = asker(net)
    a.answers = (_, reply) => {
      reply(BUSY)
      net.clock.after(3_000, () => reply(stateOf(a)))
    }
    ask(a, a.virtual(1), STATE)
    await net.run(4_000)
    a.answers = (_, reply) => {
      net.clock.after(5_000, () => reply({ kind: 'alive' }))
    }
    ask(a, a.virtual(1), PING)
    await net.run(QUERY_LIFETIME)
    a.answers = (_, reply) => reply(BUSY)
    ask(a, a.virtual(1), STATE)
    await net.run(QUERY_LIFETIME)
    expect([what(), a.log, a.port.outstanding]).toEqual([['state', 'missed', 'kept busy'], [], 0])
  })
})

describe('bounds', () => {
  test('so many questions are under way; of whom cannot be asked nothing is known', async () => {
    const { net, a, b } = await world()
    const { ask, askHost, what } = asker(net)
    b.answers = () => {}
    // A stranger's pace lets 4 go at once and 4 more within 2 s.
    for (let i = 0; i < 12; i++) ask(a, b.virtual(1), PING)
    askHost(a, b.at, { kind: 'hello' })
    expect(what()).toEqual([])
    await net.run(1)
    expect(what()).toEqual([...Array(4).fill('kept busy'), 'missed'])
    a.port.self = a.at
    for (let i = 0; i < MAX_OPEN_QUESTIONS; i++) ask(a, a.virtual(1), PING)
    expect(a.port.outstanding).toBe(MAX_OPEN_QUESTIONS)
    await net.run(0.5)
    expect(what().filter((line) => line === 'kept busy')).toHaveLength(4 + 8)
    await net.run(2 * QUERY_LIFETIME)
    expect(a.port.outstanding).toBe(0)
  })

  test('who has answered last is asked as much as a small ring needs, named or not; those named go first', async () => {
    const { net, a, b } = await world()
    const named: (readonly string[])[] = []
    const rpc = { ...extensionOf(a), neighbours: (hosts: readonly string[]) => named.push(hosts) }
    const port = new RpcChordPort({ clock: a.machine.clock, rpc })
    port.asksAs(5).ask(b.virtual(1), PING, { answered: () => {}, missed: () => {}, keptBusy: () => {} })
    await net.run(100)
    port.neighbours(Array.from({ length: 63 }, (_, i) => `9.1.0.${i}`))
    port.neighbours(Array.from({ length: 80 }, (_, i) => `9.1.0.${i}`))
    expect(named.map((hosts) => [hosts.length, hosts.at(-1)])).toEqual([
      [1, '9.0.1.1'],
      [64, '9.0.1.1'],
      [64, '9.1.0.63'],
    ])
    const { ask, what } = asker(net)
    ask(a, b.virtual(1), PING)
    await net.run(100)
    for (let i = 0; i < 40; i++) ask(a, b.virtual(1), PING)
    await net.run(100)
    expect(what()).toEqual(Array(41).fill('alive'))
  })

  test('closed, it asks nothing and calls nobody', async () => {
    const { net, a, b } = await world()
    const { ask, askHost, what } = asker(net)
    a.port.self = a.at
    for (let i = 0; i < 8; i++) ask(a, b.virtual(1), PING)
    for (let i = 0; i < MAX_OPEN_QUESTIONS + 5; i++) ask(a, a.virtual(1), PING)
    a.port.close()
    askHost(a, b.at, { kind: 'hello' })
    ask(a, a.virtual(1), PING)
    await net.run(2 * QUERY_LIFETIME)
    expect([what(), a.log, a.port.outstanding, a.rpc.outstanding]).toEqual([[], [], 0, 0])
  })

  test('whatever comes in, a question has one outcome', async () => {
    const runs = process.env.SHOAL_LONG === '1' ? 2_000 : 40
    const reply = fc.record({
      what: fc.constantFrom('busy', 'state', 'alive', 'absent', 'nothing'),
      after: fc.integer({ min: 0, max: 9_000 }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(reply, { maxLength: 4 }),
        fc.integer({ min: 10, max: 3_000 }),
        async (replies, latency) => {
          const { net, a, b } = await world({
            latency: [latency, latency],
            duplicationRate: 0.3,
            lossRate: 0.1,
            jitter: 0.5,
          })
          const { ask, what } = asker(net)
          b.answers = (_, answer) => {
            for (const { what: kind, after } of replies) {
              const said = kind === 'state' ? stateOf(b) : kind === 'busy' ? BUSY : ({ kind } as Answer)
              if (kind !== 'nothing') net.clock.after(after, () => answer(said))
            }
          }
          ask(a, b.virtual(1), STATE)
          await net.run(4 * QUERY_LIFETIME)
          expect(what()).toHaveLength(1)
          expect([a.port.outstanding, a.rpc.outstanding]).toEqual([0, 0])
          for (const close of closing.splice(0)) await close()
        },
      ),
      { numRuns: runs, seed: 4 },
    )
  })

  test('a flood of questions, well made or not, leaves one that is waited for to its answer', async () => {
    const { net, a, b } = await world()
    const machine = net.host('9.0.2.1')
    const flooder = await Rpc.open(machine.transport(PORT), {
      ...{ clock: machine.clock, random: machine.random, id: utf8('f'.repeat(20)) },
      limits: {
        outgoing: { perSecond: 1e6, burst: 1e6 },
        outgoingPerSender: { perSecond: 1e6, burst: 1e6 },
        maxOutstandingPerEndpoint: 1e6,
      },
    })
    closing.push(() => flooder.close())
    const nobody = { replied: () => 'over' as const, failed: () => {} }
    const random = machine.random
    for (let i = 0; i < 600; i++) {
      const body = i % 2 === 0 ? encodeBencode({ to: i, from: random.bytes(3) }) : encodeBencode({ to: i % 64 })
      flooder.extension(CHORD_WORD).query(a.at, i % 3 === 0 ? 'chord_state' : 'chord_hello', body, nobody)
    }
    const { ask, what } = asker(net)
    ask(a, b.virtual(1), STATE)
    await net.run(1_000)
    expect(what()).toEqual(['state'])
    expect(a.seen.length).toBeLessThanOrEqual(60)
    expect(a.rpc.counters.packetsOverBudget).toBeGreaterThan(500)
  })
})

test('over IPv6 as over IPv4', async () => {
  const { net, host } = await world()
  const [a, b] = [await host('2001:db8:1::1'), await host('2001:db8:2::1')]
  const { ask, what } = asker(net)
  ask(a, b.virtual(9), STATE)
  await net.run(100)
  expect([what(), b.seen]).toEqual([['state'], [{ slot: 9, from: a.virtual(5), question: STATE }]])
})

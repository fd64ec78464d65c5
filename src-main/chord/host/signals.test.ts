import { expect, test } from 'vitest'
import type { Endpoint } from '../../kernel/network.ts'
import { SeededRandom } from '../../simulation/random.ts'
import type { HostAnswer, HostCallbacks, HostQuestion } from '../host-messages.ts'
import { MAX_OPEN, MAX_SENDERS, MAX_SIGNALLERS, PAUSE_OF_SENDER, Signals } from './signals.ts'

const at = (n: number): Endpoint => ({ host: `20.${n >> 8}.${n & 255}.1`, port: 6881 })

function world(neighbours: readonly Endpoint[] = [at(500), at(501), at(502), at(503)]) {
  const asked: { readonly to: Endpoint; readonly question: HostQuestion; readonly callbacks: HostCallbacks }[] = []
  const state = { now: 0 }
  const signals = new Signals({
    port: { ask: (to, question, callbacks) => asked.push({ to, question, callbacks }) },
    clock: { now: () => state.now },
    random: SeededRandom.of(1),
    admits: ({ port }) => port > 0,
    isMember: ({ host }) => host === at(500).host,
    neighbours: () => neighbours,
  })
  const answers: HostAnswer[] = []
  const reach = (from: Endpoint, port = 6881) => signals.reach(from, port, (answer) => answers.push(answer))
  const signal = (from: Endpoint, to: Endpoint) => signals.signal(from, to, (answer) => answers.push(answer))
  return { asked, answers, reach, signal, state }
}

const REFUSED = (code: number) => expect.objectContaining({ kind: 'refused', code })

test('who asks to be reached is pinged first, then a neighbour is told where it listens', () => {
  const { asked, answers, reach } = world()
  reach(at(1), 7_000)
  expect(answers).toEqual([{ kind: 'done' }])
  expect(asked.map(({ to, question }) => [to, question])).toEqual([[at(1), { kind: 'ping' }]])
  asked[0]?.callbacks.answered({ kind: 'done' })
  expect(asked[1]?.question).toEqual({ kind: 'signal', to: { host: at(1).host, port: 7_000 } })
  asked[1]?.callbacks.answered({ kind: 'done' })
  expect(asked).toHaveLength(2)
})

test('whoever does not answer the ping, as its address may be forged, is not told to anybody', () => {
  const { asked, reach } = world()
  reach(at(1))
  asked[0]?.callbacks.missed()
  expect(asked).toHaveLength(1)
})

test('where a neighbour refuses, the next is told, three in all', () => {
  const { asked, reach } = world()
  reach(at(1))
  asked[0]?.callbacks.answered({ kind: 'done' })
  for (let i = 1; i < asked.length; i++) asked[i]?.callbacks.answered({ kind: 'refused', code: 203, message: '' })
  expect(asked).toHaveLength(1 + MAX_SIGNALLERS)
})

test('a signal is taken from members only, and only to where one of our ring may be', () => {
  const { asked, answers, signal } = world()
  signal(at(9), at(2))
  signal(at(500), { host: at(2).host, port: 0 })
  expect(answers).toEqual([REFUSED(203), REFUSED(203)])
  signal(at(500), at(2))
  expect(asked.map(({ to, question }) => [to, question])).toEqual([[at(2), { kind: 'ping' }]])
})

test('one request of a sender in a while, so many at once; and nobody new while more are remembered than may be', () => {
  const { asked, answers, reach, state } = world()
  reach(at(1))
  reach(at(1))
  expect(answers.at(-1)).toEqual(REFUSED(202))
  for (let n = 2; n <= MAX_OPEN; n++) reach(at(n))
  reach(at(100))
  expect(answers.at(-1)).toEqual(REFUSED(202))
  expect(asked).toHaveLength(MAX_OPEN)
  let next = 0
  const endAll = () => {
    for (; next < asked.length; next++) asked[next]?.callbacks.missed()
  }
  for (let n = 200; n < 200 + MAX_SENDERS - MAX_OPEN; n++) {
    endAll()
    reach(at(n))
  }
  endAll()
  expect(answers.at(-1)).toEqual({ kind: 'done' })
  reach(at(900))
  expect(answers.at(-1)).toEqual(REFUSED(202))
  state.now = PAUSE_OF_SENDER
  reach(at(900))
  expect(answers.at(-1)).toEqual({ kind: 'done' })
})

test('who has no neighbours, or asks for a port that nobody listens at, is refused', () => {
  const alone = world([])
  alone.reach(at(1))
  expect(alone.answers).toEqual([REFUSED(203)])
  const { answers, reach } = world()
  reach(at(1), 0)
  expect(answers).toEqual([REFUSED(203)])
})

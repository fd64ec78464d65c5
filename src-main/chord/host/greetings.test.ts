import { expect, test } from 'vitest'
import type { Endpoint } from '../../kernel/network.ts'
import type { HostCallbacks } from '../host-messages.ts'
import { GREETED_AGAIN, GREETED_AT_ONCE, Greetings, LEFT_ALONE_FOR, MAX_WAITING } from './greetings.ts'

const at = (n: number): Endpoint => ({ host: `20.0.${n >> 8}.${n & 255}`, port: 6881 })
const many = (count: number) => Array.from({ length: count }, (_, n) => at(n))

function world() {
  const asked: { readonly to: Endpoint; readonly callbacks: HostCallbacks }[] = []
  const answers: number[] = []
  const state = { now: 0, idle: 0 }
  const greetings = new Greetings({
    port: { ask: (to, _, callbacks) => asked.push({ to, callbacks }) },
    clock: { now: () => state.now },
    admits: ({ port }) => port > 0,
    answered: (_from, _members, group) => answers.push(group),
    idle: () => {
      state.idle += 1
    },
  })
  return { greetings, asked, answers, state }
}

test('so many are asked at once, so many wait, the rest is dropped', () => {
  const { greetings, asked } = world()
  expect(greetings.add(many(200))).toBe(MAX_WAITING)
  expect(asked).toHaveLength(GREETED_AT_ONCE)
  for (let i = 0; i < asked.length; i++) asked[i]?.callbacks.missed()
  expect(asked).toHaveLength(MAX_WAITING)
})

test('nobody is asked again within a minute, nor whoever is not of our ring', () => {
  const { greetings, asked, state } = world()
  greetings.add([at(1), at(1), { host: '20.0.0.9', port: 0 }])
  asked[0]?.callbacks.answered({ kind: 'hello', members: [] })
  state.now = GREETED_AGAIN - 1
  expect(greetings.add([at(1)])).toBe(0)
  state.now = GREETED_AGAIN
  expect(greetings.add([at(1)])).toBe(1)
  expect(asked).toHaveLength(2)
})

test('who does not know what is asked is left alone for an hour, also in a new attempt', () => {
  const { greetings, asked, answers, state } = world()
  greetings.add([at(1), at(2)])
  asked[0]?.callbacks.answered({ kind: 'refused', code: 204, message: 'method unknown' })
  asked[1]?.callbacks.missed()
  greetings.clear()
  expect(greetings.add([at(1), at(2)])).toBe(1)
  asked[2]?.callbacks.missed()
  state.now = LEFT_ALONE_FOR - 1
  greetings.clear()
  expect(greetings.add([at(1)])).toBe(0)
  state.now = LEFT_ALONE_FOR
  expect(greetings.add([at(1)])).toBe(1)
  expect(answers).toEqual([])
})

test('each answer has a number of its own; the end is told once all have answered or missed', () => {
  const { greetings, asked, answers, state } = world()
  greetings.add(many(3))
  asked[0]?.callbacks.answered({ kind: 'hello', members: [] })
  asked[1]?.callbacks.answered({ kind: 'hello', members: [] })
  expect(state.idle).toBe(0)
  asked[2]?.callbacks.missed()
  expect([answers, state.idle]).toEqual([[1, 2], 1])
})

test('after a new beginning those asked before are not waited for', () => {
  const { greetings, asked, state } = world()
  greetings.add(many(2))
  greetings.clear()
  expect(greetings.isIdle).toBe(true)
  greetings.add([at(0)])
  asked[0]?.callbacks.missed()
  expect([greetings.isIdle, state.idle]).toEqual([false, 0])
  asked[2]?.callbacks.missed()
  expect([greetings.isIdle, state.idle]).toEqual([true, 1])
})

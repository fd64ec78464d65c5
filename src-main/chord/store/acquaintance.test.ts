import { expect, test } from 'vitest'
import { type ChordContact, contactAt } from '../contact.ts'
import type { HostAnswer, HostCallbacks } from '../host-messages.ts'
import { Acquaintance, KNOWN_FOR, MAX_ASKED, MAX_KNOWN, MAX_WAITING, type Standing } from './acquaintance.ts'

const endpoint = (n: number) => ({ host: `45.${n >> 8}.${n & 255}.1`, port: 6881 })
const memberAt = (n: number) => contactAt(endpoint(n), 3) as ChordContact

function make(known: readonly number[] = []) {
  const asked: { readonly host: string; readonly callbacks: HostCallbacks }[] = []
  const told: [number, Standing][] = []
  const clock = { time: 0, now: () => clock.time }
  const acquaintance = new Acquaintance({
    clock,
    port: { ask: ({ host }, _question, callbacks) => asked.push({ host, callbacks }) },
    isMember: ({ host }) => known.some((n) => endpoint(n).host === host),
  })
  const ask = (n: number, wanted: 'member' | 'host' = 'member') =>
    acquaintance.standingOf(endpoint(n), wanted, (standing) => told.push([n, standing]))
  const hello = (...members: ChordContact[]): HostAnswer => ({ kind: 'hello', members })
  return { acquaintance, asked, told, clock, ask, hello }
}

test('who is known as a member is not asked; others are, once for all that wait', () => {
  const { ask, asked, told, hello } = make([1])
  ask(1)
  ask(2)
  ask(2)
  expect([told, asked.length]).toEqual([[[1, 'member']], 1])
  asked[0]?.callbacks.answered(hello(memberAt(9), memberAt(2)))
  ask(2)
  expect([told.slice(1), asked.length]).toEqual([
    [
      [2, 'member'],
      [2, 'member'],
      [2, 'member'],
    ],
    1,
  ])
})

test('who names only others, or somebody at a place that is not its own, is no member', () => {
  const { ask, asked, told, hello } = make()
  ask(1)
  asked[0]?.callbacks.answered(hello(memberAt(2)))
  ask(2)
  asked[1]?.callbacks.answered(hello({ ...memberAt(2), slot: 4 }))
  ask(3)
  asked[2]?.callbacks.missed()
  ask(4)
  asked[3]?.callbacks.answered({ kind: 'done' })
  expect(told).toEqual([
    [1, 'host'],
    [2, 'host'],
    [3, 'unknown'],
    [4, 'unknown'],
  ])
})

test('a host is asked again where a member is wanted, and anybody after a while', () => {
  const { ask, asked, hello, clock } = make()
  ask(1, 'host')
  asked[0]?.callbacks.answered(hello())
  ask(1, 'host')
  expect(asked).toHaveLength(1)
  ask(1, 'member')
  asked[1]?.callbacks.answered(hello(memberAt(1)))
  ask(1, 'member')
  expect(asked).toHaveLength(2)
  clock.time = KNOWN_FOR
  ask(1, 'member')
  expect(asked).toHaveLength(3)
})

test('so many are asked at once, so many wait for one, so many are remembered', () => {
  const { ask, asked, told, hello, acquaintance } = make()
  for (let n = 0; n < MAX_ASKED + 3; n++) ask(n)
  expect([asked.length, acquaintance.open, told.length]).toEqual([MAX_ASKED, MAX_ASKED, 3])
  for (let n = 1; n < MAX_WAITING + 2; n++) ask(0)
  expect(told).toHaveLength(3 + 2)
  for (const [n, { callbacks }] of asked.entries()) callbacks.answered(hello(memberAt(n)))
  expect(acquaintance.open).toBe(0)
  for (let n = MAX_ASKED; n <= MAX_KNOWN; n++) {
    ask(n)
    asked.at(-1)?.callbacks.answered(hello(memberAt(n)))
  }
  const before = asked.length
  ask(MAX_KNOWN)
  expect(asked).toHaveLength(before)
  ask(0)
  expect(asked).toHaveLength(before + 1)
})

import { expect, test } from 'vitest'
import type { Clock } from '../kernel/clock.ts'
import { OpenReplies } from './open-replies.ts'
import { QUERY_LIFETIME } from './pending-query.ts'

function replies() {
  let now = 0
  const clock = { now: () => now } as Clock
  const open = new OpenReplies({ maxOpenReplies: 4, maxOpenRepliesPerSender: 3 }, clock)
  const kept = (host: string) => {
    const reply = open.begin(host)
    open.keep(reply)
    return reply
  }
  return { open, kept, pass: (time: number) => (now += time) }
}

test('a reply is used twice at most, the second time only after one that another follows', () => {
  const { open, kept } = replies()
  const [once, twice] = [kept('1.1.1.1'), kept('1.1.1.1')]
  expect([open.use(once, false), open.use(once, false)]).toEqual([true, false])
  expect([open.use(twice, true), open.use(twice, true), open.use(twice, true)]).toEqual([true, true, false])
  expect(open.size).toBe(0)
})

test('one that has been answered for now waits behind those that end before it', () => {
  const { open, kept, pass } = replies()
  const first = kept('1.1.1.1')
  const second = kept('1.1.1.1')
  pass(QUERY_LIFETIME - 1)
  open.use(first, true)
  pass(2)
  // The second is over and makes room, though it is not the first that came.
  const others = ['2.2.2.2', '2.2.2.2', '2.2.2.2'].map(kept)
  expect([open.size, others.map(({ isOpen }) => isOpen)]).toEqual([4, [true, true, true]])
  expect([open.use(first, false), open.use(second, false)]).toEqual([true, false])
})

test('all the addresses of a /64 are one sender, and what ends gives its place back', () => {
  const { open, kept } = replies()
  const [first, , , fourth] = [1, 2, 3, 4].map((n) => kept(`2001:db8::${n}`))
  expect([first?.isOpen, fourth?.isOpen]).toEqual([true, false])
  if (first) open.use(first, false)
  expect(kept('2001:db8::9').isOpen).toBe(true)
  expect(open.size).toBe(3)
  open.endAll()
  expect([open.size, kept('2001:db8::9').isOpen]).toEqual([0, true])
})

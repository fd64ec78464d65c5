/**
 * The busy rule, on one member whose questions the test answers. The random traces do not show whether it is kept (3,000 of
 * them without it broke nothing): whoever they take away must be spared by the lists as they are and by every answer under
 * way, so that a list which is out of date does no harm.
 */
import { expect, test } from 'vitest'
import { MAX_HELD } from './held-questions.ts'
import type { Answer, Busy, Question } from './messages.ts'
import { numberOf } from './small-ring.ts'
import { type Asked, contact, memberTen, state } from './test-support/member-ten.ts'

/** It, asked and answered by the test. */
function answeredTen() {
  const { member, asked } = memberTen()
  const ask = (question: Question, from = 50) => {
    const answers: (Answer | Busy)[] = []
    member.asked(contact(from), question, (answer) => answers.push(answer))
    return answers
  }
  const answer = (to: number, given: Answer) => {
    const last = asked.at(-1) as Asked
    expect([last.to, last.question]).toEqual([to, 'state'])
    last.callbacks.answered(given)
  }
  return { member, asked, ask, answer }
}

const BUSY_ANSWER = { kind: 'busy' }

test('a question for the state is held through both steps of stabilising, and answered with the list that they end with', () => {
  const { member, ask, answer } = answeredTen()
  member.stabilise()
  const first = ask({ kind: 'state' })
  expect(first).toEqual([BUSY_ANSWER])
  expect(ask({ kind: 'ping' })).toEqual([{ kind: 'alive' }])
  // 15 has joined before 20: step 2.
  answer(20, state([30, 40, 50], 15))
  const second = ask({ kind: 'state' })
  expect([first, second]).toEqual([[BUSY_ANSWER], [BUSY_ANSWER]])
  answer(15, state([20, 30, 40], 10))
  const settled = state([15, 20, 30], 50)
  expect([first, second]).toEqual([
    [BUSY_ANSWER, settled],
    [BUSY_ANSWER, settled],
  ])
  expect(ask({ kind: 'state' })).toEqual([settled])
})

test('of those that notify meanwhile the nearest is taken afterwards', () => {
  const { member, ask, answer } = answeredTen()
  member.stabilise()
  for (const from of [55, 5, 60]) expect(ask({ kind: 'notify' }, from)).toEqual([{ kind: 'alive' }])
  expect(numberOf(member.predecessor)).toBe(50)
  answer(20, state([30, 40, 50], 10))
  expect(numberOf(member.predecessor)).toBe(5)
})

test('a question is held while the predecessor is asked for a sign of life', () => {
  const { member, asked, ask } = answeredTen()
  ask({ kind: 'notify' }, 45)
  const held = ask({ kind: 'state' }, 20)
  expect(held).toEqual([BUSY_ANSWER])
  // Twice no answer: 50 is dead.
  for (let miss = 0; miss < 2; miss++) {
    const { to, question, callbacks } = asked.at(-1) as Asked
    expect([to, question]).toEqual([50, 'ping'])
    callbacks.missed()
  }
  expect(numberOf(member.predecessor)).toBe(45)
  expect(held).toEqual([BUSY_ANSWER, state([20, 30, 40], 45)])
})

test('no more than MAX_HELD are held: who comes after them hears that we are busy, and no more', () => {
  const { member, ask, answer } = answeredTen()
  member.stabilise()
  const all = Array.from({ length: MAX_HELD + 1 }, () => ask({ kind: 'state' }))
  answer(20, state([30, 40, 50], 10))
  expect(all.map(({ length }) => length)).toEqual([...Array(MAX_HELD).fill(2), 1])
})

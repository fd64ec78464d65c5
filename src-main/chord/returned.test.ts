/** A predecessor that has come back in its place, at another port, before it was missed. */
import { expect, test } from 'vitest'
import { contact, memberTen } from './test-support/member-ten.ts'

const old = contact(50)
const back = { ...old, endpoint: { ...old.endpoint, port: 7_000 } }

/** It has notified ten, whose predecessor is still the one of before. */
function notifiedTen() {
  const { member, asked } = memberTen()
  member.asked(back, { kind: 'notify' }, () => {})
  return { member, asked, questions: () => asked.map(({ to, question }) => [to, question]) }
}

test('is taken for predecessor once the one of before has missed twice, and is not dead itself', () => {
  const { member, asked } = notifiedTen()
  asked[0]?.callbacks.missed()
  expect(member.predecessor.endpoint).toEqual(old.endpoint)
  asked[1]?.callbacks.missed()
  expect(member.predecessor.endpoint).toEqual(back.endpoint)
  expect([member.isChanging, member.hasFailed(back)]).toEqual([false, false])
})

test('is not believed as long as the one of before answers', () => {
  const { member, asked, questions } = notifiedTen()
  expect(questions()).toEqual([[50, 'ping']])
  asked[0]?.callbacks.answered({ kind: 'alive' })
  expect(member.predecessor.endpoint).toEqual(old.endpoint)
  expect(member.isChanging).toBe(false)
})

test('nor at once where the place has been called dead, as that may have been either', () => {
  const { member, asked, questions } = memberTenWithFailure()
  expect(member.predecessor.endpoint).toEqual(old.endpoint)
  expect(questions()).toEqual([[50, 'ping']])
  asked[0]?.callbacks.answered({ kind: 'absent' })
  expect(member.predecessor.endpoint).toEqual(back.endpoint)
  expect(member.hasFailed(back)).toBe(false)
})

test('nobody is asked where it is the one of before itself', () => {
  const { member, asked } = memberTen()
  member.asked(old, { kind: 'notify' }, () => {})
  expect(asked).toEqual([])
})

/** The same, where the place is called dead while the notification is kept for the end of a change. */
function memberTenWithFailure() {
  const { member, asked } = memberTen()
  member.stabilise()
  member.asked(back, { kind: 'notify' }, () => {})
  member.fail(old)
  asked[0]?.callbacks.answered({ kind: 'absent' })
  const since = asked.slice(1)
  return { member, asked: since, questions: () => since.map(({ to, question }) => [to, question]) }
}

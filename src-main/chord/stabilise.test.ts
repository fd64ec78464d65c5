/** Step 2 of stabilising, on one member whose questions the test answers: a nearer successor is asked before it is adopted. */
import { expect, test } from 'vitest'
import { numberOf } from './small-ring.ts'
import { contact, memberTen, state } from './test-support/member-ten.ts'
import { RingWorld, type WorldNode } from './test-support/ring-world.ts'

const MINUTE = 60_000

/** It is stabilising, and 15 is said to have joined. */
function stabilisingTen() {
  const { member, asked } = memberTen()
  member.stabilise()
  asked[0]?.callbacks.answered(state([30, 40, 50], 15))
  const list = () => member.successors.map(numberOf)
  const kinds = () => asked.map(({ to, question }) => [to, question])
  return { member, asked, list, kinds }
}

test('as long as it has not answered the list is that of the successor', () => {
  const { list, kinds } = stabilisingTen()
  expect(kinds()).toEqual([
    [20, 'state'],
    [15, 'state'],
  ])
  expect(list()).toEqual([20, 30, 40])
})

test('one that does not answer twice is not adopted, and the successor is told of us', () => {
  const { member, asked, list, kinds } = stabilisingTen()
  asked[1]?.callbacks.missed()
  asked[2]?.callbacks.missed()
  expect(list()).toEqual([20, 30, 40])
  expect(kinds().slice(2)).toEqual([
    [15, 'state'],
    [20, 'notify'],
  ])
  expect([member.isChanging, member.hasFailed(contact(15))]).toEqual([false, true])
})

test('one that is no member is not adopted, at once', () => {
  const { asked, list, kinds } = stabilisingTen()
  asked[1]?.callbacks.answered({ kind: 'absent' })
  expect(list()).toEqual([20, 30, 40])
  expect(kinds().slice(2)).toEqual([[20, 'notify']])
})

test('one that answers is: its list behind it is ours, as it stands', () => {
  const { asked, list, kinds } = stabilisingTen()
  asked[1]?.callbacks.answered(state([20, 30, 40], 10))
  expect(list()).toEqual([15, 20, 30])
  expect(kinds().slice(2)).toEqual([[15, 'notify']])
})

test('a joiner dies before it is asked, then the successor: whoever stood before them still has the next one', () => {
  const world = new RingWorld({ seed: 7, successors: 2 })
  world.create(8, 1)
  world.run(20_000)
  const broken: unknown[] = []
  world.afterEvent = () => {
    if (broken.length === 0) broken.push(...world.check().violations())
  }
  const joiner = world.addNode(world.addHost())
  const { self } = joiner.member
  const others = () => world.living.filter((node) => node !== joiner)
  world.join(joiner, [(others()[0] as WorldNode).member.self])
  const successor = () => others().find(({ member }) => member.predecessor.id.equals(self.id))
  expect(world.run(MINUTE, () => successor() !== undefined)).toBe(true)
  const after = successor() as WorldNode
  const before = others().find(({ member }) => member.successors[0]?.id.equals(after.member.self.id)) as WorldNode
  world.kill(joiner.host)
  const isOver = () => before.member.hasFailed(self) && !before.member.isChanging
  world.run(10_000, isOver)
  world.kill(after.host)
  expect(world.becomesIdeal(5 * MINUTE)).toBe(true)
  expect(world.living).toHaveLength(7)
  expect(broken).toEqual([])
})

import { describe, expect, test } from 'vitest'
import { RingCheck, type SeenMember } from './invariants.ts'
import { numbered, numberOf } from './small-ring.ts'

const seen = (self: number, successors: number[], predecessor: number): SeenMember => ({
  self: numbered(self, 6),
  successors: successors.map((value) => numbered(value, 6)),
  predecessor: numbered(predecessor, 6),
})
const rules = (members: SeenMember[], r?: number) => new RingCheck(members).violations(r).map(({ rule }) => rule)

/** Three members, lists of two. */
const GOOD = [seen(1, [20, 40], 40), seen(20, [40, 1], 1), seen(40, [1, 20], 20)]

describe('a ring in order', () => {
  test('breaks nothing, is ideal, and skips nobody', () => {
    const check = new RingCheck(GOOD)
    expect(check.violations(2)).toEqual([])
    expect(check.isIdeal(2)).toBe(true)
    expect(check.principals().map(numberOf)).toEqual([1, 20, 40])
  })

  test('a member alone, and none', () => {
    expect(rules([seen(5, [5], 5)])).toEqual([])
    expect(new RingCheck([seen(5, [5], 5)]).isIdeal(4)).toBe(true)
    expect(rules([])).toEqual([])
  })

  test('listed dead are no trouble as long as one lives; the pointers are not ideal', () => {
    const members = [seen(1, [10, 20], 40), seen(20, [40, 1], 1), seen(40, [1, 20], 20)]
    expect(rules(members, 2)).toEqual([])
    expect(new RingCheck(members).isIdeal(2)).toBe(false)
  })

  test('an appendage leads to the ring and is no principal', () => {
    const check = new RingCheck([...GOOD, seen(30, [40, 1], 20)])
    expect(check.violations(2)).toEqual([])
    expect(check.principals().map(numberOf)).toEqual([1, 20, 40])
    expect(check.rings()).toHaveLength(1)
  })

  test('a stale predecessor alone makes it not ideal', () => {
    const check = new RingCheck([seen(1, [20, 40], 20), ...GOOD.slice(1)])
    expect(check.violations(2)).toEqual([])
    expect(check.isIdeal(2)).toBe(false)
  })
})

describe('what is broken is told', () => {
  test.each<[string, SeenMember[], number | undefined, string[]]>([
    ['a list of the dead', [...GOOD, seen(30, [35, 36], 20)], 2, ['LiveSuccessor', 'ConnectedAppendages']],
    ['too few that nobody skips', [...GOOD, seen(50, [20, 40], 40)], 2, ['Principals']],
    ['skipped around zero', [...GOOD, seen(39, [2, 20], 20)], 2, ['Principals']],
    [
      'two rings',
      [seen(1, [20], 20), seen(20, [1], 1), seen(10, [30], 30), seen(30, [10], 10)],
      undefined,
      ['OneRing'],
    ],
    [
      'a ring that goes around twice',
      [seen(1, [20], 30), seen(10, [30], 20), seen(20, [10], 1), seen(30, [1], 10)],
      undefined,
      ['OrderedRing'],
    ],
    ['no order in a list', [seen(1, [40, 20], 40), ...GOOD.slice(1)], undefined, ['OrderedLists']],
    ['one twice', [seen(1, [20, 20], 40), ...GOOD.slice(1)], undefined, ['NoDuplicates', 'OrderedLists']],
    ['itself in its list', [seen(1, [20, 1], 40), ...GOOD.slice(1)], undefined, ['NoDuplicates', 'OrderedLists']],
  ])('%s', (_name, members, r, expected) => {
    expect(rules(members, r)).toEqual(expected)
  })
})

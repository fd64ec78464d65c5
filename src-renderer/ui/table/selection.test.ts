import { describe, expect, test } from 'vitest'
import {
  clear,
  extendTo,
  forgetGone,
  move,
  NOTHING_SELECTED,
  type Selection,
  selectAll,
  selectOnly,
  stepTarget,
  toggle,
} from './selection.ts'

const order = ['a', 'b', 'c', 'd', 'e']
const ids = (selection: Selection) => [...selection.selected].sort().join('')

test('a click selects one row and makes it anchor and active', () => {
  expect(selectOnly('c')).toEqual({ selected: new Set(['c']), anchor: 'c', active: 'c' })
})

test('a click with Ctrl adds and takes away', () => {
  const two = toggle(selectOnly('a'), 'c')
  expect(ids(two)).toBe('ac')
  expect(ids(toggle(two, 'a'))).toBe('c')
})

describe('a range', () => {
  test('runs from the anchor either way and replaces what was selected', () => {
    const down = extendTo(toggle(selectOnly('a'), 'c'), order, 'e')
    expect(ids(down)).toBe('cde')
    expect(ids(extendTo(down, order, 'b'))).toBe('bc')
  })
  test('keeps the rest with Ctrl', () => {
    expect(ids(extendTo(toggle(selectOnly('a'), 'c'), order, 'd', true))).toBe('acd')
  })
  test('without an anchor begins at the row itself', () => {
    expect(ids(extendTo(NOTHING_SELECTED, order, 'b'))).toBe('b')
  })
  test('with an anchor that has left the list begins anew', () => {
    expect(ids(extendTo(selectOnly('gone'), order, 'b'))).toBe('b')
  })
  test('to a row that is not there changes nothing', () => {
    const before = selectOnly('a')
    expect(extendTo(before, order, 'gone')).toBe(before)
  })
})

describe('the keyboard', () => {
  test('enters an empty selection at the near end', () => {
    expect(stepTarget(NOTHING_SELECTED, order, 1)).toBe('a')
    expect(stepTarget(NOTHING_SELECTED, order, -1)).toBe('e')
    expect(stepTarget(NOTHING_SELECTED, [], 1)).toBeUndefined()
  })
  test('stops at both ends', () => {
    expect(move(selectOnly('e'), order, 1, 'select').active).toBe('e')
    expect(move(selectOnly('b'), order, -10, 'select').active).toBe('a')
  })
  test('draws a selection out and takes it back from the same anchor', () => {
    const out = move(move(selectOnly('b'), order, 1, 'extend'), order, 1, 'extend')
    expect(ids(out)).toBe('bcd')
    expect(ids(move(out, order, -1, 'extend'))).toBe('bc')
    expect(ids(move(out, order, 'first', 'extend'))).toBe('ab')
  })
  test('walks without selecting', () => {
    const walked = move(selectOnly('b'), order, 'last', 'walk')
    expect(ids(walked)).toBe('b')
    expect(walked.active).toBe('e')
  })
  test('does nothing in an empty list', () => {
    expect(move(NOTHING_SELECTED, [], 1, 'select')).toBe(NOTHING_SELECTED)
  })
})

test('all and none', () => {
  expect(ids(selectAll(selectOnly('b'), order))).toBe('abcde')
  expect(selectAll(selectOnly('b'), order).active).toBe('b')
  expect(ids(clear(selectOnly('b')))).toBe('')
  expect(clear(NOTHING_SELECTED)).toBe(NOTHING_SELECTED)
})

test('what has left the list leaves the selection, and the keyboard goes on from the nearest row', () => {
  const two = toggle(selectOnly('a'), 'b')
  expect(forgetGone(two, order, order)).toBe(two)
  expect(forgetGone(two, order, ['a', 'c', 'd'])).toEqual({
    selected: new Set(['a']),
    anchor: undefined,
    active: 'c',
  })
  expect(forgetGone(selectOnly('e'), order, ['a', 'b']).active).toBe('b')
  expect(forgetGone(selectOnly('e'), order, []).active).toBeUndefined()
})

test('what was just added stays selected until the list shows it', () => {
  const added = selectOnly('f')
  expect(forgetGone(added, order, [...order].reverse())).toBe(added)
  expect(forgetGone(added, order, [...order, 'f'])).toBe(added)
})

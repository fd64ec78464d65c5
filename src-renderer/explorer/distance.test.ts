import { describe, expect, test } from 'vitest'
import { closeness, isKey, KEY_BITS, keyOrder, leadingBits, sharedBits } from './distance.ts'

const ZERO = '0'.repeat(40)
const key = (head: string): string => head.padEnd(40, '0')

describe('shared leading bits', () => {
  test.each([
    [ZERO, ZERO, 160],
    [ZERO, key('8'), 0],
    [ZERO, key('1'), 3],
    [key('ff'), key('fe'), 7],
    [ZERO, '1'.padStart(40, '0'), 159],
  ])('of %s and %s', (a, b, bits) => {
    expect(sharedBits(a, b)).toBe(bits)
    expect(sharedBits(b, a)).toBe(bits)
  })
})

describe('closeness', () => {
  test('is the shared bits at a power of two, plus a fraction between two of them', () => {
    expect(closeness(ZERO, key('8'))).toBe(1)
    expect(closeness(ZERO, key('4'))).toBe(2)
    expect(closeness(ZERO, key('c'))).toBeCloseTo(1 - Math.log2(1.5), 9)
    expect(closeness(ZERO, '1'.padStart(40, '0'))).toBe(KEY_BITS)
    expect(closeness(ZERO, ZERO)).toBe(KEY_BITS)
  })

  test('orders keys as their distances do, also where only the last bits differ', () => {
    const target = 'a3'.repeat(20)
    const near = `${target.slice(0, 38)}a0`
    expect(closeness(target, near)).toBeGreaterThan(closeness(target, `${target.slice(0, 38)}b0`))
    expect(closeness(target, near)).toBeCloseTo(KEY_BITS - Math.log2(3), 9)
  })
})

test('keys are sorted as the numbers they are', () => {
  const keys = [key('1ff'), key('03a'), key('08e1'), key('f')]
  expect([...keys].sort((a, b) => keyOrder(a) - keyOrder(b))).toEqual([...keys].sort())
})

test('leading bits as digits', () => {
  expect(leadingBits(key('a5'), 0)).toBe('')
  expect(leadingBits(key('a5'), 6)).toBe('101001')
  expect(leadingBits(key('a5'), 8)).toBe('10100101')
})

test('a key is 40 hex digits in lower case', () => {
  expect(isKey(ZERO)).toBe(true)
  expect(isKey(ZERO.slice(1))).toBe(false)
  expect(isKey('G'.repeat(40))).toBe(false)
  expect(isKey('A'.repeat(40))).toBe(false)
})

import { describe, expect, test } from 'vitest'
import { HOUR, SECOND } from '../../../kernel/clock.ts'
import { SeededRandom } from '../../../simulation/random.ts'
import { ADDRESSES_PER_SECOND, AddressAllowance, MAX_SAVED_UP } from './address-allowance.ts'

const many = Array.from({ length: 1_000 }, (_, i) => i)

describe('the allowance for gossiped addresses', () => {
  test('one at first, and one more in ten seconds', () => {
    const allowance = new AddressAllowance(SeededRandom.of(1), 5_000)
    expect(allowance.admit(many, 5_000)).toHaveLength(1)
    expect(allowance.admit(many, 14_999)).toHaveLength(0)
    expect(allowance.admit(many, 15_000)).toHaveLength(1)
    expect(allowance.admit(many, 15_000 + 100 * SECOND)).toHaveLength(100 * ADDRESSES_PER_SECOND)
  })

  test('a thousand at once after a question of ours', () => {
    const allowance = new AddressAllowance(SeededRandom.of(1), 0)
    allowance.asked()
    expect(allowance.admit(many, 0)).toEqual(many)
    expect(allowance.admit(many, 0)).toHaveLength(1)
  })

  test(`no more than ${MAX_SAVED_UP} are saved up`, () => {
    const allowance = new AddressAllowance(SeededRandom.of(1), 0)
    expect(allowance.admit(many, 100 * HOUR)).toHaveLength(MAX_SAVED_UP)
    expect(allowance.admit(many, 100 * HOUR)).toHaveLength(0)
  })

  test('what is above is left out at random, and what is taken is taken once', () => {
    const allowance = new AddressAllowance(SeededRandom.of(1), 0)
    const taken = allowance.admit(many, 999 * SECOND)
    expect(new Set(taken).size).toBe(100)
    expect(Math.max(...taken)).toBeGreaterThan(500)
  })
})

import { describe, expect, test, vi } from 'vitest'
import { testsOfClock } from '../kernel/port-tests/index.ts'
import { createClock } from './clock.ts'
import { createRandom } from './random.ts'

testsOfClock('the machine', () => ({ clock: createClock(), settle: (promise) => promise, close: async () => {} }))

describe('the machine as a Clock', () => {
  test('a delay longer than Node can wait is waited for in steps', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    try {
      const delay = 2 ** 31 + 5_000
      const fired: number[] = []
      const clock = createClock()
      const start = clock.now()
      clock.after(delay, () => fired.push(clock.now() - start))
      vi.advanceTimersByTime(delay - 1)
      expect(fired).toEqual([])
      vi.advanceTimersByTime(2)
      expect(fired).toEqual([delay])
    } finally {
      vi.useRealTimers()
    }
  })

  test('a repeated timer does not drift, leaves out what it missed, and survives an error in its work', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    try {
      const clock = createClock()
      const start = clock.now()
      const fired: number[] = []
      const timer = clock.every(100, () => {
        fired.push(clock.now() - start)
        if (fired.length === 1) throw new Error('once')
      })
      expect(() => vi.advanceTimersByTime(100)).toThrow('once')
      vi.advanceTimersByTime(200)
      expect(fired).toEqual([100, 200, 300])
      timer.cancel()
      vi.advanceTimersByTime(1_000)
      expect(fired).toHaveLength(3)
      expect(vi.getTimerCount()).toBe(0)
      expect(() => clock.every(0, () => {})).toThrow(RangeError)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('the system as Random', () => {
  const random = createRandom()

  test('bytes have the length asked for and differ', () => {
    expect(random.bytes(0)).toHaveLength(0)
    const some = random.bytes(32)
    expect(Object.getPrototypeOf(some)).toBe(Uint8Array.prototype)
    expect(some).not.toEqual(random.bytes(32))
  })

  test('below reaches every number under its limit and no other', () => {
    expect(new Set(Array.from({ length: 1_000 }, () => random.below(3)))).toEqual(new Set([0, 1, 2]))
    expect(random.below(1)).toBe(0)
    expect(random.below(2 ** 32)).toBeLessThan(2 ** 32)
    for (const limit of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN]) expect(() => random.below(limit)).toThrow(RangeError)
  })
})

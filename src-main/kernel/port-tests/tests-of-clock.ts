import { describe, expect, test } from 'vitest'
import { type Clock, pause } from '../clock.ts'
import { onBed, type TestBed } from './test-bed.ts'

/** Timers of a platform may count in these. */
const WHOLE_MILLISECOND = 1

export interface ClockBed extends TestBed {
  readonly clock: Clock
}

export function testsOfClock(name: string, create: () => ClockBed | Promise<ClockBed>): void {
  describe(`${name} as a Clock`, () => {
    test(
      'a timer fires once, in order of time, and never early by the clock itself',
      onBed(create, async ({ clock, settle }) => {
        const fired: { readonly at: number; readonly early: number; readonly late: number }[] = []
        for (const delay of [30, 10.5, 20, 0]) {
          // A busy machine may stop us between two lines: so a timer is due between these two.
          const early = clock.now() + delay
          clock.after(delay, () => fired.push({ at: clock.now(), early, late }))
          const late = clock.now() + delay
        }
        expect(fired).toEqual([])
        await settle(pause(clock, 40))
        expect(fired).toHaveLength(4)
        for (const { at, early } of fired) expect(at).toBeGreaterThanOrEqual(early)
        for (const [n, { late }] of fired.slice(1).entries())
          expect(fired[n]?.early).toBeLessThanOrEqual(late + WHOLE_MILLISECOND)
      }),
    )
    test(
      'a cancelled timer does not fire, and cancelling again or late is harmless',
      onBed(create, async ({ clock, settle }) => {
        const fired: string[] = []
        const cancelled = clock.after(5, () => fired.push('cancelled'))
        cancelled.cancel()
        cancelled.cancel()
        const late = clock.after(1, () => fired.push('late'))
        await settle(pause(clock, 10))
        late.cancel()
        expect(fired).toEqual(['late'])
      }),
    )
    test(
      'a repeated timer fires until it is cancelled, also from inside',
      onBed(create, async ({ clock, settle }) => {
        let count = 0
        const third = new Promise<void>((resolve) => {
          const timer = clock.every(2, () => {
            count++
            if (count < 3) return
            timer.cancel()
            resolve()
          })
        })
        await settle(third)
        await settle(pause(clock, 10))
        expect(count).toBe(3)
      }),
    )
    test(
      'a delay of many days does not fire at once',
      onBed(create, async ({ clock, settle }) => {
        const fired: string[] = []
        const timers = [
          clock.after(2 ** 31, () => fired.push('after')),
          clock.after(2 ** 45, () => fired.push('far')),
          clock.every(2 ** 31, () => fired.push('every')),
        ]
        await settle(pause(clock, 10))
        expect(fired).toEqual([])
        for (const timer of timers) timer.cancel()
      }),
    )
  })
}

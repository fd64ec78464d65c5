import { describe, expect, test } from 'vitest'
import { PlainClock } from './plain-clock.ts'
import { VirtualTime, WALL_TIME_AT_START } from './virtual-clock.ts'

describe('the plain clock', () => {
  test('fires in order, once or every period, until it is cancelled', async () => {
    const time = new VirtualTime()
    const clock = new PlainClock(time)
    const fired: string[] = []
    const note = (what: string) => () => fired.push(`${clock.now()} ${what}`)
    clock.after(30, note('once'))
    clock.after(20, note('never')).cancel()
    const ticks = clock.every(20, note('tick'))
    clock.after(50, () => ticks.cancel())
    await time.advance(100, () => false)
    expect(fired).toEqual(['20 tick', '30 once', '40 tick'])
    expect(clock.wallTime()).toBe(WALL_TIME_AT_START + 100)
    expect(() => clock.every(0, () => {})).toThrow(RangeError)
  })

  test('of a program that is gone fires no more', async () => {
    const time = new VirtualTime()
    let alive = true
    const clock = new PlainClock(time, () => alive)
    const fired: number[] = []
    clock.after(30, () => fired.push(clock.now()))
    clock.every(10, () => fired.push(clock.now()))
    time.schedule(15, () => {
      alive = false
    })
    await time.advance(1_000, () => false)
    expect(fired).toEqual([10])
    expect(time.waiting).toBe(0)
  })
})

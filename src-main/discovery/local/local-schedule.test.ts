import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../kernel/clock.ts'
import {
  LOCAL_ANNOUNCE_INTERVAL,
  LOCAL_ANNOUNCE_SPACING,
  LOCAL_SETTLE_TIME,
  LocalSchedule,
  MAX_TORRENTS_PER_ANNOUNCE,
} from './local-schedule.ts'

/** Announces at each planned time until `end`. @returns when, and what. */
function run<T>(schedule: LocalSchedule<T>, from: number, end: number): [at: number, torrents: T[]][] {
  const announces: [number, T[]][] = []
  for (let at = Math.max(schedule.nextAt() ?? end, from); at < end; at = schedule.nextAt() ?? end) {
    announces.push([at, schedule.take(at)])
  }
  return announces
}

describe('the schedule of local announces', () => {
  test('torrents added together are announced together, soon, and every five minutes', () => {
    const schedule = new LocalSchedule<string>()
    expect(schedule.nextAt()).toBe(undefined)
    schedule.add('a', 1_000)
    schedule.add('b', 1_300)
    expect(schedule.take(1_000)).toEqual([])
    const announces = run(schedule, 0, 11 * MINUTE)
    expect(announces).toEqual([
      [1_000 + LOCAL_SETTLE_TIME, ['a', 'b']],
      [1_000 + LOCAL_SETTLE_TIME + LOCAL_ANNOUNCE_INTERVAL, ['a', 'b']],
      [1_000 + LOCAL_SETTLE_TIME + 2 * LOCAL_ANNOUNCE_INTERVAL, ['a', 'b']],
    ])
  })

  test('what comes later waits until a minute has passed since the last announce', () => {
    const schedule = new LocalSchedule<string>()
    schedule.add('a', 0)
    schedule.take(LOCAL_SETTLE_TIME)
    schedule.add('b', 10 * SECOND)
    expect(schedule.plannedAt('b')).toBe(LOCAL_SETTLE_TIME + LOCAL_ANNOUNCE_SPACING)
    expect(schedule.take(LOCAL_SETTLE_TIME + LOCAL_ANNOUNCE_SPACING - 1)).toEqual([])
    expect(schedule.take(LOCAL_SETTLE_TIME + LOCAL_ANNOUNCE_SPACING)).toEqual(['b'])
  })

  test('hastening brings a torrent forward, never within the minute, and never one that is gone', () => {
    const schedule = new LocalSchedule<string>()
    schedule.add('a', 0)
    schedule.take(LOCAL_SETTLE_TIME)
    schedule.hasten('a', 2 * MINUTE)
    schedule.hasten('gone', 2 * MINUTE)
    expect([schedule.plannedAt('a'), schedule.plannedAt('gone')]).toEqual([2 * MINUTE + LOCAL_SETTLE_TIME, undefined])
    schedule.take(2 * MINUTE + LOCAL_SETTLE_TIME)
    schedule.hastenAll(2 * MINUTE + SECOND)
    expect(schedule.nextAt()).toBe(3 * MINUTE + LOCAL_SETTLE_TIME)
    schedule.remove('a')
    expect([schedule.nextAt(), schedule.take(HOUR)]).toEqual([undefined, []])
  })

  test('an announce is bounded, and with more torrents each has its turn', () => {
    const schedule = new LocalSchedule<number>()
    const count = 3 * MAX_TORRENTS_PER_ANNOUNCE + 1
    for (let i = 0; i < count; i++) schedule.add(i, 0)
    const announces = run(schedule, 0, 4 * MINUTE)
    expect(announces.map(([, torrents]) => torrents.length)).toEqual([184, 184, 184, 1])
    expect(new Set(announces.flatMap(([, torrents]) => torrents)).size).toBe(count)
  })

  test('whatever happens, announces are a minute apart and nobody waits much longer than the interval', () => {
    const action = fc.record({
      wait: fc.integer({ min: 0, max: 3 * MINUTE }),
      what: fc.constantFrom('add', 'remove', 'hasten', 'hastenAll'),
      torrent: fc.integer({ min: 0, max: 20 }),
    })
    const numRuns = process.env.SHOAL_LONG === '1' ? 2_000 : 100
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const schedule = new LocalSchedule<number>()
        const since = new Map<number, number>()
        let now = 0
        let last = Number.NEGATIVE_INFINITY
        for (const { wait, what, torrent } of actions) {
          for (const [at, torrents] of run(schedule, now, now + wait)) {
            if (at - last < LOCAL_ANNOUNCE_SPACING || torrents.length === 0) return false
            last = at
            for (const one of torrents) since.set(one, at)
          }
          now += wait
          if ([...since.values()].some((at) => now - at > LOCAL_ANNOUNCE_INTERVAL + LOCAL_ANNOUNCE_SPACING))
            return false
          if (what === 'add') {
            schedule.add(torrent, now)
            since.set(torrent, now)
          } else if (what === 'remove') {
            schedule.remove(torrent)
            since.delete(torrent)
          } else if (what === 'hasten') schedule.hasten(torrent, now)
          else schedule.hastenAll(now)
        }
        return true
      }),
      { seed: 14, numRuns },
    )
  })
})

const HOUR = 60 * MINUTE

test('what could not be announced yet does not keep others, nor itself once it is hastened, for the spacing', () => {
  const schedule = new LocalSchedule<string>()
  schedule.add('without a port', 0)
  expect(schedule.take(LOCAL_SETTLE_TIME)).toEqual(['without a port'])
  schedule.postpone('without a port', LOCAL_SETTLE_TIME)
  schedule.sentNothing()
  expect(schedule.plannedAt('without a port')).toBe(LOCAL_SETTLE_TIME + LOCAL_ANNOUNCE_SPACING)
  schedule.hasten('without a port', LOCAL_SETTLE_TIME + 1)
  expect(schedule.nextAt()).toBe(LOCAL_SETTLE_TIME + 1 + LOCAL_SETTLE_TIME)
  expect(schedule.take(2 * LOCAL_SETTLE_TIME + 1)).toEqual(['without a port'])
  schedule.hasten('without a port', 2 * LOCAL_SETTLE_TIME + 2)
  expect(schedule.nextAt()).toBe(2 * LOCAL_SETTLE_TIME + 1 + LOCAL_ANNOUNCE_SPACING)
})

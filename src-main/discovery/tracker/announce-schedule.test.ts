import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MINUTE, type Millis, SECOND } from '../../kernel/clock.ts'
import type { Random } from '../../kernel/random.ts'
import type { AnnounceAnswer } from './announce.ts'
import { AnnounceSchedule, BACK_OFF_CEILING, backOff, INTERVAL_CEILING } from './announce-schedule.ts'

/** Shuffles nothing and adds nothing to a back-off. */
const plain: Random = { bytes: (length) => new Uint8Array(length), below: (limit) => limit - 1 }
const noSpread: Random = { ...plain, below: () => 0 }
const answer = (fields: Partial<AnnounceAnswer> = {}): AnnounceAnswer => ({
  ...{ interval: 1_800, minInterval: 120, seeds: 1, leechers: 1, peers: [], warning: '', trackerId: undefined },
  ...fields,
})
const asked = (schedule: AnnounceSchedule, now: Millis) => {
  const decision = schedule.next(now)
  return decision.kind === 'announce' ? `${decision.tracker.url} ${decision.event}` : decision
}
const one = (random = noSpread) => new AnnounceSchedule([['a']], random)

describe('rounds over the tiers (BEP 12)', () => {
  test('the next tier is asked only when every tracker of the tier before has failed', () => {
    const schedule = new AnnounceSchedule([['a'], ['b'], ['c']], noSpread)
    expect(asked(schedule, 0)).toBe('a started')
    schedule.failed(undefined, 10)
    expect(asked(schedule, 10)).toBe('b started')
    schedule.answered(answer(), 20)
    expect(asked(schedule, 20)).toEqual({ kind: 'wait', until: 20 + 1_800 * SECOND })
    // a's back-off is long over: it comes first again, then b, which has been told `started`.
    const next = 20 + 1_800 * SECOND
    expect(asked(schedule, next)).toBe('a started')
    schedule.failed(undefined, next)
    expect(asked(schedule, next)).toBe('b none')
  })

  test('the order within a tier is by chance, once', () => {
    const reversed: Random = { ...plain, below: () => 0 }
    const schedule = new AnnounceSchedule([['a', 'b', 'c']], reversed)
    expect(schedule.trackers.map(({ url }) => url)).toEqual(['b', 'c', 'a'])
  })

  test('the tracker that answers moves to the front of its own tier', () => {
    const schedule = new AnnounceSchedule([['a', 'b'], ['c']], plain)
    expect(asked(schedule, 0)).toBe('a started')
    schedule.failed('never', 0)
    expect(asked(schedule, 0)).toBe('b started')
    schedule.answered(answer(), 0)
    expect(schedule.trackers.map(({ url, tier }) => `${url}${tier}`)).toEqual(['b0', 'a0', 'c1'])
  })

  test('a tracker in back-off is passed over', () => {
    const schedule = new AnnounceSchedule([['a'], ['b']], noSpread)
    asked(schedule, 0)
    schedule.failed(120, 0)
    expect(asked(schedule, 0)).toBe('b started')
    schedule.answered(answer(), 0)
    expect(asked(schedule, 1_800 * SECOND)).toBe('b none')
  })

  test('when all have failed, the first back-off that ends starts the next round', () => {
    const schedule = new AnnounceSchedule([['a'], ['b']], noSpread)
    expect(asked(schedule, 0)).toBe('a started')
    schedule.failed(undefined, 0)
    expect(asked(schedule, 5_000)).toBe('b started')
    schedule.failed(undefined, 5_000)
    expect(asked(schedule, 5_000)).toEqual({ kind: 'wait', until: 17_500 })
    expect(asked(schedule, 17_500)).toBe('a started')
    schedule.failed(undefined, 17_500)
    expect(asked(schedule, 17_500)).toEqual({ kind: 'wait', until: 22_500 })
  })

  test('no trackers, or only such as want never to be asked again: nothing to do', () => {
    expect(new AnnounceSchedule([], plain).next(0)).toEqual({ kind: 'nothing' })
    expect(new AnnounceSchedule([[]], plain).next(0)).toEqual({ kind: 'nothing' })
    const schedule = one()
    asked(schedule, 0)
    schedule.failed('never', 0)
    expect(asked(schedule, 0)).toEqual({ kind: 'nothing' })
    schedule.completed(1)
    schedule.refresh(1)
    expect(asked(schedule, 1)).toEqual({ kind: 'nothing' })
    expect(schedule.plannedAt(schedule.trackers[0] as never)).toBeUndefined()
  })
})

describe('times', () => {
  test('back-off is 5 + 12.5 n² seconds up to an hour', () => {
    expect([1, 2, 3, 4, 16].map((n) => backOff(n) / SECOND)).toEqual([17.5, 55, 117.5, 205, 3_205])
    expect([17, 100, 1e9].map(backOff)).toEqual([BACK_OFF_CEILING, BACK_OFF_CEILING, BACK_OFF_CEILING])
  })

  test('chance adds at most a tenth to a back-off', () => {
    const schedule = one(plain)
    asked(schedule, 0)
    schedule.failed(undefined, 0)
    expect(asked(schedule, 0)).toEqual({ kind: 'wait', until: 17_500 + 1_750 })
  })

  test('an answer ends the counting of failures', () => {
    const schedule = one()
    let now = 0
    for (const wait of [17_500, 55_000, 117_500]) {
      asked(schedule, now)
      schedule.failed(undefined, now)
      expect(asked(schedule, now)).toEqual({ kind: 'wait', until: now + wait })
      now += wait
    }
    expect(asked(schedule, now)).toBe('a started')
    schedule.answered(answer({ interval: 60, minInterval: 60 }), now)
    now += MINUTE
    expect(asked(schedule, now)).toBe('a none')
    schedule.failed(undefined, now)
    expect(asked(schedule, now)).toEqual({ kind: 'wait', until: now + 17_500 })
  })

  test.each([
    [{ interval: 1_800, minInterval: 60 }, 30 * MINUTE],
    [{ interval: 0, minInterval: undefined }, MINUTE],
    [{ interval: 1e15, minInterval: 60 }, INTERVAL_CEILING],
    [{ interval: undefined, minInterval: undefined }, 30 * MINUTE],
    [{ interval: 60, minInterval: 600 }, 10 * MINUTE],
  ])('of the intervals %j the next announce follows after %d ms', (fields, wait) => {
    const schedule = one()
    asked(schedule, 0)
    schedule.answered(answer(fields), 0)
    expect(asked(schedule, 0)).toEqual({ kind: 'wait', until: wait })
  })

  test.each([
    [1, MINUTE],
    [0, MINUTE],
    [90, 90 * MINUTE],
    [1e9, 7 * 24 * 60 * MINUTE],
  ])('a tracker that wants to be asked again in %d minutes is', (minutes, wait) => {
    const schedule = one()
    asked(schedule, 0)
    schedule.failed(minutes, 0)
    expect(asked(schedule, 0)).toEqual({ kind: 'wait', until: wait })
  })

  test('a refresh keeps to the minimum interval, and never ends a back-off', () => {
    const schedule = one()
    asked(schedule, 0)
    schedule.answered(answer(), 0)
    schedule.refresh(1_000)
    expect(asked(schedule, 1_000)).toEqual({ kind: 'wait', until: 120_000 })
    schedule.refresh(130_000)
    expect(asked(schedule, 130_000)).toBe('a none')
    schedule.failed(undefined, 130_000)
    expect(asked(schedule, 130_000)).toEqual({ kind: 'wait', until: 147_500 })
    schedule.refresh(140_000)
    expect(asked(schedule, 140_000)).toEqual({ kind: 'wait', until: 147_500 })
  })

  test('without a minimum interval a refresh waits five minutes, or the interval where that is less', () => {
    for (const [interval, wait] of [
      [1_800, 5 * MINUTE],
      [90, 90 * SECOND],
    ] as const) {
      const schedule = one()
      asked(schedule, 0)
      schedule.answered(answer({ interval, minInterval: undefined }), 0)
      schedule.refresh(0)
      expect(asked(schedule, 0)).toEqual({ kind: 'wait', until: wait })
    }
  })
})

describe('events', () => {
  test('completed is said at once, and once', () => {
    const schedule = one()
    asked(schedule, 0)
    schedule.answered(answer(), 0)
    schedule.completed(1_000)
    expect(asked(schedule, 1_000)).toBe('a completed')
    schedule.answered(answer(), 1_100)
    expect(asked(schedule, 1_100 + 1_800 * SECOND)).toBe('a none')
  })

  test('completed that failed is said with the next announce that succeeds', () => {
    const schedule = new AnnounceSchedule([['a'], ['b']], noSpread)
    asked(schedule, 0)
    schedule.answered(answer(), 0)
    schedule.completed(1_000)
    expect(asked(schedule, 1_000)).toBe('a completed')
    schedule.failed(undefined, 1_000)
    expect(asked(schedule, 1_000)).toBe('b started')
    schedule.answered(answer(), 1_000)
    expect(asked(schedule, 1_000)).toBe('b completed')
    schedule.answered(answer(), 1_000)
    expect(schedule.startedTrackers.map(({ url }) => url)).toEqual(['a', 'b'])
  })

  test('completed while started is open follows it', () => {
    const schedule = one()
    expect(asked(schedule, 0)).toBe('a started')
    schedule.completed(5)
    schedule.answered(answer(), 10)
    expect(asked(schedule, 10)).toBe('a completed')
  })

  test('an announce that was broken off does not count', () => {
    const schedule = one()
    expect(asked(schedule, 0)).toBe('a started')
    schedule.abandoned()
    expect(schedule.startedTrackers).toEqual([])
    expect(asked(schedule, 0)).toBe('a started')
  })

  test('a second announce while one is open is a mistake of ours', () => {
    const schedule = one()
    schedule.next(0)
    expect(() => schedule.next(0)).toThrow('is open')
    schedule.answered(answer(), 0)
    expect(() => schedule.failed(undefined, 0)).toThrow('no announce')
  })

  test('the tracker id is kept until there is a new one', () => {
    const schedule = one()
    for (const [given, kept] of [
      [undefined, undefined],
      [Uint8Array.of(1), Uint8Array.of(1)],
      [undefined, Uint8Array.of(1)],
    ]) {
      schedule.next(1e12)
      schedule.answered(answer({ trackerId: given }), 0)
      expect(schedule.trackers[0]?.trackerId).toEqual(kept)
    }
  })
})

test('whatever happens, each tracker is asked in turn and never too early', { timeout: 60_000 }, () => {
  const outcome = fc.oneof(
    fc.record({ retry: fc.constantFrom<number | 'never' | undefined>(undefined, undefined, undefined, 3, 'never') }),
    fc.record({ interval: fc.option(fc.nat(5_000), { nil: undefined }) }),
  )
  const call = fc.constantFrom('none', 'none', 'refresh', 'completed')
  const tiers = fc.array(fc.array(fc.uuid(), { maxLength: 3 }), { maxLength: 4 })
  fc.assert(
    fc.property(tiers, fc.array(fc.tuple(outcome, call, fc.nat(40_000))), (urls, steps) => {
      const schedule = new AnnounceSchedule(urls, noSpread)
      let now = 0
      let completedTaken = 0
      for (const [result, action, delay] of steps) {
        if (action === 'refresh') schedule.refresh(now)
        if (action === 'completed' && completedTaken === 0) schedule.completed(now)
        let decision = schedule.next(now)
        // A round that is over is followed by a wait; a wait that is over by an announce.
        if (decision.kind === 'wait') {
          now = Math.max(now, decision.until)
          decision = schedule.next(now)
        }
        if (decision.kind !== 'announce') {
          if (decision.kind === 'nothing')
            expect(schedule.trackers.every((t) => t.notBefore === Number.POSITIVE_INFINITY)).toBe(true)
          continue
        }
        expect(now).toBeGreaterThanOrEqual(decision.tracker.notBefore)
        if (!decision.tracker.started) expect(decision.event).toBe('started')
        now += delay
        if ('retry' in result) schedule.failed(result.retry, now)
        else {
          if (decision.event === 'completed') completedTaken += 1
          schedule.answered(answer({ interval: result.interval }), now)
        }
      }
      expect(completedTaken).toBeLessThanOrEqual(1)
      expect(schedule.trackers.map(({ url }) => url).sort()).toEqual(urls.flat().sort())
    }),
    { seed: 12, numRuns: process.env.SHOAL_LONG === '1' ? 20_000 : 500 },
  )
})

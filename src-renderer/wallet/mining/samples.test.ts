import { describe, expect, test } from 'vitest'
import type { MinerSample } from '../../client/types.ts'
import { MAX_POINTS, pointsOf, withHistory, withSample } from './samples.ts'

const at = (time: number, hashesPerSecond = 5): MinerSample => ({
  time,
  hashesPerSecond,
  attempts: 0,
  expectedBlocks: 0,
  blocksFound: 0,
  difficulty: 1_000,
})

describe('the points of the chart', () => {
  test('grow by one a second and are bounded', () => {
    let samples: readonly MinerSample[] = []
    for (let second = 0; second < MAX_POINTS + 30; second += 1) samples = withSample(samples, at(second * 1_000))
    expect(samples).toHaveLength(MAX_POINTS)
    expect(samples.at(-1)?.time).toBe((MAX_POINTS + 29) * 1_000)
    expect(withSample(samples, at((MAX_POINTS + 29) * 1_000 + 100))).toBe(samples)
  })

  test('begin anew where the clock was set back', () =>
    expect(withSample([at(9_000), at(10_000)], at(3_000))).toEqual([at(3_000)]))

  test('what the engine kept stands before what came live', () => {
    expect(withHistory([at(5_000)], [at(3_000), at(4_000), at(5_000)]).map((s) => s.time)).toEqual([
      3_000, 4_000, 5_000,
    ])
    expect(withHistory([], [at(3_000)])).toEqual([at(3_000)])
  })

  test('are counted from the newest back; what has no figure, or is too old, is left out', () => {
    const samples = [at(0), at(700_000, 0), at(701_000, 8)]
    const time = (sample: MinerSample) => (sample.hashesPerSecond > 0 ? 1_000 / sample.hashesPerSecond : undefined)
    expect(pointsOf(samples, time)).toEqual([{ ago: 0, value: 125 }])
    expect(pointsOf(samples, (sample) => sample.hashesPerSecond)).toEqual([
      { ago: 1, value: 0 },
      { ago: 0, value: 8 },
    ])
  })
})

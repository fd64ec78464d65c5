import { describe, expect, test } from 'vitest'
import { generateNode } from '../mock/generate-overlay.ts'
import { axisTop } from '../ui/axis.ts'
import { historyKey, MAX_SAMPLES, ratesOf, type Sample, withNodes, withSample } from './traffic.ts'

const sample = (at: number, received: number, sent = 0): Sample => ({ at, received, sent })

describe('traffic', () => {
  test('rates are what the last seconds added, oldest first', () => {
    const samples = [
      sample(0, 100, 10),
      sample(1_000, 300, 20),
      sample(3_000, 400, 20),
      sample(4_000, 400),
      sample(5_000, 400),
    ]
    expect(ratesOf(samples).map(({ ago, received }) => [ago, received])).toEqual([
      [4, 200],
      [2, 100],
      [1, 75],
      [0, 25],
    ])
    expect(ratesOf(samples)[0]?.sent).toBe(10)
    expect(ratesOf([sample(0, 1)])).toEqual([])
    expect(ratesOf([])).toEqual([])
  })

  test('no more than two minutes are kept', () => {
    let samples: readonly Sample[] = []
    for (let n = 0; n < MAX_SAMPLES + 30; n++) samples = withSample(samples, sample(n * 1_000, n))
    expect(samples).toHaveLength(MAX_SAMPLES)
    expect(samples.at(-1)?.received).toBe(MAX_SAMPLES + 29)
  })

  test('a node that began anew begins anew here, and a second look at one moment adds nothing', () => {
    const samples = [sample(0, 100), sample(1_000, 200)]
    expect(withSample(samples, sample(2_000, 5))).toEqual([sample(2_000, 5)])
    expect(withSample(samples, sample(1_000, 250))).toBe(samples)
  })

  test('each node has a history of its own, gone with the node', () => {
    const [four, six] = [generateNode(4, 0), generateNode(6, 0)]
    const both = withNodes(new Map(), [four, six], 1_000)
    expect([...both.keys()]).toEqual([historyKey(four), historyKey(six)])
    expect([...withNodes(both, [six], 2_000)].map(([key, kept]) => [key, kept.length])).toEqual([[historyKey(six), 2]])
  })
})

test.each([
  [0, 1_000],
  [1_001, 2_000],
  [4_999, 5_000],
  [5_001, 10_000],
  [120_000, 200_000],
])('an axis for %s ends at %s', (largest, top) => expect(axisTop(largest, 1_000)).toBe(top))

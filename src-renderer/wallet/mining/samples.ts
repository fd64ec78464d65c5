/** The points of the mining chart: ten minutes, one each second, from what the engine has kept and what comes live. */
import type { MinerSample, MinerStatus } from '../../client/types.ts'
import type { Point } from '../../ui/line-chart.tsx'

/** As many as the engine keeps. */
export const MAX_POINTS = 600
export const SPAN_S = MAX_POINTS
const LEAST_STEP_MS = 500

export function sampleOf(status: MinerStatus, time: number): MinerSample {
  const { hashesPerSecond, attempts, expectedBlocks, blocksFound, difficulty } = status
  return { time, hashesPerSecond, attempts, expectedBlocks, blocksFound, difficulty }
}

/** Adds the newest point; a clock that was set back begins anew. */
export function withSample(samples: readonly MinerSample[], sample: MinerSample): readonly MinerSample[] {
  const last = samples.at(-1)
  if (last && sample.time < last.time) return [sample]
  if (last && sample.time - last.time < LEAST_STEP_MS) return samples
  return [...samples, sample].slice(-MAX_POINTS)
}

/** Puts the engine's history before the live points that came in the meantime. */
export function withHistory(live: readonly MinerSample[], history: readonly MinerSample[]): readonly MinerSample[] {
  const [first] = live
  const before = first ? history.filter((sample) => sample.time < first.time) : history
  return [...before, ...live].slice(-MAX_POINTS)
}

/** One figure of each sample, as points of a chart that ends now; samples without the figure are left out. */
export function pointsOf(
  samples: readonly MinerSample[],
  of: (sample: MinerSample) => number | undefined,
): readonly Point[] {
  const now = samples.at(-1)?.time ?? 0
  const points: Point[] = []
  for (const sample of samples) {
    const value = of(sample)
    const ago = (now - sample.time) / 1_000
    if (value !== undefined && ago <= SPAN_S) points.push({ ago, value })
  }
  return points
}

/** A series of measurements in a few numbers. */
export interface Summary {
  readonly mean: number
  readonly p1: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** Percentiles by nearest rank; all zero for an empty series. */
export function summaryOf(values: readonly number[]): Summary {
  if (values.length === 0) return { mean: 0, p1: 0, p50: 0, p99: 0, max: 0 }
  const sorted = Float64Array.from(values).sort()
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number
  let sum = 0
  for (const value of sorted) sum += value
  return { mean: sum / sorted.length, p1: at(0.01), p50: at(0.5), p99: at(0.99), max: at(1) }
}

/** How well points lie on a straight line (least squares): R², 1 for a perfect one. */
export function straightness(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: 0 | 1) => points.reduce((sum, point) => sum + point[of], 0) / points.length
  const [mx, my] = [mean(0), mean(1)]
  let [xx, xy, yy] = [0, 0, 0]
  for (const [x, y] of points) {
    xx += (x - mx) ** 2
    xy += (x - mx) * (y - my)
    yy += (y - my) ** 2
  }
  return (xy * xy) / (xx * yy)
}

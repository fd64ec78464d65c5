/**
 * The search for coins that match an amount so well that no change is needed. The largest coins are tried first; a branch
 * is left where it has too much, where what remains is too little, or where it is worse already than the best one.
 * Source: Erhardt, "An Evaluation of Coin Selection Strategies" (2016).
 */

/** Steps of the search; afterwards the best found so far is taken. */
export const MAX_STEPS = 50_000

export interface Match {
  /** At least. */
  readonly target: number
  /** Beyond the target at most. */
  readonly tolerance: number
  /** What each coin more costs, in the units of the values; below zero where more coins are better. */
  readonly costOfCoin: number
  readonly maxCoins: number
}

/**
 * Places of the values that match best, or undefined where nothing is found. `values`: positive, the largest first, each
 * less what its spending costs.
 */
export function branchAndBound(values: readonly number[], match: Match, maxSteps = MAX_STEPS): number[] | undefined {
  const { target, tolerance, costOfCoin, maxCoins } = match
  const taken: number[] = []
  let best: number[] | undefined
  let leastWaste = Infinity
  let sum = 0
  /** Values from `next` on. */
  let left = values.reduce((total, value) => total + value, 0)
  let next = 0
  for (let step = 0; step < maxSteps; step++) {
    const waste = taken.length * costOfCoin + Math.max(0, sum - target)
    const isWorse = costOfCoin > 0 && waste > leastWaste
    const isOver = sum + left < target || sum > target + tolerance || taken.length > maxCoins || isWorse
    if (!isOver && sum >= target && waste < leastWaste) {
      best = [...taken]
      leastWaste = waste
    }
    if (isOver || sum >= target) {
      const last = taken.pop()
      if (last === undefined) break
      while (next > last + 1) left += values[--next] as number
      sum -= values[last] as number
      continue
    }
    const value = values[next] as number
    left -= value
    // Of equal coins that stand together, leaving one out and taking the next gives what was tried before.
    const wasSkipped = next > 0 && taken[taken.length - 1] !== next - 1
    if (!wasSkipped || value !== values[next - 1]) {
      taken.push(next)
      sum += value
    }
    next++
  }
  return best
}

import type { Random } from '../../../kernel/random.ts'

const DRAW_LIMIT = 2 ** 32

/**
 * An exponentially distributed waiting time of mean `mean`, so that events spaced by it form a Poisson process and their
 * times tell nothing about what caused them. By von Neumann's comparisons of uniform numbers: no logarithm, whose last bit
 * may differ between engines and would make simulations differ.
 */
export function exponentialDelay(random: Random, mean: number): number {
  for (let whole = 0; ; whole++) {
    const first = random.below(DRAW_LIMIT)
    let last = first
    let drawn = 1
    for (;;) {
      const next = random.below(DRAW_LIMIT)
      if (next >= last) break
      last = next
      drawn++
    }
    if (drawn % 2 === 1) return mean * (whole + first / DRAW_LIMIT)
  }
}

/** Random subsets that come close to an amount from above: what the knapsack of wallets has come down to since 2010. */
import type { Random } from '../../kernel/random.ts'

/** Subsets that are tried; fewer of many values. */
export const ROUNDS = 200
/** Values looked at in all rounds together: some milliseconds. */
const MAX_LOOKS = 60_000
/** Values that are looked at: a wallet may have very many, and few are as good. */
const MAX_VALUES = 1_000

/**
 * Places of values whose sum is at least `target` and close to it; undefined where all together are less. A value that
 * alone is enough counts too. `values`: positive, the largest first.
 */
export function closeSubset(values: readonly number[], target: number, random: Random): number[] | undefined {
  const firstSmaller = values.findIndex((value) => value < target)
  const from = firstSmaller < 0 ? values.length : firstSmaller
  /** The smallest that is enough by itself. */
  const alone = from > 0 ? from - 1 : undefined
  const smaller = values.slice(from, from + MAX_VALUES)
  const found = closestOf(smaller, target, random)?.map((place) => place + from)
  if (alone === undefined) return found
  const sum = found?.reduce((total, place) => total + (values[place] as number), 0) ?? Infinity
  return found && sum < (values[alone] as number) ? found : [alone]
}

function closestOf(values: readonly number[], target: number, random: Random): number[] | undefined {
  let closest = values.reduce((total, value) => total + value, 0)
  if (closest < target) return undefined
  let best = values.map((_, place) => place)
  const rounds = Math.min(ROUNDS, Math.floor(MAX_LOOKS / values.length))
  for (let round = 0; round < rounds && closest > target; round++) {
    const taken = new Uint8Array(values.length)
    const drawn = random.bytes(Math.ceil(values.length / 8))
    let sum = 0
    // First those that were drawn, then the others; whatever is enough is noted and its last coin put back.
    for (let look = 0; look < 2 * values.length; look++) {
      const place = look % values.length
      const isDrawn = (((drawn[place >> 3] as number) >> (place & 7)) & 1) === 1
      if (isDrawn !== look < values.length) continue
      const next = sum + (values[place] as number)
      if (next < target) {
        taken[place] = 1
        sum = next
      } else if (next < closest) {
        closest = next
        best = placesOf(taken, place)
      }
    }
  }
  return best
}

function placesOf(taken: Uint8Array, last: number): number[] {
  const places: number[] = []
  for (let place = 0; place < taken.length; place++) if (taken[place] === 1 || place === last) places.push(place)
  return places
}

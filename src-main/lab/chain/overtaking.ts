/**
 * A branch mined in secret against one in the open: how often, and how soon, it overtakes a payment that waits for z
 * confirmations. The attacker begins with the payment; drawing level after the z-th confirmation counts, as in Nakamoto's.
 */
import type { SeededRandom } from '../../simulation/random.ts'
import { nakamoto, rosenfeld } from './formulas.ts'

export interface OvertakingRow {
  /** Of all hashing, the attacker's. */
  readonly share: number
  /** Confirmations that the payee waits for. */
  readonly confirmations: number
  readonly tries: number
  /** Part of the tries that succeeded. */
  readonly success: number
  readonly nakamoto: number
  readonly rosenfeld: number
  /** Intervals between blocks, of all together, that a success took on average; undefined without one. */
  readonly intervals: number | undefined
}

/** So far behind, an attacker without a majority gives up: with 45 % it would still come back once in 500 million tries. */
const HOPELESS = 100

export interface OvertakingOptions {
  readonly share: number
  readonly confirmations: number
  readonly tries: number
}

export function measureOvertaking(options: OvertakingOptions, random: SeededRandom): OvertakingRow {
  const { share, confirmations, tries } = options
  let [won, time] = [0, 0]
  for (let n = 0; n < tries; n++) {
    const took = race(share, confirmations, random)
    if (took === undefined) continue
    won++
    time += took
  }
  return {
    ...options,
    success: won / tries,
    nakamoto: nakamoto(share, confirmations),
    rosenfeld: rosenfeld(share, confirmations),
    intervals: won > 0 ? time / won : undefined,
  }
}

/** Blocks of both, each an interval on average, until it has drawn level; undefined where it has given up. */
function race(share: number, confirmations: number, random: SeededRandom): number | undefined {
  const givesUpAt = share > 0.5 ? Number.POSITIVE_INFINITY : HOPELESS
  let [open, secret] = [0, 0]
  while (open < confirmations || secret < open) {
    if (open - secret > givesUpAt) return undefined
    if (random.chance(share)) secret++
    else open++
  }
  return open + secret
}

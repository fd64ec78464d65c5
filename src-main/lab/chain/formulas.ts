/** What has been published about chains, to stand beside what the experiments measure. Exact arithmetic, no `Math.exp`. */
import { exponential } from '../../simulation/exact-math.ts'

/** A formula as a page shows it. */
export interface Formula {
  readonly name: string
  readonly text: string
  readonly source: string
}

export const FORMULAS = {
  stale: {
    name: 'stale rate',
    text: '1 - exp(-d / T): d the mean delay to the miners, T the interval between blocks',
    source: 'Decker and Wattenhofer, Information Propagation in the Bitcoin Network, 2013',
  },
  nakamoto: {
    name: 'Nakamoto',
    text: '1 - Σ(k = 0..z) λ^k e^-λ / k! (1 - (q/p)^(z-k)), λ = z q/p',
    source: 'Nakamoto, Bitcoin: A Peer-to-Peer Electronic Cash System, 2008, section 11',
  },
  rosenfeld: {
    name: 'Rosenfeld',
    text: '1 - Σ(m = 0..z) C(m+z-1, m) (p^z q^m - p^m q^z)',
    source: 'Rosenfeld, Analysis of Hashrate-Based Double Spending, 2014, theorem 1',
  },
  selfish: {
    name: 'selfish revenue',
    text: '(α (1-α)² (4α + γ (1-2α)) - α³) / (1 - α (1 + (2-α) α)), above α where α > (1-γ) / (3-2γ)',
    source: 'Eyal and Sirer, Majority Is Not Enough: Bitcoin Mining Is Vulnerable, 2014, equation 8',
  },
} as const satisfies Readonly<Record<string, Formula>>

/** Share of all blocks that end outside the best chain, for a mean delay and an interval in the same unit. */
export function staleRate(delay: number, interval: number): number {
  return 1 - exponential(-delay / interval)
}

/** Probability that an attacker with the share `q` of all hashing ever draws level with `z` confirmations. */
export function nakamoto(q: number, z: number): number {
  const p = 1 - q
  if (q >= p) return 1
  const lambda = (z * q) / p
  let poisson = exponential(-lambda)
  let sum = 0
  for (let k = 0; k <= z; k++) {
    sum += poisson * (1 - wholePower(q / p, z - k))
    poisson *= lambda / (k + 1)
  }
  return 1 - sum
}

/** The same without Nakamoto's approximation of the attacker's progress by its mean time. `z` from 1. */
export function rosenfeld(q: number, z: number): number {
  const p = 1 - q
  if (q >= p) return 1
  let binomial = 1
  let sum = 0
  for (let m = 0; m <= z; m++) {
    sum += binomial * (wholePower(p, z) * wholePower(q, m) - wholePower(p, m) * wholePower(q, z))
    binomial = (binomial * (m + z)) / (m + 1)
  }
  return 1 - sum
}

/** Share of the rewards of a selfish miner with the share `alpha` of all hashing, `gamma` of the others working for it in a tie. */
export function selfishRevenue(alpha: number, gamma: number): number {
  const honest = 1 - alpha
  const above = alpha * honest * honest * (4 * alpha + gamma * (1 - 2 * alpha)) - alpha * alpha * alpha
  return above / (1 - alpha * (1 + (2 - alpha) * alpha))
}

/** The share of all hashing from which on selfish mining pays. */
export function selfishThreshold(gamma: number): number {
  return (1 - gamma) / (3 - 2 * gamma)
}

function wholePower(base: number, exponent: number): number {
  let product = 1
  for (let i = 0; i < exponent; i++) product *= base
  return product
}

/** Figures of others, to stand beside ours. */
export interface ReferenceHops {
  readonly nodes: number
  /** L. */
  readonly leaves: number
  /** Steps of a lookup, mean. */
  readonly hops: number
}

export const REFERENCE_SOURCE =
  'A calculation apart from this simulation: perfect state, b = 4, uniform ids, mean of 400 to 5,000 lookups'

export const REFERENCE_HOPS: readonly ReferenceHops[] = [
  { nodes: 1_000, leaves: 16, hops: 2.52 },
  { nodes: 10_000, leaves: 16, hops: 3.25 },
  { nodes: 100_000, leaves: 16, hops: 4.02 },
  { nodes: 1_000, leaves: 32, hops: 2.3 },
  { nodes: 10_000, leaves: 32, hops: 3.04 },
  { nodes: 100_000, leaves: 32, hops: 3.81 },
]

export const PAPER = 'Rowstron and Druschel, Pastry, Middleware 2001'

/** What the paper's experiments are remembered to show, about: nobody has looked it up for this. */
export const REMEMBERED_HOPS: readonly (readonly [nodes: number, hops: number])[] = [
  [1_000, 2.5],
  [100_000, 4],
]

/** What a query reaches, by a calculation that has nothing to do with this simulation: breadth first over static random graphs of mean degree 4. */
export interface ReferenceReach {
  readonly nodes: number
  readonly ttl: number
  /** Part of the nodes. */
  readonly reached: number
  readonly messages: number
}

export const REFERENCE_DEGREE = 4
export const REFERENCE_SOURCE =
  'A calculation apart from this simulation: breadth first over static random graphs of mean degree 4, mean of 400 to 5,000 searches'

export const REFERENCE_REACH: readonly ReferenceReach[] = [
  { nodes: 1_000, ttl: 4, reached: 0.19, messages: 206 },
  { nodes: 1_000, ttl: 5, reached: 0.5, messages: 654 },
  { nodes: 1_000, ttl: 6, reached: 0.89, messages: 1_741 },
  { nodes: 1_000, ttl: 7, reached: 0.99, messages: 2_747 },
  { nodes: 1_000, ttl: 8, reached: 1, messages: 2_983 },
  { nodes: 10_000, ttl: 4, reached: 0.024, messages: 245 },
  { nodes: 10_000, ttl: 5, reached: 0.076, messages: 783 },
  { nodes: 10_000, ttl: 6, reached: 0.22, messages: 2_474 },
  { nodes: 10_000, ttl: 7, reached: 0.55, messages: 7_404 },
  { nodes: 10_000, ttl: 8, reached: 0.93, messages: 19_873 },
]

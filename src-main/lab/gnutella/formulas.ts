/**
 * How far flooding reaches in a large random graph in which each node opens m connections to others, evenly at random, and so has a
 * Poisson number of mean m besides. Let f(t) be the chance that after t steps a connection that a node has opened has not brought it the
 * query, b(t) the same of one that it was opened to. The far end of the first kind has m connections of its own; that of the second
 * has m - 1 besides this one. Neither has had the query before with the chances
 *
 *     f(t + 1) = (1 - 1/N) f(t)^m e^(m (b(t) - 1))      b(t + 1) = (1 - 1/N) f(t)^(m - 1) e^(m (b(t) - 1))      f(0) = b(0) = 1
 *
 * and a node is not reached with the chance (1 - 1/N) f(t)^m e^(m (b(t) - 1)).
 *
 * For drawing and for comparison only: its exponential is the machine's.
 */
export interface FloodReach {
  /** Part of the nodes that a query reaches, who asks included. */
  readonly reached: number
  /** Copies of the query that are sent. */
  readonly messages: number
}

export const REACH_FORMULA =
  '1 - f(TTL + 1), f(t + 1) = (1 - 1/N) f^m e^(m (b - 1)), b(t + 1) = (1 - 1/N) f^(m - 1) e^(m (b - 1)), where each node opens m connections and all are alike'

/** @param degree 2 m */
export function expectedReach(nodes: number, degree: number, ttl: number): FloodReach {
  const opens = degree / 2
  const others = 1 - 1 / nodes
  let [own, given] = [1, 1]
  let [missed, missedBefore, givenBefore] = [others, others, 1]
  for (let t = 0; t < ttl; t++) {
    const poisson = Math.exp(opens * (given - 1))
    missedBefore = missed
    givenBefore = given
    given = others * own ** (opens - 1) * poisson
    own = others * own ** opens * poisson
    missed = others * own ** opens * Math.exp(opens * (given - 1))
  }
  // Whoever was reached a step before the last sends to all neighbours but the one that it had the query from.
  const connections = degree - opens * (1 + givenBefore) * missedBefore
  return { reached: 1 - missed, messages: nodes * (connections - (1 - missedBefore)) + 1 }
}

/**
 * Flooding for the comparison: searches for items that a part of all nodes hold, several of them under way at once. With churn,
 * connections cost nothing here: that one has ended is known at once, and the half of its neighbours that had opened theirs open
 * another.
 */
import type { Millis } from '../../kernel/clock.ts'
import { drawLifetime } from '../../simulation/lifetimes.ts'
import type { FloodNode } from '../gnutella/flood-node.ts'
import { FloodWorld } from '../gnutella/flood-world.ts'
import { type Summary, summaryOf } from '../summary.ts'
import { COMPARED_LATENCY, type LabShape, type LookupFigures, type OverlayLab, TCP_HEADERS } from './overlay-lab.ts'
import { lab } from './structured-labs.ts'

export interface FloodingSetting {
  readonly ttl: number
  /** Connections of a node on average, an even number. */
  readonly degree: number
  /** Part of the nodes that hold what is searched; one at least. */
  readonly share: number
}

const NONE: Summary = summaryOf([0])

export function floodingLab({ nodes, seed }: LabShape, { ttl, degree, share }: FloodingSetting): OverlayLab {
  const world = new FloodWorld({ nodes, degree, seed, uneven: true, jitter: COMPARED_LATENCY.jitter })
  const { network } = world
  /** To everybody within its steps and back. */
  const longest = 2 * ttl * COMPARED_LATENCY.latency[1] * (1 + COMPARED_LATENCY.jitter)
  const found: { readonly hops: number; readonly took: Millis }[] = []
  let [started, ended] = [0, 0]
  const search = (from: FloodNode) => {
    const [begin, item] = [network.elapsed, `item ${started}`]
    world.place(item, Math.max(1, Math.round(share * world.members.length)), from)
    started += 1
    let first: (typeof found)[number] | undefined
    const id = from.search(item, ttl, ({ hops }) => {
      first ??= { hops, took: network.elapsed - begin }
    })
    network.clock.after(longest, () => {
      from.forget(id)
      ended += 1
      if (first) found.push(first)
    })
  }
  const figures = (): LookupFigures => ({
    ...{ lookups: ended, success: ended > 0 ? found.length / ended : 0, timeouts: NONE },
    hops: summaryOf(found.map(({ hops }) => hops)),
    latency: summaryOf(found.map(({ took }) => took)),
  })
  return lab(network, {
    bytes: () => network.deliveredBytes + TCP_HEADERS * network.delivered,
    churn: (median) => churn(world, median),
    lookUp: () => search(world.pick()),
    finish: async () => {
      await network.until(longest + 1, () => ended === started)
    },
    figures,
    state: () => summaryOf(world.members.map(({ neighbours }) => neighbours.size)),
  })
}

function churn(world: FloodWorld, median: Millis): void {
  const { network } = world
  const random = network.random.split('churn')
  const stay = (node: FloodNode) => {
    network.clock.after(drawLifetime({ kind: 'exponential', median }, random), () => stay(world.replace(node)))
  }
  for (const member of [...world.members]) stay(member)
}

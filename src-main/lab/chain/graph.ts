/** Who is connected to whom, and how long a block takes over each link. */
import type { SeededRandom } from '../../simulation/random.ts'

export interface Link {
  readonly to: number
  /** Seconds for a block from one end to the other, the same both ways. */
  readonly delay: number
}

export interface GraphShape {
  /** From 2 up. */
  readonly nodes: number
  /** Connections that each node opens: it has twice as many on average. */
  readonly opens: number
  /** Seconds, mean of all links: each from half of it to one and a half. */
  readonly delay: number
}

/** Links of each node. Everybody can be reached: the first that a node opens is to one of those before it. */
export function randomGraph({ nodes, opens, delay }: GraphShape, random: SeededRandom): readonly (readonly Link[])[] {
  const links: Link[][] = Array.from({ length: nodes }, () => [])
  const isLinked = (a: number, b: number) => (links[a] as Link[]).some(({ to }) => to === b)
  const connect = (a: number, b: number) => {
    const seconds = random.between(delay / 2, (3 * delay) / 2)
    ;(links[a] as Link[]).push({ to: b, delay: seconds })
    ;(links[b] as Link[]).push({ to: a, delay: seconds })
  }
  for (let a = 1; a < nodes; a++) connect(a, random.below(a))
  for (let a = 0; a < nodes; a++) {
    // In a small network there may be nobody left to connect to.
    for (let opened = a === 0 ? 0 : 1; opened < opens && (links[a] as Link[]).length < nodes - 1; ) {
      const b = random.below(nodes)
      if (b === a || isLinked(a, b)) continue
      connect(a, b)
      opened++
    }
  }
  return links
}

/** Seconds from one node to each other by the quickest way: how long flooding takes. */
export function delaysFrom(links: readonly (readonly Link[])[], start: number): readonly number[] {
  const delays = links.map(() => Number.POSITIVE_INFINITY)
  const open = new Set([start])
  delays[start] = 0
  while (open.size > 0) {
    let nearest = -1
    for (const node of open)
      if (nearest === -1 || (delays[node] as number) < (delays[nearest] as number)) nearest = node
    open.delete(nearest)
    for (const { to, delay } of links[nearest] as readonly Link[]) {
      const arrival = (delays[nearest] as number) + delay
      if (arrival >= (delays[to] as number)) continue
      delays[to] = arrival
      open.add(to)
    }
  }
  return delays
}

/** Seconds from a random node to a random node, which may be the same: what a block takes to where the next is found. */
export function meanDelay(links: readonly (readonly Link[])[]): number {
  let sum = 0
  for (let node = 0; node < links.length; node++) for (const delay of delaysFrom(links, node)) sum += delay
  return sum / links.length ** 2
}

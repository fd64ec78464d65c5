/**
 * How many nodes the whole network has, from how close together the nearest nodes to looked-up targets lie. With N nodes
 * spread evenly the i-th nearest lies at i / N of the space on average; the N that fits all of the last lookups best (least
 * squares) is Σ i² / Σ i·d, d being each distance as a part of the space.
 *
 * Also says how far from a target its k nearest are expected to reach, so that a write finds everybody who will be asked.
 */
import type { Contact } from './contact.ts'
import type { NodeId } from './node-id.ts'

/** Lookups that count, the last ones. */
export const LOOKUPS_COUNTED = 32

interface Sample {
  readonly squares: number
  readonly products: number
}

export class SizeEstimate {
  private readonly samples: Sample[] = []
  /** All nodes of a network too small to fill a lookup. */
  private all: number | undefined

  /** Counts a lookup that found the `closest` (nearest first) of `k` wanted. */
  add(target: NodeId, closest: readonly Contact[], k: number): void {
    if (closest.length === 0) return
    if (closest.length < k) {
      this.all = closest.length + 1
      return
    }
    this.all = undefined
    let [squares, products] = [0, 0]
    closest.forEach(({ id }, index) => {
      const rank = index + 1
      squares += rank * rank
      products += rank * distanceFraction(id, target)
    })
    this.samples.push({ squares, products })
    if (this.samples.length > LOOKUPS_COUNTED) this.samples.shift()
  }

  /** Nodes, ourselves included; undefined before the first lookup. */
  get nodes(): number | undefined {
    if (this.all !== undefined) return this.all
    if (this.samples.length === 0) return undefined
    const squares = this.samples.reduce((sum, sample) => sum + sample.squares, 0)
    const products = this.samples.reduce((sum, sample) => sum + sample.products, 0)
    return products > 0 ? Math.round(squares / products) : undefined
  }

  /** Whether one at this distance is expected among the `k` nearest to the target. */
  isWithin(id: NodeId, target: NodeId, k: number): boolean {
    const { nodes } = this
    return nodes !== undefined && distanceFraction(id, target) * nodes <= k
  }
}

const COUNTED_BYTES = 6

/** The XOR distance as a part of the whole space, from its first 48 bits. */
export function distanceFraction(a: NodeId, b: NodeId): number {
  let fraction = 0
  for (let i = COUNTED_BYTES - 1; i >= 0; i--) {
    fraction = (fraction + ((a.bytes[i] as number) ^ (b.bytes[i] as number))) / 256
  }
  return fraction
}

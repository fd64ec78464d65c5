/** Runs lookups, knows where each should have ended, and counts. */
import type { Millis } from '../../kernel/clock.ts'
import { type Summary, summaryOf } from '../summary.ts'
import { compareNearness, type PastryId } from './pastry-id.ts'
import { LOOKUP_LIMIT } from './pastry-node.ts'
import type { PastryLookupResult } from './pastry-port.ts'
import type { Member, PastryNetwork, PastryWorld } from './pastry-world.ts'

export interface PastryLookupSummary {
  readonly lookups: number
  /** Part of the lookups that ended at the node nearest to the key, of all that were there when they began or when they ended. */
  readonly success: number
  /** Of those that ended somewhere. */
  readonly hops: Summary
  /** Messages that carried a lookup towards its key, those that nobody acknowledged too. */
  readonly requests: Summary
  /** Those that nobody acknowledged. */
  readonly timeouts: Summary
  /** Virtual milliseconds, the answer's way back included. */
  readonly latency: Summary
}

export class PastryLookups {
  private readonly world: PastryWorld
  private readonly network: PastryNetwork
  private readonly ended: PastryLookupResult[] = []
  private readonly latency: number[] = []
  private started = 0
  private over = 0
  private right = 0

  constructor(world: PastryWorld, network: PastryNetwork) {
    this.world = world
    this.network = network
  }

  /** One that ends in nothing counts as failed; where the one who asks goes before, it does not count. */
  start(from: Member, key: PastryId): void {
    const { world, network } = this
    const begin = network.elapsed
    const nearest = world.ring.nearest(key)
    this.started += 1
    let open = true
    const end = () => {
      if (open) this.over += 1
      open = false
    }
    network.clock.after(LOOKUP_LIMIT + 1, end)
    from.node.lookUp(key, (result) => {
      end()
      this.ended.push(result)
      const { root } = result
      if (root === undefined) return
      const now = world.ring.nearest(key)
      // A newcomer that tells the others of itself is there for some and not yet for us.
      if (root === nearest?.self || (now && compareNearness(root.id, now.self.id, key) <= 0)) this.right += 1
      this.latency.push(network.elapsed - begin)
    })
  }

  /** Lets the last ones end. */
  async finish(): Promise<void> {
    await this.network.until(LOOKUP_LIMIT + 2, () => this.over === this.started)
  }

  summary(): PastryLookupSummary {
    const found = this.ended.filter(({ root }) => root !== undefined)
    return {
      lookups: this.ended.length,
      success: this.ended.length > 0 ? this.right / this.ended.length : 0,
      hops: summaryOf(found.map(({ hops }) => hops)),
      requests: summaryOf(found.map(({ hops, missed }) => hops + missed)),
      timeouts: summaryOf(found.map(({ missed }) => missed)),
      latency: summaryOf(this.latency satisfies Millis[]),
    }
  }
}

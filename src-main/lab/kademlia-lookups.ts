/** Runs lookups, knows what each should have found, and counts. */
import type { LookupResult } from '../kademlia/lookup-result.ts'
import type { NodeId } from '../kademlia/node-id.ts'
import { MINUTE, type Millis } from '../kernel/clock.ts'
import type { MessageNetwork } from '../simulation/message-network.ts'
import type { KademliaWorld, Member } from './kademlia-world.ts'
import { type Summary, summaryOf } from './summary.ts'

/** No lookup takes longer. */
const LONGEST_LOOKUP: Millis = 10 * MINUTE
/** Nearest nodes known when a lookup starts: enough that one of them is still there at its end. */
const TRUTH_DEPTH = 8

export interface LookupSummary {
  readonly lookups: number
  /** Part of the lookups that found the nearest of all nodes that were there, joined and reachable, from start to end. */
  readonly success: number
  readonly hops: Summary
  readonly requests: Summary
  /** Requests of a lookup without an answer when it ended. */
  readonly timeouts: Summary
  /** Virtual milliseconds. */
  readonly latency: Summary
}

export class LookupMeasure {
  private readonly world: KademliaWorld
  private readonly network: MessageNetwork
  private readonly hops: number[] = []
  private readonly requests: number[] = []
  private readonly timeouts: number[] = []
  private readonly latency: number[] = []
  private found = 0
  private under = 0

  constructor(world: KademliaWorld, network: MessageNetwork) {
    this.world = world
    this.network = network
  }

  /** Starts a lookup; its end is counted, unless the one who asks has gone before. */
  start(from: Member, target: NodeId): void {
    const begin = this.network.elapsed
    const nearest = this.world.reachable.closest(target, TRUTH_DEPTH).filter((member) => member !== from)
    this.under += 1
    let over = false
    const end = () => {
      if (!over) this.under -= 1
      over = true
    }
    // Whoever has gone never calls back.
    this.network.clock.after(LONGEST_LOOKUP, end)
    from.node.findNode(target, {
      done: (result) => {
        end()
        this.count(result, nearest, this.network.elapsed - begin)
      },
    })
  }

  /** Lets the last ones end. */
  async finish(): Promise<void> {
    await this.network.until(LONGEST_LOOKUP, () => this.under === 0)
  }

  summary(): LookupSummary {
    return {
      lookups: this.hops.length,
      success: this.hops.length > 0 ? this.found / this.hops.length : 0,
      hops: summaryOf(this.hops),
      requests: summaryOf(this.requests),
      timeouts: summaryOf(this.timeouts),
      latency: summaryOf(this.latency),
    }
  }

  private count(result: LookupResult<undefined>, nearest: readonly Member[], took: Millis): void {
    const truth = nearest.find(({ host }) => host.alive)
    if (truth && result.closest.some(({ id }) => id.equals(truth.id))) this.found += 1
    this.hops.push(result.hops)
    this.requests.push(result.requests)
    this.timeouts.push(result.requests - result.replies)
    this.latency.push(took)
  }
}

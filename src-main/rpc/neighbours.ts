import type { Millis } from '../kernel/clock.ts'
import { senderOf } from './address-groups.ts'
import { TokenBucket } from './packet-budget.ts'
import type { RpcLimits } from './rpc-limits.ts'

export const MAX_NEIGHBOURS = 64

/** Budgets of one neighbour: packets from it, and queries of ours to it. */
export interface NeighbourBudgets {
  readonly packets: TokenBucket
  readonly pace: TokenBucket
}

/**
 * Hosts that a protocol is in constant touch with, as the members of a small ring are: budgets of their own, wider than a
 * stranger's. Whoever looks one up also checks that it has proven to be at its address. At most `MAX_NEIGHBOURS`.
 */
export class Neighbours {
  private readonly limits: RpcLimits
  private bySender = new Map<string, NeighbourBudgets>()

  constructor(limits: RpcLimits) {
    this.limits = limits
  }

  get size(): number {
    return this.bySender.size
  }

  /** The first of `hosts` from now on. Who was one before keeps what it has spent. */
  replace(hosts: readonly string[], now: Millis): void {
    const next = new Map<string, NeighbourBudgets>()
    for (const host of hosts) {
      if (next.size >= MAX_NEIGHBOURS) break
      const sender = senderOf(host)
      next.set(sender, this.bySender.get(sender) ?? next.get(sender) ?? this.fresh(now))
    }
    this.bySender = next
  }

  find(host: string): NeighbourBudgets | undefined {
    return this.bySender.size === 0 ? undefined : this.bySender.get(senderOf(host))
  }

  private fresh(now: Millis): NeighbourBudgets {
    const { incomingPerNeighbour, outgoingPerNeighbour } = this.limits
    return { packets: new TokenBucket(incomingPerNeighbour, now), pace: new TokenBucket(outgoingPerNeighbour, now) }
  }
}

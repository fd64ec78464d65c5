/** How long a query of ours has to wait, for the sake of whom it goes to and of our own line. Neighbours have a pace of their own. */
import type { Millis } from '../kernel/clock.ts'
import { isUnlimited, TokenBucket } from './packet-budget.ts'
import type { PendingQuery } from './pending-query.ts'
import type { RpcLimits } from './rpc-limits.ts'
import type { Senders } from './senders.ts'
import type { TrafficBudgets } from './traffic-budgets.ts'

export class OutgoingPace {
  private readonly limits: RpcLimits
  private readonly senders: Senders
  private readonly budgets: TrafficBudgets
  private readonly all: TokenBucket

  constructor(limits: RpcLimits, senders: Senders, budgets: TrafficBudgets, now: Millis) {
    this.limits = limits
    this.senders = senders
    this.budgets = budgets
    this.all = new TokenBucket(limits.outgoing, now)
  }

  /** Queries that may be under way to the same endpoint. */
  mostUnderWay({ to }: PendingQuery, now: Millis): number {
    const { maxOutstandingPerEndpoint, maxOutstandingPerNeighbour } = this.limits
    return this.budgets.neighbour(to.host, now) ? maxOutstandingPerNeighbour : maxOutstandingPerEndpoint
  }

  /** For whom it goes to; undefined where it is not to be asked. */
  to(query: PendingQuery, now: Millis): Millis | undefined {
    const { outgoingPerSender } = this.limits
    const { host } = query.to
    if (isUnlimited(outgoingPerSender)) return 0
    const longest = this.longest(query)
    const neighbour = this.budgets.neighbour(host, now)
    if (neighbour) return neighbour.pace.reserve(1, longest, now)
    const sender = this.senders.of(host, now)
    return sender && this.senders.bucket(sender, 'pace', outgoingPerSender, now).reserve(1, longest, now)
  }

  /** For all that we ask; undefined where it is not to be asked. */
  inAll(query: PendingQuery, now: Millis): Millis | undefined {
    return this.all.reserve(1, this.longest(query), now)
  }

  private longest({ question }: PendingQuery): Millis {
    return question.method === 'unknown' ? this.limits.maxExtensionDelay : this.limits.maxPacingDelay
  }
}

import type { Endpoint } from '../kernel/network.ts'
import type { Random } from '../kernel/random.ts'
import type { PendingQuery } from './pending-query.ts'
import type { Sender, Senders } from './senders.ts'

const TRANSACTIONS = 65_536

/** Our queries under way, by whom they ask. An answer is one only from the very address and port asked, with that query's transaction. */
export class PendingQueries {
  private readonly limits: { readonly maxOutstanding: number; readonly maxOutstandingPerEndpoint: number }
  private count = 0

  constructor(limits: PendingQueries['limits']) {
    this.limits = limits
  }

  get size(): number {
    return this.count
  }

  hasRoom({ pending }: Sender, to: Endpoint): boolean {
    if (this.count >= this.limits.maxOutstanding) return false
    if (pending.length < this.limits.maxOutstandingPerEndpoint) return true
    return pending.filter((query) => query.isTo(to)).length < this.limits.maxOutstandingPerEndpoint
  }

  /** Whether anything is asked of this endpoint. */
  awaits(sender: Sender | undefined, from: Endpoint): boolean {
    if (sender === undefined) return false
    for (const query of sender.pending) if (query.isTo(from)) return true
    return false
  }

  /** Two random bytes, as a number, that no other query to this sender has. */
  newTransaction(sender: Sender | undefined, random: Random): number {
    for (;;) {
      const transaction = random.below(TRANSACTIONS)
      if (!sender?.pending.some((query) => query.transaction === transaction)) return transaction
    }
  }

  /** The query that an answer with these bytes belongs to. */
  find(sender: Sender | undefined, from: Endpoint, transaction: Uint8Array): PendingQuery | undefined {
    if (sender === undefined || transaction.length !== 2) return undefined
    const number = ((transaction[0] as number) << 8) | (transaction[1] as number)
    for (const query of sender.pending) if (query.transaction === number && query.isTo(from)) return query
    return undefined
  }

  add(query: PendingQuery, sender: Sender): void {
    sender.pending = [...sender.pending, query]
    query.sender = sender
    this.count += 1
  }

  /** Ends it; nothing where it is over already. */
  end(query: PendingQuery): void {
    if (query.isOver) return
    query.end()
    this.remove(query)
  }

  /** Takes it out without ending it; nothing where it is not here. */
  remove(query: PendingQuery): void {
    const { sender } = query
    if (sender === undefined) return
    query.sender = undefined
    sender.pending = sender.pending.filter((other) => other !== query)
    this.count -= 1
  }

  endAll(senders: Senders): void {
    for (const { pending } of senders) for (const query of [...pending]) this.end(query)
  }
}

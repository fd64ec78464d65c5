import type { Random } from '../kernel/random.ts'
import type { PendingQuery } from './pending-query.ts'

const TRANSACTIONS = 65_536

/** Our queries under way, by endpoint. An answer is one only from the very address and port asked, with that query's transaction. */
export class PendingQueries {
  private readonly byEndpoint = new Map<string, PendingQuery[]>()
  private readonly limits: { readonly maxOutstanding: number; readonly maxOutstandingPerEndpoint: number }
  private count = 0

  constructor(limits: PendingQueries['limits']) {
    this.limits = limits
  }

  get size(): number {
    return this.count
  }

  hasRoom(key: string): boolean {
    const there = this.byEndpoint.get(key)?.length ?? 0
    return this.count < this.limits.maxOutstanding && there < this.limits.maxOutstandingPerEndpoint
  }

  /** Whether anything is asked of this endpoint. */
  awaits(key: string): boolean {
    return this.byEndpoint.has(key)
  }

  /** Two random bytes, as a number, that no other query to this endpoint has. */
  newTransaction(key: string, random: Random): number {
    for (;;) {
      const transaction = random.below(TRANSACTIONS)
      if (!this.byEndpoint.get(key)?.some((query) => query.transaction === transaction)) return transaction
    }
  }

  /** The query that an answer with these bytes belongs to. */
  find(key: string, transaction: Uint8Array): PendingQuery | undefined {
    if (transaction.length !== 2) return undefined
    const number = ((transaction[0] as number) << 8) | (transaction[1] as number)
    return this.byEndpoint.get(key)?.find((query) => query.transaction === number)
  }

  add(query: PendingQuery): void {
    const there = this.byEndpoint.get(query.key)
    if (there) there.push(query)
    else this.byEndpoint.set(query.key, [query])
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
    const there = this.byEndpoint.get(query.key) ?? []
    const at = there.indexOf(query)
    if (at < 0) return
    there.splice(at, 1)
    this.count -= 1
    if (there.length === 0) this.byEndpoint.delete(query.key)
  }

  endAll(): void {
    for (const queries of [...this.byEndpoint.values()]) for (const query of [...queries]) this.end(query)
  }
}

import type { Endpoint } from '../kernel/network.ts'
import type { Random } from '../kernel/random.ts'
import type { PendingCallbacks, PendingQuery } from './pending-query.ts'

const TRANSACTIONS = 65_536
const NONE: readonly PendingQuery[] = []

/** Our queries under way, by host. An answer is one only from the very address and port asked, with that query's transaction. */
export class PendingQueries {
  private readonly byHost = new Map<string, readonly PendingQuery[]>()
  private readonly limits: { readonly maxOutstanding: number }
  private count = 0

  constructor(limits: PendingQueries['limits']) {
    this.limits = limits
  }

  get size(): number {
    return this.count
  }

  /** For one query more, of at most `perEndpoint` to the same endpoint. */
  hasRoom(to: Endpoint, perEndpoint: number): boolean {
    const there = this.at(to)
    if (this.count >= this.limits.maxOutstanding) return false
    return there.length < perEndpoint || there.filter(isTo(to)).length < perEndpoint
  }

  /** Whether anything is asked of this endpoint. */
  awaits(from: Endpoint): boolean {
    return this.at(from).some(isTo(from))
  }

  /** Two random bytes, as a number, that no other query to this host has. */
  newTransaction(to: Endpoint, random: Random): number {
    const there = this.at(to)
    for (;;) {
      const transaction = random.below(TRANSACTIONS)
      if (!there.some((query) => query.transaction === transaction)) return transaction
    }
  }

  /** The query that an answer with these bytes belongs to. */
  find(from: Endpoint, transaction: Uint8Array): PendingQuery | undefined {
    if (transaction.length !== 2) return undefined
    const number = ((transaction[0] as number) << 8) | (transaction[1] as number)
    return this.at(from).find((query) => query.transaction === number && query.to.port === from.port)
  }

  add(query: PendingQuery): void {
    this.byHost.set(query.to.host, [...this.at(query.to), query])
    this.count += 1
  }

  /** Ends it; nothing where it is over already. @returns whom to tell */
  end(query: PendingQuery): PendingCallbacks | undefined {
    if (query.isOver) return undefined
    this.remove(query)
    return query.end()
  }

  /** Takes it out without ending it; nothing where it is not here. */
  remove(query: PendingQuery): void {
    const there = this.at(query.to)
    if (!there.includes(query)) return
    if (there.length === 1) this.byHost.delete(query.to.host)
    else
      this.byHost.set(
        query.to.host,
        there.filter((other) => other !== query),
      )
    this.count -= 1
  }

  endAll(): void {
    for (const queries of [...this.byHost.values()]) for (const query of queries) this.end(query)
  }

  private at({ host }: Endpoint): readonly PendingQuery[] {
    return this.byHost.get(host) ?? NONE
  }
}

function isTo({ port }: Endpoint): (query: PendingQuery) => boolean {
  return (query) => query.to.port === port
}

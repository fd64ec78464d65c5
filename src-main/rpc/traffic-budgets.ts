/**
 * Decides which packets are worth looking at and which answers may go out, so that neither a flood costs us much nor anybody
 * can be flooded through us. A source address can be forged: until an address has answered a query of ours, what it is sent is
 * bounded in bytes, in whatever way it asks.
 */
import type { Millis } from '../kernel/clock.ts'
import { neighbourhoodOf, senderOf } from './address-groups.ts'
import { KeyedBuckets, TokenBucket, takeFromAll } from './packet-budget.ts'
import type { RpcLimits } from './rpc-limits.ts'

export class TrafficBudgets {
  private readonly limits: RpcLimits
  private readonly incoming: TokenBucket
  private readonly packets: KeyedBuckets
  private readonly bytes: KeyedBuckets
  private readonly neighbourhoods: KeyedBuckets
  private readonly answers: TokenBucket
  private readonly unproven: KeyedBuckets
  private readonly unprovenNeighbourhoods: KeyedBuckets
  /** When each sender last answered us, the oldest first. */
  private readonly provenAt = new Map<string, Millis>()

  constructor(limits: RpcLimits, now: Millis) {
    const { tableCapacity } = limits
    this.limits = limits
    this.incoming = new TokenBucket(limits.incoming, now)
    this.packets = new KeyedBuckets(limits.incomingPerSender, tableCapacity)
    this.bytes = new KeyedBuckets(limits.incomingBytesPerSender, tableCapacity)
    this.neighbourhoods = new KeyedBuckets(limits.incomingPerNeighbourhood, tableCapacity)
    this.answers = new TokenBucket(limits.answerBytes, now)
    this.unproven = new KeyedBuckets(limits.answerBytesPerUnprovenSender, tableCapacity)
    this.unprovenNeighbourhoods = new KeyedBuckets(limits.answerBytesPerUnprovenNeighbourhood, tableCapacity)
  }

  /** Entries of the largest table. */
  get largestTable(): number {
    const { packets, bytes, neighbourhoods, unproven, unprovenNeighbourhoods, provenAt } = this
    return Math.max(
      ...[packets, bytes, neighbourhoods, unproven, unprovenNeighbourhoods, provenAt].map((table) => table.size),
    )
  }

  /** Whether to look at a packet. `awaited`: an answer from there is due, which a flood from elsewhere must not drown. */
  admits(host: string, size: number, awaited: boolean, now: Millis): boolean {
    const sender = senderOf(host)
    // The cheapest first; and while the whole is spent, forged senders enter no table.
    if (!awaited && !this.incoming.holds(1, now)) return false
    const own = [[this.packets.of(sender, now), 1] as const, [this.bytes.of(sender, now), size] as const]
    if (awaited) return takeFromAll(own, now)
    return takeFromAll([...own, [this.neighbourhoods.of(neighbourhoodOf(host), now), 1], [this.incoming, 1]], now)
  }

  /** Whether an answer of `size` bytes may go to `host`; counts it where it may. */
  maySend(host: string, size: number, now: Millis): boolean {
    if (!this.answers.holds(size, now)) return false
    const sender = senderOf(host)
    if (this.isProven(host, now)) return this.answers.take(size, now)
    return takeFromAll(
      [
        [this.unproven.of(sender, now), size],
        [this.unprovenNeighbourhoods.of(neighbourhoodOf(host), now), size],
        [this.answers, size],
      ],
      now,
    )
  }

  /** An answer to a query of ours came from there, or a token of ours that we had sent there. */
  proven(host: string, now: Millis): void {
    const sender = senderOf(host)
    this.provenAt.delete(sender)
    if (this.provenAt.size >= this.limits.tableCapacity) {
      for (const oldest of this.provenAt.keys()) {
        this.provenAt.delete(oldest)
        break
      }
    }
    this.provenAt.set(sender, now)
  }

  /** Whether what is sent to `host` surely reaches the one who asked for it. */
  isProven(host: string, now: Millis): boolean {
    const at = this.provenAt.get(senderOf(host))
    return at !== undefined && now - at < this.limits.provenFor
  }
}

/**
 * Decides which packets are worth looking at and which answers may go out, so that neither a flood costs us much nor anybody
 * can be flooded through us. A source address can be forged: until an address has answered a query of ours, what it is sent is
 * bounded in bytes, in whatever way it asks, our own queries included.
 */
import type { Millis } from '../kernel/clock.ts'
import { senderOf } from './address-groups.ts'
import { type NeighbourBudgets, Neighbours } from './neighbours.ts'
import { isUnlimited, TokenBucket } from './packet-budget.ts'
import type { RpcLimits } from './rpc-limits.ts'
import type { Senders } from './senders.ts'

/** A proof younger than this part of its life is not noted anew. */
const PROOF_REFRESH = 1 / 16

export class TrafficBudgets {
  readonly neighbours: Neighbours
  private readonly limits: RpcLimits
  private readonly senders: Senders
  private readonly incoming: TokenBucket
  private readonly answers: TokenBucket
  /** Whether what a sender sends, and what a stranger is sent, is bounded at all. */
  private readonly boundsSenders: boolean
  private readonly boundsStrangers: boolean
  /** When each sender last answered us, the oldest first. */
  private readonly provenAt = new Map<string, Millis>()

  constructor(limits: RpcLimits, senders: Senders, now: Millis) {
    this.limits = limits
    this.senders = senders
    this.neighbours = new Neighbours(limits)
    this.incoming = new TokenBucket(limits.incoming, now)
    this.answers = new TokenBucket(limits.answerBytes, now)
    const { incomingPerSender, incomingBytesPerSender, incomingPerNeighbourhood } = limits
    const { answerBytesPerUnprovenSender, answerBytesPerUnprovenNeighbourhood } = limits
    const forSenders = [incomingPerSender, incomingBytesPerSender, incomingPerNeighbourhood]
    this.boundsSenders = !forSenders.every(isUnlimited)
    this.boundsStrangers = ![answerBytesPerUnprovenSender, answerBytesPerUnprovenNeighbourhood].every(isUnlimited)
  }

  /** Senders that have answered us. */
  get proofs(): number {
    return this.provenAt.size
  }

  /** Whether to look at a packet. `awaited`: an answer from there is due, which a flood from elsewhere must not drown. */
  admits(host: string, size: number, awaited: boolean, now: Millis): boolean {
    const { limits, senders, incoming } = this
    // Not drowned by a flood from elsewhere, as there are few of them and each is bounded.
    const neighbour = this.boundsSenders ? this.neighbour(host, now) : undefined
    if (neighbour) return neighbour.packets.take(1, now)
    // The cheapest first; and while the whole is spent, forged senders enter no table.
    if (!awaited && !incoming.holds(1, now)) return false
    if (!this.boundsSenders) return awaited || incoming.take(1, now)
    const sender = senders.of(host, now)
    if (sender === undefined) return false
    const packets = senders.bucket(sender, 'packets', limits.incomingPerSender, now)
    const bytes = senders.bucket(sender, 'bytes', limits.incomingBytesPerSender, now)
    if (!packets.holds(1, now) || !bytes.holds(size, now)) return false
    if (!awaited) {
      const around = senders.bucket(sender.neighbourhood, 'packets', limits.incomingPerNeighbourhood, now)
      if (!around.take(1, now)) return false
      incoming.take(1, now)
    }
    packets.take(1, now)
    bytes.take(size, now)
    return true
  }

  /** The budgets of a neighbour that is surely there. */
  neighbour(host: string, now: Millis): NeighbourBudgets | undefined {
    const budgets = this.neighbours.find(host)
    return budgets && this.isProven(host, now) ? budgets : undefined
  }

  /** Whether an answer of `size` bytes may go to `host`; counts it where it may. */
  maySend(host: string, size: number, now: Millis): boolean {
    const { limits, senders, answers } = this
    if (!answers.holds(size, now)) return false
    if (this.isProven(host, now)) return answers.take(size, now)
    const sender = senders.of(host, now)
    if (sender === undefined) return false
    const own = senders.bucket(sender, 'answers', limits.answerBytesPerUnprovenSender, now)
    const around = senders.bucket(sender.neighbourhood, 'answers', limits.answerBytesPerUnprovenNeighbourhood, now)
    if (!own.holds(size, now) || !around.take(size, now)) return false
    own.take(size, now)
    answers.take(size, now)
    return true
  }

  /**
   * A query of ours of `size` bytes goes to `host`. It counts against what may be answered there, as it may be asked only because
   * somebody has asked us in its name; it is not held back, or others could keep us from asking whom they like.
   */
  asked(host: string, size: number, now: Millis): void {
    if (this.isProven(host, now)) return
    const { limits, senders } = this
    const sender = senders.of(host, now)
    if (sender === undefined) return
    const { answerBytesPerUnprovenSender: own, answerBytesPerUnprovenNeighbourhood: around } = limits
    senders.bucket(sender, 'answers', own, now).reserve(size, Number.POSITIVE_INFINITY, now)
    senders.bucket(sender.neighbourhood, 'answers', around, now).reserve(size, Number.POSITIVE_INFINITY, now)
  }

  /** An answer to a query of ours came from there, or a token of ours that we had sent there. */
  proven(host: string, now: Millis): void {
    const { provenAt, limits } = this
    if (!this.boundsStrangers) return
    const sender = senderOf(host)
    const known = provenAt.get(sender)
    if (known !== undefined) {
      if (now - known < limits.provenFor * PROOF_REFRESH) return
      provenAt.delete(sender)
    } else if (provenAt.size >= limits.tableCapacity) {
      for (const oldest of provenAt.keys()) {
        provenAt.delete(oldest)
        break
      }
    }
    provenAt.set(sender, now)
  }

  /** Whether what is sent to `host` surely reaches the one who asked for it. */
  isProven(host: string, now: Millis): boolean {
    if (!this.boundsStrangers) return true
    const at = this.provenAt.get(senderOf(host))
    return at !== undefined && now - at < this.limits.provenFor
  }
}

/**
 * Queries of other protocols that are to be answered later. Each is open for as long as its asker waits, and once more after an
 * answer that another follows. At most `maxOpenReplies`, and of one sender `maxOpenRepliesPerSender`: beyond that a query is
 * answered at once or not at all. Holds no timer: what is over is let go when room is needed.
 */
import type { Clock, Millis } from '../kernel/clock.ts'
import { senderOf } from './address-groups.ts'
import { QUERY_LIFETIME } from './pending-query.ts'
import type { RpcLimits } from './rpc-limits.ts'

export class OpenReply {
  readonly sender: string
  until: Millis
  /** Answers that may still be given. */
  left = 2
  isOpen = true

  constructor(sender: string, until: Millis) {
    this.sender = sender
    this.until = until
  }
}

export class OpenReplies {
  private readonly limits: Pick<RpcLimits, 'maxOpenReplies' | 'maxOpenRepliesPerSender'>
  private readonly clock: Clock
  /** Those that wait, the one that ends first in front. */
  private readonly waiting = new Set<OpenReply>()
  private readonly bySender = new Map<string, number>()

  constructor(limits: OpenReplies['limits'], clock: Clock) {
    this.limits = limits
    this.clock = clock
  }

  get size(): number {
    return this.waiting.size
  }

  begin(host: string): OpenReply {
    return new OpenReply(senderOf(host), this.clock.now() + QUERY_LIFETIME)
  }

  /** Lets it wait for its answer, if there is room; else it is over. */
  keep(reply: OpenReply): void {
    if (!reply.isOpen) return
    this.forgetOld()
    const ofSender = this.bySender.get(reply.sender) ?? 0
    if (this.waiting.size >= this.limits.maxOpenReplies || ofSender >= this.limits.maxOpenRepliesPerSender) {
      reply.isOpen = false
      return
    }
    this.waiting.add(reply)
    this.bySender.set(reply.sender, ofSender + 1)
  }

  /** Whether an answer may be given now; `more`: another is to follow, for which there is as long again. */
  use(reply: OpenReply, more: boolean): boolean {
    const now = this.clock.now()
    if (!reply.isOpen || now > reply.until) {
      this.end(reply)
      return false
    }
    reply.left -= 1
    if (!more || reply.left === 0) this.end(reply)
    else {
      reply.until = now + QUERY_LIFETIME
      // To the end of the line, which stays in order since all wait equally long.
      if (this.waiting.delete(reply)) this.waiting.add(reply)
    }
    return true
  }

  endAll(): void {
    for (const reply of [...this.waiting]) this.end(reply)
  }

  private end(reply: OpenReply): void {
    reply.isOpen = false
    if (!this.waiting.delete(reply)) return
    const rest = (this.bySender.get(reply.sender) ?? 1) - 1
    if (rest === 0) this.bySender.delete(reply.sender)
    else this.bySender.set(reply.sender, rest)
  }

  private forgetOld(): void {
    const now = this.clock.now()
    for (const reply of this.waiting) {
      if (now <= reply.until) return
      this.end(reply)
    }
  }
}

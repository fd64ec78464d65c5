/**
 * What is remembered of each sender (an IPv4 address, a /64 of IPv6) and of its neighbourhood (/24, /48): how much it may still
 * send and be sent. One look-up for each packet.
 *
 * At most `tableCapacity` senders are remembered. One is forgotten only when that gives nothing away: its budgets and, if it is the
 * last of its neighbourhood, those too are as good as new. Where there is none such, a new sender is
 * refused: an attack with more addresses than fit can shut new ones out for a moment, but not break the limit of any.
 * There are never more neighbourhoods than senders.
 */
import type { Millis } from '../kernel/clock.ts'
import { neighbourhoodOf, senderOf } from './address-groups.ts'
import { type BucketRate, forgetOne, TokenBucket } from './packet-budget.ts'
import type { RpcLimits } from './rpc-limits.ts'

/** Budgets made when they are first needed: one that is missing is full. */
type Budgets<Name extends string> = { [N in Name]: TokenBucket | undefined }

export interface Neighbourhood extends Budgets<'packets' | 'answers'> {
  readonly key: string
  /** Senders of it that are remembered. */
  senders: number
}

export interface Sender extends Budgets<'packets' | 'bytes' | 'answers' | 'pace'> {
  readonly neighbourhood: Neighbourhood
}

export class Senders {
  private readonly limits: RpcLimits
  private readonly byKey = new Map<string, Sender>()
  private readonly neighbourhoods = new Map<string, Neighbourhood>()
  /** The one looked up last: a packet is looked at several times. */
  private lastHost: string | undefined
  private last: Sender | undefined

  constructor(limits: RpcLimits) {
    this.limits = limits
  }

  get size(): number {
    return this.byKey.size
  }

  find(host: string): Sender | undefined {
    if (host === this.lastHost) return this.last
    const sender = this.byKey.get(senderOf(host))
    if (sender) this.note(host, sender)
    return sender
  }

  /** The sender, remembered from now on; undefined where there is no room for it. */
  of(host: string, now: Millis): Sender | undefined {
    const known = this.find(host)
    if (known) return known
    if (this.byKey.size >= this.limits.tableCapacity && !this.forget(now)) return undefined
    const key = neighbourhoodOf(host)
    const neighbourhood = this.neighbourhoods.get(key) ?? { key, senders: 0, packets: undefined, answers: undefined }
    if (neighbourhood.senders === 0) this.neighbourhoods.set(key, neighbourhood)
    neighbourhood.senders += 1
    const sender: Sender = {
      neighbourhood,
      packets: undefined,
      bytes: undefined,
      answers: undefined,
      pace: undefined,
    }
    this.byKey.set(senderOf(host), sender)
    this.note(host, sender)
    return sender
  }

  /** A budget of a sender or neighbourhood, made where it is missing. */
  bucket<N extends string>(of: Budgets<N>, name: N, rate: BucketRate, now: Millis): TokenBucket {
    const known = of[name]
    if (known) return known
    const bucket = new TokenBucket(rate, now)
    of[name] = bucket
    return bucket
  }

  private forget(now: Millis): boolean {
    this.lastHost = undefined
    return forgetOne(this.byKey, (sender) => {
      if (!isNew(sender, now)) return false
      const { neighbourhood } = sender
      neighbourhood.senders -= 1
      if (neighbourhood.senders === 0) this.neighbourhoods.delete(neighbourhood.key)
      return true
    })
  }

  private note(host: string, sender: Sender): void {
    this.lastHost = host
    this.last = sender
  }
}

/** Whether the sender is as good as one that we have never met. */
function isNew({ packets, bytes, answers, pace, neighbourhood }: Sender, now: Millis): boolean {
  const full = (bucket: TokenBucket | undefined) => bucket === undefined || bucket.isFull(now)
  if (!full(packets) || !full(bytes) || !full(answers) || !full(pace)) return false
  return neighbourhood.senders > 1 || (full(neighbourhood.packets) && full(neighbourhood.answers))
}

/**
 * Recursive lookups: a member that has the target behind it and its successors at hand answers with them; else it hands the
 * question on to the host of the next best hop, and on a miss or a refusal to the next, `MAX_TRIES` in all. Each hop lies nearer
 * before the target than the last, so no lookup goes in circles. Who answers that it has found nobody has tried others itself: that
 * is the end, or every hop would do three times over what the ones behind it have done.
 *
 * Limits: `MAX_STEPS` steps of one lookup, each try counted; `MAX_FORWARDED` of others under way, `MAX_OF_ASKER` for one asker.
 */
import type { Clock } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { senderOf } from '../../rpc/address-groups.ts'
import type { ChordContact } from '../contact.ts'
import type { HostAnswer } from '../host-messages.ts'
import { ChordLookup, type Start } from '../lookup.ts'
import type { ChordObserver } from '../overlay.ts'
import type { RingId } from '../ring-id.ts'
import type { Asking } from './asking.ts'
import type { KnownMembers } from './known-members.ts'
import { type Found, StepReports } from './search-steps.ts'
import type { VirtualNodes } from './virtual-nodes.ts'

export const MAX_STEPS = 32
export const MAX_TRIES = 3
export const MAX_FORWARDED = 64
export const MAX_OF_ASKER = 8
/** Members with whom a client begins. */
const MAX_BEGINNINGS = 8

export interface ForwardingParts {
  readonly asking: Pick<Asking, 'host'>
  readonly nodes: Pick<VirtualNodes, 'members' | 'nearestBefore'>
  readonly known: Pick<KnownMembers, 'toBegin'>
  readonly clock: Pick<Clock, 'now'>
  readonly admits: (contact: ChordContact) => boolean
}

export class Forwarding {
  private readonly parts: ForwardingParts
  /** How many of each asker are under way. */
  private readonly ofAsker = new Map<string, number>()
  private running = 0

  constructor(parts: ForwardingParts) {
    this.parts = parts
  }

  /** Lookups of others under way. */
  get open(): number {
    return this.running
  }

  /** A lookup of our own. `done` is called once, perhaps from within. */
  begin(target: RingId, observer: ChordObserver, done: (result: Found) => void): void {
    this.handOn(target, MAX_STEPS, observer, done)
  }

  /** One passed on to us. */
  asked(from: Endpoint, target: RingId, steps: number, reply: (answer: HostAnswer) => void): void {
    const asker = senderOf(from.host)
    const count = this.ofAsker.get(asker) ?? 0
    const isRefused = this.running >= MAX_FORWARDED || count >= MAX_OF_ASKER
    if (isRefused || this.parts.nodes.members.length === 0) {
      const message = isRefused ? 'too many lookups at once' : 'no member of the ring'
      reply({ kind: 'refused', code: isRefused ? 202 : 203, message })
      return
    }
    this.running += 1
    this.ofAsker.set(asker, count + 1)
    this.handOn(target, Math.min(steps, MAX_STEPS), {}, ({ owners, hops }) => {
      this.running -= 1
      const left = (this.ofAsker.get(asker) ?? 1) - 1
      if (left > 0) this.ofAsker.set(asker, left)
      else this.ofAsker.delete(asker)
      reply({ kind: 'forward', owners, hops })
    })
  }

  private handOn(target: RingId, steps: number, observer: ChordObserver, done: (result: Found) => void): void {
    const { nodes, known, admits, clock } = this.parts
    const own = nodes.nearestBefore(target)
    const start: Start = own
      ? { self: own.self, known: own.route(target) }
      : { contacts: known.toBegin(target, MAX_BEGINNINGS) }
    // Used for the order of candidates alone: nobody is asked for the way.
    const lookup = new ChordLookup({ target, admits, maxRequests: MAX_TRIES }, start)
    const reports = new StepReports(lookup, clock, observer)
    let timeouts = 0
    const tryNext = (left: number) => {
      const { owner, successors } = lookup.result()
      const effort = { requests: timeouts, timeouts }
      if (owner) return done({ target, owners: successors, path: [owner], hops: 1, ...effort })
      const next = left > 0 ? lookup.next() : undefined
      if (!next) return done({ target, owners: [], path: [], hops: 0, ...effort })
      reports.asked(next)
      const failed = (more = left - 1) => {
        timeouts += 1
        lookup.failed(next)
        reports.ended(next, 'failed')
        tryNext(more)
      }
      this.parts.asking.host.ask(
        next.endpoint,
        { kind: 'forward', target, steps: left - 1 },
        {
          answered: (answer) => {
            if (answer.kind !== 'forward') return failed()
            const owners = answer.owners.filter(admits)
            const [owner] = owners
            if (!owner) return failed(0)
            reports.ended(next, 'replied')
            const path = owner.id.equals(next.id) ? [owner] : [next, owner]
            done({ target, owners, path, hops: answer.hops + 1, requests: timeouts + 1, timeouts })
          },
          missed: () => failed(),
        },
      )
    }
    tryNext(steps)
  }
}

/**
 * Recursive lookups: a member that has the target behind it and its successors at hand answers with them; else it hands the
 * question on to the host of the next best hop, and on a miss or a refusal to the next, `MAX_TRIES` in all. Each hop lies nearer
 * before the target than the last, so no lookup goes in circles. Who answers that it has found nobody has tried others itself: that
 * is the end, or every hop would do three times over what the ones behind it have done.
 *
 * A hop that is silent after `DOUBTED_AFTER` is asked for a sign of life, and passed over where none comes: an answer that takes
 * its time because hops behind it do is waited for, one of the dead is not, so that whoever asked us hears in time. And the more
 * steps lie behind, the shorter the wait, since each of those before waits as well.
 *
 * Limits: `MAX_STEPS` steps of one lookup, each try counted; `MAX_FORWARDED` of others under way, `MAX_OF_ASKER` for one asker.
 */
import { type Clock, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { senderOf } from '../../rpc/address-groups.ts'
import type { ChordContact } from '../contact.ts'
import type { HostAnswer, HostCallbacks, HostQuestion } from '../host-messages.ts'
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
/** Longer than some hops take, and so short that two dead ones on the way do not use up what the first asker waits. */
export const DOUBTED_AFTER: Millis = SECOND
/** For an answer with all steps left, less `LESS_PER_STEP` for each that is gone, and `SHORTEST_WAIT` at least. */
export const LONGEST_WAIT: Millis = 8 * SECOND
export const LESS_PER_STEP: Millis = 750
export const SHORTEST_WAIT: Millis = 2 * SECOND
/** Members with whom a client begins. */
const MAX_BEGINNINGS = 8

export interface ForwardingParts {
  readonly asking: Pick<Asking, 'host'>
  readonly nodes: Pick<VirtualNodes, 'members' | 'nearestBefore'>
  readonly known: Pick<KnownMembers, 'toBegin'>
  readonly clock: Pick<Clock, 'now' | 'after'>
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
      this.askInTime(
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

  /** Asks; `missed` comes early where the one asked gives no sign of life. One of the callbacks is called, once. */
  private askInTime(
    to: Endpoint,
    question: Extract<HostQuestion, { kind: 'forward' }>,
    callbacks: HostCallbacks,
  ): void {
    const { clock, asking } = this.parts
    const timers: Timer[] = []
    let isOver = false
    const over = (tell: () => void) => {
      if (isOver) return
      isOver = true
      for (const timer of timers) timer.cancel()
      tell()
    }
    const missed = () => over(() => callbacks.missed())
    asking.host.ask(to, question, { answered: (answer) => over(() => callbacks.answered(answer)), missed })
    const doubt = () => asking.host.ask(to, { kind: 'ping' }, { answered: () => {}, missed })
    timers.push(clock.after(DOUBTED_AFTER, doubt), clock.after(waitFor(question.steps), missed))
  }
}

function waitFor(steps: number): Millis {
  return Math.max(SHORTEST_WAIT, LONGEST_WAIT - (MAX_STEPS - 1 - steps) * LESS_PER_STEP)
}

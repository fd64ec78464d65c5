/**
 * One virtual node of the ring: its successor list and predecessor, and Zave's corrected operations on them (2017, IEEE TSE
 * 43(12):1144), which keep exactly one ordered ring where the published ones do not.
 *
 * - A joiner copies a whole list before it is a member. A new successor is asked before it is adopted. A list is replaced as a
 *   whole. A predecessor is always somebody.
 * - **Busy rule**: while we wait for an answer that may change list or predecessor, they are undefined, and questions about
 *   them are answered *busy* at once (see busy-rule.ts).
 * - Dead is who has missed twice in a row. A dead successor leaves the list when one behind it has answered, and where it is of
 *   another host, only if some other host is heard: so that who is cut off keeps what it has (see still-dead.ts).
 *
 * Holds no timer: its owner says when to stabilise and to check, and sees to the deadlines of questions.
 * Limits: those of busy-rule.ts and dead-ahead.ts, and `MAX_CLOSER` fingers told.
 */
import type { Millis } from '../kernel/clock.ts'
import { AskTwice, type Outcomes } from './ask-twice.ts'
import { BusyRule, type Change } from './busy-rule.ts'
import { areSiblings, type ChordContact, holdsItsPlace } from './contact.ts'
import { DeadAhead, type Target } from './dead-ahead.ts'
import { Failures } from './failures.ts'
import { sayGoodbye } from './farewell.ts'
import { Fingers } from './fingers.ts'
import type { Pointers } from './ideal-ring.ts'
import { DEFAULT_SUCCESSORS, type JoinOutcome, type MemberOptions, type Phase } from './member-options.ts'
import { type Answer, BUSY, type Busy, type Question, type RouteAnswer, type StateAnswer } from './messages.ts'
import { isBetween, type RingId } from './ring-id.ts'
import { listBehind } from './successor-list.ts'

/** Fingers in an answer about the way. */
export const MAX_CLOSER = 8

export class ChordMember {
  readonly self: ChordContact
  readonly fingers: Fingers
  /** r. */
  readonly capacity: number
  private readonly options: MemberOptions
  private readonly admits: (contact: ChordContact) => boolean
  private readonly failures = new Failures()
  private readonly twice: AskTwice
  private list: readonly ChordContact[]
  private before: ChordContact
  private life: Phase = 'outside'
  private readonly busy: BusyRule
  private readonly deadAhead: DeadAhead
  /** When the predecessor was heard last, if at all since it is that. */
  private beforeHeardAt: Millis = Number.NEGATIVE_INFINITY

  constructor(options: MemberOptions) {
    this.options = options
    this.self = options.self
    this.capacity = options.successors ?? DEFAULT_SUCCESSORS
    this.admits = options.admits ?? holdsItsPlace
    this.fingers = new Fingers(options.self.id)
    this.twice = new AskTwice(options.port, (contact, isMember) => this.heard(contact, isMember))
    this.list = [options.self]
    this.before = options.self
    this.busy = new BusyRule({
      self: options.self.id,
      state: () => (this.life === 'member' ? this.state() : { kind: 'absent' }),
      notified: (from) => {
        if (this.life === 'member') this.rectify(from)
      },
    })
    const { self, outside, clock } = options
    const hasFailed = (contact: ChordContact) => this.hasFailed(contact)
    this.deadAhead = new DeadAhead({ self, outside, clock, hasFailed, twice: this.twice })
  }

  get phase(): Phase {
    return this.life
  }

  /** Nearest first; ourselves only where we are alone. */
  get successors(): readonly ChordContact[] {
    return this.list
  }

  get predecessor(): ChordContact {
    return this.before
  }

  /** Whether a query is under way that may change successors or predecessor. */
  get isChanging(): boolean {
    return this.busy.isChanging
  }

  /** Whether everybody in the list has been called dead. */
  get isStranded(): boolean {
    return this.list.every((contact) => this.hasFailed(contact) && !contact.id.equals(this.self.id))
  }

  /** Whether it was called dead lately. */
  hasFailed(contact: ChordContact): boolean {
    return this.failures.has(contact, this.options.clock.now())
  }

  /** A member from now on, with pointers that are right already: of a new ring, or of one made whole in a simulation. */
  create({ successors, predecessor }: Pointers): void {
    this.busy.giveUp()
    this.list = successors.slice(0, this.capacity)
    this.follows(predecessor)
    this.life = 'member'
    this.busy.answerHeld()
  }

  /** Takes the place behind `through`, if it is ours. `done` is called once. */
  join(through: ChordContact, done: (outcome: JoinOutcome) => void): void {
    if (this.life !== 'outside') throw new Error(`joining a ring while ${this.life}`)
    this.life = 'joining'
    const change = this.busy.begin('join')
    const end = (outcome: JoinOutcome) => {
      if (outcome !== 'joined') this.life = 'outside'
      this.busy.finish(change)
      done(outcome)
    }
    this.query(change, through, {
      answered: ({ successors }) => {
        const [head, ...tail] = successors
        const fits = head && !head.id.equals(this.self.id) && isBetween(through.id, this.self.id, head.id)
        if (!fits || !(head.id.equals(through.id) || this.admits(head))) return end('misplaced')
        this.list = listBehind(this.self.id, head, tail, this.capacity, this.admits)
        this.follows(through)
        this.life = 'member'
        end('joined')
        this.options.again?.()
      },
      dead: () => end('unanswered'),
      keptBusy: () => end('unanswered'),
    })
  }

  /** Step 1 of stabilising, and step 2 where there is a candidate. Does nothing during another change. */
  stabilise(): void {
    if (this.life !== 'member' || this.busy.isChanging) return
    const next = this.deadAhead.nextTarget(this.list)
    const { target, dropped } = next
    if (target.id.equals(this.self.id)) {
      if (!this.before.id.equals(this.self.id)) this.adopt(this.busy.begin('stabilise'), this.before, undefined)
      return
    }
    const change = this.busy.begin('stabilise')
    if (dropped.length === 0) this.askSuccessor(change, target)
    else this.askBehindDead(change, next)
  }

  /** Somebody says that this is our successor: asked and adopted if it is nearer than ours, or ours are all dead. */
  consider(candidate: ChordContact): void {
    if (this.life !== 'member' || this.busy.isChanging || candidate.id.equals(this.self.id) || !this.admits(candidate))
      return
    const first = this.list[0] as ChordContact
    if (!this.isStranded && !isBetween(this.self.id, candidate.id, first.id)) return
    this.adopt(this.busy.begin('stabilise'), candidate, undefined)
  }

  /** Asks the predecessor for a sign of life where none has come for `quiet`, so that its death is known before the next reports. */
  checkPredecessor(quiet: Millis = 0): void {
    const { before } = this
    if (this.life !== 'member' || before.id.equals(this.self.id)) return
    if (this.options.clock.now() - this.beforeHeardAt >= quiet || this.hasFailed(before)) this.ping(before)
  }

  /** Tells both neighbours, unless they are dead to us, and goes. `done` is called when both know, or do not answer. */
  leave(done: () => void): void {
    const neighbours = [this.before, this.list[0] as ChordContact]
    const isToBeTold = (contact: ChordContact) => !contact.id.equals(this.self.id) && !this.hasFailed(contact)
    const told = this.life === 'member' ? neighbours.filter(isToBeTold) : []
    this.life = 'left'
    this.busy.giveUp()
    this.busy.answerHeld()
    sayGoodbye(told, this.options.port, done)
  }

  /**
   * A question for us. `from` is who asks where that is a member at the place that its address has, else undefined. `reply`
   * is called once with an answer, before it perhaps with `busy`; perhaps later, and never where too many wait.
   */
  asked(from: ChordContact | undefined, question: Question, reply: (answer: Answer | Busy) => void): void {
    if (from) this.heard(from)
    if (this.life !== 'member') reply({ kind: 'absent' })
    else if (question.kind === 'route') reply(this.route(question.target))
    else if (question.kind === 'state') this.askedForState(reply)
    else {
      reply({ kind: 'alive' })
      if (from && question.kind === 'notify') this.notified(from)
      if (from && question.kind === 'leaving') this.left(from)
    }
  }

  /** What we know of the way to `target`. */
  route(target: RingId): RouteAnswer {
    const closer = this.fingers.preceding(target, MAX_CLOSER).filter((finger) => !this.hasFailed(finger))
    return { kind: 'route', successors: this.list, closer }
  }

  /** It has missed what it was asked outside of upkeep, and is dead to us for a while. */
  fail(contact: ChordContact): void {
    this.failures.add(contact, this.options.clock.now())
    this.fingers.remove(contact)
    this.options.displaced?.(contact)
  }

  /** A sign of life of its own, or (not `isMember`) of its host alone. */
  heard(from: ChordContact, isMember = true): void {
    if (isMember) this.failures.remove(from)
    if (isMember && from.id.equals(this.before.id)) this.beforeHeardAt = this.options.clock.now()
    if (!areSiblings(from, this.self)) this.options.outside.hear(from, this.options.clock.now())
  }

  private askedForState(reply: (answer: Answer | Busy) => void): void {
    if (!this.busy.isChanging) {
      reply(this.state())
      return
    }
    reply(BUSY)
    this.busy.hold(reply)
  }

  private state(): StateAnswer {
    return { kind: 'state', successors: this.list, predecessor: this.before }
  }

  private askSuccessor(change: Change, target: ChordContact): void {
    this.query(change, target, {
      answered: (answer) => {
        this.deadAhead.wasNotBusy()
        this.follow(change, target, answer)
      },
      dead: () => {
        this.deadAhead.wasNotBusy()
        this.fail(target)
        this.busy.finish(change)
        if (!this.isStranded) this.options.again?.()
      },
      keptBusy: () => {
        if (this.deadAhead.wasBusy(target)) this.fail(target)
        this.busy.finish(change)
      },
    })
  }

  /** Those ahead of `target` have been called dead: that they are is made sure of, as is that `target` lives. */
  private askBehindDead(change: Change, next: Target): void {
    const { busy } = this
    this.deadAhead.check(this.list, next, {
      dead: busy.during(change, () => this.askSuccessor(change, next.target)),
      alive: busy.during(change, () => {
        busy.finish(change)
        this.options.again?.()
      }),
      unknown: busy.during(change, (witness) => {
        const isNews = witness !== undefined && !this.hasFailed(witness)
        if (witness) this.fail(witness)
        busy.finish(change)
        if (isNews && !this.isStranded) this.options.again?.()
      }),
    })
  }

  private ping(contact: ChordContact): void {
    this.twice.ping(contact, { answered: () => {}, dead: () => this.fail(contact), keptBusy: () => {} })
  }

  /** The successor has answered: its list behind it is ours, and its predecessor may be nearer. */
  private follow(change: Change, successor: ChordContact, { successors, predecessor }: StateAnswer): void {
    this.replaceList(listBehind(this.self.id, successor, successors, this.capacity, this.admits))
    if (predecessor.id.equals(this.self.id) && !areSiblings(predecessor, this.self)) this.options.doubled?.(predecessor)
    const isNearer = isBetween(this.self.id, predecessor.id, successor.id)
    if (isNearer && this.admits(predecessor) && !this.hasFailed(predecessor)) {
      this.adopt(change, predecessor, successor)
      return
    }
    this.notify(successor)
    this.busy.finish(change)
  }

  /** Step 2: `candidate` is asked first. If it lives, its list behind it is ours; else `successor` stays. */
  private adopt(change: Change, candidate: ChordContact, successor: ChordContact | undefined): void {
    const keep = () => {
      if (successor) this.notify(successor)
      this.busy.finish(change)
    }
    this.query(change, candidate, {
      answered: ({ successors }) => {
        this.replaceList(listBehind(this.self.id, candidate, successors, this.capacity, this.admits))
        this.notify(candidate)
        this.busy.finish(change)
        this.options.again?.()
      },
      dead: () => {
        this.fail(candidate)
        keep()
      },
      keptBusy: keep,
    })
  }

  private replaceList(list: readonly ChordContact[]): void {
    const kept = new Set(list.map(({ id }) => id.key))
    for (const contact of this.list) {
      if (!kept.has(contact.id.key) && !contact.id.equals(this.self.id)) this.options.displaced?.(contact)
    }
    this.list = list
    this.options.moved?.()
  }

  private follows(predecessor: ChordContact): void {
    this.before = predecessor
    this.beforeHeardAt = Number.NEGATIVE_INFINITY
    this.options.moved?.()
  }

  private notify(successor: ChordContact): void {
    const ignored = () => {}
    const answered = (answer: Answer) => {
      if (answer.kind === 'alive') this.heard(successor)
    }
    this.options.port.ask(successor, { kind: 'notify' }, { answered, missed: ignored, keptBusy: ignored })
  }

  private notified(from: ChordContact): void {
    if (from.id.equals(this.self.id) || !this.admits(from)) return
    if (this.busy.isChanging) this.busy.keepNotifier(from)
    else this.rectify(from)
  }

  /** Takes `from` for predecessor if it is nearer than ours, or if ours is dead: also if it has come back at another port. */
  private rectify(from: ChordContact): void {
    const { before } = this
    const isSamePlace = from.id.equals(before.id)
    if (isSamePlace && areSiblings(from, before)) return
    // Of two in one place a failure does not say whose it is.
    if (isBetween(before.id, from.id, this.self.id) || (!isSamePlace && this.hasFailed(before))) {
      this.follows(from)
      return
    }
    const change = this.busy.begin('rectify')
    const stays = () => this.busy.finish(change)
    const dead = () => {
      this.fail(before)
      if (isSamePlace) this.failures.remove(from)
      this.follows(from)
      this.busy.finish(change)
    }
    this.twice.ping(before, this.busy.outcomesDuring(change, { answered: stays, dead, keptBusy: stays }))
  }

  private left(from: ChordContact): void {
    this.failures.add(from, this.options.clock.now())
    this.fingers.remove(from)
    if (from.id.equals((this.list[0] as ChordContact).id)) this.options.again?.()
  }

  /** Asks `to` for its state, to change ours by. */
  private query(change: Change, to: ChordContact, outcomes: Outcomes<StateAnswer>): void {
    this.twice.state(to, this.busy.outcomesDuring(change, outcomes))
  }
}

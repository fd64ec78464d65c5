/**
 * One virtual node of the ring: its successor list and predecessor, and Zave's corrected operations on them (2017, IEEE TSE
 * 43(12):1144), which keep exactly one ordered ring where the published ones do not.
 *
 * - A joiner copies a whole list before it is a member. A new successor is asked before it is adopted. A list is replaced as a
 *   whole. A predecessor is always somebody.
 * - **Busy rule**: while we wait for an answer that may change list or predecessor, they are undefined. Questions about them
 *   are answered *busy* at once, held, and answered when our own query has ended. One such query at a time; of the
 *   notifications that come meanwhile the best is kept, in a place of its own.
 * - Dead is who has missed twice in a row. A dead successor leaves the list when one behind it has answered, and where it is of
 *   another host, only if some other host is heard: so that who is cut off keeps what it has (see still-dead.ts).
 *
 * Holds no timer: its owner says when to stabilise and to check, and sees to the deadlines of questions.
 * Limits: `MAX_HELD` questions held, `MAX_BUSY_ROUNDS` rounds in a row in which the successor is busy only.
 */
import type { Millis } from '../kernel/clock.ts'
import { AskTwice, type Outcomes } from './ask-twice.ts'
import { areSiblings, type ChordContact, holdsItsPlace } from './contact.ts'
import { Failures } from './failures.ts'
import { sayGoodbye } from './farewell.ts'
import { Fingers } from './fingers.ts'
import { HeldQuestions } from './held-questions.ts'
import type { Pointers } from './ideal-ring.ts'
import { DEFAULT_SUCCESSORS, type JoinOutcome, type MemberOptions, type Phase } from './member-options.ts'
import { type Answer, BUSY, type Busy, type Question, type RouteAnswer, type StateAnswer } from './messages.ts'
import { isBetween, type RingId } from './ring-id.ts'
import { checkStillDead, findWitness } from './still-dead.ts'
import { listBehind } from './successor-list.ts'

export const MAX_BUSY_ROUNDS = 12
/** Fingers in an answer about the way. */
export const MAX_CLOSER = 8

/** A query under way that may change our state. */
interface Change {
  readonly kind: 'join' | 'stabilise' | 'rectify'
}

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
  private change: Change | undefined
  /** The best that has notified us during a change. */
  private notifier: ChordContact | undefined
  private readonly held = new HeldQuestions()
  private busyRounds = 0
  /** The last that was busy for too long: it need not be silent to be dropped. */
  private tiresome: ChordContact | undefined
  private turn = 0
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
    return this.change !== undefined
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
    this.change = undefined
    this.notifier = undefined
    this.list = successors.slice(0, this.capacity)
    this.follows(predecessor)
    this.life = 'member'
    this.answerHeld()
  }

  /** Takes the place behind `through`, if it is ours. `done` is called once. */
  join(through: ChordContact, done: (outcome: JoinOutcome) => void): void {
    if (this.life !== 'outside') throw new Error(`joining a ring while ${this.life}`)
    this.life = 'joining'
    const change = this.begin('join')
    const end = (outcome: JoinOutcome) => {
      if (outcome !== 'joined') this.life = 'outside'
      this.finish(change)
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
    if (this.life !== 'member' || this.change) return
    const { target, dropped } = this.nextTarget()
    if (target.id.equals(this.self.id)) {
      if (!this.before.id.equals(this.self.id)) this.adopt(this.begin('stabilise'), this.before, undefined)
      return
    }
    const change = this.begin('stabilise')
    if (dropped.length === 0) this.askSuccessor(change, target)
    else this.askBehindDead(change, dropped, target)
  }

  /** Somebody says that this is our successor: asked and adopted if it is nearer than ours, or ours are all dead. */
  consider(candidate: ChordContact): void {
    if (this.life !== 'member' || this.change || candidate.id.equals(this.self.id) || !this.admits(candidate)) return
    const first = this.list[0] as ChordContact
    if (!this.isStranded && !isBetween(this.self.id, candidate.id, first.id)) return
    this.adopt(this.begin('stabilise'), candidate, undefined)
  }

  /** Asks the predecessor for a sign of life where none has come for `quiet`, so that its death is known before the next reports. */
  checkPredecessor(quiet: Millis = 0): void {
    const { before } = this
    if (this.life !== 'member' || before.id.equals(this.self.id)) return
    if (this.options.clock.now() - this.beforeHeardAt >= quiet || this.hasFailed(before)) this.ping(before)
  }

  /** Tells both neighbours and goes. `done` is called when both know, or do not answer. */
  leave(done: () => void): void {
    const neighbours = [this.before, this.list[0] as ChordContact].filter(({ id }) => !id.equals(this.self.id))
    const told = this.life === 'member' ? neighbours : []
    this.life = 'left'
    this.change = undefined
    this.notifier = undefined
    this.answerHeld()
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
    if (!this.change) {
      reply(this.state())
      return
    }
    reply(BUSY)
    this.held.hold(reply)
  }

  private state(): StateAnswer {
    return { kind: 'state', successors: this.list, predecessor: this.before }
  }

  /** The first that is not known to be dead, and the dead ahead of it; where all are, each in turn. */
  private nextTarget(): { target: ChordContact; dropped: readonly ChordContact[] } {
    let index = this.list.findIndex((contact) => !this.hasFailed(contact))
    if (index < 0) {
      index = this.turn % this.list.length
      this.turn += 1
    }
    return { target: this.list[index] as ChordContact, dropped: this.list.slice(0, index) }
  }

  private askSuccessor(change: Change, target: ChordContact): void {
    this.query(change, target, {
      answered: (answer) => {
        this.busyRounds = 0
        this.follow(change, target, answer)
      },
      dead: () => {
        this.busyRounds = 0
        this.fail(target)
        this.finish(change)
        if (!this.isStranded) this.options.again?.()
      },
      keptBusy: () => {
        this.busyRounds += 1
        if (this.busyRounds >= MAX_BUSY_ROUNDS) {
          this.busyRounds = 0
          this.tiresome = target
          this.fail(target)
        }
        this.finish(change)
      },
    })
  }

  /** Those ahead of `target` have been called dead: that they are is made sure of, as is that `target` lives. */
  private askBehindDead(change: Change, dropped: readonly ChordContact[], target: ChordContact): void {
    const suspects = dropped.filter((contact) => contact !== this.tiresome)
    if (suspects.length === 0) {
      this.askSuccessor(change, target)
      return
    }
    const { outside, clock } = this.options
    const isGone = outside.isGone(clock.now())
    const hasFailed = (contact: ChordContact) => this.hasFailed(contact)
    const witness = findWitness(suspects, target, { self: this.self, list: this.list, outside, isGone, hasFailed })
    if (!witness && !isGone) {
      this.finish(change)
      return
    }
    const ifRunning =
      <A extends unknown[]>(run: (...args: A) => void) =>
      (...args: A) => {
        if (this.change === change) run(...args)
      }
    checkStillDead(this.twice, suspects, witness, {
      dead: ifRunning(() => this.askSuccessor(change, target)),
      alive: ifRunning(() => {
        this.finish(change)
        this.options.again?.()
      }),
      unknown: ifRunning(() => {
        const isNews = witness !== undefined && !this.hasFailed(witness)
        if (witness) this.fail(witness)
        this.finish(change)
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
    this.finish(change)
  }

  /** Step 2: `candidate` is asked first. If it lives, its list behind it is ours; else `successor` stays. */
  private adopt(change: Change, candidate: ChordContact, successor: ChordContact | undefined): void {
    const keep = () => {
      if (successor) this.notify(successor)
      this.finish(change)
    }
    this.query(change, candidate, {
      answered: ({ successors }) => {
        this.replaceList(listBehind(this.self.id, candidate, successors, this.capacity, this.admits))
        this.notify(candidate)
        this.finish(change)
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
    if (!this.change) this.rectify(from)
    else if (!this.notifier || isBetween(this.notifier.id, from.id, this.self.id)) this.notifier = from
  }

  /** Takes `from` for predecessor if it is nearer than ours, or if ours is dead. */
  private rectify(from: ChordContact): void {
    const { before } = this
    if (from.id.equals(before.id)) return
    if (isBetween(before.id, from.id, this.self.id) || this.hasFailed(before)) {
      this.follows(from)
      return
    }
    const change = this.begin('rectify')
    const stays = () => this.finish(change)
    const dead = () => {
      this.fail(before)
      this.follows(from)
      this.finish(change)
    }
    this.twice.ping(before, this.during(change, { answered: stays, dead, keptBusy: stays }))
  }

  private left(from: ChordContact): void {
    this.failures.add(from, this.options.clock.now())
    this.fingers.remove(from)
    if (from.id.equals((this.list[0] as ChordContact).id)) this.options.again?.()
  }

  private begin(kind: Change['kind']): Change {
    const change = { kind }
    this.change = change
    return change
  }

  private finish(change: Change): void {
    if (this.change !== change) return
    this.change = undefined
    this.answerHeld()
    const { notifier } = this
    this.notifier = undefined
    if (notifier && this.life === 'member') this.rectify(notifier)
  }

  private answerHeld(): void {
    this.held.answer(this.life === 'member' ? this.state() : { kind: 'absent' })
  }

  /** Only what comes while `change` runs; the rest is heard, and changes nothing. */
  private during<A extends Answer>(change: Change, outcomes: Outcomes<A>): Outcomes<A> {
    return {
      answered: (answer) => {
        if (this.change === change) outcomes.answered(answer)
      },
      dead: () => {
        if (this.change === change) outcomes.dead()
      },
      keptBusy: () => {
        if (this.change === change) outcomes.keptBusy()
      },
    }
  }

  /** Asks `to` for its state, to change ours by. */
  private query(change: Change, to: ChordContact, outcomes: Outcomes<StateAnswer>): void {
    this.twice.state(to, this.during(change, outcomes))
  }
}

/**
 * A node of a small ring: the very member, upkeep and lookups of the overlay, with few and short-lived things around them.
 * What it says and hears about the ring is told to a watcher in words.
 *
 * `joining -> member -> leaving -> left`; `dead` from anywhere.
 */
import type { ChordContact } from '../../chord/contact.ts'
import { ChordMember } from '../../chord/member.ts'
import type { AskPort, Busy, Question } from '../../chord/messages.ts'
import { OldContacts } from '../../chord/old-contacts.ts'
import { Outside } from '../../chord/outside.ts'
import { numbered, numberOf } from '../../chord/small-ring.ts'
import { ChordUpkeep, type UpkeepPeriods } from '../../chord/upkeep.ts'
import { type Clock, SECOND } from '../../kernel/clock.ts'
import type { SeededRandom } from '../../simulation/random.ts'
import { KeyDuty } from './key-duty.ts'
import { RING_BITS } from './literature.ts'
import { type AnyAnswer, type AnyQuestion, isAboutKeys, type Post, type Station } from './post.ts'

/** r. */
export const LIST_LENGTH = 4
/** Longer than in the application, so that single messages can be followed. */
const PERIODS: UpkeepPeriods = {
  stabilise: 12 * SECOND,
  checkPredecessor: 12 * SECOND,
  fixFinger: 8 * SECOND,
  recall: 60 * SECOND,
}

export type NodePhase = 'joining' | 'member' | 'leaving' | 'left' | 'dead'

export interface SmallNodeParts {
  readonly number: number
  readonly post: Post
  readonly random: SeededRandom
  /** It asks something about the ring as part of its upkeep. */
  readonly asks: (node: SmallNode, to: number, question: Question) => void
  /** It has changed what another node holds. */
  readonly copied: (node: SmallNode, holder: number, keys: readonly number[]) => void
}

export class SmallNode implements Station {
  readonly number: number
  readonly contact: ChordContact
  readonly clock: Clock
  readonly outside: Outside
  readonly member: ChordMember
  readonly upkeep: ChordUpkeep
  readonly keys: KeyDuty
  phase: NodePhase = 'joining'
  private readonly post: Post

  constructor({ number, post, random, asks, copied }: SmallNodeParts) {
    this.number = number
    this.post = post
    this.contact = numbered(number, RING_BITS)
    this.clock = {
      ...post.clock,
      after: (delay, run) =>
        post.clock.after(delay, () => {
          if (!this.isUp) return
          post.touched.add(number)
          run()
        }),
    }
    const oldContacts = new OldContacts(random.split('old contacts'))
    this.outside = new Outside(post.clock.now())
    const port: AskPort = {
      ask: (to, question, callbacks) => {
        asks(this, numberOf(to), question)
        post.ask(this, to, question, callbacks)
      },
    }
    const { contact: self, clock, outside } = this
    // Nobody has an address here that gives it its place.
    const admits = () => true
    this.member = new ChordMember({
      ...{ self, port, clock, outside, admits, successors: LIST_LENGTH },
      displaced: (contact) => oldContacts.remember(contact),
      again: () => this.upkeep.again(),
      moved: () => this.keys.moved(),
    })
    this.upkeep = new ChordUpkeep({
      ...{ member: this.member, port, clock, random: random.split('upkeep'), oldContacts, periods: PERIODS, admits },
    })
    this.keys = new KeyDuty({
      ...{ member: this.member, clock },
      ask: (to, question, callbacks) => post.askAny(this, to, question, callbacks),
      copied: (holder, keys) => copied(this, holder, keys),
    })
    post.add(this)
  }

  get isUp(): boolean {
    return this.phase !== 'dead'
  }

  /** Asks without being told of: lookups that have words of their own. */
  get quietPort(): AskPort {
    return { ask: (to, question, callbacks) => this.post.ask(this, to, question, callbacks) }
  }

  asked(from: ChordContact, question: AnyQuestion, reply: (answer: AnyAnswer | Busy) => void): void {
    if (!isAboutKeys(question)) this.member.asked(from, question, reply)
    else reply(this.member.phase === 'member' ? this.keys.asked(numberOf(from), question) : { kind: 'absent' })
  }

  /** A member from now on. */
  begin(): void {
    this.phase = 'member'
    this.upkeep.start()
  }

  /** Falls silent. */
  die(): void {
    this.phase = 'dead'
    this.upkeep.stop()
  }

  /** Hands over its keys, tells its neighbours and goes. `done` is called once it has gone. */
  leave(done: () => void): void {
    this.phase = 'leaving'
    this.keys.handOver(() => {
      this.upkeep.stop()
      this.member.leave(() => {
        this.phase = 'left'
        done()
      })
    })
  }
}

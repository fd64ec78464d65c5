/**
 * What a node of a small ring does for its keys, by the rules of the overlay's own store: a joiner takes copies of (predecessor,
 * itself] before it counts as owner; the owner keeps copies on the next nodes and sees to them whenever its neighbourhood has
 * changed; who leaves hands everything to its successor first. The values are left out: only who holds what is of interest.
 */
import type { ChordContact } from '../../chord/contact.ts'
import type { ChordMember } from '../../chord/member.ts'
import { isBetween, owns, RingId } from '../../chord/ring-id.ts'
import { numberOf } from '../../chord/small-ring.ts'
import type { Clock, Millis } from '../../kernel/clock.ts'
import { RING_BITS, RING_PLACES } from './literature.ts'
import type { AnyCallbacks, KeyAnswer, KeyQuestion } from './post.ts'
import { Shelf } from './shelf.ts'

/** On the next so many nodes. */
export const COPIES = 3
/** From a change of the neighbourhood until copies are seen to: several changes come together. */
const SETTLING: Millis = 400

export interface KeyDutyParts {
  readonly member: ChordMember
  readonly clock: Clock
  readonly ask: (to: ChordContact, question: KeyQuestion, callbacks: AnyCallbacks) => void
  /** We have changed what `holder` holds for us; these are ours now. */
  readonly copied: (holder: number, keys: readonly number[]) => void
}

export class KeyDuty {
  readonly shelf = new Shelf()
  private readonly parts: KeyDutyParts
  /** By holder: what it was told last to keep. */
  private told = new Map<number, string>()
  private holders: readonly ChordContact[] = []
  private isDue = false
  /** Our predecessor when copies were seen to last. */
  private before: ChordContact | undefined

  constructor(parts: KeyDutyParts) {
    this.parts = parts
  }

  /** Keys that we own, clockwise from our predecessor. */
  get owned(): number[] {
    return this.clockwise(this.shelf.keys.filter(this.isOwn))
  }

  /** Keys that we hold for others. */
  get copies(): number[] {
    return this.shelf.keys.filter((key) => !this.isOwn(key)).sort((a, b) => a - b)
  }

  /** Everything is in place already: of a ring that begins so. */
  begin(): void {
    this.before = this.parts.member.predecessor
    this.holders = this.fitHolders()
    this.told = new Map(this.holders.map((holder) => [numberOf(holder), this.owned.join()]))
  }

  /** Predecessor or successors may be others than before. */
  moved(): void {
    if (this.isDue) return
    this.isDue = true
    this.parts.clock.after(SETTLING, () => {
      this.isDue = false
      this.seeTo()
    })
  }

  /** Before a place is taken: the keys that will be ours, from who owns them now. */
  take(predecessor: ChordContact, owner: ChordContact, done: (isTaken: boolean) => void): void {
    const self = numberOf(this.parts.member.self)
    const question = { kind: 'take', after: numberOf(predecessor), upTo: self } as const
    const refused = () => done(false)
    this.parts.ask(owner, question, {
      answered: (answer) => {
        if (answer.kind !== 'keys') return refused()
        this.shelf.put(answer.keys, self)
        done(true)
      },
      missed: refused,
      keptBusy: refused,
    })
  }

  /** Before leaving: all that is ours to the successor. `done` is called also where it does not answer. */
  handOver(done: () => void): void {
    const { member, ask } = this.parts
    const heir = member.successors.find((contact) => !contact.id.equals(member.self.id) && !member.hasFailed(contact))
    const keys = this.owned
    if (!heir || keys.length === 0) {
      done()
      return
    }
    ask(heir, { kind: 'give', keys }, { answered: done, missed: done, keptBusy: done })
  }

  asked(from: number, question: KeyQuestion): KeyAnswer {
    switch (question.kind) {
      case 'take': {
        const [after, upTo] = [RingId.small(question.after, RING_BITS), RingId.small(question.upTo, RING_BITS)]
        const isWanted = (key: number) => owns(after, RingId.small(key, RING_BITS), upTo)
        // Of what another has been given meanwhile we have kept copies.
        return { kind: 'keys', keys: this.clockwise(this.shelf.keys.filter(isWanted)) }
      }
      case 'hold':
        this.shelf.holdFor(from, question.keys, this.isOwn)
        return { kind: 'held' }
      case 'give':
        this.shelf.put(
          question.keys.filter((key) => !this.shelf.has(key)),
          from,
        )
        return { kind: 'held' }
      case 'fetch':
        return { kind: 'value', key: question.key, isThere: this.shelf.has(question.key) }
    }
  }

  /** Whether a key is ours in our own view. */
  readonly isOwn = (key: number): boolean => {
    const { member } = this.parts
    return member.phase === 'member' && owns(member.predecessor.id, RingId.small(key, RING_BITS), member.self.id)
  }

  /** Copies are where they should be, as far as we know whom there is. */
  private seeTo(): void {
    const { member } = this.parts
    if (member.phase !== 'member') return
    const { predecessor } = member
    const given = this.shelf.settle(numberOf(member.self), numberOf(predecessor), this.isOwn)
    if (given.length > 0) this.give(predecessor, given)
    const others = this.others()
    const holders = this.fitHolders()
    const hasGrown = !this.before || isBetween(predecessor.id, this.before.id, member.self.id)
    this.before = predecessor
    if (hasGrown) for (const holder of holders) this.collect(holder)
    const isHolder = ({ id }: ChordContact) => holders.some((holder) => holder.id.equals(id))
    for (const former of this.holders) {
      if (!isHolder(former) && !member.hasFailed(former)) this.tell(former, [])
    }
    for (const holder of holders) this.tell(holder, this.owned)
    this.holders = holders
    const known = new Set([...holders, ...others].map(numberOf))
    this.told = new Map([...this.told].filter(([holder]) => known.has(holder)))
  }

  private others(): readonly ChordContact[] {
    const { member } = this.parts
    return member.successors.filter((contact) => !contact.id.equals(member.self.id))
  }

  /** Who is to hold copies of what we own. */
  private fitHolders(): readonly ChordContact[] {
    const { member } = this.parts
    return this.others()
      .filter((contact) => !member.hasFailed(contact))
      .slice(0, COPIES)
  }

  /** What is ours since our predecessor is gone, or since we are here: its copies may stand behind us alone. */
  private collect(holder: ChordContact): void {
    const { member, ask } = this.parts
    const self = numberOf(member.self)
    const ignored = () => {}
    ask(
      holder,
      { kind: 'take', after: numberOf(member.predecessor), upTo: self },
      {
        answered: (answer) => {
          const news = answer.kind === 'keys' ? answer.keys.filter((key) => !this.shelf.has(key)) : []
          this.shelf.put(news, self)
          if (news.length > 0) this.moved()
        },
        missed: ignored,
        keptBusy: ignored,
      },
    )
  }

  /** What the predecessor owns since it is that. It has taken it before, unless another had it then. */
  private give(predecessor: ChordContact, keys: readonly number[]): void {
    const ignored = () => {}
    this.parts.ask(predecessor, { kind: 'give', keys }, { answered: ignored, missed: ignored, keptBusy: ignored })
  }

  /** In the order in which one meets them from our predecessor on. */
  private clockwise(keys: readonly number[]): number[] {
    const from = numberOf(this.parts.member.predecessor)
    const distance = (key: number) => (key - from - 1 + RING_PLACES) % RING_PLACES
    return [...keys].sort((a, b) => distance(a) - distance(b))
  }

  private tell(holder: ChordContact, keys: readonly number[]): void {
    const number = numberOf(holder)
    const text = keys.join()
    if ((this.told.get(number) ?? '') === text) return
    this.told.set(number, text)
    const unknown = () => {
      this.told.delete(number)
    }
    this.parts.ask(
      holder,
      { kind: 'hold', keys },
      {
        answered: (answer) => {
          if (answer.kind === 'held') this.parts.copied(number, keys)
          else unknown()
        },
        missed: unknown,
        keptBusy: unknown,
      },
    )
  }
}

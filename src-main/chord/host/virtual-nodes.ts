/**
 * The virtual nodes of this host: each a member with its upkeep, in one of the 64 slots of the host's address. What they share
 * (who was heard of the outside, old contacts) stands here, and the look at whether nothing is left of the ring but this host.
 */
import { type Clock, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { Random } from '../../kernel/random.ts'
import { standAlone } from '../alone.ts'
import { type ChordContact, contactAt } from '../contact.ts'
import { IdealRing } from '../ideal-ring.ts'
import { type JoiningParts, joinRing } from '../joining.ts'
import { ChordMember } from '../member.ts'
import type { OldContacts } from '../old-contacts.ts'
import { Outside } from '../outside.ts'
import { owns, type RingId } from '../ring-id.ts'
import { ChordUpkeep, type UpkeepPeriods, USUAL_PERIODS } from '../upkeep.ts'
import type { Asking } from './asking.ts'

const ALONE_CHECK: Millis = 5 * SECOND
/** A timer that comes so much too late: the machine slept. */
export const SLEPT: Millis = 20 * SECOND

export interface VirtualNode {
  readonly member: ChordMember
  readonly upkeep: ChordUpkeep
  isLeaving: boolean
}

export interface VirtualNodesParts {
  readonly asking: Asking
  readonly clock: Clock
  readonly random: Random
  readonly oldContacts: OldContacts
  /** r. */
  readonly successors: number
  readonly periods?: UpkeepPeriods
  readonly admits: (contact: ChordContact) => boolean
  /** Whether it has answered us itself, so that it is worth remembering. */
  readonly hasAnswered: (contact: ChordContact) => boolean
  /** Neighbours of a member are others than before, or it has become one or none. Never called from within its methods. */
  readonly moved: (member: ChordMember) => void
  /** The successor of a member of ours has `other` where that stands. */
  readonly doubled: (slot: number, other: ChordContact) => void
}

export class VirtualNodes {
  private readonly parts: VirtualNodesParts
  /** By slot. */
  private readonly nodes = new Map<number, VirtualNode>()
  private readonly isToBeTold = new Set<ChordMember>()
  private outside: Outside
  private aloneCheck: Timer | undefined

  constructor(parts: VirtualNodesParts) {
    this.parts = parts
    this.outside = new Outside(parts.clock.now())
  }

  get all(): readonly VirtualNode[] {
    return [...this.nodes.values()]
  }

  /** Those that have joined and do not leave. */
  get active(): readonly VirtualNode[] {
    return this.all.filter(({ member, isLeaving }) => member.phase === 'member' && !isLeaving)
  }

  /** All that answer as members, those about to leave among them. */
  get members(): readonly ChordMember[] {
    return this.all.map(({ member }) => member).filter(({ phase }) => phase === 'member')
  }

  at(slot: number): VirtualNode | undefined {
    return this.nodes.get(slot)
  }

  /** The member of ours that stands last before `target`, from which the way there is shortest. */
  nearestBefore(target: RingId): ChordMember | undefined {
    const [first, ...others] = this.members
    if (!first) return undefined
    return others.reduce((best, member) => (owns(best.self.id, member.self.id, target) ? member : best), first)
  }

  /** A ring of our own: all slots from 0 to `count` - 1, pointing at each other as they should. */
  create(endpoint: Endpoint, count: number): void {
    const made = Array.from({ length: count }, (_, slot) => this.make(endpoint, slot))
    const ring = new IdealRing(made.map(({ member }) => member.self))
    for (const { member, upkeep } of made) {
      member.create(ring.pointersOf(member.self.id, this.parts.successors))
      upkeep.start()
    }
    this.watchLoneliness()
  }

  /** Joins in `slot` by way of those that `through` names. `done` is called once, with whether it is a member now. */
  join(
    endpoint: Endpoint,
    slot: number,
    through: (self: ChordContact) => readonly ChordContact[],
    prepare: NonNullable<JoiningParts['prepare']>,
    done: (joined: boolean) => void,
  ): void {
    const { asking, clock, random, admits } = this.parts
    if (this.members.length === 0) this.outside = new Outside(clock.now())
    const node = this.make(endpoint, slot)
    const isCurrent = () => this.nodes.get(slot) === node
    const stillWanted: typeof prepare = (place, goOn) => {
      if (isCurrent()) prepare(place, (isWanted) => goOn(isWanted && isCurrent()))
      else goOn(false)
    }
    const parts = { port: asking.as(slot), clock, random, admits, prepare: stillWanted }
    joinRing(node.member, through(node.member.self), parts, (joined) => {
      if (!isCurrent()) return
      if (joined) {
        node.upkeep.start()
        this.watchLoneliness()
      } else this.nodes.delete(slot)
      done(joined)
    })
  }

  /** Says goodbye to its neighbours and is gone. `done` is called once. */
  leave(slot: number, done: () => void): void {
    const node = this.nodes.get(slot)
    if (!node) {
      done()
      return
    }
    node.isLeaving = true
    node.upkeep.stop()
    node.member.leave(() => {
      if (this.nodes.get(slot) === node) this.nodes.delete(slot)
      done()
    })
  }

  /** All are gone at once, without a word. */
  clear(): void {
    for (const { upkeep } of this.nodes.values()) upkeep.stop()
    this.nodes.clear()
    this.aloneCheck?.cancel()
    this.aloneCheck = undefined
  }

  /** A host has answered for one of its members (or, not `isMember`, for itself alone) after we had given it up. */
  heard(from: ChordContact, isMember: boolean): void {
    for (const member of this.members) member.heard(from, isMember)
  }

  private make(endpoint: Endpoint, slot: number): VirtualNode {
    const { asking, clock, random, oldContacts, successors, admits, hasAnswered } = this.parts
    const self = contactAt(endpoint, slot)
    if (!self) throw new RangeError(`no place for slot ${slot} of ${endpoint.host}`)
    const port = asking.as(slot)
    const member: ChordMember = new ChordMember({
      ...{ self, port, clock, outside: this.outside, successors, admits },
      displaced: (contact) => {
        if (hasAnswered(contact)) oldContacts.remember(contact)
      },
      again: () => upkeep.again(),
      moved: () => this.moved(member),
      doubled: (other) => this.parts.doubled(self.slot, other),
    })
    const periods = this.parts.periods ?? USUAL_PERIODS
    const upkeep = new ChordUpkeep({ member, port, clock, random, oldContacts, periods, admits })
    const node: VirtualNode = { member, upkeep, isLeaving: false }
    this.nodes.set(slot, node)
    return node
  }

  private moved(member: ChordMember): void {
    if (this.isToBeTold.has(member)) return
    this.isToBeTold.add(member)
    this.parts.clock.after(0, () => {
      this.isToBeTold.delete(member)
      if (this.nodes.get(member.self.slot)?.member === member) this.parts.moved(member)
    })
  }

  private watchLoneliness(): void {
    const { clock } = this.parts
    const plannedAt = clock.now() + ALONE_CHECK
    this.aloneCheck ??= clock.after(ALONE_CHECK, () => {
      this.aloneCheck = undefined
      if (clock.now() - plannedAt >= SLEPT) this.outside.slept(clock.now())
      standAlone(this.members, this.outside, clock)
      if (this.nodes.size > 0) this.watchLoneliness()
    })
  }
}

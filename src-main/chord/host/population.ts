/**
 * How many places this host takes on the ring: v, and more where the ring would else have fewer than r + 1 members. A host that
 * begins a ring has r + 1 at once, so that Zave's base stands from the first moment. What it has to spare leaves, one at a time,
 * once more than r + 1 members have been seen for `settling`, that `SETTLED_ROUNDS` times in a row, and they answer; where lists have been
 * short for as long, one more joins. Hosts do not act in step: each round begins after a time that is partly chance.
 *
 * A slot whose place another host behind our address holds is left to it for `TAKEN_FOR`, and the next one tried; where both have
 * taken it at the same moment, to the one that the next member holds to.
 * Limits: one join or departure at a time; never more than r + 1 places beyond v, nor than there are slots.
 */
import { type Clock, MINUTE, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import type { Log } from '../../kernel/log.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { Random } from '../../kernel/random.ts'
import { areSiblings, type ChordContact } from '../contact.ts'
import type { Place } from '../joining.ts'
import { SLOTS } from '../position.ts'
import { type UpkeepPeriods, USUAL_PERIODS } from '../upkeep.ts'
import type { Asking } from './asking.ts'
import { Census } from './census.ts'
import { isShort, isSpare } from './ring-size.ts'
import { callTheRoll } from './roll-call.ts'
import type { VirtualNode, VirtualNodes } from './virtual-nodes.ts'

/** Between two looks: half of it up to half as much again. */
export const ROUND: Millis = 6 * SECOND
export const SETTLED_ROUNDS = 3
/** Of those of other hosts that stay so many are asked for. */
export const MAX_ROLL = 64
export const TAKEN_FOR: Millis = 10 * MINUTE
/** Whoever is named in a place of ours is asked for no more often: a successor may name somebody in each of its answers. */
export const DOUBLED_AGAIN: Millis = MINUTE

export interface PopulationParts {
  readonly nodes: VirtualNodes
  readonly asking: Asking
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** v. */
  readonly wanted: number
  /** r. */
  readonly successors: number
  /** After so long a new member stands in all lists that it belongs to. */
  readonly settling: Millis
  /** By way of whom a virtual node of ours may join. */
  readonly contactsFor: (self: ChordContact) => readonly ChordContact[]
  /** Copies the keys of a place before it is taken. */
  readonly beforeJoin: (self: ChordContact, place: Place, done: () => void) => void
  /** Hands the keys of a place over before it is left. */
  readonly beforeLeave: (node: VirtualNode, done: () => void) => void
  /** A join has ended. */
  readonly tried: (joined: boolean) => void
}

export class Population {
  private readonly parts: PopulationParts
  private endpoint: Endpoint | undefined
  private timer: Timer | undefined
  private isBusy = false
  /** Looks in a row at which one of ours could be spared, and at which the ring was short. */
  private spareRounds = 0
  private shortRounds = 0
  private census = new Census()
  private readonly takenAt = new Map<number, Millis>()
  /** When somebody else in a slot of ours was asked for last. */
  private readonly doubledAt = new Map<number, Millis>()

  constructor(parts: PopulationParts) {
    this.parts = parts
  }

  /** Where our places are; undefined before `begin`. */
  get placedAt(): Endpoint | undefined {
    return this.endpoint
  }

  /** Takes places in the ring of those that `contactsFor` names. */
  begin(endpoint: Endpoint): void {
    this.reset(endpoint)
    this.joinNext()
  }

  /** A ring of our own. */
  create(endpoint: Endpoint): void {
    this.reset(endpoint)
    const { nodes, successors, wanted, log } = this.parts
    nodes.create(endpoint, Math.min(SLOTS, Math.max(successors + 1, wanted)))
    log.write('info', 'ring created', { members: nodes.active.length })
    this.plan()
  }

  stop(): void {
    this.timer?.cancel()
    this.timer = undefined
    this.endpoint = undefined
    this.isBusy = false
  }

  /** The successor of a place of ours holds to somebody else there: if that one answers, the place is its, and we take another. */
  doubled(slot: number, other: ChordContact): void {
    const node = this.parts.nodes.at(slot)
    const now = this.parts.clock.now()
    if (!node || !this.endpoint || this.isBusy || now - (this.doubledAt.get(slot) ?? -DOUBLED_AGAIN) < DOUBLED_AGAIN)
      return
    this.doubledAt.set(slot, now)
    this.isBusy = true
    const keep = () => {
      if (!this.holds(node)) return
      this.isBusy = false
      this.plan()
    }
    const give = () => {
      if (!this.holds(node)) return
      this.takenAt.set(slot, this.parts.clock.now())
      this.parts.log.write('info', 'a place is left to another host of our address', { slot })
      this.leave(node)
    }
    const answered = ({ kind }: { readonly kind: string }) => (kind === 'alive' ? give() : keep())
    this.parts.asking.as(undefined).ask(other, { kind: 'ping' }, { answered, missed: keep, keptBusy: keep })
  }

  private reset(endpoint: Endpoint): void {
    this.stop()
    this.takenAt.clear()
    this.doubledAt.clear()
    this.endpoint = endpoint
    this.spareRounds = 0
    this.shortRounds = 0
    this.census = new Census()
  }

  private plan(): void {
    const { clock, random } = this.parts
    this.timer?.cancel()
    this.timer = clock.after(ROUND / 2 + random.below(ROUND), () => this.look())
  }

  private look(): void {
    if (!this.endpoint || this.isBusy) return
    const { nodes, wanted, successors, clock, settling } = this.parts
    const { active } = nodes
    if (active.length === 0) {
      this.joinNext()
      return
    }
    const [last] = active.toSorted((a, b) => b.member.self.slot - a.member.self.slot) as [VirtualNode]
    const now = clock.now()
    this.census.take(
      active.map(({ member }) => member),
      now,
    )
    // One of those that are settled goes, r + 1 must stay.
    const isEnough = this.census.settled(settling, now).length > successors + 1
    const isTooMany = active.length > wanted && isEnough && isSpare(last.member)
    this.spareRounds = isTooMany ? this.spareRounds + 1 : 0
    const isTooFew = active.every(({ member }) => isShort(member)) && active.length <= successors + wanted
    this.shortRounds = isTooFew ? this.shortRounds + 1 : 0
    if (active.length < wanted || this.shortRounds >= SETTLED_ROUNDS) this.joinNext()
    else if (this.spareRounds >= SETTLED_ROUNDS) this.giveUp(last)
    else this.plan()
  }

  private joinNext(): void {
    const { endpoint } = this
    const slot = this.freeSlot()
    if (!endpoint || slot === undefined) {
      this.parts.tried(false)
      this.plan()
      return
    }
    const { nodes, wanted, contactsFor } = this.parts
    this.isBusy = true
    this.shortRounds = 0
    this.spareRounds = 0
    nodes.join(
      endpoint,
      slot,
      contactsFor,
      (place, goOn) => this.prepare(slot, place, goOn),
      (joined) => this.joined(joined, slot, wanted),
    )
  }

  private joined(joined: boolean, slot: number, wanted: number): void {
    const { nodes, tried } = this.parts
    this.isBusy = false
    const isTaken = this.takenAt.has(slot)
    // A slot that is another's says nothing of the ring.
    if (joined || !isTaken) tried(joined)
    if (!this.endpoint) return
    if (nodes.active.length < wanted && (joined || isTaken)) this.joinNext()
    else this.plan()
  }

  private prepare(slot: number, place: Place, goOn: (isWanted: boolean) => void): void {
    const node = this.parts.nodes.at(slot)
    if (!node || !this.endpoint) {
      goOn(false)
      return
    }
    const { self } = node.member
    const { owner } = place
    if (!owner.id.equals(self.id) || areSiblings(owner, self)) {
      this.parts.beforeJoin(self, place, () => goOn(true))
      return
    }
    const free = () => goOn(true)
    this.parts.asking.as(undefined).ask(
      owner,
      { kind: 'ping' },
      {
        answered: ({ kind }) => {
          if (kind === 'absent') return free()
          this.takenAt.set(slot, this.parts.clock.now())
          goOn(false)
        },
        missed: free,
        keptBusy: free,
      },
    )
  }

  /**
   * Leaves one of our places, if those who are to stay are all there: nobody in a list is known to live before it is asked. Ours
   * is named to nobody any more before others are asked for theirs, so that two hosts do not count on each other's.
   */
  private giveUp(node: VirtualNode): void {
    const { nodes, asking, log, successors, settling, clock } = this.parts
    const { self } = node.member
    this.isBusy = true
    this.spareRounds = 0
    node.isLeaving = true
    const staying = this.census.settled(settling, clock.now()).filter(({ id }) => !id.equals(self.id))
    const others = staying.filter((contact) => !areSiblings(contact, self))
    const own = staying.filter(({ id }) => nodes.active.some(({ member }) => member.self.id.equals(id)))
    callTheRoll(others.slice(0, MAX_ROLL), asking.host, (theirs) => {
      if (!this.holds(node)) return
      if (theirs + own.length >= successors + 1) {
        log.write('debug', 'spare place left', { slot: self.slot })
        this.leave(node)
      } else {
        node.isLeaving = false
        this.isBusy = false
        this.plan()
      }
    })
  }

  /** Hands the keys over, then goes; `isBusy` until then. */
  private leave(node: VirtualNode): void {
    const { nodes, beforeLeave, wanted } = this.parts
    const { endpoint } = this
    node.isLeaving = true
    beforeLeave(node, () => {
      if (!this.holds(node) || this.endpoint !== endpoint) return
      nodes.leave(node.member.self.slot, () => {
        // Stopped, and perhaps begun anew: what is under way now is no concern of this departure.
        if (!endpoint || this.endpoint !== endpoint) return
        this.isBusy = false
        if (nodes.active.length < wanted) this.joinNext()
        else this.plan()
      })
    })
  }

  private holds(node: VirtualNode): boolean {
    return this.parts.nodes.at(node.member.self.slot) === node && this.endpoint !== undefined
  }

  private freeSlot(): number | undefined {
    const { nodes, clock } = this.parts
    for (let slot = 0; slot < SLOTS; slot++) {
      const takenAt = this.takenAt.get(slot)
      const isTaken = takenAt !== undefined && clock.now() - takenAt < TAKEN_FOR
      if (takenAt !== undefined && !isTaken) this.takenAt.delete(slot)
      if (!isTaken && !nodes.at(slot)) return slot
    }
    return undefined
  }
}

/** After so long a new member stands in all lists that it belongs to: news of it goes back one list in each period. */
export function settlingTime(successors: number, { stabilise }: UpkeepPeriods = USUAL_PERIODS): Millis {
  return (successors + SPARE_STEPS) * LONGEST_STEP * stabilise
}

/** A period may be half as long again. */
const LONGEST_STEP = 1.5
const SPARE_STEPS = 2

/**
 * When a member does what: stabilises, asks its predecessor for a sign of life, looks up one finger, and asks an old contact
 * for its own place, each in its period, half as long up to half as long again, so that members do not fall into step. Where
 * there is reason, the next stabilising comes at once.
 */
import { type Clock, type Millis, SECOND, type Timer } from '../kernel/clock.ts'
import { pick, type Random } from '../kernel/random.ts'
import type { ChordContact } from './contact.ts'
import { ChordLookup, type Start } from './lookup.ts'
import { runLookup } from './lookup-runner.ts'
import type { ChordMember } from './member.ts'
import type { AskPort } from './messages.ts'
import type { OldContacts } from './old-contacts.ts'
import { CUT_OFF_FOR } from './outside.ts'
import { isBetween, type RingId } from './ring-id.ts'

export interface UpkeepPeriods {
  readonly stabilise: Millis
  readonly checkPredecessor: Millis
  readonly fixFinger: Millis
  readonly recall: Millis
}

export const USUAL_PERIODS: UpkeepPeriods = {
  stabilise: 5 * SECOND,
  checkPredecessor: 5 * SECOND,
  fixFinger: 10 * SECOND,
  recall: 30 * SECOND,
}
/** From a reason to stabilise until it is done: half as long up to half as long again. */
export const SOON: Millis = 300

export interface ChordUpkeepParts {
  readonly member: ChordMember
  readonly port: AskPort
  readonly clock: Clock
  readonly random: Random
  readonly oldContacts: OldContacts
  readonly periods?: UpkeepPeriods
  readonly admits?: (contact: ChordContact) => boolean
}

export class ChordUpkeep {
  private readonly parts: ChordUpkeepParts
  private readonly timers = new Map<() => void, Timer>()
  private soon: Timer | undefined
  private runs = false
  private strandedAt: Millis = Number.POSITIVE_INFINITY

  constructor(parts: ChordUpkeepParts) {
    this.parts = parts
  }

  start(): void {
    if (this.runs) return
    this.runs = true
    const periods = this.parts.periods ?? USUAL_PERIODS
    this.repeat(periods.stabilise, this.stabilise)
    this.repeat(periods.checkPredecessor, this.checkPredecessor)
    this.repeat(periods.fixFinger, this.fixFinger)
    this.repeat(periods.recall, this.recall)
  }

  stop(): void {
    this.runs = false
    for (const timer of this.timers.values()) timer.cancel()
    this.timers.clear()
    this.soon?.cancel()
    this.soon = undefined
  }

  /** There is reason to stabilise before the next round. */
  again(): void {
    if (!this.runs || this.soon) return
    this.soon = this.parts.clock.after(this.around(SOON), () => {
      this.soon = undefined
      this.stabilise()
    })
  }

  private readonly stabilise = (): void => {
    const { member } = this.parts
    member.stabilise()
    if (!member.isStranded) this.strandedAt = Number.POSITIVE_INFINITY
    else {
      this.strandedAt = Math.min(this.strandedAt, this.parts.clock.now())
      this.recall()
    }
  }

  private readonly checkPredecessor = (): void => {
    const { checkPredecessor } = this.parts.periods ?? USUAL_PERIODS
    this.parts.member.checkPredecessor(checkPredecessor)
  }

  /** Looks up one finger. */
  private readonly fixFinger = (): void => {
    const { member } = this.parts
    const [successor] = member.successors
    const index = member.fingers.next(successor)
    const target = member.self.id.plusPowerOfTwo(index)
    this.lookUp(target, { self: member.self, known: member.route(target) }, (owner) =>
      member.fingers.found(index, owner),
    )
  }

  /** Asks an old contact who stands behind us; with no successor left, tries the nearest of all known for one. */
  private readonly recall = (): void => {
    const { member, oldContacts, random } = this.parts
    const isNear = (contact: ChordContact) => member.successors.some(({ id }) => id.equals(contact.id))
    const isOther = (contact: ChordContact) => !isNear(contact) && !contact.id.equals(member.self.id)
    // With no successor left whoever is known will do.
    const known = member.isStranded
      ? [member.predecessor, ...member.fingers.distinct, ...oldContacts.all]
      : oldContacts.all
    const fitting = known.filter((contact) => isOther(contact) && (!member.isStranded || !member.hasFailed(contact)))
    if (fitting.length === 0) return
    if (member.isStranded) {
      // Whoever was cut off for a moment has a place to come back to.
      if (this.parts.clock.now() - this.strandedAt >= CUT_OFF_FOR)
        member.consider(nearestAfter(member.self.id, fitting))
      return
    }
    const contact = pick(random, fitting)
    this.lookUp(member.self.id.plusPowerOfTwo(0), { contacts: [contact] }, (owner) => member.consider(owner))
  }

  private lookUp(target: RingId, start: Start, found: (owner: ChordContact) => void): void {
    const { member, port, admits } = this.parts
    const lookup = new ChordLookup({ target, ...(admits && { admits }) }, start)
    runLookup(
      lookup,
      port,
      ({ owner }) => {
        if (owner && this.runs) found(owner)
      },
      {
        replied: (contact) => member.heard(contact),
        failed: (contact) => member.fingers.remove(contact),
      },
    )
  }

  private repeat(period: Millis, run: () => void): void {
    const fire = () => {
      this.timers.set(run, this.parts.clock.after(this.around(period), fire))
      run()
    }
    this.timers.set(run, this.parts.clock.after(this.around(period), fire))
  }

  /** From half of it to half as much again. */
  private around(period: Millis): Millis {
    return period / 2 + this.parts.random.below(Math.max(1, Math.round(period)))
  }
}

/** The first clockwise from `id` of a list that is not empty. */
function nearestAfter(id: RingId, contacts: readonly ChordContact[]): ChordContact {
  return contacts.reduce((nearest, contact) => (isBetween(id, contact.id, nearest.id) ? contact : nearest))
}

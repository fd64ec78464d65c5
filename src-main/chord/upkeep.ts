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
import type { RingId } from './ring-id.ts'
import { Stranded } from './stranded.ts'

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
  private readonly stranded: Stranded
  private isOthersTurn = false

  constructor(parts: ChordUpkeepParts) {
    this.parts = parts
    this.stranded = new Stranded(parts.member)
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

  /** By turns, once no successor has been left for long: others are tried as well as those of the list. */
  private readonly stabilise = (): void => {
    const { member, clock } = this.parts
    this.isOthersTurn = this.stranded.isLasting(clock.now()) && !this.isOthersTurn
    if (this.isOthersTurn) this.tryAnother()
    else member.stabilise()
  }

  /** Whoever is known may be the new successor. */
  private tryAnother(): void {
    const { member, oldContacts } = this.parts
    if (member.isChanging) return
    const candidate = this.stranded.next([member.predecessor, ...member.fingers.distinct, ...oldContacts.all])
    if (!candidate) return
    // That they are dead is known for longer than it is remembered.
    for (const contact of member.successors) if (!member.hasFailed(contact)) member.fail(contact)
    member.consider(candidate)
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

  /** Asks an old contact who stands behind us. */
  private readonly recall = (): void => {
    const { member, oldContacts, random } = this.parts
    const isNear = (contact: ChordContact) => member.successors.some(({ id }) => id.equals(contact.id))
    const fitting = oldContacts.all.filter((contact) => !isNear(contact) && !contact.id.equals(member.self.id))
    if (fitting.length === 0 || member.isStranded) return
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

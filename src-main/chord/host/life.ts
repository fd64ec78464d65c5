/**
 * Finds a ring and takes places in it, and notices when the places are no longer ours.
 *
 *   stopped -> joining -> client -> joining -> member -> joining (another address) …
 *                 ↓↑                              (nobody answers: isolated, with back-off)
 *
 * An attempt greets saved contacts, suggested endpoints and those that `bootstrap` finds. With the first member known it takes
 * places where it may (its address is known, and strangers reach it or it was given), else it is a client. Where nobody answers
 * it begins a ring if it may; else it is `isolated` and tries again: after 5 s doubling to 5 minutes, a quarter of it by chance,
 * at once when told of an endpoint or another network. Who has met others that look for a ring as well waits a moment first, so
 * that one of them begins it. A member that sees no other host goes on greeting in the same rhythm,
 * one that does now and then, since what it stands in may be one of two rings that do not know each other.
 */
import { type Clock, MINUTE, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import type { Log } from '../../kernel/log.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { Random } from '../../kernel/random.ts'
import type { ChordContact } from '../contact.ts'
import type { ChordPhase } from '../overlay.ts'
import { Attempts } from './attempts.ts'
import type { Greetings } from './greetings.ts'
import type { KnownMembers } from './known-members.ts'
import { ADDRESS_SETTLED, type ChordNodeOptions } from './node-options.ts'
import type { OwnAddress } from './own-address.ts'
import type { Population } from './population.ts'
import type { Reachability } from './reachability.ts'

export const FIRST_RETRY: Millis = 5 * SECOND
export const LONGEST_RETRY: Millis = 5 * MINUTE
/** Attempts in which those who look for a ring as well are let go first. */
export const PATIENCE = 3

export interface LifeParts {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly options: ChordNodeOptions
  readonly local: Endpoint
  readonly known: KnownMembers
  readonly address: OwnAddress
  readonly reachability: Reachability
  readonly population: Population
  readonly greetings: Greetings
  /** Whether another host is in the lists of our members. */
  readonly seesOthers: () => boolean
  /** Leaves all our places in order. */
  readonly leavePlaces: (done: () => void) => void
  /** Our contacts stand there from now on. */
  readonly placed: (endpoint: Endpoint) => void
  readonly changed: () => void
}

export class Life {
  phase: ChordPhase = 'stopped'
  retryAt: Millis | undefined
  private readonly parts: LifeParts
  private readonly attempts: Attempts
  private timer: Timer | undefined
  private failures = 0
  private patience = PATIENCE
  /** Hosts without a ring that have answered in this attempt. */
  private metOthers = false
  private isTakingPlaces = false
  private isMoving = false
  private aloneUntil: Millis = 0
  private greetsAgainAt: Millis = 0
  private otherAddressSince: Millis | undefined
  /** A client that failed to take places tries again then. */
  private placesAgainAt: Millis = 0
  /** Isolated while something was missing without which it cannot begin a ring. */
  private wasUnable = false

  constructor(parts: LifeParts) {
    this.parts = parts
    const { clock, random, known, greetings, options } = parts
    const over = () => this.conclude()
    this.attempts = new Attempts({ clock, random, known, greetings, bootstrap: options.bootstrap, over })
  }

  /** What a client still lacks. */
  get missing(): 'address' | 'reach' | undefined {
    if (this.parts.address.host === undefined) return 'address'
    return this.isReached ? undefined : 'reach'
  }

  start(): void {
    if (this.phase === 'stopped') this.attempt()
  }

  stop(): void {
    this.timer?.cancel()
    this.retryAt = undefined
    this.attempts.end()
    this.isTakingPlaces = false
    this.enter('stopped')
  }

  suggest(endpoints: readonly Endpoint[]): void {
    if (this.phase === 'stopped' || this.isMoving) this.attempts.note(endpoints)
    else if (this.attempts.suggest(endpoints) && this.phase === 'isolated') this.attempt()
  }

  /** Begins anew, whatever was tried before. Members stay what they are until another address is seen. */
  networkChanged(): void {
    const { address, reachability } = this.parts
    address.networkChanged()
    reachability.reset()
    if (this.phase === 'stopped' || this.isMoving) return
    this.failures = 0
    this.attempt()
  }

  /** A host has answered a greeting. */
  met(members: readonly ChordContact[]): void {
    if (members.length === 0) this.metOthers = true
    if (this.attempts.isOpen && !this.parts.known.isEmpty) this.proceed()
  }

  /** Another Shoal at our address has the same places, in a ring of its own: they are left to it, and others taken there. */
  giveWay(): void {
    if (this.phase === 'member' && !this.isMoving) this.move('another host of our address')
  }

  /** All that were to be greeted have been. */
  greetedAll(): void {
    this.attempts.greetedAll()
  }

  /** Another place was tried. */
  tried(joined: boolean): void {
    if (this.phase === 'stopped' || this.isMoving) return
    this.isTakingPlaces = false
    if (this.phase === 'member') return
    if (joined) {
      this.becomeMember()
      return
    }
    this.parts.population.stop()
    if (this.phase === 'client') this.placesAgainAt = this.parts.clock.now() + this.pause()
    else this.failed()
  }

  /** To be called now and then. */
  tick(): void {
    if (this.phase === 'stopped' || this.isMoving) return
    if (this.phase === 'member') {
      this.watchAddress()
      this.lookForOthers()
    } else if (!this.isTakingPlaces && !this.attempts.isOpen) {
      const isClient = this.phase === 'client'
      if (isClient && this.parts.known.isEmpty) this.attempt()
      else if (isClient && this.mayBeMember && this.parts.clock.now() >= this.placesAgainAt) this.proceed()
      else if (this.wasUnable && this.mayBeMember) this.attempt()
    }
  }

  /** Nobody of those that a client knew has answered. */
  lost(): void {
    if (this.phase === 'client' && !this.attempts.isOpen && !this.isTakingPlaces) this.attempt()
  }

  private get isReached(): boolean {
    return this.parts.address.isGiven || this.parts.reachability.isProven
  }

  private get mayBeMember(): boolean {
    return this.missing === undefined
  }

  private attempt(): void {
    const isWaitedFor = this.phase !== 'member'
    this.timer?.cancel()
    this.retryAt = undefined
    this.metOthers = false
    this.wasUnable = false
    if (isWaitedFor && (this.phase !== 'client' || this.parts.known.isEmpty)) this.enter('joining')
    this.attempts.begin(isWaitedFor)
  }

  /** The attempt is over. */
  private conclude(): void {
    const { known, clock, random } = this.parts
    if (!known.isEmpty) this.proceed()
    else if (!this.mayBeMember) this.failed()
    else if (this.metOthers && this.patience > 0) {
      this.patience -= 1
      this.timer = clock.after(SECOND + random.below(3 * SECOND), () => this.attempt())
    } else this.createRing()
  }

  /** Somebody of a ring is known. */
  private proceed(): void {
    this.attempts.end()
    this.timer?.cancel()
    const endpoint = this.ownEndpoint
    if (endpoint && this.mayBeMember) {
      if (this.isTakingPlaces) return
      this.isTakingPlaces = true
      if (this.phase !== 'client') this.enter('joining')
      this.parts.placed(endpoint)
      this.parts.population.begin(endpoint)
    } else {
      this.failures = 0
      this.enter('client')
    }
  }

  private createRing(): void {
    const endpoint = this.ownEndpoint
    if (!endpoint) {
      this.failed()
      return
    }
    this.parts.placed(endpoint)
    this.parts.population.create(endpoint)
    this.becomeMember()
    this.failures = 1
    this.aloneUntil = this.parts.clock.now() + this.pause()
  }

  private becomeMember(): void {
    this.failures = 0
    this.patience = PATIENCE
    this.otherAddressSince = undefined
    this.greetsAgainAt = this.parts.clock.now() + this.aboutAsLong(LONGEST_RETRY)
    this.enter('member')
    this.parts.log.write('info', 'member of the ring')
  }

  private get ownEndpoint(): Endpoint | undefined {
    const { host } = this.parts.address
    return host === undefined ? undefined : { host, port: this.parts.local.port }
  }

  /** Our places are those of another address than is seen now, and that lasts. */
  private watchAddress(): void {
    const { address, population, clock } = this.parts
    const [placed, host] = [population.placedAt?.host, address.host]
    const isOther = placed !== undefined && host !== undefined && host !== placed
    this.otherAddressSince = isOther ? (this.otherAddressSince ?? clock.now()) : undefined
    if (isOther && clock.now() - (this.otherAddressSince as Millis) >= ADDRESS_SETTLED) this.move('another address')
  }

  private move(why: string): void {
    const { population, leavePlaces, reachability, log } = this.parts
    log.write('info', 'the places are left', { why })
    this.isMoving = true
    this.otherAddressSince = undefined
    population.stop()
    reachability.reset()
    leavePlaces(() => {
      this.isMoving = false
      if (this.phase === 'stopped') return
      this.enter('joining')
      this.attempt()
    })
  }

  /** Greets on, in case that others have a ring of their own. */
  private lookForOthers(): void {
    const { clock, seesOthers } = this.parts
    if (seesOthers()) {
      this.failures = 0
      this.aloneUntil = 0
      if (clock.now() < this.greetsAgainAt) return
      this.greetsAgainAt = clock.now() + this.aboutAsLong(LONGEST_RETRY)
      this.attempt()
    } else if (clock.now() >= this.aloneUntil) {
      this.failures += 1
      this.aloneUntil = clock.now() + this.pause()
      this.attempt()
    }
  }

  private failed(): void {
    const { clock, log } = this.parts
    const delay = this.pause()
    this.failures += 1
    this.timer?.cancel()
    this.timer = clock.after(delay, () => this.attempt())
    this.retryAt = clock.now() + delay
    this.wasUnable = this.missing !== undefined
    this.enter('isolated')
    log.write('info', 'isolated', { retryIn: delay })
  }

  private pause(): Millis {
    return this.aboutAsLong(Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** Math.min(this.failures, 10)))
  }

  private aboutAsLong(pause: Millis): Millis {
    return pause - this.parts.random.below(Math.ceil(pause / 4))
  }

  private enter(phase: ChordPhase): void {
    if (this.phase === phase) return
    this.phase = phase
    this.parts.changed()
  }
}

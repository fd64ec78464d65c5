/**
 * Copies that nobody counts on any more: no member of ours owns the key, and no owner has compared it with us for `UNCONFIRMED_FOR`,
 * three rounds of repair. Their owner is looked up and given what it lacks. Where we are one of its replicas they stay; else they
 * go, once it has them all. What is not shown to be held elsewhere never goes.
 *
 * Limits: `GROUPS_AT_A_TIME` owners a round, one after the other.
 */
import { type Clock, MINUTE, type Millis } from '../../kernel/clock.ts'
import type { RunningRequest } from '../../kernel/key-value-store.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { HostPort, KeyRange } from '../host-messages.ts'
import type { ChordObserver, ChordSearchResult } from '../overlay.ts'
import type { RingId } from '../ring-id.ts'
import type { HeldItem, ItemShelf } from './item-shelf.ts'
import { before } from './key-range.ts'
import { distinctHosts, ownerAmong, type Place, REPLICAS } from './places.ts'
import { RangeSync } from './range-sync.ts'

export const UNCONFIRMED_FOR: Millis = 4.5 * MINUTE
/** After a try that failed. */
export const TRY_AGAIN_AFTER: Millis = MINUTE
export const GROUPS_AT_A_TIME = 8

export interface StraysParts {
  readonly clock: Pick<Clock, 'now'>
  readonly port: HostPort
  readonly items: ItemShelf
  members(): readonly Place[]
  isOwn(endpoint: Endpoint): boolean
  lookUp(target: RingId, observer: ChordObserver, done: (result: ChordSearchResult) => void): RunningRequest
}

export class Strays {
  private readonly parts: StraysParts
  private running: RunningRequest | undefined

  constructor(parts: StraysParts) {
    this.parts = parts
  }

  /** Whether it is at work. */
  get isLooking(): boolean {
    return this.running !== undefined
  }

  /** Looks after some, unless it still does. */
  look(): void {
    if (!this.running) this.next(GROUPS_AT_A_TIME)
  }

  stop(): void {
    this.running?.cancel()
    this.running = undefined
  }

  private next(groups: number): void {
    this.running = undefined
    const stray = groups > 0 ? this.strays()[0] : undefined
    if (!stray) return
    this.running = this.parts.lookUp(stray.key, {}, ({ owners }) => {
      const [owner] = owners
      if (!owner) {
        this.postpone(this.strays())
        this.next(0)
        return
      }
      const range = { after: before(stray.key), upTo: owner.id }
      const holders = [owner, ...distinctHosts(owners.slice(1), REPLICAS, owner)]
      if (holders.some(({ endpoint }) => this.parts.isOwn(endpoint))) {
        for (const held of this.strays(range)) held.confirmedAt = this.now
        this.next(groups - 1)
      } else this.handBack(range, owner.endpoint, () => this.next(groups - 1))
    })
  }

  private handBack(range: KeyRange, owner: Endpoint, done: () => void): void {
    const { items } = this.parts
    const given = this.strays(range)
    const sync = new RangeSync(this.parts, { range, with: owner, givesOnly: true }, (outcome) => {
      // What has changed meanwhile is another item than the one that was shown.
      const unchanged = given.filter((held) => items.get(held.key, this.now) === held)
      if (outcome === 'equal') for (const { key } of unchanged) items.drop(key)
      else this.postpone(unchanged)
      done()
    })
    this.running = { cancel: () => sync.cancel() }
    sync.start()
  }

  private postpone(held: readonly HeldItem[]): void {
    for (const one of held) one.confirmedAt = this.now - UNCONFIRMED_FOR + TRY_AGAIN_AFTER
  }

  private strays(range?: KeyRange): HeldItem[] {
    const { items, members } = this.parts
    const held = range ? items.inRange(range, this.now) : items.all(this.now)
    const places = members()
    return held.filter(({ key, confirmedAt }) => {
      return this.now - confirmedAt >= UNCONFIRMED_FOR && !ownerAmong(places, key)
    })
  }

  private get now(): Millis {
    return this.parts.clock.now()
  }
}

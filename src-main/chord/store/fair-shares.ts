/**
 * Which of what a host keeps gives way when there is no more room, so that no few networks (/24 or /64) shut the others out.
 *
 * - For a key of our own ranges one outside them goes: copies first, and of the network that has most.
 * - Else one goes only for a network that still has fewer afterwards than the one that loses it; what is outside our ranges
 *   never displaces what is inside. So the loser has more than an even share, and keeps at least that.
 * - Of a network what came last goes first.
 *
 * Cost: counts are kept, so that most refusals look at nothing else; a look through all is made for `PLANNED_AT_ONCE` decisions,
 * and one that was in vain is not repeated before so many more.
 */
import type { AddressKey } from '../../codec/address-keys.ts'
import type { KeyRange } from '../host-messages.ts'
import type { RingId } from '../ring-id.ts'
import { isInRange } from './key-range.ts'

export const PLANNED_AT_ONCE = 64

/** From whom it came. */
export interface Origin {
  /** Its /24 or /64; what is left of an earlier run counts as one network. */
  readonly network: AddressKey
  readonly isCopy: boolean
}

export interface SharesParts {
  /** What our members own; ranges that do not overlap. */
  readonly ranges: () => readonly KeyRange[]
  /** How many are held in a range. */
  readonly count: (range: KeyRange) => number
}

interface Entry extends Origin {
  readonly key: RingId
}

export class FairShares {
  private readonly parts: SharesParts
  /** The one that came first is first. */
  private readonly entries = new Map<string, Entry>()
  private readonly shares = new Map<AddressKey, number>()
  /** How many networks have so many. */
  private readonly networksWith = new Map<number, number>()
  private largest = 0
  private planned: Entry[] = []
  private vainLeft = 0
  private looked = 0

  constructor(parts: SharesParts) {
    this.parts = parts
  }

  /** Looks through all so far. */
  get looks(): number {
    return this.looked
  }

  /** It is held now; one that was keeps its place and its first origin. */
  note(key: RingId, { network, isCopy }: Origin): void {
    if (this.entries.has(key.key)) return
    this.entries.set(key.key, { key, network, isCopy })
    this.setShare(network, this.shareOf(network) + 1)
  }

  forget(key: RingId): void {
    const entry = this.entries.get(key.key)
    if (!entry) return
    this.entries.delete(key.key)
    this.setShare(entry.network, this.shareOf(entry.network) - 1)
  }

  /** What goes for a new key of this network; undefined where nothing does. */
  victimFor(key: RingId, network: AddressKey): RingId | undefined {
    const ranges = this.parts.ranges()
    const isOurs = (one: RingId) => ranges.some((range) => isInRange(range, one))
    const isInside = isOurs(key)
    const inside = ranges.reduce((sum, range) => sum + this.parts.count(range), 0)
    const outside = inside < this.entries.size
    if (!isInside && !outside) return undefined
    const isDue = isInside && outside
    const isAbove = (entry: Entry) => this.shareOf(entry.network) > this.shareOf(network) + 1
    if (!isDue && this.largest <= this.shareOf(network) + 1) return undefined
    const fits = (entry: Entry | undefined) =>
      entry !== undefined &&
      this.entries.get(entry.key.key) === entry &&
      isOurs(entry.key) !== outside &&
      (isDue || isAbove(entry))
    while (this.planned.length > 0 && !fits(this.planned[0])) this.planned.shift()
    if (this.planned.length === 0) {
      if (!isDue && this.vainLeft > 0) {
        this.vainLeft -= 1
        return undefined
      }
      this.planned = this.plan((entry) => isOurs(entry.key) !== outside, outside).filter(fits)
      this.vainLeft = this.planned.length > 0 ? 0 : PLANNED_AT_ONCE
    }
    return this.planned[0]?.key
  }

  /** The next ones to go, taken evenly from those that have most. Of our own keys a copy counts as much as what was written. */
  private plan(isCandidate: (entry: Entry) => boolean, copiesFirst: boolean): Entry[] {
    this.looked += 1
    const [copies, written]: [Map<AddressKey, Entry[]>, Map<AddressKey, Entry[]>] = [new Map(), new Map()]
    for (const entry of this.entries.values()) {
      if (!isCandidate(entry)) continue
      const groups = copiesFirst && entry.isCopy ? copies : written
      const group = groups.get(entry.network)
      if (group) group.push(entry)
      else groups.set(entry.network, [entry])
    }
    return [...this.leveled(copies), ...this.leveled(written)].slice(0, PLANNED_AT_ONCE)
  }

  private leveled(groups: ReadonlyMap<AddressKey, Entry[]>): Entry[] {
    const chosen: Entry[] = []
    const sorted = [...groups].sort(([a], [b]) => this.shareOf(b) - this.shareOf(a))
    for (let level = this.largest; level > 0 && chosen.length < PLANNED_AT_ONCE; level--) {
      for (const [network, group] of sorted) {
        if (this.shareOf(network) < level || chosen.length >= PLANNED_AT_ONCE) break
        const next = group.pop()
        if (next) chosen.push(next)
      }
    }
    return chosen
  }

  private shareOf(network: AddressKey): number {
    return this.shares.get(network) ?? 0
  }

  /** By one more or one less. */
  private setShare(network: AddressKey, share: number): void {
    const before = this.shareOf(network)
    if (share > 0) this.shares.set(network, share)
    else this.shares.delete(network)
    this.addNetworks(before, -1)
    this.addNetworks(share, 1)
    if (share > this.largest) this.largest = share
    else if (!this.networksWith.has(this.largest)) this.largest -= 1
  }

  private addNetworks(share: number, change: number): void {
    const number = (this.networksWith.get(share) ?? 0) + change
    if (share > 0 && number > 0) this.networksWith.set(share, number)
    else this.networksWith.delete(share)
  }
}

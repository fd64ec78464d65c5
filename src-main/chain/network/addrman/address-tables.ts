/**
 * The two tables of addresses: new (heard of) and tried (has answered).
 *
 * Invariant: every entry is either in one slot of the tried table, or in 1 to 8 slots of the new one; no slot holds anything
 * else. So there are never more entries than slots: 65,536 and 16,384. Decides nothing; knows no time and no network.
 */
import type { Endpoint } from '../../../kernel/network.ts'
import { formatEndpoint } from '../../../kernel/network.ts'
import type { Random } from '../../../kernel/random.ts'
import { isSmallNetwork } from '../netgroup.ts'
import type { AddressEntry, AddressOrigin } from './address-entry.ts'
import { BUCKET_SLOTS, BucketTable } from './bucket-table.ts'
import { NEW_BUCKETS, type Placement, TRIED_BUCKETS } from './placement.ts'

export const MAX_NEW_SLOTS_OF_ONE = 8
export const MAX_ADDRESSES_KEPT = (NEW_BUCKETS + TRIED_BUCKETS) * BUCKET_SLOTS

/** What an entry begins with. */
export interface NewAddress {
  readonly endpoint: Endpoint
  readonly origin: AddressOrigin
  readonly sourceGroup: string
  readonly services: bigint
  readonly time: number
}

export class AddressTables {
  readonly #placement: Placement
  readonly #byName = new Map<string, AddressEntry>()
  /** In no order. */
  readonly #all: AddressEntry[] = []
  readonly #new = new BucketTable<AddressEntry>(NEW_BUCKETS)
  readonly #tried = new BucketTable<AddressEntry>(TRIED_BUCKETS)

  constructor(placement: Placement) {
    this.#placement = placement
  }

  get all(): readonly AddressEntry[] {
    return this.#all
  }

  /** Entries in the tried table; all others are in the new one. */
  get triedCount(): number {
    return this.#tried.size
  }

  /** More than there are entries in the new table, for one may have several. */
  get newSlotsUsed(): number {
    return this.#new.size
  }

  get newBucketsUsed(): number {
    return this.#new.used
  }

  get triedBucketsUsed(): number {
    return this.#tried.used
  }

  find(endpoint: Endpoint): AddressEntry | undefined {
    return this.#byName.get(formatEndpoint(endpoint))
  }

  pick(table: 'new' | 'tried', random: Random): AddressEntry | undefined {
    return (table === 'new' ? this.#new : this.#tried).pick(random)
  }

  /** A new entry, where its slot is free or `mayReplace` gives up what is in it. */
  add(address: NewAddress, mayReplace: (occupant: AddressEntry) => boolean): AddressEntry | undefined {
    const entry: AddressEntry = {
      ...address,
      name: formatEndpoint(address.endpoint),
      lastTry: 0,
      lastCountedTry: 0,
      lastSuccess: 0,
      attempts: 0,
      newSlots: [],
      triedSlot: undefined,
      index: this.#all.length,
    }
    if (!this.#intoNew(entry, address.sourceGroup, mayReplace)) return undefined
    entry.index = this.#all.length
    this.#byName.set(entry.name, entry)
    this.#all.push(entry)
    return entry
  }

  /** One more slot of the new table for an entry in it, by another source. */
  addSlot(entry: AddressEntry, sourceGroup: string, mayReplace: (occupant: AddressEntry) => boolean): void {
    if (entry.triedSlot !== undefined || entry.newSlots.length >= MAX_NEW_SLOTS_OF_ONE) return
    // Of the small network each has one bucket, whoever names it.
    if (isSmallNetwork(entry.endpoint.host)) return
    this.#intoNew(entry, sourceGroup, mayReplace)
  }

  /** Whom `entry` would push out of the tried table; undefined where there is room. */
  rivalOf(entry: AddressEntry): AddressEntry | undefined {
    return this.#tried.at(slotFor(this.#tried, entry, this.#placement.triedSlot(entry.endpoint)))
  }

  /** new -> tried. Its rival goes back to the new table, and pushes out whatever is in its slot there. */
  toTried(entry: AddressEntry): void {
    for (const slot of entry.newSlots.splice(0)) this.#new.clear(slot)
    const slot = slotFor(this.#tried, entry, this.#placement.triedSlot(entry.endpoint))
    const rival = this.#tried.at(slot)
    if (rival !== undefined) {
      this.#tried.clear(slot)
      rival.triedSlot = undefined
      this.#intoNew(rival, rival.sourceGroup, () => true)
    }
    this.#tried.put(slot, entry)
    entry.triedSlot = slot
  }

  remove(entry: AddressEntry): void {
    for (const slot of entry.newSlots.splice(0)) this.#new.clear(slot)
    if (entry.triedSlot !== undefined) this.#tried.clear(entry.triedSlot)
    entry.triedSlot = undefined
    this.#byName.delete(entry.name)
    const last = this.#all.pop() as AddressEntry
    if (last === entry) return
    this.#all[entry.index] = last
    last.index = entry.index
  }

  #intoNew(entry: AddressEntry, sourceGroup: string, mayReplace: (occupant: AddressEntry) => boolean): boolean {
    const slot = slotFor(this.#new, entry, this.#placement.newSlot(entry.endpoint, sourceGroup))
    const occupant = this.#new.at(slot)
    if (occupant === entry) return false
    if (occupant !== undefined) {
      if (!mayReplace(occupant)) return false
      this.#leaveNewSlot(occupant, slot)
    }
    this.#new.put(slot, entry)
    entry.newSlots.push(slot)
    return true
  }

  #leaveNewSlot(entry: AddressEntry, slot: number): void {
    if (entry.newSlots.length === 1) {
      this.remove(entry)
      return
    }
    this.#new.clear(slot)
    entry.newSlots.splice(entry.newSlots.indexOf(slot), 1)
  }
}

/** Of the small network, the first free slot of its bucket: there, two of a few addresses must not stand in each other's way. */
function slotFor(table: BucketTable<AddressEntry>, { endpoint }: AddressEntry, slot: number): number {
  return isSmallNetwork(endpoint.host) ? (table.freeFrom(slot) ?? slot) : slot
}

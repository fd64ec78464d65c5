/** Transactions newest first: those that wait for a block, then by time. Kept in order with each change. */
import type { HistoryPlace, LedgerEntry } from './ledger-entry.ts'

export class HistoryOrder {
  #entries: LedgerEntry[] = []

  get entries(): readonly LedgerEntry[] {
    return this.#entries
  }

  /** Where it stood is told by its `historyPlace`. */
  remove(entry: LedgerEntry): void {
    const at = this.#placeOf(entry.historyPlace)
    if (this.#entries[at] === entry) this.#entries.splice(at, 1)
  }

  insert(entry: LedgerEntry): void {
    this.#entries.splice(this.#placeOf(entry.historyPlace), 0, entry)
  }

  /** Many at once. */
  insertAll(entries: readonly LedgerEntry[]): void {
    this.#entries = [...this.#entries, ...entries].sort((a, b) => compare(a.historyPlace, b.historyPlace))
  }

  #placeOf(place: HistoryPlace): number {
    let [low, high] = [0, this.#entries.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compare((this.#entries[middle] as LedgerEntry).historyPlace, place) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

export function placeOf({ record, standing, id }: LedgerEntry): HistoryPlace {
  const { block, firstSeen, arrival } = record
  return {
    isPending: standing === 'pending',
    time: block?.time ?? firstSeen,
    height: block?.height ?? -1,
    place: block?.place ?? -1,
    arrival,
    id,
  }
}

export function isSamePlace(a: HistoryPlace, b: HistoryPlace): boolean {
  return compare(a, b) === 0
}

function compare(a: HistoryPlace, b: HistoryPlace): number {
  if (a.isPending !== b.isPending) return a.isPending ? -1 : 1
  return (
    b.time - a.time ||
    b.height - a.height ||
    b.place - a.place ||
    b.arrival - a.arrival ||
    (a.id < b.id ? -1 : Number(a.id > b.id))
  )
}

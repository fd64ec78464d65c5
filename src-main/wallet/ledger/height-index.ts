/** The wallet's transactions by the height of their block. */
import type { LedgerEntry } from './ledger-entry.ts'

export class HeightIndex {
  readonly #byHeight = new Map<number, Set<LedgerEntry>>()

  add(entry: LedgerEntry): void {
    const height = entry.record.block?.height
    if (height === undefined) return
    const entries = this.#byHeight.get(height)
    if (entries) entries.add(entry)
    else this.#byHeight.set(height, new Set([entry]))
  }

  /** By the block in its record. */
  remove(entry: LedgerEntry): void {
    const height = entry.record.block?.height
    if (height === undefined) return
    const entries = this.#byHeight.get(height)
    entries?.delete(entry)
    if (entries?.size === 0) this.#byHeight.delete(height)
  }

  /** Both heights included; in the order of the chain. */
  between(lowest: number, highest: number): readonly LedgerEntry[] {
    const found: LedgerEntry[] = []
    if (highest - lowest > this.#byHeight.size) {
      for (const [height, entries] of this.#byHeight) if (height >= lowest && height <= highest) found.push(...entries)
    } else {
      for (let height = lowest; height <= highest; height++) found.push(...(this.#byHeight.get(height) ?? []))
    }
    return found.sort((a, b) => orderOf(a) - orderOf(b) || placeOf(a) - placeOf(b))
  }
}

const orderOf = ({ record }: LedgerEntry) => record.block?.height ?? 0
const placeOf = ({ record }: LedgerEntry) => record.block?.place ?? 0

/**
 * Finds the row of a hash: open addressing over row numbers alone, the hashes stay in their column. Two to four slots for
 * each row, so that searches are short; block hashes are as good as random, and their first bytes choose the slot.
 */

const FIRST_SLOTS = 4_096
/** At most half of the slots are taken. */
const SLOTS_PER_ROW = 2
const EMPTY = -1

/** The column of hashes. */
export interface HashColumn {
  hasHash(row: number, hash: Uint8Array): boolean
  hash(row: number): Uint8Array
}

export class HashIndex {
  readonly #column: HashColumn
  #slots = new Int32Array(FIRST_SLOTS).fill(EMPTY)
  #size = 0

  constructor(column: HashColumn) {
    this.#column = column
  }

  /** -1 for a hash that is in no row. */
  find(hash: Uint8Array): number {
    const slots = this.#slots
    const mask = slots.length - 1
    for (let slot = slotOf(hash) & mask; ; slot = (slot + 1) & mask) {
      const row = slots[slot] as number
      if (row === EMPTY || this.#column.hasHash(row, hash)) return row
    }
  }

  /** `hash` is in the column at `row`, and was not in the index. */
  add(row: number, hash: Uint8Array): void {
    if ((this.#size + 1) * SLOTS_PER_ROW > this.#slots.length) this.#grow()
    this.#size++
    this.#place(row, hash)
  }

  #place(row: number, hash: Uint8Array): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let slot = slotOf(hash) & mask
    while (slots[slot] !== EMPTY) slot = (slot + 1) & mask
    slots[slot] = row
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Int32Array(old.length * 2).fill(EMPTY)
    for (const row of old) if (row !== EMPTY) this.#place(row, this.#column.hash(row))
  }
}

function slotOf(hash: Uint8Array): number {
  return (hash[0] as number) | ((hash[1] as number) << 8) | ((hash[2] as number) << 16) | ((hash[3] as number) << 24)
}

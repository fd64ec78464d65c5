import type { SqlRow, Statement } from '../../kernel/database.ts'

/** Tries to get past unreadable places, for one table. */
export const MAX_PROBES = 20_000

/**
 * The rows of a damaged table that can still be read, by rising `id`. `select` gives the first row whose `id` is at least
 * its parameter. An unreadable stretch is left by looking ever further on, then back to where reading works again.
 */
export class ReadableRows {
  readonly #select: Statement | undefined
  #probes = 0
  /** Some row was or may have been lost. */
  incomplete = false

  /** `select` undefined: not even the table can be read. */
  constructor(select: Statement | undefined) {
    this.#select = select
    this.incomplete = select === undefined
  }

  *rows(): Generator<SqlRow> {
    for (let low = 1; ; ) {
      const row = this.#from(low)
      if (row === undefined) return
      if (row === 'unreadable') {
        const next = this.#nextReadable(low)
        if (next === undefined) return
        low = next
        continue
      }
      if (typeof row.id !== 'number' || row.id < low) {
        this.incomplete = true
        return
      }
      yield row
      low = row.id + 1
    }
  }

  #from(low: number): SqlRow | undefined | 'unreadable' {
    try {
      return this.#select?.get(low)
    } catch {
      this.incomplete = true
      this.#probes++
      return 'unreadable'
    }
  }

  /** The least `id` after `low` from which on something can be read, as far as it is found. */
  #nextReadable(low: number): number | undefined {
    let bad = low
    for (let step = 1; low + step < Number.MAX_SAFE_INTEGER && this.#probes < MAX_PROBES; step *= 2) {
      if (this.#from(low + step) === 'unreadable') {
        bad = low + step
        continue
      }
      return this.#between(bad, low + step)
    }
    return undefined
  }

  #between(unreadable: number, readable: number): number {
    let [bad, good] = [unreadable, readable]
    while (good - bad > 1) {
      const middle = bad + Math.floor((good - bad) / 2)
      if (this.#from(middle) === 'unreadable') bad = middle
      else good = middle
    }
    return good
  }
}

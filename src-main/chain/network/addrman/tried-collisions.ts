/**
 * Newcomers to the tried table whose place is taken, until it is known whether the one there still answers. In the end either the
 * newcomer takes the place, or it stays in the new table.
 */
import { pick, type Random } from '../../../kernel/random.ts'
import type { AddressEntry } from './address-entry.ts'
import type { AddressTables } from './address-tables.ts'

/** More would not be tested in time; who comes later answers another day. */
export const MAX_COLLISIONS = 10
const MINUTE = 60
/** An answer or a try is news for so long. */
const RECENT = 4 * 60 * MINUTE
/** A test that began so long ago without success has failed. */
const TEST_LIMIT = MINUTE
/** Without a test for so long, the newcomer takes the place. */
const COLLISION_LIMIT = 40 * MINUTE

export class TriedCollisions {
  readonly #tables: AddressTables
  readonly #random: Random
  readonly #waiting = new Set<AddressEntry>()

  constructor(tables: AddressTables, random: Random) {
    this.#tables = tables
    this.#random = random
  }

  add(entry: AddressEntry): void {
    if (this.#waiting.size < MAX_COLLISIONS) this.#waiting.add(entry)
  }

  delete(entry: AddressEntry): void {
    this.#waiting.delete(entry)
  }

  /** One whose place is wanted. */
  rivalToTest(): AddressEntry | undefined {
    return this.#waiting.size === 0 ? undefined : this.#tables.rivalOf(pick(this.#random, [...this.#waiting]))
  }

  /** Settles those of which enough is known. */
  resolve(now: number): void {
    for (const entry of this.#waiting) {
      const verdict = this.#verdict(entry, now)
      if (verdict === 'wait') continue
      this.#waiting.delete(entry)
      if (verdict === 'take') this.#tables.toTried(entry)
    }
  }

  #verdict(entry: AddressEntry, now: number): 'wait' | 'take' | 'yield' {
    const isGone = this.#tables.find(entry.endpoint) !== entry
    if (isGone || entry.triedSlot !== undefined) return 'yield'
    const rival = this.#tables.rivalOf(entry)
    if (rival === undefined) return 'take'
    if (now - rival.lastSuccess < RECENT) return 'yield'
    if (now - rival.lastTry < RECENT) return now - rival.lastTry > TEST_LIMIT ? 'take' : 'wait'
    return now - entry.lastSuccess > COLLISION_LIMIT ? 'take' : 'wait'
  }
}

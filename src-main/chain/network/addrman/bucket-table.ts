/**
 * Buckets of 64 slots. Picks are even over the buckets in use and not over what is in them, so that whoever fills a few
 * buckets gains no more than those. A slot is named by `bucket * 64 + place`.
 */
import { pick, type Random } from '../../../kernel/random.ts'

export const BUCKET_SLOTS = 64

export class BucketTable<T> {
  /** Made when a bucket is first used. */
  readonly #buckets: (T | undefined)[][]
  readonly #counts: Uint8Array
  /** Buckets in use, in no order, and the place of each in that list. */
  readonly #used: number[] = []
  readonly #placeInUsed: Int32Array
  #size = 0

  constructor(buckets: number) {
    this.#buckets = Array.from({ length: buckets }, () => [])
    this.#counts = new Uint8Array(buckets)
    this.#placeInUsed = new Int32Array(buckets)
  }

  /** Slots taken. */
  get size(): number {
    return this.#size
  }

  /** Buckets in use. */
  get used(): number {
    return this.#used.length
  }

  at(slot: number): T | undefined {
    return this.#buckets[Math.floor(slot / BUCKET_SLOTS)]?.[slot % BUCKET_SLOTS]
  }

  /** Into a free slot. */
  put(slot: number, item: T): void {
    const bucket = Math.floor(slot / BUCKET_SLOTS)
    const slots = this.#buckets[bucket] as (T | undefined)[]
    if (slots.length === 0) slots.push(...new Array<undefined>(BUCKET_SLOTS).fill(undefined))
    if (slots[slot % BUCKET_SLOTS] !== undefined) throw new Error(`slot ${slot} is taken`)
    slots[slot % BUCKET_SLOTS] = item
    this.#size++
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1
    if (this.#counts[bucket] === 1) {
      this.#placeInUsed[bucket] = this.#used.length
      this.#used.push(bucket)
    }
  }

  /** Empties a slot that is taken. */
  clear(slot: number): void {
    const bucket = Math.floor(slot / BUCKET_SLOTS)
    const slots = this.#buckets[bucket] as (T | undefined)[]
    if (slots[slot % BUCKET_SLOTS] === undefined) throw new Error(`slot ${slot} is free`)
    slots[slot % BUCKET_SLOTS] = undefined
    this.#size--
    this.#counts[bucket] = (this.#counts[bucket] as number) - 1
    if (this.#counts[bucket] > 0) return
    const last = this.#used.pop() as number
    if (last === bucket) return
    const place = this.#placeInUsed[bucket] as number
    this.#used[place] = last
    this.#placeInUsed[last] = place
  }

  /** The slot from which on a bucket is free, the wanted one first, then those after it and around; undefined where it is full. */
  freeFrom(slot: number): number | undefined {
    const start = slot - (slot % BUCKET_SLOTS)
    for (let step = 0; step < BUCKET_SLOTS; step++) {
      const candidate = start + ((slot - start + step) % BUCKET_SLOTS)
      if (this.at(candidate) === undefined) return candidate
    }
    return undefined
  }

  /** Any item of a random bucket in use; undefined where there is none. */
  pick(random: Random): T | undefined {
    if (this.#used.length === 0) return undefined
    const bucket = pick(random, this.#used)
    let toPass = random.below(this.#counts[bucket] as number)
    for (const item of this.#buckets[bucket] as (T | undefined)[]) if (item !== undefined && toPass-- === 0) return item
    throw new Error(`bucket ${bucket} holds less than was counted`)
  }
}

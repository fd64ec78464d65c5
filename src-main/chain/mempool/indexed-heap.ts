/**
 * A binary heap that knows where each of its items is: the first by some order is found at once, and an item whose rank
 * changed is put right in logarithmic time. The order may look at mutable data; who changes it calls `update` for the item
 * before anything else of the heap.
 */
export class IndexedHeap<T> {
  readonly #isBefore: (a: T, b: T) => boolean
  readonly #items: T[]
  readonly #places = new Map<T, number>()

  /** `isBefore` never calls two items each before the other. */
  constructor(isBefore: (a: T, b: T) => boolean, items: Iterable<T> = []) {
    this.#isBefore = isBefore
    this.#items = [...items]
    for (const [place, item] of this.#items.entries()) this.#places.set(item, place)
    for (let place = (this.#items.length >> 1) - 1; place >= 0; place--) this.#sink(place)
  }

  get size(): number {
    return this.#items.length
  }

  get first(): T | undefined {
    return this.#items[0]
  }

  has(item: T): boolean {
    return this.#places.has(item)
  }

  /** Adds an item, or puts one whose rank changed in its place. */
  update(item: T): void {
    const known = this.#places.get(item)
    const place = known ?? this.#items.length
    if (known === undefined) {
      this.#items.push(item)
      this.#places.set(item, place)
    }
    this.#rise(place)
    this.#sink(this.#places.get(item) as number)
  }

  delete(item: T): void {
    const place = this.#places.get(item)
    if (place === undefined) return
    this.#places.delete(item)
    const last = this.#items.pop() as T
    if (last === item) return
    this.#put(last, place)
    this.#rise(place)
    this.#sink(this.#places.get(last) as number)
  }

  /** Takes the first. */
  pop(): T | undefined {
    const [first] = this.#items
    if (first !== undefined) this.delete(first)
    return first
  }

  #rise(from: number): void {
    let place = from
    const item = this.#items[place] as T
    while (place > 0) {
      const above = (place - 1) >> 1
      const other = this.#items[above] as T
      if (!this.#isBefore(item, other)) break
      this.#put(other, place)
      place = above
    }
    if (place !== from) this.#put(item, place)
  }

  #sink(from: number): void {
    const { length } = this.#items
    let place = from
    const item = this.#items[place] as T
    for (;;) {
      let below = 2 * place + 1
      if (below >= length) break
      const right = below + 1
      if (right < length && this.#isBefore(this.#items[right] as T, this.#items[below] as T)) below = right
      const other = this.#items[below] as T
      if (!this.#isBefore(other, item)) break
      this.#put(other, place)
      place = below
    }
    if (place !== from) this.#put(item, place)
  }

  #put(item: T, place: number): void {
    this.#items[place] = item
    this.#places.set(item, place)
  }
}

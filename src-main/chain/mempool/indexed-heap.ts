/**
 * A binary heap that knows where each of its items is: the first by some order is found at once, and an item whose rank
 * changed is put right in logarithmic time. The order may look at mutable data; who changes it calls `update` for the item
 * before anything else of the heap. An item is in one heap at most.
 */

export interface HeapItem {
  /** Where it is, from 0; -1 where it is in no heap. Written by the heap alone. */
  heapPlace: number
}

export class IndexedHeap<T extends HeapItem> {
  readonly #isBefore: (a: T, b: T) => boolean
  readonly #items: T[]

  /** `isBefore` never calls two items each before the other. */
  constructor(isBefore: (a: T, b: T) => boolean, items: Iterable<T> = []) {
    this.#isBefore = isBefore
    this.#items = [...items]
    for (const [place, item] of this.#items.entries()) item.heapPlace = place
    for (let place = (this.#items.length >> 1) - 1; place >= 0; place--) this.#sink(place)
  }

  get size(): number {
    return this.#items.length
  }

  get first(): T | undefined {
    return this.#items[0]
  }

  /** Adds an item, or puts one whose rank changed in its place. */
  update(item: T): void {
    if (item.heapPlace < 0) {
      item.heapPlace = this.#items.length
      this.#items.push(item)
    }
    this.#rise(item.heapPlace)
    this.#sink(item.heapPlace)
  }

  delete(item: T): void {
    const place = item.heapPlace
    if (place < 0) return
    item.heapPlace = -1
    const last = this.#items.pop() as T
    if (last === item) return
    this.#put(last, place)
    this.#rise(place)
    this.#sink(last.heapPlace)
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
    item.heapPlace = place
  }
}

import type { Millis } from '../kernel/clock.ts'

/** Something that will happen at a virtual time; `run` is gone once it happened or was cancelled. */
export interface ScheduledEvent {
  readonly at: Millis
  readonly order: number
  run: (() => void) | undefined
}

/** Below this many entries the cancelled ones are left where they are. */
const COMPACT_ABOVE = 1024

/** Binary heap of events, earliest first, those of one time in the order of insertion. Cancelled ones are skipped. */
export class EventHeap {
  private heap: ScheduledEvent[] = []
  private inserted = 0
  private cancelled = 0

  /** Events that will still happen. */
  get size(): number {
    return this.heap.length - this.cancelled
  }

  add(at: Millis, run: () => void): ScheduledEvent {
    const event: ScheduledEvent = { at, order: this.inserted++, run }
    this.heap.push(event)
    this.rise(this.heap.length - 1)
    return event
  }

  cancel(event: ScheduledEvent): void {
    if (event.run === undefined) return
    event.run = undefined
    this.cancelled++
    if (this.heap.length > COMPACT_ABOVE && this.cancelled > this.heap.length / 2) this.compact()
  }

  /** The next event, left where it is. */
  peek(): ScheduledEvent | undefined {
    while (this.heap[0] !== undefined && this.heap[0].run === undefined) {
      this.cancelled--
      this.removeTop()
    }
    return this.heap[0]
  }

  /** Takes the next event out. Its `run` is the caller's to call and to clear. */
  take(): ScheduledEvent | undefined {
    const event = this.peek()
    if (event !== undefined) this.removeTop()
    return event
  }

  private removeTop(): void {
    const last = this.heap.pop() as ScheduledEvent
    if (this.heap.length === 0) return
    this.heap[0] = last
    this.sink(0)
  }

  /** Keeps what is not cancelled: a sorted array is a heap. */
  private compact(): void {
    this.heap = this.heap.filter((event) => event.run !== undefined).sort((a, b) => (before(a, b) ? -1 : 1))
    this.cancelled = 0
  }

  private rise(from: number): void {
    const { heap } = this
    const event = heap[from] as ScheduledEvent
    let at = from
    while (at > 0) {
      const parentAt = (at - 1) >> 1
      const parent = heap[parentAt] as ScheduledEvent
      if (!before(event, parent)) break
      heap[at] = parent
      at = parentAt
    }
    heap[at] = event
  }

  private sink(from: number): void {
    const { heap } = this
    const event = heap[from] as ScheduledEvent
    let at = from
    for (;;) {
      let childAt = 2 * at + 1
      if (childAt >= heap.length) break
      const right = heap[childAt + 1]
      if (right !== undefined && before(right, heap[childAt] as ScheduledEvent)) childAt++
      const child = heap[childAt] as ScheduledEvent
      if (!before(child, event)) break
      heap[at] = child
      at = childAt
    }
    heap[at] = event
  }
}

function before(a: ScheduledEvent, b: ScheduledEvent): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

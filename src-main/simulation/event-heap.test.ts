import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EventHeap, type ScheduledEvent } from './event-heap.ts'

const RUNS = process.env.SHOAL_LONG === '1' ? 2_000 : 100

describe('the heap of events', () => {
  test('gives back by time, then by insertion, without the cancelled ones', () => {
    const step = fc.record({ at: fc.integer({ min: 0, max: 20 }), cancel: fc.boolean(), take: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const heap = new EventHeap()
        let model: ScheduledEvent[] = []
        for (const { at, cancel, take } of steps) {
          const event = heap.add(at, () => {})
          model.push(event)
          if (cancel) heap.cancel(event)
          model = model.filter(({ run }) => run !== undefined).sort((a, b) => a.at - b.at || a.order - b.order)
          if (take) expect(heap.take()).toBe(model.shift())
          expect(heap.size).toBe(model.length)
          expect(heap.peek()).toBe(model[0])
        }
      }),
      { seed: 1, numRuns: RUNS },
    )
  })

  test('does not keep what was cancelled in masses', () => {
    const heap = new EventHeap()
    const last = heap.add(1e9, () => {})
    for (let i = 0; i < 100_000; i++) heap.cancel(heap.add(i, () => {}))
    expect(heap.size).toBe(1)
    expect((heap as unknown as { heap: unknown[] }).heap.length).toBeLessThan(3_000)
    expect(heap.take()).toBe(last)
    expect(heap.take()).toBeUndefined()
  })
})

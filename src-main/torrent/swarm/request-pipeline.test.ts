import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SECOND } from '../../kernel/clock.ts'
import { BLOCK_LENGTH } from '../wire/peer-wire.ts'
import {
  INITIAL_DEPTH,
  MAX_DEPTH,
  MIN_DEPTH,
  REQUEST_TIMEOUT,
  RequestPipeline,
  SNUB_AFTER,
} from './request-pipeline.ts'
import { runs } from './test-support.ts'

/** Seconds of a steady rate, a tick at the end of each. */
function flow(pipeline: RequestPipeline, from: number, seconds: number, blocksPerSecond: number): void {
  for (let second = 0; second < seconds; second++) {
    for (let i = 0; i < blocksPerSecond; i++) {
      pipeline.received(BLOCK_LENGTH, from + second * SECOND + (i * SECOND) / blocksPerSecond)
    }
    pipeline.tick(from + (second + 1) * SECOND, from + second * SECOND)
  }
}

describe('depth', () => {
  test('grows by one for each block at first', () => {
    const pipeline = new RequestPipeline()
    expect(pipeline.depth).toBe(INITIAL_DEPTH)
    for (let i = 0; i < 5; i++) pipeline.received(BLOCK_LENGTH, 10)
    expect(pipeline.depth).toBe(INITIAL_DEPTH + 5)
  })

  test('is three seconds of a steady rate', () => {
    const pipeline = new RequestPipeline()
    flow(pipeline, 0, 10, 20)
    expect(pipeline.depth).toBe(60)
  })

  test('never passes what the peer queues, nor our own ceiling', () => {
    const pipeline = new RequestPipeline()
    pipeline.allow(100)
    flow(pipeline, 0, 4, 5_000)
    expect(pipeline.depth).toBe(100)
    pipeline.allow(1_000_000)
    flow(pipeline, 4 * SECOND, 4, 5_000)
    expect(pipeline.depth).toBe(MAX_DEPTH)
  })

  test('never falls below two for a peer that answers', () => {
    const pipeline = new RequestPipeline()
    flow(pipeline, 0, 5, 10)
    for (let second = 5; second < 20; second++) {
      pipeline.received(1, second * SECOND)
      pipeline.tick((second + 1) * SECOND, second * SECOND)
    }
    expect(pipeline.depth).toBe(MIN_DEPTH)
  })
})

describe('a silent peer', () => {
  test('is snubbed after 20 s without a block, told once, and forgiven with the next block', () => {
    const pipeline = new RequestPipeline()
    flow(pipeline, 0, 3, 20)
    const last = 3 * SECOND - SECOND / 20
    expect(pipeline.tick(last + SNUB_AFTER - 1, SECOND)).toBe(false)
    expect(pipeline.tick(last + SNUB_AFTER, SECOND)).toBe(true)
    expect(pipeline.tick(last + SNUB_AFTER + SECOND, SECOND)).toBe(false)
    expect(pipeline.depth).toBe(1)
    pipeline.received(BLOCK_LENGTH, last + SNUB_AFTER + 2 * SECOND)
    expect(pipeline.depth).toBeGreaterThan(1)
  })

  test('is not one that owes nothing', () => {
    const pipeline = new RequestPipeline()
    expect(pipeline.tick(1_000 * SECOND, undefined)).toBe(false)
    expect(pipeline.tick(1_000 * SECOND, 999 * SECOND)).toBe(false)
  })

  test('is one that leaves a single request open too long, whatever else it sends', () => {
    const pipeline = new RequestPipeline()
    const asked = 5 * SECOND
    for (let at = asked; at < asked + REQUEST_TIMEOUT; at += 10 * SECOND) {
      pipeline.received(BLOCK_LENGTH, at)
      expect(pipeline.tick(at, asked)).toBe(false)
    }
    pipeline.received(BLOCK_LENGTH, asked + REQUEST_TIMEOUT)
    expect(pipeline.tick(asked + REQUEST_TIMEOUT, asked)).toBe(true)
  })
})

test('depth stays within its bounds whatever happens', () => {
  const event = fc.record({ wait: fc.nat({ max: 30_000 }), bytes: fc.nat({ max: 100_000_000 }), tick: fc.boolean() })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 200 }), fc.integer({ min: 1, max: 5_000 }), (events, queue) => {
      const pipeline = new RequestPipeline()
      pipeline.allow(queue)
      let now = 0
      for (const { wait, bytes, tick } of events) {
        now += wait
        if (tick) pipeline.tick(now, bytes % 2 === 0 ? now - wait : undefined)
        else pipeline.received(bytes, now)
        expect(pipeline.depth).toBeGreaterThanOrEqual(pipeline.snubbed ? 1 : MIN_DEPTH)
        expect(pipeline.depth).toBeLessThanOrEqual(Math.max(MIN_DEPTH, Math.min(queue, MAX_DEPTH)))
      }
    }),
    runs(200),
  )
})

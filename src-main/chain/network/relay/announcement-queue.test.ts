import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../../simulation/random.ts'
import {
  ANNOUNCED_PER_SECOND,
  AnnouncementQueue,
  INCOMING_INTERVAL,
  MAX_WAITING_ANNOUNCEMENTS,
  OUTGOING_INTERVAL,
} from './announcement-queue.ts'

function transaction(number: number) {
  const txid = new Uint8Array(32)
  new DataView(txid.buffer).setUint32(0, number)
  return { txid, wtxid: txid.with(31, 1), feeRate: 1_000 }
}

function drain(queue: AnnouncementQueue, from: number) {
  const times: number[] = []
  const sizes: number[] = []
  for (let now = queue.nextAt; now !== undefined; now = queue.nextAt) {
    times.push(now)
    sizes.push(queue.due(now).length)
  }
  return { times, sizes, duration: (times.at(-1) ?? from) - from }
}

describe('transactions to be announced', () => {
  test.each([
    [true, OUTGOING_INTERVAL],
    [false, INCOMING_INTERVAL],
  ])('ours %s: at random moments, %d ms apart on average', (isOurs, mean) => {
    const random = SeededRandom.of(3)
    const queue = new AnnouncementQueue(random, isOurs)
    let sum = 0
    for (let i = 0; i < 2_000; i++) {
      queue.add(transaction(i), 0)
      sum += queue.nextAt ?? 0
      expect(queue.due((queue.nextAt ?? 0) - 1e-6)).toEqual([])
      expect(queue.due(queue.nextAt ?? 0)).toHaveLength(1)
    }
    expect(sum / 2_000 / mean).toBeGreaterThan(0.93)
    expect(sum / 2_000 / mean).toBeLessThan(1.07)
  })

  test('go in their order, so many at a time, more when many wait', () => {
    const queue = new AnnouncementQueue(SeededRandom.of(3), false)
    for (let i = 0; i < 5_000; i++) queue.add(transaction(i), 0)
    const first = queue.due(queue.nextAt ?? 0)
    expect(first).toHaveLength(60)
    expect(first.map(({ txid }) => new DataView(txid.buffer).getUint32(0))).toEqual(
      Array.from({ length: 60 }, (_, i) => i),
    )
    const { sizes } = drain(queue, 0)
    expect(sizes.at(-2)).toBe((ANNOUNCED_PER_SECOND * INCOMING_INTERVAL) / 1_000)
    expect(queue.size).toBe(0)
  })

  test('are known by both ids, and can be taken away by either', () => {
    const queue = new AnnouncementQueue(SeededRandom.of(3), true)
    queue.add(transaction(1), 0)
    queue.add(transaction(2), 0)
    for (const id of [transaction(1).txid, transaction(1).wtxid]) expect(queue.has(id)).toBe(true)
    queue.delete(transaction(1).wtxid)
    queue.delete(transaction(2).txid)
    expect(queue.has(transaction(1).txid)).toBe(false)
    expect([queue.size, queue.nextAt]).toEqual([0, undefined])
  })

  test(`are at most ${MAX_WAITING_ANNOUNCEMENTS}`, () => {
    const queue = new AnnouncementQueue(SeededRandom.of(3), true)
    for (let i = 0; i < MAX_WAITING_ANNOUNCEMENTS + 5; i++) queue.add(transaction(i), 0)
    expect(queue.size).toBe(MAX_WAITING_ANNOUNCEMENTS)
  })
})

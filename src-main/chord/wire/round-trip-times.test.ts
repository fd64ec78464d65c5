import { expect, test } from 'vitest'
import {
  FIRST_DEADLINE,
  LONGEST_DEADLINE,
  MAX_TIMED_HOSTS,
  RoundTripTimes,
  SHORTEST_DEADLINE,
} from './round-trip-times.ts'

const host = (n: number) => ({ host: `10.0.${n >> 8}.${n & 255}`, port: 1 })

test('who was never heard has two seconds; then the deadline follows the times, within its bounds', () => {
  const times = new RoundTripTimes()
  expect([times.deadlineOf(host(1)), times.rttOf(host(1))]).toEqual([FIRST_DEADLINE, undefined])
  // RFC 6298, 2.2 and 2.3, by hand.
  times.add(host(1), 200)
  expect([times.rttOf(host(1)), times.deadlineOf(host(1))]).toEqual([200, 200 + 4 * 100])
  times.add(host(1), 600)
  expect([times.rttOf(host(1)), times.deadlineOf(host(1))]).toEqual([250, 250 + 4 * 175])
  for (let i = 0; i < 100; i++) times.add(host(1), 10)
  expect(times.deadlineOf(host(1))).toBe(SHORTEST_DEADLINE)
  times.add(host(1), 9_000)
  expect(times.deadlineOf(host(1))).toBe(LONGEST_DEADLINE)
})

test('two programs at one address are two hosts', () => {
  const times = new RoundTripTimes()
  times.add({ host: '10.0.0.1', port: 1 }, 100)
  expect(times.rttOf({ host: '10.0.0.1', port: 2 })).toBeUndefined()
})

test('of so many hosts, the one that was heard or asked for the longest ago goes first', () => {
  const times = new RoundTripTimes()
  for (let n = 0; n < MAX_TIMED_HOSTS; n++) times.add(host(n), 50)
  times.deadlineOf(host(0))
  times.add(host(1), 50)
  for (let n = 0; n < 2; n++) times.add(host(MAX_TIMED_HOSTS + n), 50)
  expect(times.size).toBe(MAX_TIMED_HOSTS)
  expect(times.latestHosts(4)).toEqual(['10.0.2.1', '10.0.2.0', '10.0.0.1', '10.0.0.0'])
  expect([0, 1, 2, 3, 4].map((n) => times.rttOf(host(n)))).toEqual([50, 50, undefined, undefined, 50])
})

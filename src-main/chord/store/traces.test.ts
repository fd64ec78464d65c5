/** Keys on rings whose hosts come, leave, are killed and cut off, as it happens. */
import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../kernel/clock.ts'
import type { Item } from '../../kernel/key-value-store.ts'
import { pick } from '../../kernel/random.ts'
import type { SimHost } from '../test-support/host-world.ts'
import { keyOf, type StoreWorld, signed, storeRing, text } from '../test-support/store-world.ts'

const long = process.env.SHOAL_LONG === '1'
const value = (item: Item | undefined) => item && String(item.value)

describe('small rings', () => {
  test.each([1, 2, 3, 4, 5])('of %i hosts: as many hosts as there are, four at most, hold an item', (count) => {
    const world = storeRing(count, { seed: 40 + count, successors: 6 })
    for (let n = 0; n < 10; n++) {
      const item = text(`item ${n}`)
      expect(world.put(world.hosts[n % count] as SimHost, item).stored).toBe(Math.min(4, count))
      for (const host of world.hosts) expect(world.get(host, item).item).toEqual(item)
    }
  })

  test('one host becomes five: its items are copied to those that come', () => {
    const world = storeRing(1, { seed: 50, successors: 6 })
    const items = Array.from({ length: 30 }, (_, n) => text(`item ${n}`))
    for (const item of items) expect(world.put(world.hosts[0] as SimHost, item).stored).toBe(1)
    world.grow(4, { virtualNodes: 2 })
    world.run(10 * MINUTE)
    for (const item of items) expect(world.holders(keyOf(item)).length).toBeGreaterThanOrEqual(4)
    world.kill(world.hosts[0] as SimHost)
    for (const item of items) expect(world.get(world.hosts[2] as SimHost, item).item).toEqual(item)
  })
})

test('what was written on both sides of a partition comes to its newest version on all when it heals', () => {
  const world = storeRing(10, { seed: 61, successors: 10 })
  const [left, right] = [world.hosts.slice(0, 5), world.hosts.slice(5)] as [SimHost[], SimHost[]]
  const numbers = Array.from({ length: 12 }, (_, n) => n + 1)
  for (const n of numbers) expect(world.put(left[0] as SimHost, signed(n, 1)).stored).toBe(4)
  for (const host of right) host.side = 1
  world.run(6 * MINUTE)
  for (const n of numbers) {
    // The newer one on one side or the other.
    expect(world.put(left[1] as SimHost, signed(n, n % 2 ? 3 : 2)).stored).toBeGreaterThanOrEqual(2)
    expect(world.put(right[1] as SimHost, signed(n, n % 2 ? 2 : 3)).stored).toBeGreaterThanOrEqual(2)
  }
  world.run(2 * MINUTE)
  for (const host of right) host.side = 0
  expect(world.becomesIdeal(60 * MINUTE)).toBe(true)
  world.run(6 * MINUTE)
  for (const n of numbers) {
    for (const host of world.living)
      expect([n, value(world.get(host, signed(n, 1)).item)]).toEqual([n, value(signed(n, 3))])
  }
})

describe('hosts that come and go', () => {
  const seeds = Array.from({ length: long ? 60 : 2 }, (_, n) => 900 + n)

  /** One event: somebody joins, leaves in order or is killed, and perhaps another soon after. */
  function happen(world: StoreWorld): void {
    const kind =
      world.living.length <= 8 ? 0 : world.living.length >= 16 ? 1 + world.random.below(2) : world.random.below(3)
    const host = pick(world.random, world.living)
    // It knows more than one, or it would be alone where that one goes meanwhile.
    if (kind === 0) world.add({ virtualNodes: 2 }, world.living)
    else if (kind === 1) world.kill(host)
    else
      void host.node.leave().then(() => {
        world.kill(host)
      })
  }

  test.each(seeds)(
    'lose nothing as long as some time passes between (seed %i)',
    async (seed) => {
      const world = storeRing(10, { seed, successors: 8 })
      const latest = new Map<number, Item>()
      for (let n = 0; n < (long ? 25 : 10); n++) {
        for (let events = world.random.below(3); events > 0; events--) {
          happen(world)
          world.run(world.random.below(20) * SECOND)
        }
        world.run(3 * MINUTE)
        await Promise.resolve()
        const item = n % 3 ? signed(n % 7, n + 1) : text(`item ${n}`)
        const report = world.put(
          pick(
            world.random,
            world.living.filter(({ node }) => node.ready),
          ),
          item,
        )
        expect(report.stored).toBeGreaterThanOrEqual(2)
        latest.set(n % 3 ? n % 7 : 1_000 + n, item)
      }
      world.run(5 * MINUTE)
      expect(latest.size).toBeGreaterThan(5)
      for (const item of latest.values()) {
        const reader = pick(
          world.random,
          world.living.filter(({ node }) => node.ready),
        )
        expect(value(world.get(reader, item).item)).toBe(value(item))
        expect(world.holders(keyOf(item)).length).toBeGreaterThanOrEqual(3)
      }
    },
    120_000,
  )
})

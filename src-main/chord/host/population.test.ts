/** How many places hosts take and give up, seen from outside. */
import { describe, expect, test } from 'vitest'
import { type Clock, MINUTE, SECOND } from '../../kernel/clock.ts'
import { HostWorld, membersOf, type SimHost } from '../test-support/host-world.ts'
import { NoStore } from './no-store.ts'

const LONG = process.env.SHOAL_LONG === '1'

/** Its hand-over takes long, as that of many keys does. */
class SlowStore extends NoStore {
  private readonly ownClock: Clock

  constructor(clock: Clock) {
    super(clock)
    this.ownClock = clock
  }

  override beforeLeave(_member: unknown, done: () => void): void {
    this.ownClock.after(8 * SECOND, done)
  }
}

describe('places to spare', () => {
  const seeds = Array.from({ length: LONG ? 200 : 6 }, (_, n) => 300 + n)

  test('hosts that hand theirs over at the same time never leave fewer than r + 1 members', () => {
    for (const seed of seeds) {
      const r = 4
      const world = new HostWorld({ seed, successors: r })
      const store = ({ clock }: { readonly clock: Clock }) => new SlowStore(clock)
      const hosts = [0, 1, 2].map(() => world.make({ store, virtualNodes: 1 }))
      const [first] = hosts as [SimHost]
      for (const { node } of hosts) node.start()
      world.run(MINUTE)
      expect(world.members()).toHaveLength(3 * (r + 1))
      for (const { node } of hosts.slice(1)) node.suggest([first.endpoint])
      const isOne = () => world.check().isIdeal(r)
      expect(world.run(30 * MINUTE, isOne), `seed ${seed}`).toBe(true)
      let least = Number.POSITIVE_INFINITY
      world.afterEvent = () => {
        least = Math.min(least, world.members().length)
      }
      world.run(40 * MINUTE)
      expect({ seed, least, now: world.members().length }).toEqual({ seed, least: r + 1, now: r + 1 })
      expect(world.check().violations(r)).toEqual([])
      for (const host of hosts) expect(membersOf(host.node).length).toBeGreaterThanOrEqual(1)
    }
  })
})

describe('two Shoals at one address that come at the same moment', () => {
  test.each([21, 22, 23, 24])('do not stay in one place (seed %i)', (seed) => {
    const world = new HostWorld({ seed, successors: 4 })
    world.grow(5, { virtualNodes: 2 })
    expect(world.becomesIdeal(10 * MINUTE)).toBe(true)
    const two = [7_000, 7_001].map((port) => world.add({ at: { host: '45.1.1.1', port }, virtualNodes: 2 }))
    expect(world.run(MINUTE, () => two.every((host) => world.isPlaced(host, 1)))).toBe(true)
    world.run(3 * MINUTE)
    const places = world.members().map(({ self }) => self.id.key)
    expect(new Set(places).size).toBe(places.length)
    for (const host of two) expect(membersOf(host.node)).toHaveLength(2)
    expect(world.becomesIdeal(5 * MINUTE)).toBe(true)
  })
})

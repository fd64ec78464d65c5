/** Hosts of a ring that end without a word and come back with what their databases hold. */
import { describe, expect, test } from 'vitest'
import { ChordStore } from '../../src-main/chord/store/chord-store.ts'
import type { SimHost } from '../../src-main/chord/test-support/host-world.ts'
import { keyOf, type StoreWorld, signed, storeRing, text } from '../../src-main/chord/test-support/store-world.ts'
import { openMemoryDatabase } from '../../src-main/host/database.ts'
import { HOUR, MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import type { Database } from '../../src-main/kernel/database.ts'
import type { Item } from '../../src-main/kernel/key-value-store.ts'
import { RefusingDatabase } from '../../src-main/simulation/refusing-database.ts'
import { ChordRepository } from '../../src-main/storage/chord-repository.ts'
import { migrate } from '../../src-main/storage/migrate.ts'
import { sessionMigrations } from '../../src-main/storage/migrations/index.ts'

const items: readonly Item[] = Array.from({ length: 40 }, (_, n) =>
  n % 2 ? text(`item ${n}`) : signed(1, 3, `item ${n}`, `${n}`),
)

/** A ring whose hosts keep what they hold, each in a database of its own. */
function keepingRing(count: number, seed: number) {
  const databases: Database[] = []
  const disk = { full: false }
  const full = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })
  const world = storeRing(
    count,
    { seed, successors: 6 },
    {
      store: (host) => {
        const inner = openMemoryDatabase('/session.db', undefined, () => {})
        migrate(inner, sessionMigrations, 'session.db')
        const database = new RefusingDatabase(inner, () => (disk.full ? full : undefined))
        databases.push(database)
        return new ChordStore(host, { records: new ChordRepository(database, 4) })
      },
    },
  )
  return { world, databases, disk }
}

/** The same machine again, with its database. */
function restart(world: StoreWorld, host: SimHost, database: Database): SimHost {
  return world.add({
    at: host.endpoint,
    virtualNodes: 2,
    store: (of) => new ChordStore(of, { records: new ChordRepository(database, 4) }),
  })
}

const putAll = (world: StoreWorld) => {
  for (const [n, item] of items.entries()) {
    expect(world.put(world.hosts[n % world.hosts.length] as SimHost, item).stored).toBe(4)
  }
}
const found = (world: StoreWorld) =>
  items.filter(
    (item) => JSON.stringify(world.get(world.living[0] as SimHost, item).item?.value) === JSON.stringify(item.value),
  )

describe('hosts with databases', () => {
  test('one that was killed has its items again at once, and only those that its database holds', () => {
    const { world, databases } = keepingRing(8, 1)
    putAll(world)
    world.run(5 * SECOND)
    const victim = world.hosts[3] as SimHost
    const held = victim.node
      .items()
      .map(({ key }) => String(key))
      .sort()
    expect(held.length).toBeGreaterThan(5)
    world.kill(victim)
    const again = restart(world, victim, databases[3] as Database)
    expect(
      again.node
        .items()
        .map(({ key }) => String(key))
        .sort(),
    ).toEqual(held)
    expect(world.run(10 * MINUTE, () => world.isPlaced(again, 2))).toBe(true)
    expect(found(world)).toHaveLength(items.length)
  })

  test('all of them killed at once and started again, no item is lost', () => {
    const { world, databases } = keepingRing(6, 2)
    putAll(world)
    world.run(5 * SECOND)
    const before = world.hosts.slice()
    for (const host of before) world.kill(host)
    expect(world.living).toEqual([])
    world.run(HOUR)
    for (const [n, host] of before.entries()) {
      const again = restart(world, host, databases[n] as Database)
      expect(world.run(10 * MINUTE, () => world.isPlaced(again, 2))).toBe(true)
    }
    expect(world.becomesIdeal(20 * MINUTE)).toBe(true)
    world.run(12 * MINUTE)
    expect(found(world)).toHaveLength(items.length)
    for (const item of items) expect(world.holders(keyOf(item)).length).toBeGreaterThanOrEqual(4)
  })

  test('what was changed while it was away is not undone by what it has kept', () => {
    const { world, databases } = keepingRing(6, 3)
    const [by] = world.hosts as [SimHost]
    const old = signed(9, 1)
    expect(world.put(by, old).stored).toBe(4)
    world.run(5 * SECOND)
    const victim = world.ownerOf(keyOf(old))
    const [other] = world.hosts.filter((host) => host !== victim) as [SimHost]
    world.kill(victim)
    world.run(3 * MINUTE)
    expect(world.put(other, signed(9, 2)).stored).toBe(4)
    const again = restart(world, victim, databases[world.hosts.indexOf(victim)] as Database)
    expect(again.node.items().find(({ key }) => key.equals(keyOf(old)))?.item).toEqual(old)
    expect(world.run(10 * MINUTE, () => world.isPlaced(again, 2))).toBe(true)
    world.run(3 * MINUTE)
    for (const host of world.living) expect(world.get(host, old).item).toEqual(signed(9, 2))
    expect(again.node.items().find(({ key }) => key.equals(keyOf(old)))?.item).toEqual(signed(9, 2))
  })

  test('a full disk loses nothing while the hosts live, and is written once there is room', () => {
    const { world, databases, disk } = keepingRing(5, 4)
    disk.full = true
    putAll(world)
    world.run(3 * MINUTE)
    expect(found(world)).toHaveLength(items.length)
    const rows = () => databases.map((database) => new ChordRepository(database, 4).all().length)
    expect(Math.max(...rows())).toBe(0)
    disk.full = false
    world.run(3 * MINUTE)
    expect(rows()).toEqual(world.hosts.map(({ node }) => node.items().length))
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../../simulation/random.ts'
import type { AddressEntry } from './address-entry.ts'
import { AddressTables, MAX_NEW_SLOTS_OF_ONE } from './address-tables.ts'
import { BUCKET_SLOTS } from './bucket-table.ts'
import {
  NEW_BUCKETS_OF_A_SOURCE,
  PLACEMENT_KEY_BYTES,
  Placement,
  SMALL_NETWORK_BUCKETS,
  TRIED_BUCKETS_OF_A_GROUP,
} from './placement.ts'

const keyOf = (seed: number) => SeededRandom.of(seed).bytes(PLACEMENT_KEY_BYTES)
const endpoint = (host: string, port = 9_533) => ({ host, port })
const bucketOf = (slot: number) => Math.floor(slot / BUCKET_SLOTS)

describe('placement', () => {
  const placement = new Placement(keyOf(1))
  /** Any public address, by number. */
  const hostOf = (i: number) => `${20 + (i % 100)}.${(i * 7) % 256}.${(i >>> 8) & 255}.${i & 255}`

  test('a source reaches 64 new buckets, whatever it names', () => {
    const buckets = new Set<number>()
    for (let i = 0; i < 20_000; i++) buckets.add(bucketOf(placement.newSlot(endpoint(hostOf(i)), '8.8.0.0')))
    expect(buckets.size).toBeLessThanOrEqual(NEW_BUCKETS_OF_A_SOURCE)
    expect(buckets.size).toBeGreaterThan(NEW_BUCKETS_OF_A_SOURCE / 2)
  })

  test('a netgroup reaches 8 tried buckets, whatever addresses it has', () => {
    const buckets = new Set<number>()
    for (let i = 0; i < 5_000; i++)
      buckets.add(bucketOf(placement.triedSlot(endpoint(`8.8.${(i >>> 8) & 255}.${i & 255}`, 1 + (i % 7)))))
    expect(buckets.size).toBeLessThanOrEqual(TRIED_BUCKETS_OF_A_GROUP)
    expect(buckets.size).toBeGreaterThan(1)
  })

  test('a netgroup named by one source lies in one new bucket', () => {
    const buckets = new Set<number>()
    for (let i = 0; i < 500; i++)
      buckets.add(bucketOf(placement.newSlot(endpoint(`9.9.1.${i % 256}`, i + 1), '8.8.0.0')))
    expect(buckets.size).toBe(1)
  })

  test('the small network reaches 32 buckets of each table, whoever names it', () => {
    const fresh = new Set<number>()
    const tried = new Set<number>()
    for (let i = 0; i < 5_000; i++) {
      const small = endpoint(`10.1.${(i >>> 8) & 255}.${i & 255}`, 1 + (i % 3))
      fresh.add(bucketOf(placement.newSlot(small, `source ${i}`)))
      tried.add(bucketOf(placement.triedSlot(small)))
    }
    for (const buckets of [fresh, tried]) {
      expect(buckets.size).toBeLessThanOrEqual(SMALL_NETWORK_BUCKETS)
      expect(buckets.size).toBeGreaterThan(SMALL_NETWORK_BUCKETS / 2)
    }
  })

  test('another key, another place', () => {
    const other = new Placement(keyOf(2))
    const same = Array.from({ length: 200 }, (_, i) => endpoint(hostOf(i))).filter(
      (one) => placement.newSlot(one, 's') === other.newSlot(one, 's'),
    )
    expect(same.length).toBeLessThan(3)
  })
})

describe('tables', () => {
  /** Every entry in one tried slot or in 1 to 8 new ones, no slot twice, every list agreeing. */
  function expectConsistent(tables: AddressTables): void {
    const fresh = new Set<number>()
    const tried = new Set<number>()
    let slots = 0
    for (const [index, entry] of tables.all.entries()) {
      expect(entry.index).toBe(index)
      expect(tables.find(entry.endpoint)).toBe(entry)
      if (entry.triedSlot === undefined) {
        expect(entry.newSlots.length).toBeGreaterThanOrEqual(1)
        expect(entry.newSlots.length).toBeLessThanOrEqual(MAX_NEW_SLOTS_OF_ONE)
      } else {
        expect(entry.newSlots).toEqual([])
        tried.add(entry.triedSlot)
      }
      slots += entry.newSlots.length
      for (const slot of entry.newSlots) fresh.add(slot)
    }
    expect(fresh.size).toBe(slots)
    expect(tables.newSlotsUsed).toBe(slots)
    expect(tried.size).toBe(tables.triedCount)
  }

  test('keep their invariant through any adding, naming again, answering and forgetting', () => {
    const step = fc.record({
      what: fc.constantFrom('add', 'name', 'answer', 'forget'),
      // Few groups and ports, so that slots collide; every third of the small network.
      host: fc
        .integer({ min: 0, max: 600 })
        .map((i) => (i % 3 === 0 ? `10.0.0.${i % 200}` : `8.8.${i % 5}.${i % 250}`)),
      source: fc.integer({ min: 0, max: 3 }),
      replace: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
        const tables = new AddressTables(new Placement(keyOf(3)))
        for (const { what, host, source, replace } of steps) {
          const entry = tables.find(endpoint(host))
          const sourceGroup = `source ${source}`
          if (entry === undefined)
            tables.add(
              { endpoint: endpoint(host), origin: 'gossip', sourceGroup, services: 0n, time: 0 },
              () => replace,
            )
          else if (what === 'name') tables.addSlot(entry, sourceGroup, () => replace)
          else if (what === 'answer' && entry.triedSlot === undefined) tables.toTried(entry)
          else if (what === 'forget') tables.remove(entry)
        }
        expectConsistent(tables)
      }),
      { seed: 72, numRuns: process.env.SHOAL_LONG === '1' ? 1_000 : 60 },
    )
  })

  test('one that many name has eight slots and no more', () => {
    const tables = new AddressTables(new Placement(keyOf(4)))
    const fields = { endpoint: endpoint('8.8.8.8'), origin: 'gossip', services: 0n, time: 0 } as const
    const entry = tables.add({ ...fields, sourceGroup: 'first' }, () => false) as AddressEntry
    for (let i = 0; i < 1_000; i++) tables.addSlot(entry, `source ${i}`, () => false)
    expect(entry.newSlots).toHaveLength(MAX_NEW_SLOTS_OF_ONE)
    expectConsistent(tables)
  })

  test.each(Array.from({ length: 20 }, (_, seed) => seed))(
    '64 of the small network always fit, tried or not (key %i)',
    (seed) => {
      const tables = new AddressTables(new Placement(keyOf(seed)))
      const never = () => {
        throw new Error('somebody was to make room')
      }
      for (let i = 0; i < 64; i++) {
        const small = i % 2 === 0 ? endpoint('127.0.0.1', 1_000 + i) : endpoint(`192.168.7.${i}`)
        const entry = tables.add(
          { endpoint: small, origin: 'local', sourceGroup: 'local', services: 0n, time: 0 },
          never,
        )
        expect(entry).toBeDefined()
      }
      for (const entry of [...tables.all]) {
        expect(tables.rivalOf(entry)).toBeUndefined()
        tables.toTried(entry)
      }
      expect([tables.all.length, tables.triedCount]).toEqual([64, 64])
      expectConsistent(tables)
    },
  )
})

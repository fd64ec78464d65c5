/** What a store of items promises, whichever overlay keeps them: the same cases for the mainline DHT and for the Chord ring. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chordStore } from '../../src-main/chord/chord-store.ts'
import { ChordStore } from '../../src-main/chord/store/chord-store.ts'
import { encodeBencode } from '../../src-main/codec/bencode.ts'
import { itemKey, signItem } from '../../src-main/items/item.ts'
import { kademliaStore } from '../../src-main/kademlia/kademlia-store.ts'
import { utf8 } from '../../src-main/kernel/bytes.ts'
import { MINUTE } from '../../src-main/kernel/clock.ts'
import type { GetReport, Item, KeyValueStore, MutableItem, PutReport } from '../../src-main/kernel/key-value-store.ts'
import { WireWorld } from './chord-wire-world.ts'
import { KademliaWorld } from './kademlia-world.ts'

const NODES = 30
const seed = new Uint8Array(32).fill(7)

interface World {
  readonly stores: readonly KeyValueStore[]
  /** Nodes that hold what has been put. */
  readonly copies: number
  ended<R>(start: (done: (report: R) => void) => unknown): Promise<R>
  run(duration: number): Promise<void>
  /** As kill -9. */
  kill(node: number): Promise<void>
  close(): Promise<void>
}

interface Options {
  readonly seed: number
  readonly lossRate?: number
}

async function kademlia(options: Options): Promise<World> {
  const world = new KademliaWorld(options)
  const members = await world.grow(NODES)
  return {
    stores: members.map(({ node }) => kademliaStore(node)),
    copies: 8,
    ended: (start) => world.ended(start),
    run: (duration) => world.sim.run(duration),
    kill: async (node) => {
      const member = members[node]
      if (member) await world.leave(member)
    },
    close: () => world.close(),
  }
}

async function chord(options: Options): Promise<World> {
  const world = new WireWorld(options)
  const successors = 8
  for (let n = 0; n < NODES; n++) {
    const through = world.living.slice(0, 1)
    const { node } = await world.add({ virtualNodes: 2, successors }, through, (host) => new ChordStore(host))
    const isPlaced = () => node.phase === 'member' && node.members.length >= 2
    if (!(await world.net.until(10 * MINUTE, isPlaced))) throw new Error(`${node.phase} after ten minutes`)
  }
  if ((await world.becomesIdeal(20 * MINUTE, successors)) === undefined) throw new Error('no ideal ring')
  return {
    stores: world.hosts.map(({ node }) => chordStore(node)),
    copies: 4,
    ended: async <R>(start: (done: (report: R) => void) => unknown) => {
      let report: R | undefined
      start((result) => {
        report = result
      })
      if (!(await world.net.until(MINUTE, () => report !== undefined))) throw new Error('no end of the search')
      return report as R
    },
    run: (duration) => world.net.run(duration),
    kill: async (node) => {
      const host = world.hosts[node]
      if (host) world.kill(host)
    },
    close: () => world.close(),
  }
}

function mutable(text: string, seq: bigint, salt = ''): MutableItem {
  return signItem(seed, { value: encodeBencode(text), seq, salt: utf8(salt) })
}

function immutable(text: string): Item {
  return { kind: 'immutable', value: encodeBencode(text) }
}

function put(world: World, by: number, item: Item, cas?: bigint): Promise<PutReport> {
  const store = world.stores[by] as KeyValueStore
  return world.ended((done) => store.put(item, cas === undefined ? {} : { cas }, done))
}

function get(world: World, by: number, item: Item): Promise<GetReport> {
  const store = world.stores[by] as KeyValueStore
  return world.ended((done) => store.get(itemKey(item), item.kind === 'mutable' ? { salt: item.salt } : {}, done))
}

const codes = ({ refused }: PutReport) => [...refused.keys()]

describe.each([
  ['kademlia', kademlia],
  ['chord', chord],
] as const)('a store of items over %s', (kind, make) => {
  describe(`${NODES} nodes`, () => {
    let world: World
    beforeAll(async () => {
      world = await make({ seed: 71 })
    }, 120_000)
    afterAll(() => world.close())

    test('says what it is, and has nothing that nobody put', async () => {
      expect(world.stores.every((store) => store.kind === kind)).toBe(true)
      const report = await get(world, 4, immutable('nobody has this'))
      expect([report.item, report.holders]).toEqual([undefined, 0])
      expect(report.target).toEqual(itemKey(immutable('nobody has this')))
    })

    test('what one puts every node gets, at its cost', async () => {
      const item = immutable('Hello World!')
      const report = await put(world, 2, item)
      expect([report.target, report.refused.size]).toEqual([itemKey(item), 0])
      expect(report.stored).toBeGreaterThanOrEqual(world.copies)
      for (let by = 0; by < NODES; by++) {
        const found = await get(world, by, item)
        expect([found.item, found.holders > 0]).toEqual([item, true])
        expect(found.cost.requests).toBeGreaterThan(0)
      }
      expect((await put(world, 9, item)).stored).toBeGreaterThanOrEqual(world.copies)
    })

    test('the newest version is found; older ones and another value of the same number are refused (302)', async () => {
      await put(world, 1, mutable('one', 1n))
      expect((await put(world, 12, mutable('two', 2n))).stored).toBeGreaterThanOrEqual(world.copies)
      expect((await get(world, 20, mutable('', 0n))).item).toEqual(mutable('two', 2n))
      expect(codes(await put(world, 3, mutable('one', 1n)))).toEqual([302])
      expect(codes(await put(world, 3, mutable('another two', 2n)))).toEqual([302])
      expect((await get(world, 20, mutable('', 0n))).item).toEqual(mutable('two', 2n))
    })

    test('`cas` is kept: what is there must be what its writer thinks (301)', async () => {
      await put(world, 1, mutable('one', 1n, 'cas'))
      expect(codes(await put(world, 5, mutable('three', 3n, 'cas'), 2n))).toEqual([301])
      expect((await put(world, 5, mutable('two', 2n, 'cas'), 1n)).stored).toBeGreaterThanOrEqual(world.copies)
      expect((await get(world, 6, mutable('', 0n, 'cas'))).item).toEqual(mutable('two', 2n, 'cas'))
    })

    test('salts keep the items of one owner apart', async () => {
      await put(world, 1, mutable('a', 1n, 'salt a'))
      await put(world, 1, mutable('b', 5n, 'salt b'))
      expect((await get(world, 8, mutable('', 0n, 'salt a'))).item).toEqual(mutable('a', 1n, 'salt a'))
      expect((await get(world, 8, mutable('', 0n, 'salt b'))).item).toEqual(mutable('b', 5n, 'salt b'))
      expect((await get(world, 8, mutable('', 0n, 'salt c'))).item).toBeUndefined()
    })

    test('1,000 bytes and 64 of salt arrive; a byte more, or a wrong signature, is refused with its code', async () => {
      const value = utf8(`996:${'x'.repeat(996)}`)
      const largest = signItem(seed, { value, seq: 1n, salt: new Uint8Array(64).fill(9) })
      for (const item of [{ kind: 'immutable', value } as const, largest]) {
        expect((await put(world, 7, item)).stored).toBeGreaterThanOrEqual(world.copies)
        expect((await get(world, 23, item)).item).toEqual(item)
      }
      expect(codes(await put(world, 7, { kind: 'immutable', value: utf8(`997:${'x'.repeat(997)}`) }))).toEqual([205])
      expect(codes(await put(world, 7, { ...largest, salt: new Uint8Array(65) }))).toEqual([207])
      const forged = { ...mutable('mine', 1n, 'forged'), signature: new Uint8Array(64).fill(1) }
      expect(codes(await put(world, 7, forged))).toEqual([206])
      expect((await get(world, 7, forged)).item).toBeUndefined()
    })

    test('what is cancelled tells nothing; a target of another length is our own mistake', async () => {
      let told = 0
      const count = () => {
        told += 1
      }
      const [store] = world.stores as [KeyValueStore]
      store.put(immutable('cancelled'), {}, count).cancel()
      store.get(itemKey(immutable('cancelled')), {}, count).cancel()
      await world.run(MINUTE)
      expect(told).toBe(0)
      expect(() => store.get(new Uint8Array(19), {}, count)).toThrow(RangeError)
    })

    test('items outlive nodes: all are found when every third was killed, and a while later', async () => {
      const items = Array.from({ length: 20 }, (_, n) =>
        n % 2 ? immutable(`item ${n}`) : mutable(`item ${n}`, 1n, `${n}`),
      )
      for (const [n, item] of items.entries()) {
        expect((await put(world, n, item)).stored).toBeGreaterThanOrEqual(world.copies)
      }
      for (let node = 2; node < NODES; node += 3) {
        await world.kill(node)
        await world.run(MINUTE / 2)
      }
      for (const item of items) expect((await get(world, 0, item)).item).toEqual(item)
      await world.run(5 * MINUTE)
      for (const item of items) expect((await get(world, 1, item)).item).toEqual(item)
    })
  })

  test('with every twentieth packet lost items are put and found', async () => {
    const world = await make({ seed: 72, lossRate: 0.05 })
    for (let n = 0; n < 10; n++) {
      const item = mutable(`item ${n}`, 1n, `${n}`)
      expect((await put(world, n, item)).stored).toBeGreaterThanOrEqual(2)
      expect((await get(world, 29 - n, item)).item).toEqual(item)
    }
    await world.close()
  }, 120_000)
})

import { describe, expect, test } from 'vitest'
import { encodeBencode } from '../../src-main/codec/bencode.ts'
import { publicKeyOf } from '../../src-main/items/ed25519.ts'
import { signItem } from '../../src-main/items/item.ts'
import { KeptItems } from '../../src-main/items/kept-items.ts'
import { mutableTarget, targetOf } from '../../src-main/kademlia/item-target.ts'
import { kademliaKeeping } from '../../src-main/kademlia/keeping.ts'
import type { Candidate } from '../../src-main/kademlia/lookup-result.ts'
import { utf8 } from '../../src-main/kernel/bytes.ts'
import { HOUR, MINUTE } from '../../src-main/kernel/clock.ts'
import type { GetReport, Item, MutableItem, PutReport } from '../../src-main/kernel/key-value-store.ts'
import { KademliaWorld, type Member } from './kademlia-world.ts'

const seed = new Uint8Array(32).fill(7)
const noSalt = new Uint8Array()

function mutable(text: string, seq: bigint, salt: Uint8Array = noSalt): MutableItem {
  return signItem(seed, { value: encodeBencode(text), seq, salt })
}

function put(world: KademliaWorld, { node }: Member, item: Item, cas?: bigint): Promise<PutReport> {
  return world.ended((done) => node.put(item, cas === undefined ? {} : { cas }, done))
}

function get(world: KademliaWorld, { node }: Member, item: Item): Promise<GetReport> {
  const options = item.kind === 'mutable' ? { salt: item.salt } : {}
  return world.ended((done) => node.get(targetOf(item), options, done))
}

/** A world of so many nodes, three of them named. */
async function worldOf(nodes: number, sim: { seed: number; lossRate?: number }) {
  const world = new KademliaWorld(sim)
  await world.grow(nodes)
  const [a, b, c] = [world.members[2], world.members[nodes >> 1], world.members[nodes - 1]] as [Member, Member, Member]
  return { world, a, b, c }
}

describe('items in a network of 40 nodes (BEP 44)', () => {
  test('an immutable one is found by its hash from every node', async () => {
    const { world, a } = await worldOf(40, { seed: 21 })
    const item: Item = { kind: 'immutable', value: encodeBencode('Hello World!') }
    expect((await put(world, a, item)).stored).toBeGreaterThanOrEqual(8)
    for (const member of world.members) expect((await get(world, member, item)).item).toEqual(item)
    const absent: Item = { kind: 'immutable', value: encodeBencode('nobody has this') }
    expect((await get(world, a, absent)).item).toBeUndefined()
    await world.close()
  })

  test.each([1_000, 900, 1])(
    'a value of %i bytes arrives, mutable and immutable, also at who asks only',
    async (size) => {
      const { world, a } = await worldOf(30, { seed: 22 })
      const overhead = size > 10 ? `${size}:`.length : 2
      const value =
        size === 1_000 ? utf8(`996:${'x'.repeat(996)}`) : encodeBencode('x'.repeat(Math.max(0, size - overhead)))
      const reader = await world.make({ mode: 'read-only' })
      reader.node.start()
      await world.joined(reader)
      for (const item of [{ kind: 'immutable', value } as const, signItem(seed, { value, seq: 1n, salt: utf8('s') })]) {
        expect((await put(world, a, item)).stored).toBeGreaterThanOrEqual(8)
        expect((await get(world, reader, item)).item).toEqual(item)
        expect((await get(world, world.members[20] as Member, item)).item).toEqual(item)
      }
      await world.close()
    },
  )

  test('one byte more is refused by everybody (205)', async () => {
    const { world, a } = await worldOf(20, { seed: 23 })
    const report = await put(world, a, { kind: 'immutable', value: utf8(`997:${'x'.repeat(997)}`) })
    expect(report.stored).toBe(0)
    expect([...report.refused.keys()]).toEqual([205])
    await world.close()
  })

  test('of a mutable one the newest is found; older ones and another `cas` are refused; salts are apart', async () => {
    const { world, a, b, c } = await worldOf(40, { seed: 24 })
    await put(world, a, mutable('one', 1n))
    expect((await put(world, b, mutable('two', 2n), 1n)).stored).toBeGreaterThanOrEqual(8)
    expect((await get(world, c, mutable('', 0n))).item).toEqual(mutable('two', 2n))
    const older = await put(world, c, mutable('one and a half', 1n))
    expect([older.stored, [...older.refused.keys()]]).toEqual([0, [302]])
    const mismatch = await put(world, c, mutable('three', 3n), 1n)
    expect([mismatch.stored, [...mismatch.refused.keys()]]).toEqual([0, [301]])
    const salted = mutable('elsewhere', 1n, utf8('salt'))
    expect(targetOf(salted).equals(mutableTarget(publicKeyOf(seed), noSalt))).toBe(false)
    await put(world, a, salted)
    expect((await get(world, c, salted)).item).toEqual(salted)
    expect((await get(world, c, mutable('', 0n))).item).toEqual(mutable('two', 2n))
    await world.close()
  })

  test('a forged one is stored nowhere (206)', async () => {
    const { world, a, c } = await worldOf(20, { seed: 25 })
    const forged = { ...mutable('mine', 5n), value: encodeBencode('yours') }
    const report = await put(world, a, forged)
    expect([report.stored, [...report.refused.keys()]]).toEqual([0, [206]])
    expect((await get(world, c, forged)).item).toBeUndefined()
    await world.close()
  })

  test('with a tenth of the packets lost it is stored and found', async () => {
    const { world, a, c } = await worldOf(30, { seed: 26, lossRate: 0.1 })
    expect((await put(world, a, mutable('survives', 1n))).stored).toBeGreaterThanOrEqual(4)
    expect((await get(world, c, mutable('', 0n))).item).toEqual(mutable('survives', 1n))
    await world.close()
  })
})

describe('own items', () => {
  test('who is asked a second time is a step of its own: steps are as many as requests', async () => {
    const { world, a } = await worldOf(30, { seed: 29 })
    const item = signItem(seed, { value: utf8(`996:${'x'.repeat(996)}`), seq: 1n, salt: utf8('s') })
    await put(world, a, item)
    const reader = await world.make({ mode: 'read-only' })
    reader.node.start()
    await world.joined(reader)
    const steps = new Set<Readonly<Candidate>>()
    const stepped = (step: Readonly<Candidate>) => steps.add(step)
    const report = await world.ended<GetReport>((done) =>
      reader.node.get(targetOf(item), { salt: item.salt, stepped }, done),
    )
    expect(report.item).toEqual(item)
    const second = [...steps].filter((step) => step.from?.contact === step.contact)
    expect(second.length).toBeGreaterThan(0)
    expect(second.every(({ state, hop, from }) => state === 'replied' && from && hop === from.hop + 1)).toBe(true)
    expect(steps.size).toBe(report.cost.requests)
    await world.close()
  })

  test('are forgotten after two hours, and kept by who puts them again', async () => {
    const { world, a, b, c } = await worldOf(10, { seed: 27 })
    const [kept, dropped] = [mutable('kept', 1n), mutable('dropped', 1n, utf8('other'))]
    const keeper = new KeptItems({ store: () => kademliaKeeping(a.node), clock: a.host.clock, random: a.host.random })
    expect(keeper.keep(kept)).toBe(true)
    await put(world, b, dropped)
    await world.sim.run(HOUR)
    expect((await get(world, c, dropped)).item).toEqual(dropped)
    await world.sim.run(2 * HOUR)
    expect((await get(world, c, dropped)).item).toBeUndefined()
    expect((await get(world, c, kept)).item).toEqual(kept)
    expect(keeper.list()).toEqual([{ target: targetOf(kept).bytes, item: kept, stored: expect.any(Number) }])
    keeper.release(targetOf(kept).bytes)
    await world.sim.run(3 * HOUR)
    expect((await get(world, c, kept)).item).toBeUndefined()
    keeper.stop()
    await world.close()
  })

  test('are put again soon when those nearest to them have gone', async () => {
    const { world, a } = await worldOf(30, { seed: 28 })
    const item = mutable('moves on', 1n)
    const keeper = new KeptItems({ store: () => kademliaKeeping(a.node), clock: a.host.clock, random: a.host.random })
    keeper.keep(item)
    await world.sim.run(MINUTE)
    const target = targetOf(item)
    for (const member of world.nearest(target, 10)) if (member !== a) await world.leave(member)
    await world.sim.run(20 * MINUTE)
    const holders = world.members.filter(({ node }) => node.items().some((held) => held.target.equals(target)))
    expect(holders.length).toBeGreaterThanOrEqual(6)
    keeper.stop()
    await world.close()
  })
})

/** Keys on rings whose every word is a datagram of the RPC layer: the largest items, many of them, and hosts that come and go. */
import { expect, test } from 'vitest'
import type { ChordNodeOptions } from '../../src-main/chord/host/node-options.ts'
import { RingId } from '../../src-main/chord/ring-id.ts'
import { ChordStore } from '../../src-main/chord/store/chord-store.ts'
import { encodeBencode } from '../../src-main/codec/bencode.ts'
import { itemKey, signItem } from '../../src-main/items/item.ts'
import { bytesEqual } from '../../src-main/kernel/bytes.ts'
import { MINUTE } from '../../src-main/kernel/clock.ts'
import type { GetReport, Item, PutReport } from '../../src-main/kernel/key-value-store.ts'
import type { Endpoint } from '../../src-main/kernel/network.ts'
import { type WireHost, WireWorld } from './chord-wire-world.ts'

const SUCCESSORS = 8
const COPIES = 4

function keyOf(item: Item): RingId {
  return RingId.of(itemKey(item))
}

/** Every third is as large as an item may be. */
function itemOf(n: number): Item {
  const value = encodeBencode(n % 3 === 0 ? `${n}`.padEnd(996, '.') : `${n}`)
  if (n % 2 === 0) return { kind: 'immutable', value }
  const salt = new Uint8Array(n % 3 === 0 ? 64 : 2).fill(n)
  return signItem(new Uint8Array(32).fill(n), { value, salt, seq: 2n ** 62n + BigInt(n) })
}

async function ended<R>(world: WireWorld, start: (done: (report: R) => void) => unknown): Promise<R> {
  let report: R | undefined
  start((result) => {
    report = result
  })
  if (!(await world.net.until(MINUTE, () => report !== undefined))) throw new Error('no end of the search')
  return report as R
}

/** What a host gets of these items that is what was put. */
async function gotBy(world: WireWorld, host: WireHost, items: readonly Item[]): Promise<number> {
  let got = 0
  for (const item of items) {
    const salt = item.kind === 'mutable' ? { salt: item.salt } : {}
    const report = await ended<GetReport>(world, (done) => host.node.get(keyOf(item), salt, done))
    if (report.item && bytesEqual(report.item.value, item.value)) got += 1
  }
  return got
}

/** How many hosts hold the item that fewest hold. */
function fewestHolders(world: WireWorld, items: readonly Item[]): number {
  const held = new Map<string, number>()
  for (const { node } of world.living) {
    for (const { key } of node.items()) held.set(key.key, (held.get(key.key) ?? 0) + 1)
  }
  return Math.min(...items.map((item) => held.get(keyOf(item).key) ?? 0))
}

/** A ring of so many hosts with stores, two places each. */
async function ringOf(count: number, seed: number) {
  const world = new WireWorld({ seed, mode: 'wire' })
  const join = async (more: Partial<ChordNodeOptions> = {}) => {
    const options = { virtualNodes: 2, successors: SUCCESSORS, ...more }
    const host = await world.add(options, world.living.slice(0, 1), (store) => new ChordStore(store))
    const isThere = () =>
      more.address === undefined && 'address' in more ? host.node.ready : host.node.members.length >= 2
    if (!(await world.net.until(10 * MINUTE, isThere))) throw new Error(`${host.node.phase} after ten minutes`)
    return host
  }
  for (let i = 0; i < count; i++) await join()
  expect(await world.becomesIdeal(20 * MINUTE, SUCCESSORS)).toBeDefined()
  return { world, join }
}

test('every item is copied, found, moved and repaired, however large it is', async () => {
  const { world, join } = await ringOf(8, 8)
  const items = Array.from({ length: 120 }, (_, n) => itemOf(n))
  for (const [n, item] of items.entries()) {
    const { node } = world.living[n % world.living.length] as WireHost
    const report = await ended<PutReport>(world, (done) => node.put(item, {}, done))
    expect([n, report.stored]).toEqual([n, COPIES])
  }
  const joined = await join()
  expect(fewestHolders(world, items)).toBe(COPIES)
  expect(await gotBy(world, joined, items)).toBe(items.length)
  const leaver = world.hosts[2] as WireHost
  let hasLeft = false
  void leaver.node.leave().then(() => {
    hasLeft = true
  })
  expect(await world.net.until(MINUTE, () => hasLeft)).toBe(true)
  world.kill(leaver)
  expect(fewestHolders(world, items)).toBeGreaterThanOrEqual(COPIES - 1)
  world.kill(world.hosts[4] as WireHost)
  await world.net.run(10 * MINUTE)
  expect(fewestHolders(world, items)).toBe(COPIES)
  expect(await gotBy(world, world.hosts[1] as WireHost, items)).toBe(items.length)
  const refused = world.hosts.map(({ rpc: { counters } }) => counters.queriesRefused + counters.answersOverBudget)
  expect(refused).toEqual(Array(9).fill(0))
  await world.close()
})

test('a client, to whom members owe nothing, gets the largest items and the peers all the same', async () => {
  const { world, join } = await ringOf(4, 9)
  const [first] = world.hosts as [WireHost]
  const items = Array.from({ length: 12 }, (_, n) => itemOf(3 * n))
  for (const item of items) await ended<PutReport>(world, (done) => first.node.put(item, {}, done))
  const client = await join({ address: undefined })
  expect(client.node.phase).not.toBe('member')
  expect(await gotBy(world, client, items)).toBe(items.length)
  const infoHash = RingId.of(new Uint8Array(20).fill(7))
  const announced = (done: (result: { readonly stored: number }) => void) =>
    client.node.announce(infoHash, { port: 'implied', seed: true }, done)
  expect((await ended(world, announced)).stored).toBe(COPIES)
  const found: Endpoint[] = []
  await ended(world, (done) => first.node.peers(infoHash, { found: (peers) => found.push(...peers) }, done))
  expect(found).toEqual([client.port.local])
  await world.close()
})

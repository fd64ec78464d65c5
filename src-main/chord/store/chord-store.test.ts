import { beforeAll, describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../kernel/clock.ts'
import { formatEndpoint } from '../../kernel/network.ts'
import { shuffled } from '../../kernel/random.ts'
import type { ChordContact } from '../contact.ts'
import type { HostAnswer } from '../host-messages.ts'
import { compareIds, RingId } from '../ring-id.ts'
import type { SimHost } from '../test-support/host-world.ts'
import { keyOf, StoreWorld, signed, storeRing, text } from '../test-support/store-world.ts'
import { isInRange } from './key-range.ts'
import { distinctHosts, REPLICAS } from './places.ts'

const seed = 11
const long = process.env.SHOAL_LONG === '1'
const last = (hosts: readonly SimHost[]) => hosts.at(-1) as SimHost

describe('on a ring of 12 hosts', () => {
  let world: StoreWorld
  beforeAll(() => {
    world = storeRing(12, { seed, successors: 8 })
  })

  test('what one has put each of them gets, and four distinct hosts hold it', () => {
    const item = text('hello')
    const report = world.put(world.hosts[3] as SimHost, item)
    expect([report.stored, report.refused.size]).toEqual([4, 0])
    for (const host of world.living) {
      const got = world.get(host, item)
      expect(got.item).toEqual(item)
      expect(got.holders).toBe(1)
    }
    expect(world.holders(keyOf(item))).toHaveLength(4)
    expect(world.ownerOf(keyOf(item)).node.items()).toContainEqual({ key: keyOf(item), item, owned: true })
  })

  test('a key that nobody has put is not found', () => {
    const got = world.get(world.hosts[1] as SimHost, RingId.of(new Uint8Array(20).fill(9)))
    expect([got.item, got.holders]).toEqual([undefined, 0])
    expect(got.cost.requests).toBeGreaterThanOrEqual(4)
  })

  test('a newer version replaces an older one at every holder; an older one, another of the same seq and a wrong cas are refused', () => {
    const [by] = world.hosts as [SimHost]
    expect(world.put(by, signed(1, 5)).stored).toBe(4)
    expect(world.put(by, signed(1, 6)).stored).toBe(4)
    expect(Object.fromEntries(world.put(by, signed(1, 5)).refused)).toEqual({ 302: 1 })
    expect(Object.fromEntries(world.put(by, signed(1, 6, 'other')).refused)).toEqual({ 302: 1 })
    expect(Object.fromEntries(world.put(by, signed(1, 7), 5n).refused)).toEqual({ 301: 1 })
    expect(world.put(by, signed(1, 7), 6n).stored).toBe(4)
    for (const holder of world.holders(keyOf(signed(1, 7)))) {
      expect(holder.node.items().find(({ key }) => key.equals(keyOf(signed(1, 7))))?.item).toEqual(signed(1, 7))
    }
  })

  test('what is too large, badly salted or badly signed is refused with its code', () => {
    const [by] = world.hosts as [SimHost]
    const codes = (item: Parameters<StoreWorld['put']>[1]) => [...world.put(by, item).refused.keys()]
    expect(codes(text('x'.repeat(1_001)))).toEqual([205])
    expect(codes({ ...signed(2, 1), salt: new Uint8Array(65) })).toEqual([207])
    expect(codes({ ...signed(2, 1), signature: new Uint8Array(64) })).toEqual([206])
    expect(world.get(by, signed(2, 1)).item).toBeUndefined()
  })

  test('the largest items come whole to those who have shown no token yet', () => {
    const [by] = world.hosts as [SimHost]
    const large = { ...signed(3, 1, 'x'.repeat(995), 's'.repeat(64)) }
    expect(large.value).toHaveLength(999)
    expect(world.put(by, large).stored).toBe(4)
    const client = world.add({ virtualNodes: 1 })
    expect(world.run(MINUTE, () => client.node.ready)).toBe(true)
    expect(world.get(client, large).item).toEqual(large)
  })

  test('peers are announced to four hosts and found by all, without seeds where asked', () => {
    const infoHash = RingId.of(new Uint8Array(20).fill(0x42))
    const [a, b, c] = world.hosts as [SimHost, SimHost, SimHost]
    expect(world.announce(a, infoHash, 1_001).stored).toBe(4)
    expect(world.announce(b, infoHash, 1_002, true).stored).toBe(4)
    const expected = [`${a.endpoint.host}:1001`, `${b.endpoint.host}:1002`].sort()
    expect(world.peers(c, infoHash)).toEqual(expected)
    expect(world.peers(c, infoHash, true)).toEqual([`${a.endpoint.host}:1001`])
    expect(world.announce(c, infoHash, 0).stored).toBe(0)
  })

  test('keys that a member owns are counted', () => {
    for (const { node } of world.living) {
      const held = node.items().filter(({ owned }) => owned).length
      const counted = node.facts.virtualNodes.reduce((sum, { keys }) => sum + keys, 0)
      expect(counted).toBeGreaterThanOrEqual(held)
      expect(node.facts.items).toBe(node.items().length)
    }
  })
})

test('where one host has nearly all places, the second has copies within a minute of its coming', () => {
  const world = new StoreWorld({ seed: seed + 7 })
  const [first] = world.grow(1) as [SimHost]
  const before = Array.from({ length: 20 }, (_, n) => text(`before ${n}`))
  const after = Array.from({ length: 20 }, (_, n) => text(`after ${n}`))
  for (const item of before) expect(world.put(first, item).stored).toBe(1)
  const second = world.add()
  expect(world.run(MINUTE, () => second.node.members.length > 0)).toBe(true)
  world.run(30 * SECOND)
  expect(first.node.members.length).toBeGreaterThan(world.successors)
  for (const item of after) expect(world.put(first, item).stored).toBe(2)
  world.run(30 * SECOND)
  for (const item of [...before, ...after]) expect(world.holders(keyOf(item))).toHaveLength(2)
})

test('peers come to all four hosts that keep them when others come, and outlive an owner and its first replica', () => {
  const world = storeRing(1, { seed: seed + 8, successors: 6 })
  const infoHashes = Array.from({ length: 12 }, (_, n) => RingId.of(new Uint8Array(20).fill(20 * n)))
  const [first] = world.hosts as [SimHost]
  for (const infoHash of infoHashes) expect(world.announce(first, infoHash, 1_001).stored).toBe(1)
  world.grow(9, { virtualNodes: 2 })
  expect(world.becomesIdeal(10 * MINUTE)).toBe(true)
  world.run(3 * MINUTE)
  const peer = { ...first.endpoint, port: 1_001 }
  const { port } = world.plug({ host: '46.1.1.1', port: 1 })
  const peersAt = ({ endpoint }: ChordContact, key: RingId) =>
    world.ended<HostAnswer>((answered) =>
      port.host.ask(endpoint, { kind: 'read', key, peers: { noSeeds: false } }, { answered, missed() {} }),
    )
  const keepersOf = (key: RingId) => {
    const clockwise = world.members().map(({ self }) => self)
    clockwise.sort((a, b) => compareIds(key.distanceTo(a.id), key.distanceTo(b.id)))
    return distinctHosts(clockwise, 1 + REPLICAS)
  }
  for (const infoHash of infoHashes) {
    for (const keeper of keepersOf(infoHash)) expect(peersAt(keeper, infoHash)).toMatchObject({ peers: [peer] })
  }
  const [lost] = infoHashes as [RingId]
  for (const { endpoint } of keepersOf(lost).slice(0, 2)) {
    world.kill(world.hosts.find((host) => host.endpoint.host === endpoint.host) as SimHost)
  }
  expect(world.peers(last(world.living), lost)).toEqual([formatEndpoint(peer)])
})

describe('when hosts go', () => {
  const items = Array.from({ length: 60 }, (_, n) => text(`item ${n}`))
  const filled = () => {
    const world = storeRing(12, { seed: seed + 1, successors: 8 })
    const [by] = world.hosts as [SimHost]
    for (const item of items) expect(world.put(by, item).stored).toBe(4)
    return world
  }
  const found = (world: StoreWorld) => items.filter((item) => world.get(last(world.living), item).item).length

  test('the owner is killed between write and read: its replicas have it at once, and four hosts again soon', () => {
    const world = filled()
    const [item] = items as [(typeof items)[number]]
    world.kill(world.ownerOf(keyOf(item)))
    expect(world.get(last(world.living), item).item).toEqual(item)
    world.run(6 * MINUTE)
    expect(world.holders(keyOf(item)).length).toBeGreaterThanOrEqual(4)
    expect(found(world)).toBe(items.length)
  })

  test('the owner and two of its replicas are killed at once', () => {
    const world = filled()
    const [item] = items as [(typeof items)[number]]
    const owner = world.ownerOf(keyOf(item))
    const others = world.holders(keyOf(item)).filter((host) => host !== owner)
    for (const host of [owner, ...others.slice(0, 2)]) world.kill(host)
    expect(world.get(last(world.living), item).item).toEqual(item)
    world.run(10 * MINUTE)
    expect(world.holders(keyOf(item)).length).toBeGreaterThanOrEqual(4)
  })

  test('three tenths of the hosts are killed at once: what one of four holders still has is found, and held by four again', () => {
    const hosts = long ? 60 : 24
    const world = storeRing(hosts, { seed: seed + 2, successors: long ? 16 : 10 })
    const many = Array.from({ length: long ? 2_000 : 300 }, (_, n) => text(`item ${n}`))
    for (const [n, item] of many.entries()) expect(world.put(world.hosts[n % hosts] as SimHost, item).stored).toBe(4)
    const victims = shuffled(world.random, world.hosts).slice(0, 0.3 * hosts)
    for (const victim of victims) world.kill(victim)
    const left = many.filter((item) => world.holders(keyOf(item)).length > 0)
    expect(left.length).toBeGreaterThan(many.length * (1 - 0.3 ** 4 - 0.02))
    expect(world.becomesIdeal(20 * MINUTE)).toBe(true)
    world.run(5 * MINUTE)
    for (const [n, item] of left.entries()) {
      expect(world.get(world.living[n % world.living.length] as SimHost, item).item).toEqual(item)
      expect(world.holders(keyOf(item)).length).toBeGreaterThanOrEqual(4)
    }
  })

  test('one leaves in order: what it owned is held by four others before it is gone', async () => {
    const world = filled()
    const [item] = items as [(typeof items)[number]]
    const owner = world.ownerOf(keyOf(item))
    const owned = owner.node.items().filter((held) => held.owned)
    expect(owned.length).toBeGreaterThan(0)
    let isGone = false
    void owner.node.leave().then(() => {
      isGone = true
    })
    world.run(20 * SECOND)
    await Promise.resolve()
    expect(isGone).toBe(true)
    world.kill(owner)
    for (const { key } of owned) {
      const heir = world
        .members()
        .find(({ predecessor, self }) => isInRange({ after: predecessor.id, upTo: self.id }, key))
      const host = world.hosts.find(({ endpoint }) => endpoint.host === heir?.self.endpoint.host)
      expect(world.holders(key)).toContain(host)
    }
    expect(found(world)).toBe(items.length)
  })

  test('hosts that join have all of their range when they become members; a get at any moment finds it', () => {
    const world = filled()
    const by = world.hosts[1] as SimHost
    let [missing, asked, taken] = [0, 0, 0]
    const lacking: string[] = []
    for (let n = 0; n < 6; n++) {
      const joiner = world.add({ virtualNodes: 2 })
      const seen = new Set<unknown>()
      world.afterEvent = () => {
        for (const member of joiner.node.members) {
          if (seen.has(member)) continue
          seen.add(member)
          const held = new Set(joiner.node.items().map(({ key }) => key.key))
          const range = { after: member.predecessor.id, upTo: member.self.id }
          const keys = items.map(keyOf).filter((key) => isInRange(range, key))
          taken += keys.length
          lacking.push(...keys.filter((key) => !held.has(key.key)).map(String))
        }
      }
      const ends = world.time + 3 * MINUTE
      while (world.time < ends && !world.isPlaced(joiner, 2)) {
        const item = items[asked++ % items.length] as (typeof items)[number]
        if (!world.get(by, item).item) missing += 1
      }
      expect(world.isPlaced(joiner, 2)).toBe(true)
      expect(world.becomesIdeal(5 * MINUTE)).toBe(true)
      expect(seen.size).toBe(2)
    }
    expect([missing, lacking]).toEqual([0, []])
    expect(asked).toBeGreaterThan(30)
    expect(taken).toBeGreaterThan(10)
    expect(found(world)).toBe(items.length)
  })

  test('copies that no owner counts on any more go, but not before the owner has them', () => {
    const world = filled()
    world.grow(6, { virtualNodes: 2 })
    world.run(20 * MINUTE)
    const copies = items.map((item) => world.holders(keyOf(item)).length)
    expect(Math.min(...copies)).toBe(4)
    expect(Math.max(...copies)).toBeLessThanOrEqual(5)
    expect(found(world)).toBe(items.length)
  })
})

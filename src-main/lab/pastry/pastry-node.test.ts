/** Nodes on a network: what failures do to their state. */
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../simulation/random.ts'
import { ANSWER_WITHIN, Calls, MAX_CALLS } from './calls.ts'
import type { MessageBody } from './messages.ts'
import { idOf, type PastryId, randomId, sharedDigits } from './pastry-id.ts'
import { LOOKUP_LIMIT, UPKEEP_PERIOD } from './pastry-node.ts'
import type { PastryLookupResult } from './pastry-port.ts'
import { type Member, PastryWorld, pastryNetwork } from './pastry-world.ts'
import { FAILED_FOR, MAX_FAILED, PeerHealth } from './peer-health.ts'

const LEAVES = 16

function worldOf(count: number, { upkeep = false, seed = 1, lossRate = 0 } = {}) {
  const network = pastryNetwork({ seed, lossRate, latency: [10, 100] })
  const world = new PastryWorld(network, { leaves: LEAVES, neighbours: 32, upkeep })
  world.startWarm(count)
  const lookUp = async (from: Member, key: PastryId) => {
    let result: PastryLookupResult | undefined
    from.node.lookUp(key, (one) => {
      result = one
    })
    await network.until(LOOKUP_LIMIT + 1, () => result !== undefined)
    return result as PastryLookupResult
  }
  return { network, world, lookUp }
}

/** Whether each node has exactly the leaves that the sorted list of all that are there says. */
function hasRightLeaves(world: PastryWorld): boolean {
  const all = world.ring.all.map(({ self }) => self)
  const count = all.length
  return world.ring.all.every(({ node }, index) => {
    const away = (step: number) => all[(index + step + count) % count]
    const steps = Array.from({ length: LEAVES / 2 }, (_, n) => n + 1)
    return steps.every((n) => node.leaves.larger[n - 1] === away(n) && node.leaves.smaller[n - 1] === away(-n))
  })
}

describe('where leaves fail', () => {
  test.each([1, 2, 3, 4, 5])(
    'a lookup arrives although L/2 - 1 adjacent ones have failed at once (seed %i)',
    async (seed) => {
      const { world, lookUp } = worldOf(200, { seed })
      const random = SeededRandom.of(seed)
      const at = random.below(200)
      const gone = Array.from({ length: LEAVES / 2 - 1 }, (_, n) => world.ring.all[(at + n) % 200] as Member)
      for (const member of gone) world.kill(member)
      for (const { self } of gone) {
        const { root, missed } = await lookUp(world.pick(), self.id)
        expect(root).toBe(world.ring.nearest(self.id)?.self)
        expect(missed).toBeLessThan(LEAVES)
      }
    },
  )

  test('every leaf set is right again after a while of upkeep, without those that have gone', async () => {
    const { world, network } = worldOf(150, { upkeep: true })
    expect(hasRightLeaves(world)).toBe(true)
    for (let i = 0; i < 30; i++) world.kill(world.pick())
    expect(hasRightLeaves(world)).toBe(false)
    await network.run(2 * LEAVES * UPKEEP_PERIOD)
    expect(hasRightLeaves(world)).toBe(true)
  })

  test('a node that is silent for a moment is missed once and stays; one for long is forgotten, and comes back by its own word', async () => {
    const { world, network, lookUp } = worldOf(60)
    const [one, other] = [world.ring.all[0] as Member, world.ring.all[1] as Member]
    network.partition([one.host], [other.host])
    await lookUp(one, other.self.id)
    await network.run(3 * ANSWER_WITHIN)
    expect(one.node.known.has(other.self)).toBe(false)
    network.heal()
    await lookUp(other, one.self.id)
    expect(one.node.known.has(other.self)).toBe(true)

    network.partition([one.host], [other.host])
    const missed: number[] = []
    one.node.lookUp(other.self.id, (result) => missed.push(result.missed))
    network.heal()
    await network.run(3 * ANSWER_WITHIN)
    expect(missed).toEqual([1])
    expect(one.node.known.has(other.self)).toBe(true)
  })
})

test('a lost entry of the routing table is found again by asking its row', async () => {
  const { world, network, lookUp } = worldOf(400)
  const from = world.ring.all[0] as Member
  const far = from.node.table.row(0)[3]
  const victim = world.ring.all.find(({ self }) => self === far) as Member
  const leaves = new Set(from.node.leaves.all)
  expect(leaves.has(victim.self)).toBe(false)
  world.kill(victim)
  // Far from the victim's own place, so that it is the table that leads there.
  const key = world.ring.all.find(({ self }) => sharedDigits(self.id, victim.self.id) === 1)?.self.id as PastryId
  expect((await lookUp(from, key)).missed).toBe(1)
  await network.run(4 * ANSWER_WITHIN)
  const digit = from.node.table.row(0).filter(({ id }) => sharedDigits(id, victim.self.id) > 0)
  expect(digit).toHaveLength(1)
  expect(digit[0]).not.toBe(victim.self)
})

describe('joining', () => {
  test('one after the other gives every node its right leaves and lets all be found', async () => {
    const network = pastryNetwork({ seed: 3, latency: [10, 100] })
    const world = new PastryWorld(network, { leaves: LEAVES, neighbours: 32, upkeep: false })
    for (let i = 0; i < 80; i++) {
      let joined = false
      world.join(() => {
        joined = true
      })
      expect(await network.until(60_000, () => joined)).toBe(true)
    }
    expect(hasRightLeaves(world)).toBe(true)
    for (const { node } of world.ring.all) {
      expect(node.neighbours.all.length).toBeGreaterThan(LEAVES)
      for (const peer of node.table.all) expect(peer).not.toBe(node.self)
    }
  })

  test('all at once, with some messages lost, ends with right leaves too', async () => {
    const { world, network } = worldOf(40, { upkeep: true, lossRate: 0.02 })
    for (let i = 0; i < 40; i++) world.join()
    expect(await network.until(600_000, () => world.ring.all.length === 80)).toBe(true)
    expect(await network.until(600_000, () => hasRightLeaves(world))).toBe(true)
  })

  test('by way of nobody that answers never ends', async () => {
    const { world, network } = worldOf(3)
    const routers = world.ring.all.map(({ self }) => self)
    const joined: Member[] = []
    const member = world.join((one) => joined.push(one))
    for (const one of [...world.ring.all]) world.kill(one)
    await network.run(600_000)
    expect([joined, routers.length, member.node.known.size]).toEqual([[], 3, 0])
  })
})

describe('bounds', () => {
  test('calls: beyond the most that may be open they are missed at once, and late or strange answers do not count', async () => {
    const network = pastryNetwork({ seed: 1, latency: [10, 100] })
    const calls = new Calls(network.clock)
    const [peer, stranger] = [
      { id: idOf('1'), index: 0 },
      { id: idOf('2'), index: 1 },
    ]
    let missed = 0
    const sent: number[] = []
    const begin = (answered = () => {}) =>
      calls.begin(
        peer,
        (serial) => sent.push(serial),
        answered,
        () => {
          missed += 1
        },
      )
    for (let i = 0; i < MAX_CALLS + 5; i++) begin()
    expect([calls.size, sent.length]).toEqual([MAX_CALLS, MAX_CALLS])
    await network.run(1)
    expect(missed).toBe(5)
    expect(calls.answer(sent[0] as number, stranger, [])).toBeUndefined()
    expect(calls.answer(sent[0] as number, peer, [])).toBe(1)
    expect(calls.answer(sent[0] as number, peer, [])).toBeUndefined()
    await network.run(ANSWER_WITHIN)
    expect([calls.size, missed]).toEqual([0, MAX_CALLS + 4])
  })

  test('failed nodes: so many are remembered for so long, the oldest not', async () => {
    const network = pastryNetwork({ seed: 1, latency: [10, 100] })
    const health = new PeerHealth(network.clock)
    const random = SeededRandom.of(1)
    const peers = Array.from({ length: MAX_FAILED + 1 }, (_, index) => ({ id: randomId(random), index }))
    for (const peer of peers) health.fail(peer)
    const failed = () => peers.filter((peer) => health.hasFailed(peer)).length
    expect([failed(), health.hasFailed(peers[0] as (typeof peers)[0])]).toEqual([MAX_FAILED, false])
    await network.run(FAILED_FOR)
    expect(failed()).toBe(0)
  })

  test('a route ends after so many steps and detours', () => {
    const { world } = worldOf(40)
    const { node, host } = world.ring.all[0] as Member
    const [from, other] = [world.ring.all[1] as Member, world.ring.all[20] as Member]
    const purpose = { kind: 'lookup', lookup: 1, origin: from.self } as const
    const send = (hops: number) => {
      const sent: MessageBody[] = []
      const original = host.send.bind(host)
      host.send = (to, message, size) => {
        sent.push(message)
        original(to, message, size)
      }
      const routed = { key: other.self.id, hops, near: false, missed: 0, purpose }
      node.received({ kind: 'route', serial: 1, routed, from: from.self, member: true })
      return sent.map(({ kind }) => kind)
    }
    expect(send(63)).toEqual(['answer', 'route'])
    expect(send(64)).toEqual(['answer'])
  })
})

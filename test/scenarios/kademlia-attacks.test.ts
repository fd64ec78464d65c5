/** A fifth of the nodes are hostile, or many at chosen places: what honest lookups, tables and values bear. Production rules are on. */
import { describe, expect, test } from 'vitest'
import { reachOf } from '../../src-main/codec/ip-reach.ts'
import { DEFAULT_MAX_REQUESTS } from '../../src-main/kademlia/lookup.ts'
import { NodeId } from '../../src-main/kademlia/node-id.ts'
import { isUsable } from '../../src-main/kademlia/reach.ts'
import { makeSecureId } from '../../src-main/kademlia/secure-id.ts'
import { utf8 } from '../../src-main/kernel/bytes.ts'
import { MINUTE } from '../../src-main/kernel/clock.ts'
import type { GetReport, ImmutableItem, PutReport } from '../../src-main/kernel/key-value-store.ts'
import {
  type Behaviour,
  closeGang,
  garbage,
  greetAll,
  type Hostile,
  idNear,
  impersonation,
  mutualPraise,
  openGang,
  silence,
  tableContacts,
} from './hostile-nodes.ts'
import { KademliaWorld, type Member, type MemberOptions } from './kademlia-world.ts'

const HONEST = 48
/** A fifth of all. */
const HOSTILE = 12
const LOOKUPS = 40

const hostileAddress = (n: number) => `${200 + (n >> 4)}.${1 + (n & 15)}.0.1`

async function worldOf(seed: number, options: MemberOptions = {}): Promise<KademliaWorld> {
  const world = new KademliaWorld({ seed })
  await world.grow(HONEST, options)
  await world.sim.run(MINUTE)
  return world
}

/** Part of the lookups that found the nearest honest node, and the most requests of one. */
async function lookups(world: KademliaWorld) {
  let found = 0
  let most = 0
  for (let n = 0; n < LOOKUPS; n++) {
    const target = NodeId.random(world.sim.random)
    const from = world.members[n % world.members.length] as Member
    const { closest, requests } = await world.ended<{ closest: readonly { id: NodeId }[]; requests: number }>((done) =>
      from.node.findNode(target, { done }),
    )
    const nearest = world.nearest(target, 1, from)[0] as Member
    if (closest.some(({ id }) => id.equals(nearest.node.facts.id))) found++
    most = Math.max(most, requests)
  }
  return { found: found / LOOKUPS, most }
}

async function end(world: KademliaWorld, gang: readonly Hostile[]): Promise<void> {
  await closeGang(world, gang)
  await world.close()
}

describe('a fifth of the nodes is hostile', () => {
  const behaviours: [string, (world: KademliaWorld) => Behaviour][] = [
    ['garbage', (world) => garbage(world.sim.random)],
    ['each other', () => mutualPraise],
    ['nothing', () => silence],
    ['true nodes at false addresses', impersonation],
  ]

  test.each(behaviours)(
    'and answers with %s: 95 % of the lookups find the nearest honest node',
    async (_, behaviourOf) => {
      const world = await worldOf(21)
      const gang = await openGang(
        world,
        behaviourOf(world),
        Array.from({ length: HOSTILE }, (_, n) => {
          const address = hostileAddress(n)
          return { address, id: makeSecureId(address, world.sim.random).bytes }
        }),
      )
      await greetAll(world, gang)
      const hostiles = new Set(gang.map(({ endpoint }) => endpoint.host))
      const inTables = () => tableContacts(world).filter(({ endpoint }) => hostiles.has(endpoint.host)).length
      // They are really there.
      expect(inTables()).toBeGreaterThan(HONEST)
      const { found, most } = await lookups(world)
      expect(found).toBeGreaterThanOrEqual(0.95)
      expect(most).toBeLessThanOrEqual(DEFAULT_MAX_REQUESTS)
      const contacts = tableContacts(world)
      // Nobody of whom we were only told is in a table, and no more hostile ones than their part of all nodes allows.
      const known = new Set([...world.members.map(({ endpoint }) => endpoint.host), ...hostiles])
      expect(contacts.filter(({ endpoint }) => !known.has(endpoint.host))).toEqual([])
      expect(contacts.every(({ endpoint }) => isUsable(endpoint, 4) && reachOf(endpoint.host) === 2)).toBe(true)
      expect(inTables() / contacts.length).toBeLessThanOrEqual(0.3)
      await end(world, gang)
    },
  )
})

describe('forty ids around a target that do not fit their addresses (BEP 42)', () => {
  const item: ImmutableItem = { kind: 'immutable', value: utf8('9:something') }

  async function attacked(options: MemberOptions) {
    const world = await worldOf(33, options)
    const writer = world.members[3] as Member
    const put = () => world.ended<PutReport>((done) => writer.node.put(item, {}, done))
    const target = NodeId.of((await put()).target)
    const gang = await openGang(
      world,
      mutualPraise,
      Array.from({ length: 40 }, (_, n) => ({
        address: hostileAddress(n),
        id: idNear(target, 40 + (n % 8), world.sim.random),
      })),
    )
    await greetAll(world, gang)
    // What is kept alive is put again each hour, now among the hostile ones.
    const { stored } = await put()
    let found = 0
    for (const member of world.members) {
      const { item: got } = await world.ended<GetReport>((done) => member.node.get(target, {}, done))
      if (got) found++
    }
    const ids = new Set(gang.map(({ id }) => NodeId.of(id).key))
    const lookedUp = await world.ended<{ closest: readonly { id: NodeId }[] }>((done) =>
      (world.members[9] as Member).node.findNode(target, { done }),
    )
    const hostileNearest = lookedUp.closest.filter(({ id }) => ids.has(id.key)).length
    await end(world, gang)
    return { found: found / HONEST, stored, hostileNearest }
  }

  test('with ids enforced none of them counts: the value stays with honest nodes and nearly everybody finds it', async () => {
    const { found, stored, hostileNearest } = await attacked({ secureOnly: true })
    expect(hostileNearest).toBe(0)
    expect(stored).toBeGreaterThanOrEqual(8)
    expect(found).toBeGreaterThanOrEqual(0.95)
  })

  test('without enforcement honest nodes hold it besides, and nearly everybody finds it', async () => {
    const { found, stored } = await attacked({})
    expect(stored).toBeGreaterThan(8)
    expect(found).toBeGreaterThanOrEqual(0.95)
  })
})

/**
 * Rings of whole hosts whose every word is a datagram of the RPC layer, with the budgets, paces and deadlines that hold in the
 * world. What a ring does is tested elsewhere without bytes; here it is whether the layer below lets it.
 */
import { expect, test } from 'vitest'
import { encodeBencode } from '../../src-main/codec/bencode.ts'
import type { Millis } from '../../src-main/kernel/clock.ts'
import { encodedSize } from '../../src-main/rpc/krpc-encode.ts'
import { Rpc } from '../../src-main/rpc/rpc.ts'
import { type WireHost, WireWorld } from './chord-wire-world.ts'

const SUCCESSORS = 16
const MINUTE: Millis = 60_000
/** What a host of a small ring may cost its line, in questions asked and bytes sent each second. */
const MOST_QUESTIONS = 15
const MOST_BYTES = 2_500

function counted(hosts: readonly WireHost[], what: 'queriesSent' | 'bytesSent'): number[] {
  return hosts.map(({ rpc }) => rpc.counters[what])
}

function lost(hosts: readonly WireHost[]): number {
  const each = hosts.map(({ rpc: { counters } }) => counters)
  return each.reduce(
    (sum, { queriesRefused, packetsOverBudget, answersOverBudget, malformed }) =>
      sum + queriesRefused + packetsOverBudget + answersOverBudget + malformed,
    0,
  )
}

test.each([2, 3, 12])('%i hosts find each other and keep their ring, and no budget is in their way', async (count) => {
  const world = new WireWorld({ seed: count, mode: 'wire' })
  await world.grow(count)
  expect(await world.becomesIdeal(10 * MINUTE, SUCCESSORS)).toBeDefined()
  const [questions, bytes] = [counted(world.hosts, 'queriesSent'), counted(world.hosts, 'bytesSent')]
  await world.net.run(5 * MINUTE)
  const perSecond = (now: number[], before: number[]) => Math.max(...now.map((n, i) => (n - (before[i] ?? 0)) / 300))
  expect(perSecond(counted(world.hosts, 'queriesSent'), questions)).toBeLessThan(MOST_QUESTIONS)
  expect(perSecond(counted(world.hosts, 'bytesSent'), bytes)).toBeLessThan(MOST_BYTES)
  expect(world.check.violations(SUCCESSORS)).toEqual([])
  expect([lost(world.hosts), world.hosts.map(({ rpc }) => rpc.counters.timeouts)]).toEqual([0, Array(count).fill(0)])
  await world.close()
})

test('packets are lost and come late and twice: nobody is taken for dead for long', async () => {
  const world = new WireWorld({ seed: 4, latency: [20, 300], jitter: 0.5, lossRate: 0.03, duplicationRate: 0.02 })
  await world.grow(6)
  await world.net.run(10 * MINUTE)
  expect(await world.becomesIdeal(5 * MINUTE, SUCCESSORS)).toBeDefined()
  expect(world.hosts.map(({ node }) => node.members.length >= 4)).toEqual(Array(6).fill(true))
  expect(lost(world.hosts)).toBe(0)
  await world.close()
})

test('a host is killed, and its neighbours close the gap', async () => {
  const world = new WireWorld({ seed: 5 })
  await world.grow(8)
  expect(await world.becomesIdeal(10 * MINUTE, SUCCESSORS)).toBeDefined()
  world.kill(world.hosts[3] as WireHost)
  await world.net.run(1_000)
  expect(world.check.isIdeal(SUCCESSORS)).toBe(false)
  expect(await world.becomesIdeal(5 * MINUTE, SUCCESSORS)).toBeDefined()
  await world.close()
})

test('a host that is flooded with questions, well made and not, keeps its places', async () => {
  const world = new WireWorld({ seed: 6, mode: 'wire' })
  await world.grow(4)
  expect(await world.becomesIdeal(10 * MINUTE, SUCCESSORS)).toBeDefined()
  const [victim] = world.hosts as [WireHost]
  const machines = Array.from({ length: 8 }, (_, i) => world.net.host(`99.${i}.0.1`))
  const bodies = [{ to: 1 }, { to: 1, from: 2 }, { target: 'x' }, { to: 64 }, {}].map((body) => encodeBencode(body))
  const names = ['chord_state', 'chord_notify', 'chord_leaving', 'chord_route', 'chord_store', 'chord_nothing']
  for (const machine of machines) {
    const transport = await machine.transport(1)({ admits: () => false, received: () => {} })
    machine.clock.every(20, () => {
      const c = bodies[machine.random.below(bodies.length)] as Uint8Array
      const name = names[machine.random.below(names.length)] as string
      const head = { transaction: machine.random.bytes(2), id: machine.random.bytes(20), readOnly: false } as const
      const query = { kind: 'query', method: 'unknown', name, args: { c }, ...head } as const
      transport.send(query, victim.port.local, encodedSize(query))
    })
  }
  await world.net.run(2 * MINUTE)
  for (const machine of machines) machine.kill()
  const { packetsOverBudget, queriesReceived, malformed } = victim.rpc.counters
  expect([packetsOverBudget > 10_000, queriesReceived > 5_000, malformed]).toEqual([true, true, 0])
  expect(world.check.violations(SUCCESSORS)).toEqual([])
  expect(await world.becomesIdeal(5 * MINUTE, SUCCESSORS)).toBeDefined()
  await world.close()
})

test('beside a program that is a node of the DHT only, which is asked once and left alone', async () => {
  const world = new WireWorld({ seed: 7, mode: 'wire' })
  const machine = world.net.host('99.0.0.1')
  const { clock, random } = machine
  const other = await Rpc.open(machine.transport(1), { clock, random, id: random.bytes(20) })
  const asked: string[] = []
  other.onQuery((query) => {
    asked.push(query.method)
    return { kind: 'response' }
  })
  await world.grow(2)
  for (const { node } of world.hosts) node.suggest([other.local])
  await world.net.run(10 * MINUTE)
  expect([asked, other.counters.queriesReceived]).toEqual([[], 2])
  expect(world.check.violations(SUCCESSORS)).toEqual([])
  await other.close()
  await world.close()
})

import { expect, test } from 'vitest'
import { SeededRandom } from '../simulation/random.ts'
import { Contact } from './contact.ts'
import { closest, NodeId } from './node-id.ts'
import { distanceFraction, LOOKUPS_COUNTED, SizeEstimate } from './size-estimate.ts'

const random = SeededRandom.of(61)
const contacts = (count: number) =>
  Array.from({ length: count }, (_, n) => {
    return new Contact(NodeId.random(random), { host: `9.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, port: 1 })
  })

test.each([100, 1_000, 10_000])('of %i nodes it is within a fifth after enough lookups', (count) => {
  const all = contacts(count)
  const estimate = new SizeEstimate()
  expect(estimate.nodes).toBeUndefined()
  for (let n = 0; n < 3 * LOOKUPS_COUNTED; n++) {
    const target = NodeId.random(random)
    estimate.add(target, closest(all, target, 8), 8)
  }
  expect(estimate.nodes).toBeGreaterThan(count * 0.8)
  expect(estimate.nodes).toBeLessThan(count * 1.2)
})

test('of a network smaller than k it is exact, ourselves included', () => {
  const estimate = new SizeEstimate()
  const target = NodeId.random(random)
  estimate.add(target, contacts(3), 8)
  expect(estimate.nodes).toBe(4)
  estimate.add(target, [], 8)
  expect(estimate.nodes).toBe(4)
})

test('nodes that crowd around one target raise it no further than their share of the last lookups', () => {
  const all = contacts(1_000)
  const estimate = new SizeEstimate()
  const add = (target: NodeId) => estimate.add(target, closest(all, target, 8), 8)
  for (let n = 0; n < LOOKUPS_COUNTED - 1; n++) add(NodeId.random(random))
  const before = estimate.nodes as number
  const target = NodeId.random(random)
  estimate.add(
    target,
    contacts(8).map((contact) => new Contact(target, contact.endpoint)),
    8,
  )
  expect(estimate.nodes).toBeLessThan(before * 1.2)
})

test('who lies within the expected reach of the k nearest', () => {
  const estimate = new SizeEstimate()
  const target = NodeId.fromHex('00'.repeat(20))
  const near = NodeId.fromHex(`01${'00'.repeat(19)}`)
  expect(estimate.isWithin(near, target, 8)).toBe(false)
  const all = contacts(1_000)
  for (let n = 0; n < LOOKUPS_COUNTED; n++) {
    const id = NodeId.random(random)
    estimate.add(id, closest(all, id, 8), 8)
  }
  expect(estimate.isWithin(near, target, 8)).toBe(true)
  expect(estimate.isWithin(NodeId.fromHex(`04${'00'.repeat(19)}`), target, 8)).toBe(false)
})

test('a distance as a part of the space', () => {
  const zero = NodeId.fromHex('00'.repeat(20))
  expect(distanceFraction(zero, zero)).toBe(0)
  expect(distanceFraction(zero, NodeId.fromHex(`80${'00'.repeat(19)}`))).toBe(0.5)
  expect(distanceFraction(zero, NodeId.fromHex('ff'.repeat(20)))).toBeLessThan(1)
})

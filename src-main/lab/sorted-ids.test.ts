import { expect, test } from 'vitest'
import { closest, NodeId } from '../kademlia/node-id.ts'
import { SeededRandom } from '../simulation/random.ts'
import { SortedIds } from './sorted-ids.ts'

test('the nearest are those that a look at each finds, whoever comes and goes', () => {
  const random = SeededRandom.of(3)
  const item = () => ({ id: NodeId.random(random) })
  const items = Array.from({ length: 300 }, item)
  const sorted = new SortedIds(items.slice(0, 200))
  for (const each of items.slice(200)) sorted.add(each)
  for (const each of items.slice(0, 50)) sorted.delete(each)
  sorted.delete(item())
  const left = items.slice(50)
  expect(sorted.size).toBe(250)
  for (let i = 0; i < 200; i++) {
    const target = i % 10 === 0 ? (items[i] as { id: NodeId }).id : NodeId.random(random)
    for (const n of [1, 8, 20, 300]) expect(sorted.closest(target, n)).toEqual(closest(left, target, n))
  }
  expect(new SortedIds().closest(NodeId.random(random), 3)).toEqual([])
})

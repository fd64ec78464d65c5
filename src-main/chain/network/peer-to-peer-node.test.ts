import { expect, test } from 'vitest'
import { NetworkWorld } from '../test-support/network-world.ts'
import { recentChain } from '../test-support/recent-chain.ts'

test('a new node catches up with another, and both stop without anything left over', async () => {
  const world = new NetworkWorld()
  const chain = recentChain(300)
  const old = await world.node(chain.blocks.slice(1))
  const fresh = await world.node()
  world.connect(fresh, old)
  await world.until(() => world.haveTip([fresh], chain.tip.hash))
  expect(fresh.chain.state.phase).toBe('synced')
  expect([fresh.node.peerCount, old.node.peerCount].every((count) => count > 0)).toBe(true)
  await world.stop()
  expect([fresh.node.peerCount, fresh.node.rows(), fresh.node.listening]).toEqual([0, [], undefined])
})

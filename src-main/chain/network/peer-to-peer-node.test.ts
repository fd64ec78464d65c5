import { expect, test } from 'vitest'
import { WALL_TIME_AT_START } from '../../simulation/virtual-clock.ts'
import { NetworkWorld } from '../test-support/network-world.ts'
import { TestChain } from '../test-support/test-chain.ts'

const NOW = Math.floor(WALL_TIME_AT_START / 1_000)

/** A chain whose newest blocks are of now. */
function chainOf(length: number): TestChain {
  const chain = new TestChain()
  for (let i = length; i > 0; i--) chain.mine({ header: { time: NOW - i } })
  return chain
}

test('a new node catches up with another, headers first', async () => {
  const world = new NetworkWorld()
  const chain = chainOf(1_500)
  const old = await world.node(chain.blocks.slice(1))
  const fresh = await world.node()
  expect(old.chain.state.tip.height).toBe(1_500)
  world.connect(fresh, old)
  await world.until(() => world.haveTip([fresh], chain.tip.hash))
  expect(fresh.chain.state.phase).toBe('synced')
  await world.stop()
})

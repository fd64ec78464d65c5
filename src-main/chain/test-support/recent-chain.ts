import { WALL_TIME_AT_START } from '../../simulation/virtual-clock.ts'
import type { BlockParts } from './block-builder.ts'
import { TestChain } from './test-chain.ts'

/** Seconds since 1970 at which simulations begin. */
export const SIMULATED_START = Math.floor(WALL_TIME_AT_START / 1_000)

/** A chain of so many blocks, a second apart, that ends when simulations begin: to nodes in them it is up to date. */
export function recentChain(length: number, parts: Partial<BlockParts> = {}): TestChain {
  const chain = new TestChain()
  for (let i = length; i > 0; i--) chain.mine({ ...parts, header: { time: SIMULATED_START - i } })
  return chain
}

/** Peers that say false things of block filters: who is found out, who is banned, and which filter is kept. */
import { describe, expect, test } from 'vitest'
import { basicFilterOf } from '../../src-main/chain/light/basic-filter.ts'
import { BlockFilter } from '../../src-main/chain/light/block-filter.ts'
import type { Block } from '../../src-main/chain/primitives/block.ts'
import { connectTo, type LightWorldNode, lightNode, stopLight } from '../../src-main/chain/test-support/light-world.ts'
import { lieAboutFilter } from '../../src-main/chain/test-support/lying-filters.ts'
import { NetworkWorld, type WorldNode } from '../../src-main/chain/test-support/network-world.ts'
import { recentChain, SIMULATED_START } from '../../src-main/chain/test-support/recent-chain.ts'
import type { TestChain } from '../../src-main/chain/test-support/test-chain.ts'
import { ANYONE_CAN_SPEND, spendCoins, TestKey } from '../../src-main/chain/test-support/test-keys.ts'
import { bytesEqual } from '../../src-main/kernel/bytes.ts'

const full = { servesFilters: true }
const payee = new TestKey(7)
const payer = new TestKey(8)
const FALSE_FILTER = 'it misbehaved: a false block filter'

/** Why the light node let go of a node, by its log. */
function endOf({ host }: LightWorldNode, node: WorldNode): unknown {
  const entries = host.log.entries.filter(({ event }) => event.endsWith('connection ended'))
  return entries.find(({ facts }) => String(facts?.peer).startsWith(`${node.host.address}:`))?.facts?.reason
}

/** The filter of a block, with these scripts of what it spends, but for one script. */
function filterWithout(block: Block, spent: readonly Uint8Array[], script: Uint8Array): Uint8Array {
  const outputs = block.transactions.flatMap((transaction) => transaction.outputs.map((output) => output.scriptPubKey))
  const scripts = [...outputs.filter((one) => one[0] !== 0x6a), ...spent]
  return BlockFilter.of(
    block.hash,
    scripts.filter((one) => !bytesEqual(one, script)),
  ).bytes
}

interface Stage {
  readonly world: NetworkWorld
  readonly honest: WorldNode
  readonly liar: WorldNode
  readonly light: LightWorldNode
}

async function stage(seed: number, chain: TestChain, isThreaded = false): Promise<Stage> {
  const world = new NetworkWorld({ seed })
  const honest = await world.node(chain.blocks.slice(1), full)
  const liar = await world.node(chain.blocks.slice(1), full)
  return { world, honest, liar, light: await lightNode(world, world.simulation.host(), { isThreaded }) }
}

/** The light node has heard all from the first before it meets the second. */
async function meet({ world, light }: Stage, chain: TestChain, nodes: readonly WorldNode[]): Promise<void> {
  for (const node of nodes) {
    connectTo(light, node)
    await world.until(() => light.sync.state.filters === chain.height || endOf(light, node) !== undefined, 90_000)
  }
}

async function keeps({ world, light }: Stage, chain: TestChain, height: number, filter: Uint8Array): Promise<void> {
  await world.until(() => light.sync.state.filters === chain.height, 90_000)
  const range = { startHeight: height, stopHash: chain.blockAt(height).hash }
  const [kept] = (await world.simulation.within(1_000, light.chain.filters(range))) ?? []
  expect(kept?.filter).toEqual(filter)
}

async function stop({ world, light }: Stage): Promise<void> {
  await stopLight(world, light)
  await world.stop()
}

/** A chain of `length` blocks, of which the one at `height` pays `payee`. */
function payingChain(length: number, height: number): TestChain {
  const chain = recentChain(length)
  const paying = chain.fork(height - 1)
  paying.mine({ payTo: payee.p2wpkh, header: { time: paying.tip.header.time + 1 } })
  while (paying.height < length) paying.mine({ header: { time: paying.tip.header.time + 1 } })
  return paying
}

describe('a peer that leaves the script of an output out', () => {
  for (const [seed, length, height, first] of [
    [71, 60, 40, 'the liar'],
    [72, 60, 40, 'the honest node'],
    [73, 1_150, 700, 'the liar'],
    [74, 1_150, 700, 'the honest node'],
    [75, 1_150, 1_120, 'the liar'],
  ] as const)
    test(`is banned where ${first} was heard first, at ${height} of ${length} blocks`, async () => {
      const chain = payingChain(length, height)
      const block = chain.blockAt(height)
      const now = await stage(seed, chain)
      const { world, honest, liar, light } = now
      lieAboutFilter(liar, chain, height, filterWithout(block, [], payee.p2wpkh))
      await meet(now, chain, first === 'the liar' ? [liar, honest] : [honest, liar])
      await world.until(() => endOf(light, liar) !== undefined, 90_000)
      expect(endOf(light, liar)).toBe(FALSE_FILTER)
      expect(endOf(light, honest)).toBeUndefined()
      await keeps(now, chain, height, basicFilterOf(block, []).bytes)
      await world.until(() => light.sync.state.sources === 1)
      await stop(now)
    })
})

/** `payer` has the reward of block 1 and spends it in the last block. */
function spendingChain(payTo: Uint8Array, key?: TestKey): TestChain {
  const chain = recentChain(0)
  const length = 110
  for (let i = length; i > 0; i--) chain.mine({ ...(i === length && { payTo }), header: { time: SIMULATED_START - i } })
  const { value } = chain.reward(1).output
  const transaction = spendCoins([chain.reward(1, key)], [{ value, scriptPubKey: payee.p2wpkh }])
  chain.mine({ transactions: [transaction], payTo: payer.p2pkh, header: { time: SIMULATED_START } })
  return chain
}

for (const first of ['the liar', 'the honest node'])
  test(`a script that an input spends is found in the block that made it, where ${first} was heard first`, async () => {
    const chain = spendingChain(payer.p2wpkh, payer)
    const { tip, height } = chain
    const now = await stage(76, chain, first === 'the liar')
    const { world, honest, liar, light } = now
    lieAboutFilter(liar, chain, height, filterWithout(tip, [payer.p2wpkh], payer.p2wpkh))
    await meet(now, chain, first === 'the liar' ? [liar, honest] : [honest, liar])
    await world.until(() => endOf(light, liar) !== undefined, 90_000)
    expect([endOf(light, liar), endOf(light, honest)]).toEqual([FALSE_FILTER, undefined])
    await keeps(now, chain, height, basicFilterOf(tip, [payer.p2wpkh]).bytes)
    await stop(now)
  })

for (const first of ['the liar', 'the honest node'])
  test(`a bare script that an input spends cannot be proven: the larger filter is kept, nobody banned, where ${first} was heard first`, async () => {
    const chain = spendingChain(ANYONE_CAN_SPEND)
    const { tip, height } = chain
    const now = await stage(77, chain)
    const { world, honest, liar, light } = now
    lieAboutFilter(liar, chain, height, filterWithout(tip, [], ANYONE_CAN_SPEND))
    await meet(now, chain, first === 'the liar' ? [liar, honest] : [honest, liar])
    await world.run(60_000)
    expect([endOf(light, liar), endOf(light, honest)]).toEqual([undefined, undefined])
    await keeps(now, chain, height, basicFilterOf(tip, [ANYONE_CAN_SPEND]).bytes)
    expect(light.sync.state.sources).toBe(1)
    await stop(now)
  })

test('a filter that is not the one of the filter header its sender gave', async () => {
  const chain = payingChain(30, 20)
  const now = await stage(78, chain)
  const { world, honest, liar, light } = now
  const { filters } = liar.chain
  liar.chain.filters = async (range) => (await filters(range))?.map((one) => ({ ...one, filter: Uint8Array.of(0) }))
  connectTo(light, liar)
  await world.until(() => endOf(light, liar) !== undefined)
  expect(endOf(light, liar)).toBe('it misbehaved: a block filter that is not the one of its filter header')
  connectTo(light, honest)
  await keeps(now, chain, 20, basicFilterOf(chain.blockAt(20), []).bytes)
  await stop(now)
})

test('a peer that offers filters and does not answer is given up, and another is asked', async () => {
  const chain = payingChain(30, 20)
  const now = await stage(79, chain)
  const { world, honest, liar, light } = now
  liar.chain.filterCheckpoints = async () => undefined
  connectTo(light, liar)
  await world.run(90_000)
  expect(light.sync.state).toEqual({ filters: 0, sources: 0 })
  connectTo(light, honest)
  await keeps(now, chain, 20, basicFilterOf(chain.blockAt(20), []).bytes)
  expect(light.sync.state.sources).toBe(1)
  await stop(now)
})

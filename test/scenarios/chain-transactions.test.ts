/** Transactions between many nodes: relayed to all, mined once; of two that spend the same coin one is lost. */
import { expect, test } from 'vitest'
import { displayHash } from '../../src-main/chain/primitives/hashes.ts'
import type { Transaction } from '../../src-main/chain/primitives/transaction.ts'
import { pay } from '../../src-main/chain/test-support/mempool-fixture.ts'
import { SECOND } from '../../src-main/kernel/clock.ts'
import { type ChainNode, ChainWorld, deepest, heldBy, startingChain, tipsOf } from './chain-world.ts'

const FEE = 10_000
const INTERVAL = 20 * SECOND

/** How often each is in a best chain. */
async function timesMined(world: ChainWorld, node: ChainNode, transactions: readonly Transaction[]): Promise<number[]> {
  const mined = (await world.bestChain(node)).flatMap((block) =>
    block.transactions.map(({ txid }) => displayHash(txid)),
  )
  return transactions.map(({ txid }) => mined.filter((id) => id === displayHash(txid)).length)
}

async function give(world: ChainWorld, { chain }: ChainNode, transaction: Transaction): Promise<string> {
  return (await world.within(chain.acceptTransaction(transaction.bytes(), undefined))).status
}

test('all reach all mempools and are mined once; of a double spend one is mined and the other is nowhere', async () => {
  const world = new ChainWorld({ seed: 61, latency: [50, 1_000], interval: INTERVAL })
  const chain = startingChain(60)
  const blocks = chain.blocks.slice(1)
  for (let i = 0; i < 20; i++) await world.node({ blocks, given: world.nodes.slice(0, 3), hashRate: i < 5 ? 0.2 : 0 })
  const { nodes } = world
  await world.run(60 * SECOND)
  const payments = Array.from({ length: 20 }, (_, i) => pay([chain.reward(i + 1)], FEE))
  for (const [i, payment] of payments.entries())
    expect(await give(world, nodes[i] as ChainNode, payment)).toBe('accepted')
  await world.until(() => nodes.every(({ chain: { state } }) => state.mempool.transactions === payments.length))

  const coin = chain.reward(30)
  const rivals = [pay([coin], FEE), pay([coin], FEE, { lockTime: 1 })]
  expect(await give(world, nodes[0] as ChainNode, rivals[0] as Transaction)).toBe('accepted')
  expect(await give(world, nodes[19] as ChainNode, rivals[1] as Transaction)).toBe('accepted')
  await world.run(60 * SECOND)
  // Who has heard of the one takes no other at the same fee.
  expect(nodes.every(({ chain: { state } }) => state.mempool.transactions === payments.length + 1)).toBe(true)
  world.startMining()
  await world.until(() => nodes.every(({ chain: { state } }) => state.tip.height >= 66), 60 * INTERVAL)
  world.stopMining()
  await world.run(60 * SECOND)

  expect(tipsOf(nodes)).toHaveLength(1)
  expect(await timesMined(world, nodes[7] as ChainNode, payments)).toEqual(payments.map(() => 1))
  expect((await timesMined(world, nodes[7] as ChainNode, rivals)).sort()).toEqual([0, 1])
  expect(nodes.map(({ chain: { state } }) => state.mempool.transactions)).toEqual(nodes.map(() => 0))
  await world.stop()
})

test('a partition that heals: the weaker side gives way, and its transactions come back to the mempools of all', async () => {
  const world = new ChainWorld({ seed: 62, latency: [50, 500], interval: INTERVAL })
  const chain = startingChain(60)
  const blocks = chain.blocks.slice(1)
  for (let i = 0; i < 12; i++) {
    const hashRate = [0.3, 0.2, 0.2, 0, 0, 0, 0.15, 0.1, 0.05, 0, 0, 0][i] as number
    await world.node({ blocks, given: world.nodes.slice(0, 3), hashRate })
  }
  const [strong, weak] = [world.nodes.slice(0, 6), world.nodes.slice(6)]
  const [inStrong, inWeak] = [strong[0] as ChainNode, weak[0] as ChainNode]
  await world.run(60 * SECOND)
  world.simulation.partition(
    strong.map(({ host }) => host),
    weak.map(({ host }) => host),
  )
  const coin = chain.reward(30)
  const [kept, lost] = [pay([coin], FEE), pay([coin], FEE, { lockTime: 1 })]
  const payments = Array.from({ length: 10 }, (_, i) => pay([chain.reward(i + 1)], FEE))
  expect(await give(world, inStrong, kept)).toBe('accepted')
  for (const payment of [lost, ...payments]) expect(await give(world, inWeak, payment)).toBe('accepted')
  world.startMining()
  await world.run(60 * INTERVAL)
  world.stopMining()
  await world.run(60 * SECOND)
  expect([tipsOf(strong).length, tipsOf(weak).length, tipsOf(world.nodes).length]).toEqual([1, 1, 2])
  const branch = inWeak.chain.state.tip.height - chain.height
  expect(branch).toBeGreaterThan(6)
  expect(inStrong.chain.state.tip.height - chain.height).toBeGreaterThan(branch)
  expect(await timesMined(world, inWeak, [lost, ...payments])).toEqual([1, ...payments.map(() => 1)])

  world.simulation.heal()
  await world.until(() => tipsOf(world.nodes).length === 1)
  expect(weak.map(deepest)).toEqual(weak.map(() => branch))
  expect(strong.every((node) => deepest(node) < branch)).toBe(true)
  for (const node of weak) {
    expect(await heldBy(world, node, payments)).toBe(payments.length)
    expect(await heldBy(world, node, [lost])).toBe(0)
  }
  await world.run(60 * SECOND)
  world.startMining()
  await world.until(() => world.nodes.every(({ chain: { state } }) => state.mempool.transactions === 0), 60 * INTERVAL)
  world.stopMining()
  await world.run(60 * SECOND)
  expect(tipsOf(world.nodes)).toHaveLength(1)
  expect(await timesMined(world, inStrong, [kept, lost, ...payments])).toEqual([1, 0, ...payments.map(() => 1)])
  await world.stop()
})

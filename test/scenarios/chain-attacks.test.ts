/** Miners with much of the hash rate who do not play by the custom, measured. */
import { expect, test } from 'vitest'
import { displayHash } from '../../src-main/chain/primitives/hashes.ts'
import { pay } from '../../src-main/chain/test-support/mempool-fixture.ts'
import { SECOND } from '../../src-main/kernel/clock.ts'
import { type ChainNode, ChainWorld, deepest, heldBy, startingChain, tipsOf } from './chain-world.ts'
import { SelfishPool, selfishShare } from './selfish-pool.ts'

const LONG = process.env.SHOAL_LONG === '1'
const FEE = 10_000
/** Far longer than a block takes to reach everybody, so that honest miners make few blocks in vain. */
const INTERVAL = 10 * SECOND
const LATENCY = [10, 60] as const
const CONFIRMATIONS = 6

test('with most of the hash rate a withheld branch undoes a payment of six confirmations, at every node', async () => {
  const world = new ChainWorld({ seed: 71, latency: LATENCY, interval: INTERVAL })
  const start = startingChain(60)
  const blocks = start.blocks.slice(1)
  for (let i = 0; i < 8; i++) await world.node({ blocks, given: world.nodes.slice(0, 3), hashRate: i < 4 ? 0.1 : 0 })
  const honest = [...world.nodes]
  const merchant = honest[7] as ChainNode
  const attacker = await world.node({ blocks, hashRate: 0.6, isAlone: true })
  await world.run(30 * SECOND)
  const [payment, refund] = [pay([start.reward(1)], FEE), pay([start.reward(1)], FEE, { lockTime: 1 })]
  await world.within(merchant.chain.acceptTransaction(payment.bytes(), undefined))
  await world.within(attacker.chain.acceptTransaction(refund.bytes(), undefined))
  await world.until(() => honest.every(({ chain: { state } }) => state.mempool.transactions === 1))
  world.startMining()
  const lengthOf = ({ chain }: ChainNode) => chain.state.tip.height - start.height
  const isReady = () => lengthOf(merchant) > CONFIRMATIONS && lengthOf(attacker) > lengthOf(merchant)
  await world.until(isReady, 1_000 * INTERVAL)
  expect(merchant.chain.state.mempool.transactions).toBe(0)
  expect(Math.max(...honest.map(deepest))).toBeLessThan(CONFIRMATIONS)

  // Now it shows its branch.
  world.stopMining()
  await world.run(30 * SECOND)
  const undone = lengthOf(merchant)
  await world.within(attacker.node.start())
  world.connect(attacker, honest[0] as ChainNode)
  await world.until(() => tipsOf(world.nodes).length === 1)
  expect(honest.map(deepest)).toEqual(honest.map(() => undone))
  expect(await heldBy(world, merchant, [payment])).toBe(0)
  const mined = (await world.bestChain(merchant, start.height + 1)).flatMap(({ transactions }) => transactions)
  const ids = mined.map(({ txid }) => displayHash(txid))
  expect([ids.includes(displayHash(payment.txid)), ids.includes(displayHash(refund.txid))]).toEqual([false, true])
  await world.stop()
})

/** What part of the blocks found, and of those in the chain, were a selfish pool's. */
async function selfishRun(seed: number, part: number, blocks: number) {
  const world = new ChainWorld({ seed, latency: LATENCY, interval: INTERVAL })
  for (let i = 0; i < 6; i++)
    await world.node({ given: world.nodes.slice(0, 3), hashRate: i < 3 ? (1 - part) / 3 : 0, limits: { outgoing: 3 } })
  const honest = [...world.nodes]
  const own = await world.node({ hashRate: part, isAlone: true })
  const pool = new SelfishPool(own, honest[5] as ChainNode)
  await world.run(30 * SECOND)
  world.startMining()
  await world.until(() => world.found.length >= blocks, 3 * blocks * INTERVAL)
  world.stopMining()
  await world.run(30 * SECOND)
  await world.within(pool.stop())
  await world.run(30 * SECOND)
  // The pool may end with a branch of its own of the same length.
  expect(tipsOf(honest)).toHaveLength(1)
  const best = new Set((await world.bestChain(honest[0] as ChainNode)).map(({ hash }) => displayHash(hash)))
  const byPool = world.found.filter(({ by }) => by === own)
  const ofChain = byPool.filter(({ hash }) => best.has(hash)).length / best.size
  const deepestFork = Math.max(...honest.map(deepest))
  await world.stop()
  return { ofFound: byPool.length / world.found.length, ofChain, deepestFork }
}

/** Of the pool's part of the chain, for so many blocks as are mined here. */
const TOLERANCE = LONG ? 0.04 : 0.08

test('with 42 % of the hash rate a selfish pool gets more blocks than its part, as theory says', async () => {
  const { ofFound, ofChain, deepestFork } = await selfishRun(81, 0.42, LONG ? 3_000 : 400)
  expect(Math.abs(ofChain - selfishShare(ofFound))).toBeLessThan(TOLERANCE)
  expect(ofChain).toBeGreaterThan(ofFound)
  expect(deepestFork).toBeGreaterThan(1)
})

test('with 20 % it gets less', async () => {
  const { ofFound, ofChain } = await selfishRun(82, 0.2, LONG ? 3_000 : 250)
  expect(Math.abs(ofChain - selfishShare(ofFound))).toBeLessThan(TOLERANCE)
  expect(ofChain).toBeLessThan(ofFound)
})

/** A node of ours and bcoin over loopback: either follows the other, through payments and reorganisations. */
import { expect, test } from 'vitest'
import { encodeAddress } from '../../src-main/chain/address/address.ts'
import { networks } from '../../src-main/chain/consensus/networks.ts'
import type { Block } from '../../src-main/chain/primitives/block.ts'
import { displayHash } from '../../src-main/chain/primitives/hashes.ts'
import { TestChain } from '../../src-main/chain/test-support/test-chain.ts'
import { coinOf, type OwnedCoin, spendCoins, TestKey } from '../../src-main/chain/test-support/test-keys.ts'
import { Bcoin } from './support/bcoin.ts'
import { ChainNode, USER_AGENT } from './support/chain-node.ts'
import { Machine } from './support/machine.ts'

const network = networks.local
const WAIT = 60_000
/** More than one answer to `getblocks` holds (500), and fewer headers than one message holds. */
const LENGTH = 1_200
/** Blocks that a reorganisation takes away. */
const DEPTH = 3
const key = new TestKey(1)
const address = encodeAddress({ type: 'p2wpkh', hash: key.hash }, network.addresses)

/** All of a coin back to the key, less a fee. */
function pay(coin: OwnedCoin, fee = 10_000n) {
  return spendCoins([coin], [{ value: coin.output.value - fee, scriptPubKey: key.p2wpkh }])
}

/** A chain whose newest block is recent, as one would be that people use. */
function recentChain(blocks: number): TestChain {
  const chain = new TestChain(network)
  const start = Math.floor(Date.now() / 1_000) - blocks - 1
  for (let i = 1; i <= blocks; i++) chain.mine({ payTo: key.p2wpkh, header: { time: start + i } })
  return chain
}

/** The next block of a chain, a second after its tip. */
const nextSecond = (chain: TestChain) => ({ header: { time: chain.tip.header.time + 1 } })

/** Another chain that leaves this one `DEPTH` blocks before its tip and is two blocks longer. */
function branchOf(chain: TestChain): TestChain {
  const branch = chain.fork(chain.height - DEPTH)
  for (let i = 0; i < DEPTH + 2; i++) branch.mine({ ...nextSecond(branch), extraNonce: 9 })
  return branch
}

/** Hashes of the blocks that `branchOf` leaves out, newest first. */
function newest(chain: TestChain): string[] {
  return chain.blocks
    .slice(-DEPTH)
    .map(({ hash }) => displayHash(hash))
    .reverse()
}

test('our node takes over the chain and mempool of bcoin, and its blocks, payments and reorganisations after that', async (context) => {
  const machine = await Machine.start(context)
  const [bcoin, node] = await Promise.all([
    Bcoin.start(machine, { network, bloom: true, log: 'debug' }),
    ChainNode.start(machine),
  ])
  const chain = new TestChain(network)
  for (const block of await bcoin.mine(LENGTH, address)) chain.add(block)
  const payment = pay(chain.reward(1, key))
  expect(await bcoin.addTransaction(payment)).toEqual({ accepted: true })
  node.connect(bcoin.port)
  await node.reaches(chain.tip.hash, WAIT)
  await node.hears(payment.txid, WAIT)
  const child = pay(coinOf(payment, 0, key))
  expect(await bcoin.addTransaction(child)).toEqual({ accepted: true })
  await node.hears(child.txid, WAIT)
  const [block] = (await bcoin.mine(1, address)) as [Block]
  expect(block.transactions).toHaveLength(3)
  expect(chain.add(block)).toBeUndefined()
  await node.reaches(block.hash, WAIT)
  expect(node.state).toMatchObject({ height: LENGTH + 1, transactions: 0 })

  const branch = branchOf(chain)
  for (const each of branch.blocks.slice(LENGTH + 2 - DEPTH))
    expect(await bcoin.inject(each)).toMatchObject({ accepted: true })
  await node.reaches(branch.tip.hash, WAIT)
  expect(node.disconnected).toEqual(newest(chain))
  const ours = branch.mine(nextSecond(branch))
  expect(await node.giveBlock(ours)).toBe('connected')
  await bcoin.reaches(ours.hash, WAIT)
  expect(bcoin.all('peer')).toMatchObject([{ agent: USER_AGENT, outbound: false }])
  expect(bcoin.all('gone')).toEqual([])
  await node.stop()
})

test('bcoin takes over our chain, and our blocks, payments and reorganisations after that', async (context) => {
  const machine = await Machine.start(context)
  const [bcoin, node] = await Promise.all([Bcoin.start(machine, { network, log: 'debug' }), ChainNode.start(machine)])
  const chain = recentChain(LENGTH)
  await node.giveBlocks(chain.blocks.slice(1))
  await bcoin.connect(node.port)
  await bcoin.reaches(chain.tip.hash, WAIT)
  expect(bcoin.all('peer')).toMatchObject([{ agent: USER_AGENT, outbound: true }])

  const payment = pay(chain.reward(1, key))
  const child = pay(coinOf(payment, 0, key))
  for (const transaction of [payment, child]) expect(await node.giveTransaction(transaction)).toBe('accepted')
  await bcoin.hears(child.txid, WAIT)
  const block = chain.mine({ ...nextSecond(chain), transactions: [payment, child] })
  await node.giveBlocks([block])
  await bcoin.reaches(block.hash, WAIT)
  expect(await bcoin.mempool()).toEqual([])

  const branch = branchOf(chain)
  for (const each of branch.blocks.slice(LENGTH + 2 - DEPTH))
    expect(await node.giveBlock(each)).toMatch(/^(stored|connected)$/)
  await bcoin.reaches(branch.tip.hash, WAIT)
  expect(await bcoin.info()).toMatchObject({ height: branch.height, tip: displayHash(branch.tip.hash) })
  expect(bcoin.all('disconnected').map(({ hash }) => hash)).toEqual(newest(chain))
  const [theirs] = (await bcoin.mine(1, address)) as [Block]
  await node.reaches(theirs.hash, WAIT)
  expect(bcoin.all('reject')).toEqual([])
  expect([...bcoin.all('ban'), ...bcoin.all('gone')]).toEqual([])
  await node.stop()
})

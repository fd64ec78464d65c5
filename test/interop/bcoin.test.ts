/** The chain against bcoin: its blocks are read here, ours are taken there, and two of it follow each other. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { validateWithBcoin } from '../../bench/bcoin.ts'
import { encodeAddress } from '../../src-main/chain/address/address.ts'
import { networks } from '../../src-main/chain/consensus/networks.ts'
import type { Block } from '../../src-main/chain/primitives/block.ts'
import { displayHash } from '../../src-main/chain/primitives/hashes.ts'
import { merkleRoot } from '../../src-main/chain/primitives/merkle.ts'
import { SEQUENCE_FINAL, type Transaction } from '../../src-main/chain/primitives/transaction.ts'
import { witnessCommitmentOf } from '../../src-main/chain/primitives/witness-commitment.ts'
import { TestChain } from '../../src-main/chain/test-support/test-chain.ts'
import { coinOf, type OwnedCoin, spendCoins, TestKey } from '../../src-main/chain/test-support/test-keys.ts'
import { toHex } from '../../src-main/kernel/bytes.ts'
import { Bcoin } from './support/bcoin.ts'
import { Machine } from './support/machine.ts'

const network = networks.local
const WAIT = 20_000
const FEE = 10_000n
const key = new TestKey(1)
const other = new TestKey(2)
const address = encodeAddress({ type: 'p2wpkh', hash: key.hash }, network.addresses)

/** Spends coins of `key` to outputs that `other` can spend, half of the value each. */
function pay(coins: readonly OwnedCoin[]): Transaction {
  const value = coins.reduce((sum, { output }) => sum + output.value, 0n) - FEE
  return spendCoins(coins, [
    { value: value / 2n, scriptPubKey: other.p2wpkh },
    { value: value - value / 2n, scriptPubKey: other.p2pkh },
  ])
}

/** What `facts` of bcoin should be by our own reckoning. */
function factsOf(block: Block) {
  const { transactions } = block
  return {
    hash: displayHash(block.hash),
    merkleRoot: displayHash(merkleRoot(transactions.map(({ txid }) => txid)).root),
    commitment: toHex(witnessCommitmentOf(transactions[0] as Transaction) ?? new Uint8Array(0)),
    weight: block.weight,
    transactions: transactions.map(({ txid, wtxid, weight }) => ({
      txid: displayHash(txid),
      wtxid: displayHash(wtxid),
      weight,
    })),
  }
}

test('blocks that bcoin mines are read here byte for byte and break no rule of ours', async (context) => {
  const bcoin = await Bcoin.start(await Machine.start(context), { network })
  const chain = new TestChain(network)
  const take = (block: Block) => expect(chain.add(block)).toBeUndefined()
  for (const block of await bcoin.mine(102, address)) take(block)
  const first = pay([chain.reward(1, key), chain.reward(2, key)])
  const second = spendCoins(
    [coinOf(first, 0, other), coinOf(first, 1, other)],
    [
      { value: 1_000_000_000n, scriptPubKey: key.p2wpkh },
      { value: 8_999_000_000n, scriptPubKey: key.p2pkh },
    ],
  )
  for (const transaction of [first, second]) expect(await bcoin.addTransaction(transaction)).toEqual({ accepted: true })
  expect([...(await bcoin.mempool())].sort()).toEqual([first, second].map(({ txid }) => displayHash(txid)).sort())
  const [block] = (await bcoin.mine(1, address)) as [Block]
  take(block)
  expect(block.transactions.slice(1).map(({ txid }) => txid)).toEqual([first.txid, second.txid])
  expect(await bcoin.mempool()).toEqual([])

  for (let height = 1; height <= chain.height; height++) {
    const read = chain.blockAt(height)
    expect(read.bytes()).toEqual(await bcoin.blockBytes(height))
    expect(factsOf(read)).toEqual(await bcoin.facts(height))
    const coinbase = read.transactions[0] as Transaction
    expect([coinbase.lockTime, coinbase.inputs[0]?.sequence]).toEqual([height - 1, SEQUENCE_FINAL - 1])
  }
})

test('bcoin takes blocks made by hand, with payments and locks, and has the same coins after a reorganisation', async (context) => {
  const bcoin = await Bcoin.start(await Machine.start(context), { network })
  const chain = new TestChain(network)
  chain.mineMany(3, { payTo: key.p2wpkh })
  chain.mineMany(network.coinbaseMaturity)
  const payment = pay([chain.reward(1, key)])
  const child = spendCoins([coinOf(payment, 1, other)], [{ value: 1_000_000_000n, scriptPubKey: key.p2wpkh }])
  chain.mine({ transactions: [payment, child] })
  const fork = chain.height
  // Two blocks old in the next one, which is what the sequence asks for (BIP 68); a locktime that is just over.
  chain.mine({ payTo: key.p2wpkh })
  const aged = spendCoins([coinOf(child, 0, key)], [{ value: 999_000_000n, scriptPubKey: key.p2pkh }], {
    sequence: 2,
    lockTime: chain.height,
  })
  chain.mine({ transactions: [aged] })
  await bcoin.injectAll(chain.blocks.slice(1))
  expect(await bcoin.facts(chain.height)).toEqual(factsOf(chain.tip))

  const branch = chain.fork(fork)
  const double = spendCoins([coinOf(child, 0, key)], [{ value: 998_000_000n, scriptPubKey: other.p2wpkh }])
  branch.mine({ transactions: [double], extraNonce: 7 })
  branch.mineMany(2, { extraNonce: 7 })
  const [first, second, third] = branch.blocks.slice(fork + 1) as [Block, Block, Block]
  expect(await bcoin.inject(first)).toEqual({ accepted: true, height: fork + 1, best: false })
  expect(await bcoin.inject(third)).toEqual({ accepted: false, orphan: true })
  expect(await bcoin.inject(second)).toMatchObject({ accepted: true, height: fork + 2 })
  await bcoin.reaches(third.hash, WAIT)
  expect(await bcoin.info()).toMatchObject({ height: branch.height, tip: displayHash(third.hash) })
  expect(bcoin.all('disconnected').map(({ hash }) => hash)).toEqual(
    [chain.blockAt(fork + 2), chain.blockAt(fork + 1)].map(({ hash }) => displayHash(hash)),
  )
  // What one branch spends is spent in it alone.
  const twice = branch.next({ transactions: [aged] })
  expect(branch.effectsOf(twice)).toMatchObject({ reason: 'bad-txns-inputs-missingorspent' })
  expect(await bcoin.inject(twice)).toMatchObject({ reason: 'bad-txns-inputs-missingorspent' })
})

test('two bcoins on our network follow each other over loopback: blocks, transactions, a reorganisation', async (context) => {
  const machine = await Machine.start(context)
  const [one, two] = await Promise.all([
    Bcoin.start(machine, { network, name: 'bcoin one' }),
    Bcoin.start(machine, { network, name: 'bcoin two' }),
  ])
  const chain = new TestChain(network)
  for (const block of await one.mine(101, address)) chain.add(block)
  await two.connect(one.port)
  await two.reaches(chain.tip.hash, WAIT)
  expect((await two.info()).peers).toMatchObject([{ open: true, outbound: true }])
  expect(two.all('peer')).toMatchObject([{ agent: '/bcoin:v1.0.2/', version: 70_015 }])

  const payment = pay([chain.reward(1, key)])
  expect(await one.addTransaction(payment)).toEqual({ accepted: true })
  await two.hears(payment.txid, WAIT)
  const [block] = (await two.mine(1, address)) as [Block]
  expect(chain.add(block)).toBeUndefined()
  await one.reaches(block.hash, WAIT)
  expect(await one.mempool()).toEqual([])

  const branch = chain.fork(99)
  branch.mineMany(4)
  await one.disconnect()
  for (const each of branch.blocks.slice(100)) expect(await one.inject(each)).toMatchObject({ accepted: true })
  await two.connect(one.port)
  await two.reaches(branch.tip.hash, WAIT)
  expect(await two.info()).toMatchObject({ height: 103, tip: displayHash(branch.tip.hash) })
  expect(two.all('disconnected')).toHaveLength(3)
})

test('what is not a block or transaction is malformed, and bcoin dials nobody beyond loopback', async (context) => {
  const bcoin = await Bcoin.start(await Machine.start(context), { network })
  const block = toHex(new TestChain(network).next().bytes())
  const malformed = { accepted: false, reason: 'malformed' }
  expect(await bcoin.call('inject', { block: block.slice(0, -2) })).toEqual(malformed)
  // Its count of transactions as fd 01 00 instead of 01: there is one form only.
  expect(await bcoin.call('inject', { block: `${block.slice(0, 160)}fd0100${block.slice(162)}` })).toEqual(malformed)
  expect(await bcoin.call('addTx', { tx: '00' })).toEqual(malformed)
  await expect(bcoin.call('connect', { host: '192.0.2.1', port: 9 })).rejects.toThrow('is not 127.0.0.1')
  await expect(bcoin.connect(1)).rejects.toThrow('closed the connection')
  expect(await bcoin.info()).toMatchObject({ height: 0, peers: [] })
})

test.each([0, 2])(
  'bcoin validates blocks from memory for the figures, with %i workers, and says what it took',
  async (workers) => {
    const chain = new TestChain(network)
    chain.mineMany(101, { payTo: key.p2wpkh })
    const before = chain.blocks.slice(1).map((block) => block.bytes())
    chain.mine({ transactions: [pay([chain.reward(1, key)])] })
    chain.mine({ transactions: [pay([chain.reward(2, key)])] })
    const blocks = chain.blocks.slice(102).map((block) => block.bytes())
    const folder = await mkdtemp(join(tmpdir(), 'shoal-bcoin-'))
    try {
      const took = await validateWithBcoin(folder, { network, before, blocks, workers })
      expect(took).toMatchObject({ blocks: 2, transactions: 4, height: 103, tip: displayHash(chain.tip.hash) })
      expect([took.seconds > 0, took.cpuSeconds > 0]).toEqual([true, true])
      const refused = validateWithBcoin(folder, { network, before, blocks: blocks.toReversed(), workers })
      await expect(refused).rejects.toThrow('did not become the tip')
      expect(await readdir(folder)).toEqual([])
    } finally {
      await rm(folder, { recursive: true })
    }
  },
)

test('its process ends by itself when its time is over', async (context) => {
  const machine = await Machine.start(context)
  const ended = Bcoin.start(machine, { network, lifetimeMs: 1 }).then((bcoin) => bcoin.reaches(key.secret, WAIT))
  await expect(ended).rejects.toThrow('ended with code 3')
})

import { expect, test } from 'vitest'
import { concatBytes } from '../../kernel/bytes.ts'
import { networks } from '../consensus/networks.ts'
import { Block } from '../primitives/block.ts'
import { differences, openChainstate } from '../test-support/chainstate-bed.ts'
import { TestChain } from '../test-support/test-chain.ts'
import { spendCoins, TestKey } from '../test-support/test-keys.ts'
import { Arrivals } from './arrivals.ts'

const [, first, second, third] = new TestChain().mineMany(4) as [Block, Block, Block, Block]

/** A verdict that is given when the test says so. */
function verdict() {
  let give = () => {}
  const promise = new Promise<string>((resolve) => {
    give = () => resolve('good')
  })
  return { promise, give }
}

test('the next block is read while signatures are checked, and no other', async () => {
  const arrivals = new Arrivals(() => true)
  const [one, two] = [arrivals.add(first.bytes()), arrivals.add(second.bytes())]
  expect(one.prepared).toBeUndefined()
  const { promise, give } = verdict()
  const waited = arrivals.whileWaiting(promise)
  expect(one.prepared?.block.hash).toEqual(first.hash)
  expect(one.prepared?.fault).toBeUndefined()
  expect(two.prepared).toBeUndefined()
  give()
  expect(await waited).toBe('good')
  arrivals.take(one)
  const again = verdict()
  const waitedAgain = arrivals.whileWaiting(again.promise)
  expect(two.prepared?.block).toBeInstanceOf(Block)
  again.give()
  await waitedAgain
  arrivals.take(two)
  expect(arrivals.waiting).toBe(0)
})

test('one that comes in the meantime is read too; at other times it is not', async () => {
  const arrivals = new Arrivals(() => true)
  const { promise, give } = verdict()
  const waited = arrivals.whileWaiting(promise)
  const meanwhile = arrivals.add(first.bytes())
  expect(meanwhile.prepared?.block.hash).toEqual(first.hash)
  give()
  await waited
  arrivals.take(meanwhile)
  expect(arrivals.add(second.bytes()).prepared).toBeUndefined()
})

test('of a block whose header is not known, or that is none, nothing more is read', async () => {
  const arrivals = new Arrivals((hash) => Buffer.compare(hash, first.hash) === 0)
  const unknown = arrivals.add(second.bytes())
  const { promise, give } = verdict()
  const waited = arrivals.whileWaiting(promise)
  expect(unknown.prepared).toBeUndefined()
  arrivals.take(unknown)
  const cutShort = arrivals.add(first.bytes().subarray(0, 81))
  expect(cutShort.prepared).toBeUndefined()
  arrivals.take(cutShort)
  expect(arrivals.add(new Uint8Array(3)).prepared).toBeUndefined()
  give()
  await waited
})

test('the fault of a block goes with it', async () => {
  const arrivals = new Arrivals(() => true)
  const arrival = arrivals.add(new Block(third.header, first.transactions))
  await arrivals.whileWaiting(Promise.resolve())
  expect(arrival.prepared?.fault).toMatchObject({ reason: 'bad-txnmrklroot', kind: 'mutated' })
})

test('a verdict that fails fails the wait, and the next one is as any other', async () => {
  const arrivals = new Arrivals(() => true)
  await expect(arrivals.whileWaiting(Promise.reject(new Error('a thread died')))).rejects.toThrow('a thread died')
  expect(arrivals.add(first.bytes()).prepared).toBeUndefined()
  expect(await arrivals.whileWaiting(Promise.resolve('good'))).toBe('good')
})

test('blocks that are offered at once come to what they come to one by one', async () => {
  const key = new TestKey(1)
  const made = new TestChain()
  made.mineMany(networks.local.coinbaseMaturity + 5, { payTo: key.p2wpkh })
  const from = made.height
  const payOn = (height: number) => {
    const coin = made.reward(height, key)
    return made.next({ transactions: [spendCoins([coin], [coin.output])] })
  }
  const blocks = Array.from({ length: 4 }, (_, i) => {
    const block = payOn(i + 1)
    expect(made.add(block)).toBeUndefined()
    return block
  })
  const chainstate = await openChainstate()
  for (const block of made.blocks.slice(1, from + 1)) await chainstate.acceptBlock(block.bytes(), 'peer', true)
  const headers = concatBytes(blocks.map(({ header }) => header.bytes()))
  expect(chainstate.acceptHeaders(headers, 'peer').status).toBe('accepted')
  const [one, two, three, four] = blocks as [Block, Block, Block, Block]
  const mutated = new Block(two.header, one.transactions)
  const offered = [one, mutated, two, three, four].map((block) => chainstate.acceptBlock(block.bytes(), 'peer', true))
  const outcomes = await Promise.all(offered)
  expect(outcomes.map(({ status }) => status)).toEqual(['connected', 'refused', 'connected', 'connected', 'connected'])
  expect(outcomes[1]).toMatchObject({ fault: { reason: 'bad-txnmrklroot' } })
  expect(differences(chainstate, made)).toEqual([])
  await chainstate.close()
})

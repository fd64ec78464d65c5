import { expect, test } from 'vitest'
import { toHex } from '../../kernel/bytes.ts'
import { TestChain } from '../test-support/test-chain.ts'
import { spendCoins, TestKey } from '../test-support/test-keys.ts'
import { MAX_INDEXED_BLOCKS, RecentBlockParts } from './recent-block-parts.ts'

const key = new TestKey(1)

/** Its last block has a coinbase and two spends. */
function madeChain(): TestChain {
  const made = new TestChain()
  made.mine({ payTo: key.p2wpkh })
  made.mine({ payTo: key.p2wpkh })
  made.mineMany(100)
  const spends = [1, 2].map((height) => {
    const reward = made.reward(height, key)
    return spendCoins([reward], [{ value: reward.output.value, scriptPubKey: key.p2wpkh }])
  })
  made.mine({ transactions: spends })
  return made
}

test(`blocks are read once while they are among the ${MAX_INDEXED_BLOCKS} asked for last`, () => {
  const made = madeChain()
  const reads: number[] = []
  const parts = new RecentBlockParts((hash) => {
    const at = made.blocks.findIndex((block) => toHex(block.hash) === toHex(hash))
    if (at !== -1) reads.push(at)
    return made.blocks[at]?.bytes()
  })
  const { transactions, hash } = made.tip
  const asked = [[2], [0, 1, 2], []].map((places) => parts.transactions(hash, places))
  expect(asked).toEqual([[2], [0, 1, 2], []].map((places) => places.map((at) => transactions[at]?.bytes())))
  expect(reads).toEqual([made.height])
  for (let i = 1; i <= MAX_INDEXED_BLOCKS; i++) parts.transactions(made.blockAt(made.height - i).hash, [0])
  expect(reads).toHaveLength(1 + MAX_INDEXED_BLOCKS)
  for (let i = 1; i <= MAX_INDEXED_BLOCKS; i++) parts.transactions(made.blockAt(made.height - i).hash, [0])
  expect(reads).toHaveLength(1 + MAX_INDEXED_BLOCKS)
  parts.transactions(hash, [0])
  expect(reads).toHaveLength(2 + MAX_INDEXED_BLOCKS)
})

test('what is not here is not given, now or later; a place that is not there is said', () => {
  const made = madeChain()
  let isHere = false
  const parts = new RecentBlockParts(() => (isHere ? made.tip.bytes() : undefined))
  expect(parts.transactions(made.tip.hash, [0])).toBeUndefined()
  isHere = true
  expect(parts.transactions(made.tip.hash, [0])).toHaveLength(1)
  expect(() => parts.transactions(made.tip.hash, [0, 3])).toThrow(expect.objectContaining({ code: 'INDEX_OVERFLOW' }))
})

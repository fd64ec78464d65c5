/** The vectors of BIP 54 on coinbases and on transactions of 64 bytes. */
import { describe, expect, test } from 'vitest'
import { fromHex } from '../../kernel/bytes.ts'
import { decodeBlock } from '../primitives/block.ts'
import { decodeTransaction } from '../primitives/transaction-decoding.ts'
import { bitcoinMain } from '../test-support/bitcoin-networks.ts'
import { buildBlock } from '../test-support/block-builder.ts'
import { TestChain } from '../test-support/test-chain.ts'
import { vectorJson } from '../test-support/vectors.ts'
import { blockFault, contextualBlockFault } from './block-rules.ts'
import type { ChainNetwork } from './network.ts'
import { networks } from './networks.ts'

const coinbases = vectorJson<{ block_chain: string[]; valid: boolean; comment: string }[]>('bips/bip54_coinbases.json')
const sizes = vectorJson<{ tx: string; valid: boolean; comment: string }[]>('bips/bip54_txsize.json')

test('all of them are there', () => expect([coinbases.length, sizes.length]).toEqual([7, 13]))

describe('chains of Bitcoin with BIP 54 from the first block on', () => {
  const network: ChainNetwork = { ...bitcoinMain, activation: { ...bitcoinMain.activation, bip54: 1 } }

  test.each(coinbases)('$comment', ({ block_chain, valid }) => {
    const [genesis, ...blocks] = block_chain.map((hex) => decodeBlock(fromHex(hex)))
    expect(genesis?.hash).toEqual(network.genesis.hash)
    const chain = new TestChain(network)
    const last = blocks.pop()
    if (last === undefined) throw new Error('no block in the vector')
    for (const block of blocks) expect(chain.add(block)).toBeUndefined()
    const reason = chain.fork().add(last)?.reason
    if (valid) expect(reason).toBeUndefined()
    else expect(['bad-cb-locktime', 'bad-cb-sequence', 'bad-txns-nonfinal']).toContain(reason)
  })

  test.each(coinbases.filter(({ comment }) => !comment.includes('set to 21') && !comment.includes('set to 4')))(
    'but for BIP 54 it is good: $comment',
    ({ block_chain }) => {
      const chain = new TestChain(bitcoinMain)
      for (const hex of block_chain.slice(1)) expect(chain.add(decodeBlock(fromHex(hex)))).toBeUndefined()
    },
  )
})

describe('transactions in a block', () => {
  const { local } = networks
  const height = 1_000
  const place = { height, medianTimePast: local.genesis.header.time, network: local }

  test.each(sizes)('$comment', ({ tx, valid }) => {
    const transactions = [decodeTransaction(fromHex(tx))]
    const block = buildBlock({ network: local, height, parent: local.genesis.header, transactions })
    expect(blockFault(block)).toBeUndefined()
    expect(contextualBlockFault(block, place)?.reason).toBe(valid ? undefined : 'bad-txns-size')
  })
})

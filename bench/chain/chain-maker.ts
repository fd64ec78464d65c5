/** A valid chain of the local network, block by block: who makes transactions keeps account of the coins. */
import type { ChainNetwork } from '../../src-main/chain/consensus/network.ts'
import { networks } from '../../src-main/chain/consensus/networks.ts'
import type { BlockHeader } from '../../src-main/chain/primitives/header.ts'
import type { Transaction, TransactionOutput } from '../../src-main/chain/primitives/transaction.ts'
import { buildBlock } from '../../src-main/chain/test-support/block-builder.ts'
import { coinOf, type OwnedCoin, spendCoins, TestKey } from '../../src-main/chain/test-support/test-keys.ts'
import type { BlockFile } from './block-file.ts'

export const network: ChainNetwork = networks.local

export class ChainMaker {
  height = 0
  /** Rewards that nobody has spent, oldest first; those of the last `coinbaseMaturity` blocks cannot be yet. */
  readonly rewards: OwnedCoin[] = []
  #tip: BlockHeader = network.genesis.header
  readonly #extraNonce: number

  /** Chains with another `extraNonce` have other blocks. */
  constructor(extraNonce = 0, from?: ChainMaker) {
    this.#extraNonce = extraNonce
    if (from === undefined) return
    this.height = from.height
    this.rewards.push(...from.rewards)
    this.#tip = from.#tip
  }

  /** A block of these transactions, which pay no fee. A second after the one before it: long chains stay in the past. */
  mine(file: BlockFile, transactions: readonly Transaction[] = []): void {
    const block = buildBlock({
      ...{ network, transactions, height: ++this.height, parent: this.#tip, extraNonce: this.#extraNonce },
      header: { time: this.#tip.time + 1 },
    })
    this.#tip = block.header
    this.rewards.push(coinOf(block.transactions[0] as Transaction, 0))
    file.add(block.bytes())
  }

  mineEmpty(file: BlockFile, count: number): void {
    for (let i = 0; i < count; i++) this.mine(file)
  }

  /** The oldest reward in equal parts, one for each script. */
  fanOut(scripts: readonly Uint8Array[]): Transaction {
    const reward = this.rewards.shift()
    if (reward === undefined) throw new Error('no reward is left')
    const value = reward.output.value / BigInt(scripts.length)
    const outputs: TransactionOutput[] = scripts.map((scriptPubKey) => ({ value, scriptPubKey }))
    return spendCoins([reward], outputs)
  }
}

/** Keys of their own for so many coins, beginning with the key of a number. */
export function keysFrom(first: number, count: number): TestKey[] {
  return Array.from({ length: count }, (_, i) => new TestKey(first + i))
}

/** One input, one output, the same key: signed. */
export function passOn(coin: OwnedCoin): Transaction {
  return spendCoins([coin], [coin.output])
}

export function ownedBy(transaction: Transaction, keys: readonly TestKey[]): OwnedCoin[] {
  return keys.map((key, i) => coinOf(transaction, i, key))
}

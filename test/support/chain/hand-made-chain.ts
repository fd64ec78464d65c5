/** A chain of blocks made by hand, its coinbases all paid to one key. */
import type { ChainNetwork } from '../../../src-main/chain/consensus/network.ts'
import type { Block } from '../../../src-main/chain/primitives/block.ts'
import type { Transaction, TransactionOutput } from '../../../src-main/chain/primitives/transaction.ts'
import { type BlockParent, type BlockParts, blockAfter } from './hand-made-blocks.ts'
import { coinOf, payment, type TestCoin, TestKey } from './test-key.ts'

export interface Split {
  readonly transaction: Transaction
  /** Its outputs. */
  readonly coins: readonly TestCoin[]
  /** Grains; with what did not divide. */
  readonly fee: bigint
}

export class HandMadeChain {
  readonly network: ChainNetwork
  readonly key: TestKey
  readonly #blocks: Block[]

  constructor(network: ChainNetwork, key: TestKey = new TestKey('miner'), blocks: readonly Block[] = []) {
    this.network = network
    this.key = key
    this.#blocks = [...blocks]
  }

  /** From height 1 on. */
  get blocks(): readonly Block[] {
    return this.#blocks
  }

  get tip(): BlockParent {
    const { hash, header } = this.#blocks.at(-1) ?? this.network.genesis
    return { hash, height: this.#blocks.length, time: header.time }
  }

  /** The block that would come next; the chain stays as it is. */
  next(parts: BlockParts = {}): Block {
    return blockAfter(this.network, this.tip, this.key.script, parts)
  }

  /** Makes the next block. */
  extend(parts: BlockParts = {}): Block {
    const block = this.next(parts)
    this.#blocks.push(block)
    return block
  }

  /** Makes `count` blocks with nothing but coinbases; `tag` tells branches apart. */
  grow(count: number, tag?: string): readonly Block[] {
    return Array.from({ length: count }, () => this.extend(tag === undefined ? {} : { tag }))
  }

  /** Another chain that shares the blocks up to `height`. */
  branch(height: number): HandMadeChain {
    return new HandMadeChain(this.network, this.key, this.#blocks.slice(0, height))
  }

  /** What the coinbase at `height` paid; to be spent from `coinbaseMaturity` blocks later on. */
  coinbase(height: number): TestCoin {
    const coinbase = this.#blocks[height - 1]?.transactions[0]
    if (coinbase === undefined) throw new RangeError(`no block at ${height}`)
    return coinOf(coinbase, 0, this.key)
  }

  /** Blocks so that the coinbases of the first `count` can all be spent in the next one. */
  growMature(count: number): void {
    this.grow(Math.max(0, this.network.coinbaseMaturity + count - 1 - this.tip.height))
  }

  /** Outputs that share the value of `coins` evenly less the fee, each to the chain's own key. */
  split(coins: readonly TestCoin[], count: number, fee: bigint): Split {
    const whole = coins.reduce((sum, { value }) => sum + value, 0n) - fee
    const each: TransactionOutput = { value: whole / BigInt(count), scriptPubKey: this.key.script }
    const transaction = payment(
      coins,
      Array.from({ length: count }, () => each),
    )
    return {
      transaction,
      coins: transaction.outputs.map((_, index) => coinOf(transaction, index, this.key)),
      fee: fee + (whole % BigInt(count)),
    }
  }
}

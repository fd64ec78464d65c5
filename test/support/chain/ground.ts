/** A good chain that broken blocks come after, and what they are made of. */
import type { ChainNetwork } from '../../../src-main/chain/consensus/network.ts'
import { Block } from '../../../src-main/chain/primitives/block.ts'
import { BlockHeader } from '../../../src-main/chain/primitives/header.ts'
import {
  Transaction,
  type TransactionFields,
  type TransactionInput,
  type TransactionOutput,
} from '../../../src-main/chain/primitives/transaction.ts'
import { Opcode } from '../../../src-main/chain/script/opcodes.ts'
import { withTransactions } from '../../../src-main/chain/test-support/block-builder.ts'
import { TestChain } from '../../../src-main/chain/test-support/test-chain.ts'
import {
  coinOf,
  type OwnedCoin,
  type SpendOptions,
  spendCoins,
  TestKey,
} from '../../../src-main/chain/test-support/test-keys.ts'
import { concatBytes } from '../../../src-main/kernel/bytes.ts'

/** A good chain with coins to spend. */
export interface Ground {
  readonly chain: TestChain
  /** Of equal value, paid to `KEY` in the newest block but one. */
  readonly coins: readonly OwnedCoin[]
  /** Spendable by anybody with an empty input, and counted as 2,600 legacy signature checks. */
  readonly costly: OwnedCoin
}

export interface BrokenBlock {
  /** Ours. */
  readonly reason: string
  readonly how: string
  readonly make: (ground: Ground) => Block
}

export const KEY = new TestKey(1)
/** Grains that each transaction pays. */
export const FEE = 1_000n
const COINS = 8
const CHECKMULTISIGS = 130

/** The chain that the broken blocks come after. `now`: seconds since 1970. */
export function groundOn(network: ChainNetwork, now: number): Ground {
  const chain = new TestChain(network)
  chain.now = now
  chain.mineMany(2, { payTo: KEY.p2wpkh })
  chain.mineMany(network.coinbaseMaturity)
  const { value } = chain.reward(1).output
  const each: TransactionOutput = { value: (value - FEE) / BigInt(COINS), scriptPubKey: KEY.p2wpkh }
  const split = spendCoins([chain.reward(1, KEY)], new Array(COINS).fill(each))
  chain.mine({ transactions: [split] })
  const made = spendCoins([chain.reward(2, KEY)], [{ value: value - FEE, scriptPubKey: costlyScript() }])
  chain.mine({ transactions: [made] })
  return { chain, coins: split.outputs.map((_, index) => coinOf(split, index, KEY)), costly: coinOf(made, 0) }
}

/** 0 IF, many CHECKMULTISIG that are never run, ENDIF 1. */
function costlyScript(): Uint8Array {
  const { OP_0, OP_IF, OP_ENDIF, OP_1, OP_CHECKMULTISIG } = Opcode
  const checks = new Uint8Array(CHECKMULTISIGS).fill(OP_CHECKMULTISIG)
  return concatBytes([Uint8Array.of(OP_0, OP_IF), checks, Uint8Array.of(OP_ENDIF, OP_1)])
}

/** One of the coins. */
export const coin = ({ coins }: Ground, index = 0): OwnedCoin => coins[index] as OwnedCoin

/** An output to `KEY`. */
export const toKey = (value: bigint): TransactionOutput => ({ value, scriptPubKey: KEY.p2wpkh })

/** Spends a coin and gives all of it back but the fee. */
export function spend(spent: OwnedCoin, options: SpendOptions = {}): Transaction {
  return spendCoins([spent], [toKey(spent.output.value - FEE)], options)
}

/** Spends the first coin to these outputs. */
export function payTo(ground: Ground, outputs: readonly TransactionOutput[]): Transaction {
  return spendCoins([coin(ground)], outputs)
}

/** The next block with these transactions. */
export function blockOf({ chain }: Ground, ...transactions: readonly Transaction[]): Block {
  return chain.next({ transactions })
}

/** A block with its coinbase altered, root and proof of work made again. */
export function withCoinbase(block: Block, alter: (fields: TransactionFields) => TransactionFields): Block {
  const [coinbase, ...others] = block.transactions
  return withTransactions(block, [new Transaction(alter(coinbase as Transaction)), ...others])
}

export function withInput(fields: TransactionFields, change: Partial<TransactionInput>): TransactionFields {
  const { version, inputs, outputs, lockTime } = fields
  return { version, inputs: inputs.map((input) => ({ ...input, ...change })), outputs, lockTime }
}

/** An output of no value beside the others. */
export function plusOutput(fields: TransactionFields, scriptPubKey: Uint8Array): TransactionFields {
  const { version, inputs, outputs, lockTime } = fields
  return { version, inputs, outputs: [...outputs, { value: 0n, scriptPubKey }], lockTime }
}

/** Transactions in place of those that the header commits to. */
export function swapped({ header }: Block, transactions: readonly Transaction[]): Block {
  return new Block(header, transactions)
}

/** The coinbase with another witness, which no hash in the header covers. */
export function withReserved(block: Block, witness: readonly Uint8Array[]): Block {
  const [coinbase, ...others] = block.transactions
  return swapped(block, [new Transaction(withInput(coinbase as Transaction, { witness })), ...others])
}

/** A block whose nonce is not enough. */
export function withoutWork({ header, transactions }: Block, limit: bigint): Block {
  const { version, previous, merkleRoot, time, bits } = header
  for (let nonce = 0; ; nonce++) {
    const other = new BlockHeader({ version, previous, merkleRoot, time, bits, nonce })
    if (!other.hasProofOfWork(limit)) return new Block(other, transactions)
  }
}

export const filled = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte)

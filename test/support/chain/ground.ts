/** A good chain that broken blocks come after, and what they are made of. */
import type { ChainNetwork } from '../../../src-main/chain/consensus/network.ts'
import { Block } from '../../../src-main/chain/primitives/block.ts'
import {
  Transaction,
  type TransactionFields,
  type TransactionInput,
  type TransactionOutput,
} from '../../../src-main/chain/primitives/transaction.ts'
import { Opcode } from '../../../src-main/chain/script/opcodes.ts'
import { concatBytes } from '../../../src-main/kernel/bytes.ts'
import { HandMadeChain } from './hand-made-chain.ts'
import { coinOf, type PaymentOptions, payment, type TestCoin } from './test-key.ts'

/** A good chain with coins to spend. */
export interface Ground {
  readonly chain: HandMadeChain
  /** Of equal value, in the newest block but one. */
  readonly coins: readonly TestCoin[]
  /** Spendable by anybody with an empty input, and counted as 2,600 legacy signature checks. */
  readonly costly: TestCoin
  /** Seconds since 1970. */
  readonly now: number
}

export interface BrokenBlock {
  readonly reason: string
  readonly how: string
  readonly make: (ground: Ground) => Block
}

/** Grains. */
export const FEE = 1_000n
const COINS = 8
const CHECKMULTISIGS = 130

/** The chain that the broken blocks come after. */
export function groundOn(network: ChainNetwork, now: number): Ground {
  const chain = new HandMadeChain(network)
  chain.growMature(2)
  const { transaction, coins, fee } = chain.split([chain.coinbase(1)], COINS, FEE)
  chain.extend({ transactions: [transaction], fees: fee })
  const first = chain.coinbase(2)
  const costlyOutput: TransactionOutput = { value: first.value - FEE, scriptPubKey: costlyScript() }
  const maker = payment([first], [costlyOutput])
  chain.extend({ transactions: [maker], fees: FEE })
  return { chain, coins, costly: coinOf(maker, 0, chain.key), now }
}

/** 0 IF, many CHECKMULTISIG that are never run, ENDIF 1. */
function costlyScript(): Uint8Array {
  const { OP_0, OP_IF, OP_ENDIF, OP_1, OP_CHECKMULTISIG } = Opcode
  const checks = new Uint8Array(CHECKMULTISIGS).fill(OP_CHECKMULTISIG)
  return concatBytes([Uint8Array.of(OP_0, OP_IF), checks, Uint8Array.of(OP_ENDIF, OP_1)])
}

/** One of the coins. */
export const coin = ({ coins }: Ground, index = 0): TestCoin => coins[index] as TestCoin

/** Spends coins and gives all of it back but the fee. */
export function spend(ground: Ground, count = 1, options: PaymentOptions = {}): Transaction {
  const coins = ground.coins.slice(0, count)
  const value = coins.reduce((sum, each) => sum + each.value, 0n) - FEE
  return payment(coins, [{ value, scriptPubKey: ground.chain.key.script }], options)
}

/** Spends the first coin to these outputs. */
export function payTo(ground: Ground, outputs: readonly TransactionOutput[]): Transaction {
  return payment([coin(ground)], outputs)
}

/** The next block with these, each of which pays the fee. */
export function blockOf({ chain }: Ground, ...transactions: readonly Transaction[]): Block {
  return chain.next({ transactions, fees: BigInt(transactions.length) * FEE })
}

/** A block whose coinbase is altered. */
export function withCoinbase({ chain }: Ground, alter: (fields: TransactionFields) => TransactionFields): Block {
  return chain.next({ coinbase: alter })
}

export function withInput(fields: TransactionFields, change: Partial<TransactionInput>): TransactionFields {
  return { ...fields, inputs: fields.inputs.map((input) => ({ ...input, ...change })) }
}

export function plusOutput(fields: TransactionFields, ...more: readonly TransactionOutput[]): TransactionFields {
  return { ...fields, outputs: [...fields.outputs, ...more] }
}

/** Transactions in place of those that the header commits to. */
export function swapped(block: Block, transactions: readonly Transaction[]): Block {
  return new Block(block.header, transactions)
}

/** The coinbase with another witness, which no hash in the header covers. */
export function withReserved(block: Block, witness: readonly Uint8Array[]): Block {
  const [coinbase, ...others] = block.transactions
  return swapped(block, [new Transaction(withInput(coinbase as Transaction, { witness })), ...others])
}

export const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte)

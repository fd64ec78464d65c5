/** Random chains with payments to a wallet and to others, for tests of what a wallet finds in them. */
import fc from 'fast-check'
import type { BlockPosition } from '../chain.ts'
import { hashKey, outpointKey } from '../coins/coin.ts'
import type { ChainNetwork } from '../consensus/network.ts'
import { networks } from '../consensus/networks.ts'
import { basicFilterOf } from '../light/basic-filter.ts'
import type { Block } from '../primitives/block.ts'
import { displayHash, hash160 } from '../primitives/hashes.ts'
import type { Transaction, TransactionOutput } from '../primitives/transaction.ts'
import { SIMULATED_START } from './recent-chain.ts'
import { TestChain } from './test-chain.ts'
import { ANYONE_CAN_SPEND, coinOf, type OwnedCoin, spendCoins } from './test-keys.ts'

/** Rewards can be spent soon. */
export const WALLET_NETWORK: ChainNetwork = { ...networks.local, coinbaseMaturity: 2 }

/**
 * Scripts that anyone can spend, each another one: a push and OP_1 behind it. So nothing has to be signed, and filters and
 * matching do not know the difference.
 */
export function scriptNumber(number: number): Uint8Array {
  return Uint8Array.of(20, ...hash160(Uint8Array.of(number & 0xff, number >> 8)), 0x75, ...ANYONE_CAN_SPEND)
}

export const OUR_SCRIPTS: readonly Uint8Array[] = Array.from({ length: 4 }, (_, i) => scriptNumber(i))
const THEIR_SCRIPTS: readonly Uint8Array[] = Array.from({ length: 4 }, (_, i) => scriptNumber(100 + i))
const ALL_SCRIPTS = [...OUR_SCRIPTS, ...THEIR_SCRIPTS]

/** A payment: which of the coins that may be spent, and to whom. */
interface Payment {
  readonly coin: number
  readonly to: readonly number[]
}

interface PlannedBlock {
  readonly miner: number
  readonly payments: readonly Payment[]
}

interface PlannedBranch {
  readonly back: number
  readonly blocks: readonly PlannedBlock[]
}

export interface FoundTransaction {
  readonly height: number
  readonly place: number
  readonly txid: string
}

/** One branch, and what a wallet should find in it. */
export class RandomWalletChain {
  readonly chain: TestChain
  readonly #heights = new Map<string, number>()
  readonly #filters = new Map<string, Uint8Array>()
  /** Of all branches. */
  readonly #blocks: Map<string, Block>

  constructor(chain: TestChain, all: Map<string, Block>) {
    this.chain = chain
    this.#blocks = all
    const outputs = outputsOf(chain.blocks)
    for (const [height, block] of chain.blocks.entries()) {
      const key = hashKey(block.hash)
      this.#heights.set(key, height)
      all.set(key, block)
      const inputs = block.transactions.slice(1).flatMap((transaction) => transaction.inputs)
      const spent = inputs.map(({ previous }) => outputs.get(outpointKey(previous))?.scriptPubKey as Uint8Array)
      this.#filters.set(key, basicFilterOf(block, spent).bytes)
    }
  }

  get blocks(): readonly Block[] {
    return this.chain.blocks
  }

  get height(): number {
    return this.chain.height
  }

  position(height: number): BlockPosition {
    return { hash: this.chain.blockAt(height).hash, height }
  }

  heightOf(hash: Uint8Array): number | undefined {
    return this.#heights.get(hashKey(hash))
  }

  filter(hash: Uint8Array): Uint8Array | undefined {
    return this.#filters.get(hashKey(hash))
  }

  /** Of any branch. */
  known(hash: Uint8Array): Block {
    return this.#blocks.get(hashKey(hash)) as Block
  }

  /** By looking at each output and input of each transaction. */
  history(scripts: readonly Uint8Array[] = OUR_SCRIPTS): FoundTransaction[] {
    const ours = new Set(scripts.map((script) => hashKey(script)))
    const outputs = outputsOf(this.blocks)
    const isOurs = (output: TransactionOutput | undefined) => output && ours.has(hashKey(output.scriptPubKey))
    return this.blocks.flatMap(({ transactions }, height) =>
      transactions.flatMap((transaction, place) => {
        const pays = transaction.outputs.some(isOurs)
        const spends = transaction.inputs.some(({ previous }) => isOurs(outputs.get(outpointKey(previous))))
        return pays || spends ? [{ height, place, txid: displayHash(transaction.txid) }] : []
      }),
    )
  }
}

/** One to four branches: each of the later ones leaves the one before some blocks below its end, and is no shorter. */
export const randomChains: fc.Arbitrary<RandomWalletChain[]> = fc
  .array(
    fc.record<PlannedBranch>({
      back: fc.nat(6),
      blocks: fc.array(
        fc.record<PlannedBlock>({
          miner: fc.nat(ALL_SCRIPTS.length - 1),
          payments: fc.array(
            fc.record<Payment>({
              coin: fc.nat(1_000),
              to: fc.array(fc.nat(ALL_SCRIPTS.length - 1), { minLength: 1, maxLength: 3 }),
            }),
            { maxLength: 3 },
          ),
        }),
        { minLength: 10, maxLength: 24 },
      ),
    }),
    { minLength: 2, maxLength: 4 },
  )
  .map((branches) => {
    const all = new Map<string, Block>()
    const made: RandomWalletChain[] = []
    let before: TestChain | undefined
    for (const [number, { back, blocks }] of branches.entries()) {
      const chain: TestChain = before ? before.fork(Math.max(0, before.height - back)) : new TestChain(WALLET_NETWORK)
      for (const block of blocks) mine(chain, block, number)
      made.push(new RandomWalletChain(chain, all))
      before = chain
    }
    return made
  })

function mine(chain: TestChain, { miner, payments }: PlannedBlock, branch: number): void {
  const transactions: Transaction[] = []
  const coins = spendableCoins(chain)
  for (const { coin, to } of payments) {
    const [chosen] = coins.splice(coin % Math.max(1, coins.length), 1)
    if (chosen === undefined) continue
    const value = chosen.output.value / BigInt(to.length)
    const payment = spendCoins(
      [chosen],
      to.map((script) => ({ value, scriptPubKey: ALL_SCRIPTS[script] as Uint8Array })),
    )
    transactions.push(payment)
    // What the block makes may be spent in it.
    for (const index of to.keys()) coins.push(coinOf(payment, index))
  }
  const time = Math.max(SIMULATED_START - 1_000, chain.tip.header.time + 1)
  chain.mine({ transactions, payTo: ALL_SCRIPTS[miner] as Uint8Array, extraNonce: branch, header: { time } })
}

/** In the order of the chain. */
function spendableCoins(chain: TestChain): OwnedCoin[] {
  const made = chain.blocks.flatMap(({ transactions }) =>
    transactions.flatMap((transaction) => transaction.outputs.map((_output, index) => coinOf(transaction, index))),
  )
  return made.filter(({ outpoint, output }) => {
    const coin = chain.coin(outpoint)
    return coin && output.value > 0n && (!coin.isCoinbase || chain.height + 1 - coin.height >= 2)
  })
}

function outputsOf(blocks: readonly Block[]): Map<string, TransactionOutput> {
  const outputs = new Map<string, TransactionOutput>()
  for (const { transactions } of blocks)
    for (const transaction of transactions)
      for (const [index, output] of transaction.outputs.entries())
        outputs.set(outpointKey({ txid: transaction.txid, index }), output)
  return outputs
}

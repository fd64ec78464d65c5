/** Random blocks: what they do to the coins equals a plain replay, and taking them away brings the coins back exactly. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Coin, outpointKey } from '../coins/coin.ts'
import type { Block } from '../primitives/block.ts'
import type { Transaction, TransactionOutput } from '../primitives/transaction.ts'
import { Opcode } from '../script/opcodes.ts'
import { TestChain } from '../test-support/test-chain.ts'
import { ANYONE_CAN_SPEND, coinOf, type OwnedCoin, spendCoins } from '../test-support/test-keys.ts'
import { networks } from './networks.ts'

const RUNS = process.env.SHOAL_LONG === '1' ? 400 : 40
const MAX_INPUTS = 4
const UNSPENDABLE = Uint8Array.of(Opcode.OP_RETURN)

/** Blocks as lists of transactions; of each which of the open coins it spends, and how many outputs of which kind it has. */
const transactionPlan = fc.record({
  spends: fc.array(fc.nat(), { minLength: 1, maxLength: MAX_INPUTS }),
  outputs: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
})
const blockPlans = fc.array(fc.array(transactionPlan, { maxLength: 8 }), { minLength: 1, maxLength: 6 })
type TransactionPlan = typeof transactionPlan extends fc.Arbitrary<infer Plan> ? Plan : never

/** Maturity of one block, so that there is much to spend. */
const network = { ...networks.local, coinbaseMaturity: 1 }

function transactionOf({ spends, outputs }: TransactionPlan, open: OwnedCoin[]): Transaction | undefined {
  const coins: OwnedCoin[] = []
  for (const pick of spends) if (open.length > 0) coins.push(...open.splice(pick % open.length, 1))
  if (coins.length === 0) return undefined
  const value = coins.reduce((sum, { output }) => sum + output.value, 0n) / BigInt(outputs.length)
  const made = outputs.map(
    (spendable): TransactionOutput => ({ value, scriptPubKey: spendable ? ANYONE_CAN_SPEND : UNSPENDABLE }),
  )
  const transaction = spendCoins(coins, made)
  for (const [index, spendable] of outputs.entries()) if (spendable) open.push(coinOf(transaction, index))
  return transaction
}

/** The coins after a block, worked out one transaction after the other. */
function replay(before: ReadonlyMap<string, Coin>, block: Block, height: number): Map<string, Coin> {
  const coins = new Map(before)
  for (const { txid, inputs, outputs, isCoinbase } of block.transactions) {
    for (const { previous } of inputs) coins.delete(outpointKey(previous))
    for (const [index, { value, scriptPubKey }] of outputs.entries())
      if (scriptPubKey[0] !== Opcode.OP_RETURN)
        coins.set(outpointKey({ txid, index }), { value, scriptPubKey, height, isCoinbase })
  }
  return coins
}

test('disconnecting what was connected leaves the coins as they were', () => {
  fc.assert(
    fc.property(blockPlans, (plans) => {
      const chain = new TestChain(network)
      chain.mineMany(3)
      const open = [1, 2, 3].map((height) => chain.reward(height))
      const snapshots: ReadonlyMap<string, Coin>[] = []
      for (const plan of plans) {
        const before = new Map(chain.coins)
        const transactions = plan.flatMap((one) => transactionOf(one, open) ?? [])
        const block = chain.mine({ transactions })
        expect(chain.coins).toEqual(replay(before, block, chain.height))
        open.push(chain.reward(chain.height))
        snapshots.push(before)
      }
      for (const before of snapshots.reverse()) {
        chain.undo()
        expect(chain.coins).toEqual(before)
      }
    }),
    { seed: 20261122, numRuns: RUNS },
  )
})

/** Rules on the amounts that a transaction spends, for blocks and the mempool alike. */
import type { Coin } from '../coins/coin.ts'
import type { TransactionFields } from '../primitives/transaction.ts'
import { MAX_MONEY } from './check-transaction.ts'

export type InputsFault =
  | 'bad-txns-premature-spend-of-coinbase'
  | 'bad-txns-inputvalues-outofrange'
  | 'bad-txns-in-belowout'

/**
 * The fee in grains, or the first rule broken, of a transaction whose outputs are amounts (`transactionFault`).
 * `coins`: what its inputs spend; `height`: of the block that it is in.
 */
export function feeOrFault(
  { outputs }: TransactionFields,
  coins: readonly Coin[],
  height: number,
  coinbaseMaturity: number,
): bigint | InputsFault {
  let spent = 0n
  for (const { isCoinbase, height: madeAt, value } of coins) {
    if (isCoinbase && height - madeAt < coinbaseMaturity) return 'bad-txns-premature-spend-of-coinbase'
    spent += value
    if (value < 0n || value > MAX_MONEY || spent > MAX_MONEY) return 'bad-txns-inputvalues-outofrange'
  }
  let made = 0n
  for (const { value } of outputs) made += value
  return spent < made ? 'bad-txns-in-belowout' : spent - made
}

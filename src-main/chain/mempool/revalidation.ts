/** Whether a transaction of the mempool is still one for the next block, after the chain went back. */
import type { Coin } from '../coins/coin.ts'
import { isFinal } from '../consensus/locktimes.ts'
import { feeOrFault } from '../consensus/transaction-inputs.ts'
import { isPastSequenceLocks } from './admission.ts'
import type { MempoolChain } from './mempool-chain.ts'
import type { MempoolEntry } from './mempool-entry.ts'
import type { TransactionGraph } from './transaction-graph.ts'

export function mayStay({ transaction }: MempoolEntry, chain: MempoolChain, graph: TransactionGraph): boolean {
  const { network, tipHeight, medianTimePast } = chain
  if (!isFinal(transaction, tipHeight + 1, medianTimePast)) return false
  const coins: Coin[] = []
  for (const { previous } of transaction.inputs) {
    const output = graph.byTxid(previous.txid)?.transaction.outputs[previous.index]
    const coin = output ? { ...output, height: tipHeight + 1, isCoinbase: false } : chain.coin(previous)
    if (coin === undefined) return false
    coins.push(coin)
  }
  const fee = feeOrFault(transaction, coins, tipHeight + 1, network.coinbaseMaturity)
  return typeof fee === 'bigint' && isPastSequenceLocks(transaction, coins, chain)
}

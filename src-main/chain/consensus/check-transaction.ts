/**
 * Rules that a transaction keeps by itself, whatever it spends and wherever it stands. Reasons are named as Bitcoin Core
 * names them in `reject` messages.
 */
import { outpointKey } from '../coins/coin.ts'
import { COINBASE_INDEX, type Transaction, type TransactionInput, WITNESS_SCALE } from '../primitives/transaction.ts'
import { MAX_BLOCK_WEIGHT } from './limits.ts'

/** 21,000,000 coins in grains. */
export const MAX_MONEY = 2_100_000_000_000_000n
const MIN_COINBASE_SCRIPT_BYTES = 2
const MAX_COINBASE_SCRIPT_BYTES = 100

export type TransactionFault =
  | 'bad-txns-vin-empty'
  | 'bad-txns-vout-empty'
  | 'bad-txns-oversize'
  | 'bad-txns-vout-negative'
  | 'bad-txns-vout-toolarge'
  | 'bad-txns-txouttotal-toolarge'
  | 'bad-txns-inputs-duplicate'
  | 'bad-cb-length'
  | 'bad-txns-prevout-null'

/** The first rule that is broken, or undefined. */
export function transactionFault(transaction: Transaction): TransactionFault | undefined {
  const { inputs, outputs } = transaction
  if (inputs.length === 0) return 'bad-txns-vin-empty'
  if (outputs.length === 0) return 'bad-txns-vout-empty'
  if (transaction.strippedSize * WITNESS_SCALE > MAX_BLOCK_WEIGHT) return 'bad-txns-oversize'
  return amountFault(transaction) ?? inputFault(transaction)
}

/** Every sum is checked, so none overflows (CVE-2010-5139). */
function amountFault({ outputs }: Transaction): TransactionFault | undefined {
  let total = 0n
  for (const { value } of outputs) {
    if (value < 0n) return 'bad-txns-vout-negative'
    if (value > MAX_MONEY) return 'bad-txns-vout-toolarge'
    total += value
    if (total > MAX_MONEY) return 'bad-txns-txouttotal-toolarge'
  }
  return undefined
}

function inputFault({ inputs, isCoinbase }: Transaction): TransactionFault | undefined {
  if (spendsTwice(inputs)) return 'bad-txns-inputs-duplicate'
  if (!isCoinbase) return inputs.some(spendsNothing) ? 'bad-txns-prevout-null' : undefined
  const length = inputs[0]?.scriptSig.length ?? 0
  return length < MIN_COINBASE_SCRIPT_BYTES || length > MAX_COINBASE_SCRIPT_BYTES ? 'bad-cb-length' : undefined
}

/** CVE-2018-17144. */
function spendsTwice(inputs: readonly TransactionInput[]): boolean {
  return inputs.length > 1 && new Set(inputs.map(({ previous }) => outpointKey(previous))).size < inputs.length
}

function spendsNothing({ previous }: TransactionInput): boolean {
  return previous.index === COINBASE_INDEX && previous.txid.every((byte) => byte === 0)
}

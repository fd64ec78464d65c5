/** A transaction as lists and pages show it. */
import { toHex } from '../../../kernel/bytes.ts'
import { addressOfScript } from '../../address/address.ts'
import type { ChainNetwork } from '../../consensus/network.ts'
import { outputTypeOf } from '../../mempool/output-type.ts'
import { displayHash } from '../../primitives/hashes.ts'
import type { Transaction, TransactionInput, TransactionOutput } from '../../primitives/transaction.ts'
import { Opcode } from '../../script/opcodes.ts'
import type { TransactionDetails, TransactionSummary, TransferSide } from '../chain-pages.ts'
import { coinbaseText, dataText } from './foreign-text.ts'

/** Inputs, and outputs, of a page. */
export const MAX_PAGE_SIDES = 500
/** Bytes of a transaction that is given whole. */
export const MAX_HEX_BYTES = 100_000

export interface ShownTransaction {
  readonly transaction: Transaction
  /** Undefined in the mempool. */
  readonly place: { readonly height: number; readonly blockHash: Uint8Array } | undefined
  /** Seconds since 1970: of its block, or when it came. */
  readonly time: number
  /** What its inputs spend, in their order; undefined where that is not known, or nothing. */
  readonly coins: readonly (TransactionOutput | undefined)[] | undefined
}

export function transactionSummary({ transaction, place, time, coins }: ShownTransaction): TransactionSummary {
  const value = sumOf(transaction.outputs)
  const known = coins?.filter((coin) => coin !== undefined)
  const isComplete = !transaction.isCoinbase && known?.length === transaction.inputs.length
  return {
    id: displayHash(transaction.txid),
    ...(place && { height: place.height, blockHash: displayHash(place.blockHash) }),
    time,
    virtualSize: transaction.virtualSize,
    ...(isComplete && { fee: sumOf(known) - value }),
    value,
    isCoinbase: transaction.isCoinbase,
    inputs: transaction.inputs.length,
    outputs: transaction.outputs.length,
  }
}

/** `spentBy` of an output by its index: its spender, whether it is spent, or undefined where that means nothing. */
export function transactionDetails(
  shown: ShownTransaction,
  facts: Pick<TransactionDetails, 'confirmations' | 'replaceable'>,
  network: ChainNetwork,
  spentBy: (index: number) => string | boolean | undefined,
): TransactionDetails {
  const { transaction, coins } = shown
  const { wtxid, version, lockTime, size, weight, inputs, outputs } = transaction
  return {
    ...transactionSummary(shown),
    wtxid: displayHash(wtxid),
    version,
    lockTime,
    size,
    weight,
    ...facts,
    from: inputs
      .slice(0, MAX_PAGE_SIDES)
      .map((input, i) => (transaction.isCoinbase ? newCoins(input) : inputSide(input, coins?.[i], network))),
    to: outputs.slice(0, MAX_PAGE_SIDES).map((output, i) => {
      const by = spentBy(i)
      return { ...outputSide(output, network), ...(by !== undefined && { spentBy: by }) }
    }),
    ...(size <= MAX_HEX_BYTES && { hex: toHex(transaction.bytes()) }),
  }
}

/** What people call the form of an output script. */
export function scriptKind(script: Uint8Array): string {
  if (script[0] === Opcode.OP_RETURN) return 'OP_RETURN'
  const known = outputTypeOf(script)
  switch (known.type) {
    case 'multisig':
      return `multisig ${known.required} of ${known.keys}`
    case 'nonstandard':
      return 'non-standard'
    case 'witness':
      return 'witness'
    default:
      return known.type.toUpperCase()
  }
}

export function sumOf(outputs: readonly TransactionOutput[]): bigint {
  return outputs.reduce((sum, { value }) => sum + value, 0n)
}

function newCoins({ scriptSig }: TransactionInput): TransferSide {
  const text = coinbaseText(scriptSig)
  return { kind: 'coinbase', ...(text !== undefined && { text }) }
}

function inputSide(
  { previous }: TransactionInput,
  coin: TransactionOutput | undefined,
  network: ChainNetwork,
): TransferSide {
  const outpoint = { txid: displayHash(previous.txid), index: previous.index }
  return { ...(coin ? outputSide(coin, network) : { kind: 'unknown' }), outpoint }
}

function outputSide({ value, scriptPubKey }: TransactionOutput, network: ChainNetwork): TransferSide {
  const address = addressOfScript(scriptPubKey, network.addresses)
  const text = dataText(scriptPubKey)
  return {
    ...(address !== undefined && { address }),
    value,
    kind: scriptKind(scriptPubKey),
    ...(text !== undefined && { text }),
  }
}

/**
 * Whether what a transaction spends, and how, is of a form that nodes relay: bounds what running its scripts costs.
 * As Bitcoin Core's `AreInputsStandard` and `IsWitnessStandard`.
 */
import type { Transaction, TransactionInput, TransactionOutput } from '../primitives/transaction.ts'
import { isPayToScriptHash, witnessProgramOf } from '../script/script-patterns.ts'
import { countSigops, lastPush } from '../script/sigops.ts'
import { outputTypeOf } from './output-type.ts'
import {
  MAX_STANDARD_P2SH_SIGOPS,
  MAX_STANDARD_WITNESS_ITEM_BYTES,
  MAX_STANDARD_WITNESS_ITEMS,
  MAX_STANDARD_WITNESS_SCRIPT_BYTES,
} from './policy.ts'

export type StandardInputsFault = 'bad-txns-nonstandard-inputs' | 'bad-witness-nonstandard'

/** The first rule that is broken, or undefined. `spent`: one output for each input. */
export function standardInputsFault(
  { inputs }: Transaction,
  spent: readonly TransactionOutput[],
): StandardInputsFault | undefined {
  const scripts = spent.map(({ scriptPubKey }) => scriptPubKey)
  for (const [i, input] of inputs.entries())
    if (!isStandardSpend(input, scripts[i] as Uint8Array)) return 'bad-txns-nonstandard-inputs'
  for (const [i, input] of inputs.entries())
    if (input.witness.length > 0 && !isStandardWitness(input, scripts[i] as Uint8Array))
      return 'bad-witness-nonstandard'
  return undefined
}

function isStandardSpend({ scriptSig }: TransactionInput, script: Uint8Array): boolean {
  const { type } = outputTypeOf(script)
  if (type === 'nonstandard' || type === 'witness' || type === 'data') return false
  if (type !== 'p2sh') return true
  const redeemScript = lastPush(scriptSig)
  return redeemScript !== undefined && countSigops(redeemScript, true) <= MAX_STANDARD_P2SH_SIGOPS
}

function isStandardWitness({ scriptSig, witness }: TransactionInput, script: Uint8Array): boolean {
  const asking = isPayToScriptHash(script) ? lastPush(scriptSig) : script
  const program = asking && witnessProgramOf(asking)
  if (program === undefined) return false
  if (program.version !== 0 || program.program.length !== 32) return true
  const witnessScript = witness[witness.length - 1] as Uint8Array
  const items = witness.slice(0, -1)
  return (
    witnessScript.length <= MAX_STANDARD_WITNESS_SCRIPT_BYTES &&
    items.length <= MAX_STANDARD_WITNESS_ITEMS &&
    items.every((item) => item.length <= MAX_STANDARD_WITNESS_ITEM_BYTES)
  )
}

/** Whether an input that has no witness spends an output that asks for one: somebody may have cut it off on the way. */
export function lacksWitness({ inputs }: Transaction, spent: readonly TransactionOutput[]): boolean {
  return inputs.some(({ scriptSig, witness }, i) => {
    const script = (spent[i] as TransactionOutput).scriptPubKey
    const asking = isPayToScriptHash(script) ? lastPush(scriptSig) : script
    return witness.length === 0 && asking !== undefined && witnessProgramOf(asking) !== undefined
  })
}

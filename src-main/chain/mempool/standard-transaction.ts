/**
 * Whether a transaction is of the form that nodes relay ("standard"): by itself here, by what it spends in
 * standard-inputs.ts. These rules bound what checking and keeping it costs; a block may hold others. Reasons as Bitcoin
 * Core's `IsStandardTx`.
 */
import type { Transaction } from '../primitives/transaction.ts'
import { isPushOnly } from '../script/script-reader.ts'
import { dustThreshold, type OutputType, outputTypeOf } from './output-type.ts'
import {
  MAX_BARE_MULTISIG_KEYS,
  MAX_DATA_SCRIPT_BYTES,
  MAX_STANDARD_SCRIPT_SIG_BYTES,
  MAX_STANDARD_VERSION,
  MAX_STANDARD_WEIGHT,
  MIN_STANDARD_STRIPPED_BYTES,
} from './policy.ts'

export type StandardFault =
  | 'version'
  | 'tx-size'
  | 'tx-size-small'
  | 'scriptsig-size'
  | 'scriptsig-not-pushonly'
  | 'scriptpubkey'
  | 'dust'
  | 'multi-op-return'

/** The first rule that is broken, or undefined. */
export function standardFault(transaction: Transaction): StandardFault | undefined {
  const { version, weight, inputs } = transaction
  if (version < 1 || version > MAX_STANDARD_VERSION) return 'version'
  if (weight > MAX_STANDARD_WEIGHT) return 'tx-size'
  for (const { scriptSig } of inputs) {
    if (scriptSig.length > MAX_STANDARD_SCRIPT_SIG_BYTES) return 'scriptsig-size'
    if (!isPushOnly(scriptSig)) return 'scriptsig-not-pushonly'
  }
  const fault = outputsFault(transaction)
  if (fault) return fault
  return transaction.strippedSize < MIN_STANDARD_STRIPPED_BYTES ? 'tx-size-small' : undefined
}

function outputsFault({ outputs }: Transaction): StandardFault | undefined {
  let dataOutputs = 0
  for (const output of outputs) {
    const outputType = outputTypeOf(output.scriptPubKey)
    if (!isStandardOutput(outputType, output.scriptPubKey)) return 'scriptpubkey'
    if (outputType.type === 'data') dataOutputs++
    else if (output.value < BigInt(dustThreshold(output))) return 'dust'
  }
  return dataOutputs > 1 ? 'multi-op-return' : undefined
}

function isStandardOutput(output: OutputType, script: Uint8Array): boolean {
  switch (output.type) {
    case 'nonstandard':
    case 'witness':
      return false
    case 'data':
      return script.length <= MAX_DATA_SCRIPT_BYTES
    case 'multisig':
      return output.keys <= MAX_BARE_MULTISIG_KEYS
    default:
      return true
  }
}

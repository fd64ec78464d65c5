/**
 * How many signature checks a transaction may ask for, counted without running it. Three counts that blocks or
 * transactions are limited by: the old one, the cost of BIP 141, and that of BIP 54.
 */
import { type Transaction, type TransactionOutput, WITNESS_SCALE } from '../primitives/transaction.ts'
import { Opcode } from './opcodes.ts'
import { ScriptFlag, type ScriptFlags } from './script-flags.ts'
import { isPayToScriptHash, type WitnessProgram, witnessProgramOf } from './script-patterns.ts'
import { isPushOnly, ScriptReader } from './script-reader.ts'

/** Keys of a CHECKMULTISIG whose number is not read. */
const UNREAD_KEYS = 20

/**
 * Checks in one script; up to the place where it breaks. `accurate`: the number of keys of a CHECKMULTISIG is read from
 * the operation before, as BIP 16 does; else each counts 20.
 */
export function countSigops(script: Uint8Array, accurate: boolean): number {
  const reader = new ScriptReader(script)
  let count = 0
  let before = -1
  while (reader.next()) {
    const { opcode } = reader
    if (opcode === Opcode.OP_CHECKSIG || opcode === Opcode.OP_CHECKSIGVERIFY) count++
    else if (opcode === Opcode.OP_CHECKMULTISIG || opcode === Opcode.OP_CHECKMULTISIGVERIFY) {
      const read = accurate && before >= Opcode.OP_1 && before <= Opcode.OP_16
      count += read ? before - Opcode.OP_1 + 1 : UNREAD_KEYS
    }
    before = opcode
  }
  return count
}

/** The count from before BIP 16: input scripts and output scripts of the transaction itself. */
export function legacySigops(transaction: Transaction): number {
  let count = 0
  for (const { scriptSig } of transaction.inputs) count += countSigops(scriptSig, false)
  for (const { scriptPubKey } of transaction.outputs) count += countSigops(scriptPubKey, false)
  return count
}

/** BIP 141's cost: checks outside witnesses weigh four, those in witnesses one. `spent`: one output for each input. */
export function sigopCost(transaction: Transaction, spent: readonly TransactionOutput[], flags: ScriptFlags): number {
  let cost = legacySigops(transaction) * WITNESS_SCALE
  if (transaction.isCoinbase) return cost
  for (const [i, { scriptSig, witness }] of transaction.inputs.entries()) {
    const scriptPubKey = spentScript(spent, i)
    if ((flags & ScriptFlag.P2SH) !== 0 && isPayToScriptHash(scriptPubKey))
      cost += redeemScriptSigops(scriptSig) * WITNESS_SCALE
    if ((flags & ScriptFlag.WITNESS) !== 0) cost += witnessSigops(scriptPubKey, scriptSig, witness)
  }
  return cost
}

/** BIP 54's count: checks outside witnesses that the inputs may execute, CHECKMULTISIG read. */
export function executableLegacySigops(transaction: Transaction, spent: readonly TransactionOutput[]): number {
  let count = 0
  for (const [i, { scriptSig }] of transaction.inputs.entries()) {
    const scriptPubKey = spentScript(spent, i)
    count += countSigops(scriptSig, true)
    count += isPayToScriptHash(scriptPubKey) ? redeemScriptSigops(scriptSig) : countSigops(scriptPubKey, true)
  }
  return count
}

function redeemScriptSigops(scriptSig: Uint8Array): number {
  const redeemScript = lastPush(scriptSig)
  return redeemScript === undefined ? 0 : countSigops(redeemScript, true)
}

function witnessSigops(scriptPubKey: Uint8Array, scriptSig: Uint8Array, witness: readonly Uint8Array[]): number {
  const direct = witnessProgramOf(scriptPubKey)
  if (direct) return programSigops(direct, witness)
  const redeemScript = isPayToScriptHash(scriptPubKey) ? lastPush(scriptSig) : undefined
  const nested = redeemScript && witnessProgramOf(redeemScript)
  return nested ? programSigops(nested, witness) : 0
}

function programSigops({ version, program }: WitnessProgram, witness: readonly Uint8Array[]): number {
  if (version !== 0) return 0
  if (program.length === 20) return 1
  const script = witness[witness.length - 1]
  return program.length === 32 && script !== undefined ? countSigops(script, true) : 0
}

/** What the last operation of a script that only pushes puts on the stack; undefined for other scripts. */
export function lastPush(script: Uint8Array): Uint8Array | undefined {
  if (script.length === 0 || !isPushOnly(script)) return undefined
  const reader = new ScriptReader(script)
  let last: Uint8Array | undefined
  while (reader.next()) last = reader.push
  return last
}

function spentScript(spent: readonly TransactionOutput[], index: number): Uint8Array {
  const output = spent[index]
  if (output === undefined) throw new RangeError(`no spent output for input ${index}`)
  return output.scriptPubKey
}

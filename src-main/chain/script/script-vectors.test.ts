/** Bitcoin Core's script_tests, tx_valid and tx_invalid: every case, with the verdict and the reason it names. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createSignatureVerifier } from '../../host/signature-verifier.ts'
import { fromHex } from '../../kernel/bytes.ts'
import { transactionFault } from '../consensus/check-transaction.ts'
import { parseHash } from '../primitives/hashes.ts'
import { Transaction, type TransactionOutput } from '../primitives/transaction.ts'
import { decodeTransaction } from '../primitives/transaction-decoding.ts'
import { assemble } from './assembly.ts'
import { ScriptError, scriptErrorCodes } from './script-error.ts'
import { ScriptFlag, type ScriptFlags } from './script-flags.ts'
import { SharedSighashes } from './sighash-witness.ts'
import { DirectChecks } from './signature-checks.ts'
import type { Spend } from './spend-checker.ts'
import { verifyInput } from './verify-input.ts'

const checks = new DirectChecks(createSignatureVerifier())
const COIN = 100_000_000

function cases(name: string): unknown[][] {
  const url = new URL(`../../../test/vectors/chain/core/${name}.json`, import.meta.url)
  return (JSON.parse(readFileSync(url, 'utf8')) as unknown[][]).filter((entry) => entry.length > 1)
}

function flagsOf(text: string): ScriptFlags {
  let flags = 0
  for (const name of text.split(',').filter((part) => part !== '')) {
    const flag = ScriptFlag[name as keyof typeof ScriptFlag]
    if (flag === undefined) throw new Error(`unknown flag ${name}`)
    flags |= flag
  }
  return flags
}

/** Core's own runner completes sets so. */
function completed(flags: ScriptFlags): ScriptFlags {
  const clean = (flags & ScriptFlag.CLEANSTACK) !== 0 ? ScriptFlag.P2SH | ScriptFlag.WITNESS : 0
  return flags | clean | ((flags & ScriptFlag.WITNESS) !== 0 ? ScriptFlag.P2SH : 0)
}

function verdict(spend: Spend, flags: ScriptFlags): string {
  try {
    verifyInput(spend, flags, checks)
    return 'OK'
  } catch (error) {
    if (error instanceof ScriptError) return error.code
    throw error
  }
}

/** A transaction that pays `spent`, and one that spends it. */
function spendOf(scriptSig: Uint8Array, spent: TransactionOutput, witness: readonly Uint8Array[]): Spend {
  const inputOf = (txid: Uint8Array, index: number, script: Uint8Array, items: readonly Uint8Array[]) => ({
    previous: { txid, index },
    scriptSig: script,
    sequence: 0xffff_ffff,
    witness: items,
  })
  const nothing = inputOf(new Uint8Array(32), 0xffff_ffff, Uint8Array.of(0, 0), [])
  const credit = new Transaction({ version: 1, inputs: [nothing], outputs: [spent], lockTime: 0 })
  const spending = new Transaction({
    version: 1,
    inputs: [inputOf(credit.txid, 0, scriptSig, witness)],
    outputs: [{ value: spent.value, scriptPubKey: new Uint8Array(0) }],
    lockTime: 0,
  })
  return { shared: new SharedSighashes(spending), index: 0, spent }
}

/** The file is older than the code SCRIPTNUM. */
const expectedCode = (name: string) => (name === 'UNKNOWN_ERROR' ? 'SCRIPTNUM' : name)

describe('script_tests', () => {
  const all = cases('script_tests')

  test('there are 1,203, and every reason in them is a code of ours', () => {
    expect(all).toHaveLength(1203)
    const reasons = new Set(all.map((entry) => expectedCode(String(entry[Array.isArray(entry[0]) ? 4 : 3]))))
    expect(
      [...reasons].filter((reason) => reason !== 'OK' && !(scriptErrorCodes as string[]).includes(reason)),
    ).toEqual([])
  })

  test.each(all.map((entry, i) => ({ entry, i })))('case $i', ({ entry }) => {
    const withWitness = Array.isArray(entry[0])
    const items = withWitness ? (entry[0] as (string | number)[]) : [0]
    const [scriptSig, scriptPubKey, flags, reason] = (withWitness ? entry.slice(1) : entry) as string[]
    const spent = {
      value: BigInt(Math.round(Number(items[items.length - 1]) * COIN)),
      scriptPubKey: assemble(scriptPubKey ?? ''),
    }
    const witness = items.slice(0, -1).map((item) => fromHex(String(item)))
    const spend = spendOf(assemble(scriptSig ?? ''), spent, witness)
    expect(verdict(spend, completed(flagsOf(flags ?? ''))), JSON.stringify(entry)).toBe(expectedCode(reason ?? ''))
  })
})

type Previous = [txid: string, index: number, script: string, value?: number]

function run([previous, hex, flags]: unknown[]): string[] {
  const spent = new Map(
    (previous as Previous[]).map(([txid, index, script, value]) => [
      `${txid}:${index >>> 0}`,
      { value: BigInt(value ?? 0), scriptPubKey: assemble(script) },
    ]),
  )
  const transaction = decodeTransaction(fromHex(String(hex)))
  const fault = transactionFault(transaction)
  if (fault) return [fault]
  const shared = new SharedSighashes(transaction)
  return transaction.inputs.map(({ previous: { txid, index } }, i) => {
    const output = [...spent].find(([key]) => {
      const [id, at] = key.split(':') as [string, string]
      return Number(at) === index && Buffer.from(parseHash(id) as Uint8Array).equals(txid)
    })
    if (!output) throw new Error('the case does not say what is spent')
    return verdict({ shared, index: i, spent: output[1] }, flagsOf(String(flags)))
  })
}

describe('tx_valid', () => {
  const all = cases('tx_valid')
  test('there are 120', () => expect(all).toHaveLength(120))
  test.each(all.map((entry, i) => ({ entry, i })))('case $i', ({ entry }) => {
    expect(new Set(run(entry)), JSON.stringify(entry)).toEqual(new Set(['OK']))
  })
})

describe('tx_invalid', () => {
  const all = cases('tx_invalid')
  test('there are 92', () => expect(all).toHaveLength(92))
  test.each(all.map((entry, i) => ({ entry, i })))('case $i', ({ entry }) => {
    expect(
      run(entry).some((reason) => reason !== 'OK'),
      JSON.stringify(entry),
    ).toBe(true)
  })
})

/**
 * The usual forms of payment as bitcoinjs-lib's fixtures give them. Their signatures fit nothing, so a checker that
 * believes every signature stands in; hashes, forms and counts must be right all the same.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { concatBytes, fromHex, toHex } from '../../kernel/bytes.ts'
import { Transaction } from '../primitives/transaction.ts'
import { assemble } from './assembly.ts'
import { ScriptError } from './script-error.ts'
import { ScriptFlag } from './script-flags.ts'
import { isPayToScriptHash, witnessProgramOf } from './script-patterns.ts'
import { pushOf } from './script-reader.ts'
import { SharedSighashes } from './sighash-witness.ts'
import { verifyInput } from './verify-input.ts'

interface Payment {
  readonly output?: string | null
  readonly outputHex?: string
  readonly hash?: string
  readonly input?: string | null
  readonly witness?: readonly string[] | null
}
interface Fixture {
  readonly description: string
  readonly arguments: Payment
  readonly expected: Payment
}

function fixtures(name: string): Fixture[] {
  const url = new URL(`../../../test/vectors/chain/bitcoinjs/${name}.json`, import.meta.url)
  return (JSON.parse(readFileSync(url, 'utf8')) as { valid: Fixture[] }).valid
}

/** The notation of the fixtures: names, and bytes that are pushed. */
function scriptOf(text: string): Uint8Array {
  const words = text.split(' ').filter((word) => word !== '')
  return concatBytes(words.map((word) => (word.startsWith('OP_') ? assemble(word) : pushOf(fromHex(word)))))
}

const merged = ({ arguments: given, expected }: Fixture): Payment => ({ ...given, ...expected })

function verdict({ output, input, witness }: Payment): string {
  const scriptPubKey = scriptOf(output ?? '')
  const fields = {
    previous: { txid: new Uint8Array(32), index: 0 },
    scriptSig: scriptOf(input ?? ''),
    sequence: 0,
    witness: (witness ?? []).map(fromHex),
  }
  const outputs = [{ value: 0n, scriptPubKey }]
  const transaction = new Transaction({ version: 2, inputs: [fields], outputs, lockTime: 0 })
  const spend = { shared: new SharedSighashes(transaction), index: 0, spent: { value: 0n, scriptPubKey } }
  try {
    const flags = ScriptFlag.P2SH | ScriptFlag.WITNESS | ScriptFlag.CLEANSTACK
    verifyInput(spend, flags | ScriptFlag.NULLDUMMY, { check: () => true })
    return 'OK'
  } catch (error) {
    if (error instanceof ScriptError) return error.code
    throw error
  }
}

/** Spends that bitcoinjs-lib writes down although no chain takes them. */
const refused = new Map([
  // A key hash under a witness script: the program is run as a script and leaves what was pushed.
  ['p2wsh-p2wpkh, in and out (from redeem w/ witness)', 'CLEANSTACK'],
  ['p2wsh-p2wpkh, in and out (from witness)', 'CLEANSTACK'],
  ['input/output from input/output, even if incomplete', 'EVAL_FALSE'],
  ['input/output from output/signatures, even if incomplete', 'EVAL_FALSE'],
])

const forms = [
  { name: 'p2pkh', count: 6, spends: 2 },
  { name: 'p2sh', count: 11, spends: 4 },
  { name: 'p2wpkh', count: 6, spends: 2 },
  { name: 'p2wsh', count: 11, spends: 4 },
  { name: 'p2ms', count: 7, spends: 5 },
] as const

describe.each(forms)('$name', ({ name, count, spends }) => {
  const all = fixtures(name)
  const payments = all.map((fixture) => ({ description: fixture.description, payment: merged(fixture) }))

  test('its outputs are told from others', () => {
    expect(payments).toHaveLength(count)
    for (const { payment } of payments) {
      const script = scriptOf(payment.output ?? '')
      const program = witnessProgramOf(script)
      expect(isPayToScriptHash(script)).toBe(name === 'p2sh')
      expect(program !== undefined).toBe(name === 'p2wpkh' || name === 'p2wsh')
      if (program)
        expect({ version: program.version, hash: toHex(program.program) }).toEqual({ version: 0, hash: payment.hash })
    }
  })

  const complete = payments.filter(({ payment: { input, witness } }) => Boolean(input) || (witness?.length ?? 0) > 0)
  test('there are spends', () => expect(complete).toHaveLength(spends))
  test.each(complete)('$description', ({ description, payment }) => {
    expect(verdict(payment)).toBe(refused.get(description) ?? 'OK')
  })
})

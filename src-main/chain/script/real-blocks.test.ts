/**
 * Two blocks of Bitcoin with the outputs they spend: every input is verified, one by one and in batches, and fails with
 * another amount or a changed byte. Block 300025 is from before BIP 66, so it runs under BIP 16 alone.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ByteReader } from '../../codec/byte-reader.ts'
import { createSignatureVerifier } from '../../host/signature-verifier.ts'
import type { SignatureBatches } from '../../kernel/signature-verifier.ts'
import { decodeBlock } from '../primitives/block.ts'
import type { TransactionOutput } from '../primitives/transaction.ts'
import { readOutput } from '../primitives/transaction-decoding.ts'
import { ScriptError } from './script-error.ts'
import { CONSENSUS_FLAGS, ScriptFlag } from './script-flags.ts'
import { SharedSighashes } from './sighash-witness.ts'
import { DirectChecks, SignatureCache } from './signature-checks.ts'
import { sigopCost } from './sigops.ts'
import type { Spend } from './spend-checker.ts'
import { verifyInput } from './verify-input.ts'
import { verifyInputs } from './verify-inputs.ts'

type Batches = Pick<SignatureBatches, 'verifyAll'>

const verifier = createSignatureVerifier()
const inline: Batches = { verifyAll: async (checks) => checks.map((check) => verifier.verify(check)) }

function load(name: string): { spends: Spend[]; cost: (flags: number) => number } {
  const read = (file: string) =>
    new Uint8Array(readFileSync(new URL(`../../../test/vectors/chain/blocks/${file}.raw`, import.meta.url)))
  const block = decodeBlock(read(`bcoin_${name}`))
  const undo = new ByteReader(read(`bcoin_${name}-undo`))
  const withSpent = block.transactions.map((transaction) => ({
    transaction,
    spent: transaction.isCoinbase ? [] : transaction.inputs.map(() => readOutput(undo)),
  }))
  undo.end()
  const spends = withSpent.flatMap(({ transaction, spent }) => {
    const shared = new SharedSighashes(transaction)
    return spent.map((output, index) => ({ shared, index, spent: output }))
  })
  return {
    spends,
    cost: (flags) => withSpent.reduce((sum, { transaction, spent }) => sum + sigopCost(transaction, spent, flags), 0),
  }
}

const blocks = [
  { name: 'block300025', inputs: 1427, flags: ScriptFlag.P2SH },
  { name: 'block1087400', inputs: 205, flags: CONSENSUS_FLAGS },
] as const

describe.each(blocks)('$name', ({ name, inputs, flags }) => {
  const { spends, cost } = load(name)

  test('every input may spend', () => {
    expect(spends).toHaveLength(inputs)
    const checks = new DirectChecks(verifier)
    for (const spend of spends) verifyInput(spend, flags, checks)
  })

  test('every input may spend when signatures are checked in batches, and the next time out of the cache', async () => {
    const cache = new SignatureCache()
    let asked = 0
    const batches: Batches = {
      verifyAll: (checks) => {
        asked += checks.length
        return inline.verifyAll(checks)
      },
    }
    expect(await verifyInputs(spends, flags, { verifier, batches, cache })).toBeUndefined()
    expect(asked).toBeGreaterThan(inputs / 2)
    asked = 0
    expect(await verifyInputs(spends, flags, { verifier, batches, cache })).toBeUndefined()
    expect(asked).toBe(0)
  })

  test('the cost of its signature checks is within the limit of a block', () => {
    expect(cost(flags)).toBeGreaterThan(0)
    expect(cost(flags)).toBeLessThanOrEqual(80_000)
  })

  test('an input that spends by another script is found in its place', async () => {
    const place = inputs - 3
    const changed = spends.map((spend, i) => (i === place ? { ...spend, spent: spoiled(spend.spent) } : spend))
    const failure = await verifyInputs(changed, flags, { verifier, batches: inline })
    expect(failure?.place).toBe(place)
    expect(failure?.error).toBeInstanceOf(ScriptError)
  })
})

test('a signature under a witness signs the value', () => {
  const { spends } = load('block1087400')
  const signed = spends.filter(({ shared, index }) => (shared.transaction.inputs[index]?.witness.length ?? 0) > 0)
  expect(signed.length).toBeGreaterThan(0)
  for (const spend of signed) {
    const more = { ...spend, spent: { ...spend.spent, value: spend.spent.value + 1n } }
    expect(() => verifyInput(more, CONSENSUS_FLAGS, new DirectChecks(verifier))).toThrow(ScriptError)
  }
})

/** The same output with one bit of its script's last hash or key changed. */
function spoiled({ value, scriptPubKey }: TransactionOutput): TransactionOutput {
  const script = scriptPubKey.slice()
  const at = Math.floor(script.length / 2)
  script[at] = (script[at] as number) ^ 1
  return { value, scriptPubKey: script }
}

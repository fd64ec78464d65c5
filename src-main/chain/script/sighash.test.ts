import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createSignatureVerifier } from '../../host/signature-verifier.ts'
import { concatBytes, fromHex, toHex } from '../../kernel/bytes.ts'
import { displayHash, sha256 } from '../primitives/hashes.ts'
import type { Outpoint, Transaction, TransactionOutput } from '../primitives/transaction.ts'
import { decodeTransaction } from '../primitives/transaction-decoding.ts'
import { CONSENSUS_FLAGS } from './script-flags.ts'
import { legacySighash } from './sighash-legacy.ts'
import { SharedSighashes, witnessPreimage, witnessSighash } from './sighash-witness.ts'
import { DirectChecks } from './signature-checks.ts'
import { verifyInput } from './verify-input.ts'

const vectors = new URL('../../../test/vectors/chain/', import.meta.url)
const keyOf = ({ txid, index }: Outpoint) => `${toHex(txid)}:${index}`

describe('outside witnesses', () => {
  const [, ...cases] = JSON.parse(readFileSync(new URL('core/sighash.json', vectors), 'utf8')) as [
    string,
    string,
    number,
    number,
    string,
  ][]

  test("Core's 500 digests", () => {
    expect(cases).toHaveLength(500)
    for (const [hex, script, index, hashType, digest] of cases) {
      const transaction = decodeTransaction(fromHex(hex))
      expect(displayHash(legacySighash(transaction, index, fromHex(script), hashType))).toBe(digest)
    }
  })

  test('SINGLE without an output at its place, and an input that is not there, sign the number 1', () => {
    const example = cases[0] as (typeof cases)[0]
    const transaction = decodeTransaction(fromHex(example[0]))
    const one = `01${'00'.repeat(31)}`
    expect(toHex(legacySighash({ ...transaction, outputs: [] }, 0, new Uint8Array(0), 3))).toBe(one)
    expect(toHex(legacySighash(transaction, transaction.inputs.length, new Uint8Array(0), 1))).toBe(one)
  })
})

/** One example of BIP 143: an unsigned transaction, what it spends, preimages with digests, signed transactions. */
interface Example {
  readonly unsigned: Transaction
  readonly spent: Map<string, TransactionOutput>
  readonly preimages: { bytes: string; digest: string }[]
  readonly signed: Transaction[]
}

/** The last example names neither what it spends nor how much; the value stands in its preimage. */
const LAST_VALUE = '0.002'
function scriptHashOf(witness: readonly Uint8Array[]): Uint8Array {
  return concatBytes([Uint8Array.of(0, 32), sha256(witness[witness.length - 1] as Uint8Array)])
}

function exampleOf(text: string): Example {
  const unsigned = decodeTransaction(fromHex(/^:?\s*([0-9a-f]+)/.exec(text)?.[1] ?? ''))
  const values = [...text.matchAll(/scriptPubKey ?: ([0-9a-f]+),? value: ([\d.]+)/g)]
  const spent = new Map(
    unsigned.inputs.map(({ previous, witness }, i) => {
      const [, script, value] = values[i] ?? []
      const scriptPubKey = script === undefined ? scriptHashOf(witness) : fromHex(script)
      return [keyOf(previous), { value: BigInt(Math.round(Number(value ?? LAST_VALUE) * 1e8)), scriptPubKey }]
    }),
  )
  const preimages = [...text.matchAll(/preimage[^\n:]*:\s+([0-9a-f]{200,})[\s\S]*?sig[hH]ash:\s+([0-9a-f]{64})/g)]
  const signed = [...text.matchAll(/[:\n]\s+(0100000000010[0-9a-f]{100,})/g)]
  return {
    unsigned,
    spent,
    preimages: preimages.map(([, bytes, digest]) => ({ bytes: bytes ?? '', digest: digest ?? '' })),
    signed: signed.map(([, hex]) => decodeTransaction(fromHex(hex ?? ''))),
  }
}

describe('the examples of BIP 143', () => {
  const text = readFileSync(new URL('bips/bip143_examples.txt', vectors), 'utf8')
  const [, ...parts] = text.split(
    /following is an unsigned transaction|version of the <code>FindAndDelete<.code> examples/,
  )
  const examples = parts.map(exampleOf)

  test('are seven, with 14 preimages and eight signed transactions', () => {
    expect(examples).toHaveLength(7)
    expect(examples.flatMap(({ preimages }) => preimages)).toHaveLength(14)
    expect(examples.flatMap(({ signed }) => signed)).toHaveLength(8)
  })

  test('their preimages and digests are ours', () => {
    for (const { unsigned, preimages } of examples) {
      const shared = new SharedSighashes(unsigned)
      for (const { bytes, digest } of preimages) {
        const preimage = fromHex(bytes)
        const view = new DataView(preimage.buffer)
        const outpoint = bytes.slice(2 * 68, 2 * 104)
        const index = unsigned.inputs.findIndex(
          ({ previous }) => outpoint === toHex(previous.txid) + toHex(littleEndian(previous.index)),
        )
        // What stands between the outpoint and the last fields is the script with its length.
        const afterCode = preimage.length - 8 - 4 - 32 - 4 - 4
        const prefix = preimage[104] as number
        const code = preimage.subarray(prefix < 0xfd ? 105 : 107, afterCode)
        const hashType = view.getUint32(preimage.length - 4, true)
        const value = view.getBigInt64(afterCode, true)
        expect(toHex(witnessPreimage(shared, index, code, value, hashType))).toBe(bytes)
        expect(toHex(witnessSighash(shared, index, code, value, hashType))).toBe(digest)
      }
    }
  })

  test('their signed transactions may spend', () => {
    const checks = new DirectChecks(createSignatureVerifier())
    for (const { spent, signed } of examples) {
      for (const transaction of signed) {
        const shared = new SharedSighashes(transaction)
        for (const [index, { previous }] of transaction.inputs.entries()) {
          const output = spent.get(keyOf(previous)) as TransactionOutput
          verifyInput({ shared, index, spent: output }, CONSENSUS_FLAGS, checks)
        }
      }
    }
  })
})

test('the shared hashes are made once', () => {
  const hex = `01000000${'01'}${'11'.repeat(32)}0000000000ffffffff01${'00'.repeat(8)}0000000000`
  const shared = new SharedSighashes(decodeTransaction(fromHex(hex)))
  expect(shared.prevouts).toBe(shared.prevouts)
  expect(shared.sequences).toBe(shared.sequences)
  expect(shared.outputs).toBe(shared.outputs)
  expect(() => witnessSighash(shared, 1, new Uint8Array(0), 0n, 1)).toThrow(RangeError)
})

function littleEndian(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24)
}

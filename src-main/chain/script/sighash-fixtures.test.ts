import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../../kernel/bytes.ts'
import { decodeTransaction } from '../primitives/transaction-decoding.ts'
import { vectorJson } from '../test-support/vectors.ts'
import { assemble } from './assembly.ts'
import { legacySighash } from './sighash-legacy.ts'
import { SharedSighashes, witnessSighash } from './sighash-witness.ts'

interface Fixture {
  txHex: string
  inIndex: number
  script: string
  type: number
  hash: string
  value?: number
}
const fixtures = vectorJson<{ hashForSignature: Fixture[]; hashForWitnessV0: Fixture[] }>('bitcoinjs/transaction.json')

/** Words that are no operations are data to push, in hexadecimal. */
function scriptOf(text: string): Uint8Array {
  const words = text.split(' ').map((word) => {
    if (word.startsWith('OP_')) return word
    return `0x${(word.length / 2).toString(16).padStart(2, '0')}${word}`
  })
  return assemble(words.join(' '))
}

/** The number 1, for an input or output that is not there: bitcoinjs-lib has its bytes the other way round than Bitcoin Core. */
const ONE_OF_ORACLE = `${'00'.repeat(31)}01`
const ONE = `01${'00'.repeat(31)}`

describe("bitcoinjs-lib's digests", () => {
  test('are five and eight', () =>
    expect([fixtures.hashForSignature.length, fixtures.hashForWitnessV0.length]).toEqual([5, 8]))

  test.each(fixtures.hashForSignature)(
    'outside witnesses: $script, $type',
    ({ txHex, inIndex, script, type, hash }) => {
      const digest = legacySighash(decodeTransaction(fromHex(txHex)), inIndex, scriptOf(script), type)
      expect(toHex(digest)).toBe(hash === ONE_OF_ORACLE ? ONE : hash)
    },
  )

  test.each(fixtures.hashForWitnessV0)(
    'under a witness: $type, $hash',
    ({ txHex, inIndex, script, type, hash, value }) => {
      const shared = new SharedSighashes(decodeTransaction(fromHex(txHex)))
      expect(toHex(witnessSighash(shared, inIndex, scriptOf(script), BigInt(value as number), type))).toBe(hash)
    },
  )
})

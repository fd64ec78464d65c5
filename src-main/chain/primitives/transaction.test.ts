import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../../kernel/bytes.ts'
import { vectorBytes, vectorJson } from '../test-support/vectors.ts'
import { displayHash, hash256 } from './hashes.ts'
import { MERKLE_PAIR_BYTES } from './merkle-proof.ts'
import { Transaction } from './transaction.ts'
import { decodeTransaction } from './transaction-decoding.ts'

interface Fixture {
  description: string
  id: string
  hash: string
  hex: string
  whex?: string
  coinbase: boolean
  virtualSize: number
  weight: number
  raw: {
    version: number
    ins: { hash: string; index: number; sequence?: number }[]
    outs: { value: number }[]
    locktime: number
  }
}
const fixtures = vectorJson<{ valid: Fixture[]; invalid: { fromBuffer: { exception: string; hex: string }[] } }>(
  'bitcoinjs/transaction.json',
)

/** As decoded, and as it would be without the bytes it came from. */
function bothOf(hex: string): Transaction[] {
  const decoded = decodeTransaction(fromHex(hex))
  return [decoded, new Transaction(decoded)]
}

describe("bitcoinjs-lib's fixtures", () => {
  test('are all there', () => expect(fixtures.valid).toHaveLength(20))

  test.each(fixtures.valid)('$description', (expected) => {
    for (const transaction of bothOf(expected.whex || expected.hex)) {
      expect(displayHash(transaction.txid)).toBe(expected.id)
      expect(toHex(transaction.bytes())).toBe(expected.whex || expected.hex)
      expect(toHex(transaction.strippedBytes())).toBe(expected.hex)
      expect(transaction.size).toBe((expected.whex || expected.hex).length / 2)
      expect(transaction.strippedSize).toBe(expected.hex.length / 2)
      expect(transaction.weight).toBe(expected.weight)
      expect(transaction.virtualSize).toBe(expected.virtualSize)
      expect(transaction.isCoinbase).toBe(expected.coinbase)
      expect(transaction.hasWitness).toBe(Boolean(expected.whex))
      expect(transaction.wtxid).toEqual(hash256(transaction.bytes()))
      const { version, ins, outs, locktime } = expected.raw
      expect([transaction.version, transaction.lockTime]).toEqual([version, locktime])
      expect(
        transaction.inputs.map(({ previous, sequence }) => [toHex(previous.txid), previous.index, sequence]),
      ).toEqual(ins.map(({ hash, index, sequence }) => [hash, index, sequence ?? 0xffff_ffff]))
      expect(transaction.outputs.map(({ value }) => value)).toEqual(outs.map(({ value }) => BigInt(value)))
    }
  })

  test.each(fixtures.invalid.fromBuffer)('refused: $exception', ({ exception, hex }) => {
    const code = exception.includes('superfluous') ? 'SUPERFLUOUS_WITNESS' : 'TRAILING_BYTES'
    expect(() => decodeTransaction(fromHex(hex))).toThrow(expect.objectContaining({ code }))
  })
})

describe("Bitcoin Core's transactions", () => {
  test.each([
    ['core/tx_valid.json', 120],
    ['core/tx_invalid.json', 92],
  ])('%s: all %d are read and written again', (path, count) => {
    const rows = vectorJson<unknown[][]>(path).filter((row) => row.length > 1)
    expect(rows).toHaveLength(count)
    for (const row of rows)
      for (const transaction of bothOf(row[1] as string)) expect(toHex(transaction.bytes())).toBe(row[1])
  })

  test('500 random ones of the signature hash list, in the layout of their time', () => {
    const rows = vectorJson<unknown[][]>('core/sighash.json').filter((row) => row.length > 1)
    expect(rows).toHaveLength(500)
    for (const row of rows) {
      const transaction = decodeTransaction(fromHex(row[0] as string), { witness: false })
      expect(toHex(new Transaction(transaction).strippedBytes())).toBe(row[0])
    }
  })
})

describe("BIP 54's transactions around 64 bytes", () => {
  const cases = vectorJson<{ comment: string; tx: string; valid: boolean }[]>('bips/bip54_txsize.json')

  test('are thirteen', () => expect(cases).toHaveLength(13))

  test.each(cases)('$comment', ({ tx, valid }) => {
    for (const transaction of bothOf(tx)) {
      expect(toHex(transaction.bytes())).toBe(tx)
      expect(transaction.strippedSize !== MERKLE_PAIR_BYTES).toBe(valid)
    }
  })
})

describe('transactions of the main network', () => {
  test.each(['1', '2', '3', '4', '6', '7', '8', '9', '10'])('tx%s.raw', (name) => {
    const bytes = vectorBytes(`blocks/tx/tx${name}.raw`)
    for (const transaction of bothOf(toHex(bytes))) {
      expect(transaction.bytes()).toEqual(bytes)
      expect(transaction.txid).toEqual(hash256(bytes))
    }
  })

  test('a witness counts a quarter (BIP 141, BIP 144)', () => {
    const segwit = fixtures.valid.find(({ description }) => description === 'P2WKH') as Fixture
    const [transaction] = bothOf(segwit.whex as string) as [Transaction]
    expect(transaction.weight).toBe(transaction.strippedSize * 3 + transaction.size)
    expect(transaction.txid).not.toEqual(transaction.wtxid)
    expect(transaction.txid).toBe(transaction.txid)
  })
})

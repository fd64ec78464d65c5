import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SerializationError } from '../../codec/serialization-error.ts'
import { fromHex, toHex } from '../../kernel/bytes.ts'
import { outpointKey } from '../coins/coin.ts'
import {
  coinFingerprint,
  decodeCoin,
  decodeSpent,
  encodeCoin,
  encodeSpent,
  outpointBytes,
  outpointBytesOfKey,
  valueOfCoin,
} from './coin-encoding.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 5_000 : 200
const MAX_MONEY = 21_000_000n * 100_000_000n
const coin = fc.record({
  height: fc.nat(2 ** 31 - 1),
  isCoinbase: fc.boolean(),
  value: fc.bigInt({ min: 0n, max: MAX_MONEY }),
  scriptPubKey: fc.uint8Array({ maxLength: 300 }),
})

describe('coins as they stand in the database', () => {
  test('the example', () => {
    const example = { height: 3, isCoinbase: true, value: 5_000_000_000n, scriptPubKey: Uint8Array.of(0x51) }
    expect(toHex(encodeCoin(example))).toBe('07ff00f2052a0100000051')
    expect(decodeCoin(fromHex('07ff00f2052a0100000051'))).toEqual(example)
  })

  test('come back as they went in, alone and as what a block spends', () => {
    fc.assert(
      fc.property(fc.array(fc.array(coin, { maxLength: 4 }), { maxLength: 6 }), (spent) => {
        expect(decodeSpent(encodeSpent(spent))).toEqual(spent)
        for (const one of spent.flat()) {
          expect(decodeCoin(encodeCoin(one))).toEqual(one)
          expect(valueOfCoin(encodeCoin(one))).toBe(Number(one.value))
        }
      }),
      { seed: 4, numRuns },
    )
  })

  test('bytes that are none are refused, and never cost more than they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        for (const decode of [decodeCoin, decodeSpent]) {
          try {
            decode(bytes)
          } catch (error) {
            if (!(error instanceof SerializationError)) throw error
          }
        }
      }),
      { seed: 5, numRuns },
    )
    expect(() => decodeSpent(fromHex('feffffff7f'))).toThrow(SerializationError)
    expect(() => decodeSpent(fromHex('0000'))).toThrow(expect.objectContaining({ code: 'TRAILING_BYTES' }))
  })
})

describe('outpoints', () => {
  test('have the bytes of their key', () => {
    const outpoint = { txid: new Uint8Array(32).fill(0xfe), index: 0x89abcdef }
    const key = outpointKey(outpoint)
    expect(toHex(outpointBytes(outpoint))).toBe(`${'fe'.repeat(32)}efcdab89`)
    expect(toHex(outpointBytesOfKey(key))).toBe(toHex(outpointBytes(outpoint)))
  })
})

test('the fingerprint is FNV-1a over outpoint and coin', () => {
  const [outpoint, bytes] = [Uint8Array.from(Buffer.from('foo')), Uint8Array.from(Buffer.from('bar'))]
  expect(coinFingerprint(outpoint, bytes)).toBe(0xbf9cf968)
})

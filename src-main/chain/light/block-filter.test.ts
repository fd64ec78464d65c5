import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SerializationError } from '../../codec/serialization-error.ts'
import { concatBytes, fromHex, toHex } from '../../kernel/bytes.ts'
import { hash256, ZERO_HASH } from '../primitives/hashes.ts'
import { BlockFilter, FALSE_MATCH_RATE, MAX_FILTER_BYTES, MAX_FILTER_ELEMENTS } from './block-filter.ts'
import { FilterError } from './filter-error.ts'
import { SipHash } from './siphash.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 5_000 : 200
const fault = (code: string) => expect.objectContaining({ code })
const script = fc.uint8Array({ minLength: 1, maxLength: 40 })
const blockHash = fc.uint8Array({ minLength: 32, maxLength: 32 })
const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => Uint8Array.from([at + from, (at + from) >> 8, (at + from) >> 16]))
const decode = (hex: string) => () => BlockFilter.decode(ZERO_HASH, fromHex(hex))

/** Values and bits by the letter of BIP 158, in bigint and text. */
function byDefinition(hash: Uint8Array, scripts: readonly Uint8Array[]): string {
  const unique = [...new Set(scripts.map(toHex))].map(fromHex)
  const sipHash = new SipHash(hash.subarray(0, 16))
  const values = unique.map((item) => {
    const { high, low } = sipHash.hash(item)
    return (((BigInt(high) << 32n) | BigInt(low)) * BigInt(unique.length) * 784931n) >> 64n
  })
  values.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  let bits = ''
  let last = 0n
  for (const value of values) {
    const difference = value - last
    bits += '1'.repeat(Number(difference >> 19n))
    bits += `0${(difference & 0x7ffffn).toString(2).padStart(19, '0')}`
    last = value
  }
  const bytes = bits.match(/.{1,8}/g)?.map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2)) ?? []
  const count = unique.length < 0xfd ? [unique.length] : [0xfd, unique.length & 255, unique.length >> 8]
  return toHex(Uint8Array.from([...count, ...bytes]))
}

describe('a filter', () => {
  test('is the one that BIP 158 describes, reads back, and holds every script', () => {
    fc.assert(
      fc.property(blockHash, fc.array(script, { maxLength: 60 }), (hash, scripts) => {
        const filter = BlockFilter.of(hash, [...scripts, ...scripts])
        expect(toHex(filter.bytes)).toBe(byDefinition(hash, scripts))
        const read = BlockFilter.decode(hash, filter.bytes)
        for (const item of scripts) expect(read.matches(item) && read.matchesAny([item])).toBe(true)
        expect(read.matchesAny([])).toBe(false)
        expect(read.count).toBe(filter.count)
      }),
      { seed: 158, numRuns },
    )
  })

  test('of many scripts is exact too', () => {
    const scripts = numbered(20_000)
    expect(toHex(BlockFilter.of(hash256(ZERO_HASH), scripts).bytes)).toBe(byDefinition(hash256(ZERO_HASH), scripts))
  })

  test('of nothing is one zero byte that matches nothing', () => {
    const filter = BlockFilter.of(ZERO_HASH, [])
    expect(filter.bytes).toEqual(Uint8Array.of(0))
    expect(BlockFilter.decode(ZERO_HASH, filter.bytes).count).toBe(0)
    expect(filter.matches(ZERO_HASH)).toBe(false)
    expect(filter.matchesAny([ZERO_HASH])).toBe(false)
  })

  test('finds few scripts that are not in it', () => {
    const filter = BlockFilter.of(hash256(ZERO_HASH), numbered(1_000))
    const false_ = numbered(100_000, 1_000).filter((item) => filter.matches(item)).length
    // 0.13 are expected.
    expect(false_).toBeLessThanOrEqual(3)
  })

  test('of the largest number of scripts fits the largest size, and one more is our mistake', () => {
    const filter = BlockFilter.of(ZERO_HASH, numbered(MAX_FILTER_ELEMENTS))
    expect(filter.bytes.length).toBeLessThanOrEqual(MAX_FILTER_BYTES)
    expect(BlockFilter.decode(ZERO_HASH, filter.bytes).count).toBe(MAX_FILTER_ELEMENTS)
    expect(() => BlockFilter.of(ZERO_HASH, numbered(MAX_FILTER_ELEMENTS + 1))).toThrow(RangeError)
  })
})

describe('bytes that are no filter', () => {
  test('larger than any', () => {
    expect(() => BlockFilter.decode(ZERO_HASH, new Uint8Array(MAX_FILTER_BYTES + 1))).toThrow(fault('TOO_LARGE'))
  })

  test.each([
    ['', 'TOO_SHORT'],
    ['fd0100', 'SIZE_NOT_MINIMAL'],
    [`feA1860100${'00'.repeat(8)}`, 'TOO_MANY_ELEMENTS'],
    ['ffffffffffffff1f00', 'TOO_MANY_ELEMENTS'],
    ['01', 'TOO_MANY_ELEMENTS'],
    ['010000', 'TOO_MANY_ELEMENTS'],
    ['0200000000', 'TOO_MANY_ELEMENTS'],
    ['01ffffff', 'ENDS_EARLY'],
    ['01c00000', 'VALUE_TOO_LARGE'],
    ['028000000000', 'ENDS_EARLY'],
    ['02000000000000', 'LEFT_OVER'],
    ['01c0000000', 'VALUE_TOO_LARGE'],
    ['0000', 'LEFT_OVER'],
    ['01000001', 'LEFT_OVER'],
    ['01000008', 'LEFT_OVER'],
    ['0100000000', 'LEFT_OVER'],
  ])('%s is %s', (hex, code) => {
    expect(decode(hex)).toThrow(fault(code))
  })

  test('the least and the largest value are read', () => {
    expect(decode('01000000')().count).toBe(1)
    // 784930 = 1 * 2^19 + 260642: one 1, a zero, and 19 bits.
    const bits = `10${(FALSE_MATCH_RATE - 1 - 2 ** 19).toString(2).padStart(19, '0')}000`
    const bytes = [0, 8, 16].map((at) => Number.parseInt(bits.slice(at, at + 8), 2))
    expect(BlockFilter.decode(ZERO_HASH, Uint8Array.of(1, ...bytes)).count).toBe(1)
  })

  test('every truncation and every addition is refused', () => {
    const { bytes } = BlockFilter.of(ZERO_HASH, numbered(30))
    for (let size = 0; size < bytes.length; size++)
      expect(() => BlockFilter.decode(ZERO_HASH, bytes.subarray(0, size))).toThrow()
    expect(() => BlockFilter.decode(ZERO_HASH, concatBytes([bytes, Uint8Array.of(0)]))).toThrow(fault('LEFT_OVER'))
  })

  test('hostile bytes are refused with a coded error, or are the one form of a filter', () => {
    const counted = fc
      .tuple(fc.nat(40), fc.uint8Array({ maxLength: 120 }))
      .map(([n, rest]) => Uint8Array.of(n, ...rest))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), counted), (bytes) => {
        try {
          expect(BlockFilter.decode(ZERO_HASH, bytes).count).toBeLessThanOrEqual(bytes.length)
        } catch (error) {
          if (!(error instanceof FilterError || error instanceof SerializationError)) throw error
        }
      }),
      { seed: 157, numRuns: numRuns * 5 },
    )
  })
})

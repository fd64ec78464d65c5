import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { vectorJson } from '../test-support/vectors.ts'
import { bitsFromTarget, hashAsNumber, meetsProofOfWork, targetFromBits, workOfBits, workOfTarget } from './target.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 50_000 : 1_000
const MOST = (1n << 256n) - 1n

describe('the compact form', () => {
  // Bitcoin Core, src/test/arith_uint256_tests.cpp, bignum_SetCompact: bits, target, bits written again.
  const core: readonly (readonly [number, ReturnType<typeof targetFromBits>, number])[] = [
    [0x0000_0000, 0n, 0],
    [0x0012_3456, 0n, 0],
    [0x0100_3456, 0n, 0],
    [0x0200_0056, 0n, 0],
    [0x0300_0000, 0n, 0],
    [0x0400_0000, 0n, 0],
    [0x0092_3456, 0n, 0],
    [0x0180_3456, 0n, 0],
    [0x0280_0056, 0n, 0],
    [0x0380_0000, 0n, 0],
    [0x0480_0000, 0n, 0],
    [0x0112_3456, 0x12n, 0x0112_0000],
    [0x0212_3456, 0x1234n, 0x0212_3400],
    [0x0312_3456, 0x12_3456n, 0x0312_3456],
    [0x0412_3456, 0x1234_5600n, 0x0412_3456],
    [0x0500_9234, 0x9234_0000n, 0x0500_9234],
    [0x2012_3456, 0x12_3456n << 232n, 0x2012_3456],
  ]
  test.each(core)('%i is %s', (bits, target, again) => {
    expect(targetFromBits(bits)).toBe(target)
    expect(bitsFromTarget(target as bigint)).toBe(again)
  })

  test('negative and too large numbers are told apart from targets', () => {
    expect(targetFromBits(0x01fe_dcba)).toBe('negative')
    expect(targetFromBits(0x0492_3456)).toBe('negative')
    expect(targetFromBits(0xff12_3456)).toBe('overflow')
    expect(targetFromBits(0x2100_ffff)).toBe(0xffffn << 240n)
    expect(targetFromBits(0x2101_0000)).toBe('overflow')
    expect(targetFromBits(0x2200_00ff)).toBe(0xffn << 248n)
    expect(targetFromBits(0x2200_0100)).toBe('overflow')
    expect(targetFromBits(0x2300_0001)).toBe('overflow')
    for (const bits of [0x01fe_dcba, 0xff12_3456, 0]) expect(workOfBits(bits)).toBe(0n)
  })

  test("bitcoinjs-lib's fixtures, of which one has the sign set", () => {
    const { targets } = vectorJson<{ targets: { bits: string; expected: string }[] }>('bitcoinjs/block.json')
    expect(targets).toHaveLength(6)
    for (const { bits, expected } of targets) {
      const number = Number.parseInt(bits, 16)
      expect(targetFromBits(number)).toBe((number & 0x80_0000) === 0 ? BigInt(`0x${expected}`) : 'negative')
    }
  })

  test('targets are rounded down to what fits, and stay there', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: MOST }), fc.nat(255), (number, shift) => {
        const target = number >> BigInt(shift)
        const bits = bitsFromTarget(target)
        const rounded = targetFromBits(bits) as bigint
        expect(rounded <= target).toBe(true)
        // At least 15 of the 23 bits are used.
        expect((target - rounded) << 15n <= target).toBe(true)
        expect(bitsFromTarget(rounded)).toBe(bits)
      }),
      { seed: 256, numRuns },
    )
  })

  test('only 256 bits have one', () => {
    expect(bitsFromTarget(MOST)).toBe(0x2100_ffff)
    expect(() => bitsFromTarget(MOST + 1n)).toThrow(RangeError)
    expect(() => bitsFromTarget(-1n)).toThrow(RangeError)
  })
})

describe('work', () => {
  test('is the number of hashes that a block takes on average', () => {
    expect(workOfTarget(MOST)).toBe(1n)
    expect(workOfTarget(0n)).toBe(1n << 256n)
    expect(workOfBits(0x1d00_ffff)).toBe(0x1_0001_0001n)
    expect(workOfBits(0x207f_ffff)).toBe(2n)
    expect(workOfBits(0x1d3f_ffff)).toBe(0x400_0010n)
  })
})

describe('proof of work', () => {
  const hash = (number: bigint) =>
    Uint8Array.from(Array.from({ length: 32 }, (_, at) => Number((number >> BigInt(8 * at)) & 255n)))
  const limit = 0xffffn << 208n

  test('reads a hash as a little-endian number', () => {
    for (const number of [0n, 1n, 1n << 64n, 1n << 255n, MOST, 0x0102_0304n << 100n])
      expect(hashAsNumber(hash(number))).toBe(number)
  })

  test('the target itself is enough, one more is not', () => {
    expect(meetsProofOfWork(hash(limit), 0x1d00_ffff, limit)).toBe(true)
    expect(meetsProofOfWork(hash(limit + 1n), 0x1d00_ffff, limit)).toBe(false)
  })

  test('a target beyond the limit, negative, zero or too large is none', () => {
    for (const bits of [0x1d01_0000, 0x0492_3456, 0, 0xff12_3456])
      expect(meetsProofOfWork(hash(0n), bits, limit)).toBe(false)
  })
})

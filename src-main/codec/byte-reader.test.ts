import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../kernel/bytes.ts'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter, compactSizeBytes } from './byte-writer.ts'

const bitcoinjs: { valid: { dec: number; hex: string }[] } = JSON.parse(
  readFileSync(new URL('../../test/vectors/chain/bitcoinjs/bufferutils.json', import.meta.url), 'utf8'),
)
const reader = (hex: string) => new ByteReader(fromHex(hex))

describe('numbers', () => {
  test('are little-endian, signed where they say so', () => {
    const whole = reader('ff 0102 01020304 ffffffff feffffffffffffff 0000000000000080'.replaceAll(' ', ''))
    expect([whole.u8(), whole.u16(), whole.u32(), whole.i32(), whole.i64(), whole.u64()]).toEqual([
      255,
      0x0201,
      0x0403_0201,
      -1,
      -2n,
      1n << 63n,
    ])
    whole.end()
  })

  test.each(bitcoinjs.valid)('eight bytes of $dec, as bitcoinjs-lib has them', ({ dec, hex }) => {
    expect(reader(hex).u64()).toBe(BigInt(dec))
    expect(toHex(new ByteWriter(8).u64(BigInt(dec)).done())).toBe(hex)
  })

  test('a view in the middle of a buffer is read from its own start', () => {
    const part = Uint8Array.of(9, 9, 1, 2, 3, 4, 9).subarray(2, 6)
    const inner = new ByteReader(part)
    expect(inner.u16()).toBe(0x0201)
    expect(inner.bytes(2)).toEqual(Uint8Array.of(3, 4))
    expect(inner.slice(1, 3)).toEqual(Uint8Array.of(2, 3))
    expect(() => inner.slice(1, 5)).toThrow(RangeError)
  })
})

describe('compact sizes', () => {
  const forms: readonly (readonly [number, string])[] = [
    [0, '00'],
    [0xfc, 'fc'],
    [0xfd, 'fdfd00'],
    [0xffff, 'fdffff'],
    [0x1_0000, 'fe00000100'],
    [0xffff_ffff, 'feffffffff'],
    [0x1_0000_0000, 'ff0000000001000000'],
    [Number.MAX_SAFE_INTEGER, 'ffffffffffffff1f00'],
  ]

  test.each(forms)('%d is %s, and nothing else', (size, hex) => {
    expect(reader(hex).compactSize()).toBe(size)
    expect(toHex(new ByteWriter(compactSizeBytes(size)).compactSize(size).done())).toBe(hex)
  })

  test.each(['fd0000', 'fdfc00', 'fe00000000', 'feffff0000', 'ff0000000000000000', 'ffffffffff00000000'])(
    '%s is longer than it needs to be',
    (hex) => expect(() => reader(hex).compactSize()).toThrow(expect.objectContaining({ code: 'SIZE_NOT_MINIMAL' })),
  )

  test('2^53 and more are refused', () => {
    for (const hex of ['ff00000000000020 00', 'ffffffffffffffffff'])
      expect(() => reader(hex.replace(' ', '')).compactSize()).toThrow(expect.objectContaining({ code: 'TOO_MANY' }))
  })

  test('every truncation is too short', () => {
    for (const [, hex] of forms)
      for (let end = 0; end < hex.length; end += 2)
        expect(() => reader(hex.slice(0, end)).compactSize()).toThrow(expect.objectContaining({ code: 'TOO_SHORT' }))
  })
})

describe('bounds', () => {
  test('a count is held against what the bytes that are left can hold', () => {
    expect(reader('02aabbccdd').count('things', 2, 10)).toBe(2)
    expect(() => reader('03aabbccdd').count('things', 2, 10)).toThrow(
      expect.objectContaining({ fault: { code: 'TOO_MANY', what: 'things', count: 3, limit: 2 } }),
    )
    expect(() => reader('02aabbccdd').count('things', 2, 1)).toThrow(
      expect.objectContaining({ fault: { code: 'TOO_MANY', what: 'things', count: 2, limit: 1 } }),
    )
  })

  test('a byte string is not longer than what is left', () => {
    expect(reader('02aabb').sizedBytes()).toEqual(Uint8Array.of(0xaa, 0xbb))
    expect(() => reader('03aabb').sizedBytes()).toThrow(
      expect.objectContaining({ fault: { code: 'TOO_SHORT', wanted: 3, left: 2 } }),
    )
    expect(() => reader('ffffffffffffff1f00').sizedBytes()).toThrow(expect.objectContaining({ code: 'TOO_SHORT' }))
  })

  test('what is left over is told', () => {
    expect(() => reader('00').end()).toThrow(
      expect.objectContaining({
        code: 'TRAILING_BYTES',
        message: 'The data has 1 bytes after its end. Remove what does not belong to it.',
      }),
    )
  })
})

describe('the writer', () => {
  test('refuses numbers that do not fit', () => {
    const writer = () => new ByteWriter(16)
    for (const write of [
      () => writer().u8(256),
      () => writer().u16(-1),
      () => writer().u32(2 ** 32),
      () => writer().u32(0.5),
      () => writer().i32(2 ** 31),
      () => writer().i64(1n << 63n),
      () => writer().u64(-1n),
      () => writer().compactSize(-1),
    ])
      expect(write).toThrow(RangeError)
  })

  test('is written to the end and not beyond', () => {
    expect(() => new ByteWriter(1).u16(1)).toThrow(RangeError)
    expect(() => new ByteWriter(1).bytes(new Uint8Array(2))).toThrow(RangeError)
    expect(() => new ByteWriter(3).u16(1).done()).toThrow(RangeError)
    expect(new ByteWriter(3).sizedBytes(Uint8Array.of(7, 8)).done()).toEqual(Uint8Array.of(2, 7, 8))
  })
})

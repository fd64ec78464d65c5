import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  bytesEqual,
  compareBytes,
  concatBytes,
  fromHex,
  readU32,
  strictTextOf,
  textOf,
  toHex,
  utf8,
  writeU32,
} from './bytes.ts'

const RUNS = { seed: 1, numRuns: process.env.SHOAL_LONG === '1' ? 10_000 : 200 }
const someBytes = fc.uint8Array({ maxLength: 40 })
/** Often one a prefix of the other, or nearly alike. */
const somePair = fc.tuple(someBytes, someBytes, fc.nat(40)).map(([a, b, kept]) => {
  return [a, concatBytes([a.subarray(0, kept), b])] as const
})

describe('hexadecimal', () => {
  test('two lower-case digits a byte', () => {
    expect(toHex(new Uint8Array([0, 1, 0x0f, 0xa0, 0xff]))).toBe('00010fa0ff')
    expect(toHex(new Uint8Array())).toBe('')
  })

  test('reads either case', () => {
    expect(fromHex('00fFaB')).toEqual(new Uint8Array([0, 0xff, 0xab]))
    expect(fromHex('')).toEqual(new Uint8Array())
  })

  test.each(['0', 'abc', 'zz', '0x00', ' 00', '00\n', '-1', '1.', '٠٠'])('%j is refused', (text) => {
    expect(() => fromHex(text)).toThrow(RangeError)
  })

  test('every byte array comes back', () => {
    fc.assert(
      fc.property(someBytes, (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes)
        expect(fromHex(toHex(bytes).toUpperCase())).toEqual(bytes)
      }),
      RUNS,
    )
  })
})

describe('comparison', () => {
  test('a prefix comes first, bytes are unsigned', () => {
    const sorted = [[], [0], [0, 0], [0, 1], [1], [0x7f], [0x80], [0xff], [0xff, 0]].map((list) => new Uint8Array(list))
    expect([...sorted].reverse().sort(compareBytes)).toEqual(sorted)
  })

  test('agrees with the platform, and equality with it', () => {
    fc.assert(
      fc.property(somePair, ([a, b]) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b))
        expect(bytesEqual(a, b)).toBe(Buffer.compare(a, b) === 0)
        expect(bytesEqual(a, a.slice())).toBe(true)
      }),
      RUNS,
    )
  })

  test('one byte more or other at the end is seen', () => {
    expect(bytesEqual(new Uint8Array([1, 2]), new Uint8Array([1, 2, 0]))).toBe(false)
    expect(bytesEqual(new Uint8Array([1, 2]), new Uint8Array([1, 3]))).toBe(false)
    expect(bytesEqual(new Uint8Array(), new Uint8Array())).toBe(true)
  })
})

describe('concatenation', () => {
  test('keeps the order; empty parts and no parts', () => {
    const parts = [new Uint8Array([1]), new Uint8Array(), new Uint8Array([2, 3])]
    expect(concatBytes(parts)).toEqual(new Uint8Array([1, 2, 3]))
    expect(concatBytes([])).toEqual(new Uint8Array())
  })

  test('is a copy: changing a part afterwards does not reach it', () => {
    const part = new Uint8Array([1, 2])
    const whole = concatBytes([part])
    part[0] = 9
    expect(whole).toEqual(new Uint8Array([1, 2]))
  })

  test('takes views into larger memory', () => {
    const memory = new Uint8Array([0, 1, 2, 3, 4])
    expect(concatBytes([memory.subarray(3), memory.subarray(1, 2)])).toEqual(new Uint8Array([3, 4, 1]))
  })
})

describe('text', () => {
  test.each(['', 'plain', 'Fährbrücke', '鯨 🐟', '\u0000', '\ufeffmarked'])('%j goes there and back', (text) => {
    expect(textOf(utf8(text))).toBe(text)
    expect(strictTextOf(utf8(text))).toBe(text)
  })

  test.each([
    ['a byte that starts nothing', [0x61, 0xff, 0x62], 'a\ufffdb'],
    ['cut off', [0xe2, 0x98], '\ufffd'],
    ['overlong', [0xc0, 0xaf], '\ufffd\ufffd'],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80], '\ufffd\ufffd\ufffd'],
  ])('%s: replaced, or refused by the strict reader', (_name, list, replaced) => {
    const bytes = new Uint8Array(list)
    expect(textOf(bytes)).toBe(replaced)
    expect(strictTextOf(bytes)).toBeUndefined()
  })

  test('the strict reader is none the worse for a refusal', () => {
    expect(strictTextOf(new Uint8Array([0xe2, 0x98]))).toBeUndefined()
    expect(strictTextOf(utf8('after'))).toBe('after')
  })
})

describe('32-bit numbers', () => {
  test('big-endian and unsigned, at any offset', () => {
    const bytes = new Uint8Array([9, 0x80, 0, 0, 1, 0xff, 0xff, 0xff, 0xff])
    expect(readU32(bytes, 1)).toBe(0x8000_0001)
    expect(readU32(bytes, 5)).toBe(0xffff_ffff)
  })

  test('writes four bytes and no more', () => {
    const bytes = new Uint8Array(6).fill(7)
    writeU32(bytes, 1, 0xfedc_ba98)
    expect(toHex(bytes)).toBe('07fedcba9807')
  })

  test('every number comes back', () => {
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), fc.nat(8), (value, at) => {
        const bytes = new Uint8Array(12)
        writeU32(bytes, at, value)
        expect(readU32(bytes, at)).toBe(value)
        expect(new DataView(bytes.buffer).getUint32(at)).toBe(value)
      }),
      RUNS,
    )
  })
})

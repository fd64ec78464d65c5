import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../../kernel/bytes.ts'
import { decodeNumber, encodeNumber, isTrue } from './script-number.ts'

const url = new URL('../../../test/vectors/chain/bitcoinjs/script_number.json', import.meta.url)
const fixtures = JSON.parse(readFileSync(url, 'utf8')) as { hex: string; number: number; bytes?: number }[]

describe('numbers of Script', () => {
  test('the 54 of the fixtures, both ways', () => {
    expect(fixtures).toHaveLength(54)
    for (const { hex, number, bytes } of fixtures) {
      const form = { minimal: true, maxBytes: bytes ?? 4 }
      expect(decodeNumber(fromHex(hex), form), hex).toBe(number)
      expect(toHex(encodeNumber(number)), hex).toBe(hex)
    }
  })

  test.each(['00', '80', '0000', '0080', '0100', '0180', 'ff0000', 'ffff7f00'])('%s is longer than needed', (hex) => {
    expect(() => decodeNumber(fromHex(hex), { minimal: true })).toThrow(expect.objectContaining({ code: 'SCRIPTNUM' }))
    expect(decodeNumber(fromHex(hex), { minimal: false })).toBeTypeOf('number')
  })

  test('the highest bit needs a byte of its own', () => {
    expect(decodeNumber(fromHex('ff00'), { minimal: true })).toBe(255)
    expect(decodeNumber(fromHex('ff80'), { minimal: true })).toBe(-255)
  })

  test('operands have 4 bytes, lock times 5', () => {
    const five = fromHex('ffffffff00')
    expect(() => decodeNumber(five, { minimal: false })).toThrow(expect.objectContaining({ code: 'SCRIPTNUM' }))
    expect(decodeNumber(five, { minimal: true, maxBytes: 5 })).toBe(0xffff_ffff)
    expect(() => decodeNumber(fromHex('ffffffffff00'), { minimal: false, maxBytes: 5 })).toThrow()
  })

  test('minus zero is zero', () => {
    expect(Object.is(decodeNumber(Uint8Array.of(0x80), { minimal: false }), 0)).toBe(true)
    expect(Object.is(decodeNumber(Uint8Array.of(0, 0x80), { minimal: false }), 0)).toBe(true)
    expect(encodeNumber(-0)).toHaveLength(0)
  })

  test('what is written is read again, for every number of 5 bytes', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 39) + 1, max: 2 ** 39 - 1 }), (value) => {
        expect(decodeNumber(encodeNumber(value), { minimal: true, maxBytes: 5 })).toBe(value)
      }),
      { seed: 11, numRuns: process.env.SHOAL_LONG === '1' ? 50_000 : 1_000 },
    )
  })
})

test.each([
  ['', false],
  ['00', false],
  ['80', false],
  ['000000', false],
  ['000080', false],
  ['01', true],
  ['8000', true],
  ['0100', true],
  ['81', true],
])('%s is %s', (hex, truth) => expect(isTrue(fromHex(hex))).toBe(truth))

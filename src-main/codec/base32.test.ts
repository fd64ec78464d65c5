import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toHex, utf8 } from '../kernel/bytes.ts'
import { fromBase32, MAX_BASE32_LENGTH, toBase32 } from './base32.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 20_000 : 500

describe('base32', () => {
  test.each([
    ['', ''],
    ['f', 'MY======'],
    ['fo', 'MZXQ===='],
    ['foo', 'MZXW6==='],
    ['foob', 'MZXW6YQ='],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI======'],
  ])('of "%s" is as in RFC 4648, section 10', (plain, text) => {
    expect(toBase32(utf8(plain))).toBe(text)
    expect(toBase32(utf8(plain), { padding: false })).toBe(text.replace(/=/g, ''))
    expect(fromBase32(text)).toEqual(utf8(plain))
    expect(fromBase32(text.replace(/=/g, '').toLowerCase())).toEqual(utf8(plain))
  })

  test('an info-hash has 32 characters', () => {
    const bytes = fromBase32('WRN7ZT6NKMA6SSXYKAFRUGDDIFJUNKI2')
    expect(bytes && toHex(bytes)).toBe('b45bfccfcd5301e94af8500b1a1863415346a91a')
  })

  test.each([
    ['one character', 'M'],
    ['three characters', 'MZX'],
    ['six characters', 'MZXW6Y'],
    ['bits beyond the last byte', 'MZ'],
    ['padding that is too short', 'MY====='],
    ['padding that is too long', 'MZXW6YTB========'],
    ['padding alone', '========'],
    ['padding in the middle', 'MY==MY=='],
    ['a digit outside the alphabet', 'MZXW6YT1'],
    ['a space', 'MZXW6YT '],
    ['a letter that folds into the alphabet', 'MZXW6Y\u017fB'],
    ['a character outside the plane', 'MZXW6Y\u{1f41f}'],
    ['more than the limit', 'A'.repeat(MAX_BASE32_LENGTH + 8)],
  ])('refuses %s', (_, text) => expect(fromBase32(text)).toBeUndefined())

  test('reads the longest text', () => {
    expect(fromBase32('A'.repeat(MAX_BASE32_LENGTH))).toHaveLength((MAX_BASE32_LENGTH / 8) * 5)
  })

  test('any bytes come back, from any form', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.boolean(), (bytes, padding) => {
        const text = toBase32(bytes, { padding })
        expect(fromBase32(text)).toEqual(bytes)
        expect(fromBase32(text.toLowerCase())).toEqual(bytes)
      }),
      { seed: 20, numRuns },
    )
  })

  test('any text that is read is the one text of its bytes', () => {
    const characters = fc.constantFrom(...'ABC27abc=189 ')
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 24 }), (text) => {
        const bytes = fromBase32(text)
        if (bytes) expect(toBase32(bytes, { padding: text.includes('=') })).toBe(text.toUpperCase())
      }),
      { seed: 21, numRuns },
    )
  })
})

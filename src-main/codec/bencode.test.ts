import bencodePackage from 'bencode'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { utf8 } from '../kernel/bytes.ts'
import { type BencodeValue, bytesOfText, decodeBencode, encodeBencode } from './bencode.ts'
import { BencodeError } from './bencode-error.ts'
import { byteText, scanBencode } from './bencode-scan.ts'

const runs = process.env.SHOAL_LONG === '1' ? 10_000 : 300
const key = fc.oneof(
  fc.string({ maxLength: 6, unit: 'binary-ascii' }),
  fc.uint8Array({ maxLength: 6 }).map(byteText),
  fc.constantFrom('__proto__', 'constructor', 'length', 'toString', ''),
)
const { value } = fc.letrec<{ value: BencodeValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.maxSafeInteger(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
    fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((entries) => new Map(entries)),
  ),
}))

describe('decodeBencode', () => {
  test('gives numbers while they are exact, then bigint', () => {
    expect(decodeBencode(utf8('i9007199254740991e')).value).toBe(9007199254740991)
    expect(decodeBencode(utf8('i9007199254740992e')).value).toBe(9007199254740992n)
    expect(decodeBencode(utf8('i-9007199254740993e')).value).toBe(-9007199254740993n)
    expect(decodeBencode(utf8('i18446744073709551615e')).value).toBe(18446744073709551615n)
  })

  test('holds __proto__ as a key like any other', () => {
    const { value: decoded } = decodeBencode(utf8('d9:__proto__d7:pollutei1eee'))
    expect(decoded).toEqual(new Map([['__proto__', new Map([['pollute', 1]])]]))
    expect(({} as { pollute?: unknown }).pollute).toBeUndefined()
  })

  test('holds keys that are not text byte for byte', () => {
    const { value: decoded } = decodeBencode(Uint8Array.of(0x64, 0x32, 0x3a, 0xff, 0x00, 0x30, 0x3a, 0x65))
    expect([...(decoded as Map<string, BencodeValue>).keys()]).toEqual(['\xff\0'])
  })

  test('keeps the last of two values under one key where that is allowed', () => {
    const { value: decoded, flags } = decodeBencode(utf8('d1:ai1e1:ai2ee'), { allowDuplicateKeys: true })
    expect([decoded, flags.duplicateKeys]).toEqual([new Map([['a', 2]]), true])
    expect(() => decodeBencode(utf8('d1:ai1e1:ai2ee'))).toThrow(BencodeError)
  })

  test('builds only the outer entries asked for, whatever stands in the others', () => {
    const bytes = utf8('d1:ad1:ci1e1:dlee1:bld1:ci2eee1:ci3e1:d1:xe')
    expect(decodeBencode(bytes, { only: ['b', 'd'] }).value).toEqual(
      new Map<string, BencodeValue>([
        ['b', [new Map([['c', 2]])]],
        ['d', utf8('x')],
      ]),
    )
    expect(decodeBencode(bytes, { only: [] }).value).toEqual(new Map())
    expect(() => decodeBencode(utf8('d1:ai01ee'), { only: [] })).toThrow(BencodeError)
  })

  test('gives views of what it was given and the end where bytes follow', () => {
    const bytes = utf8('3:abcdef')
    const decoded = decodeBencode(bytes, { allowTrailing: true })
    expect([decoded.end, (decoded.value as Uint8Array).buffer === bytes.buffer]).toEqual([5, true])
  })
})

describe('encodeBencode', () => {
  test('writes the examples of BEP 3', () => {
    expect(encodeBencode('spam')).toEqual(utf8('4:spam'))
    expect(encodeBencode(-3)).toEqual(utf8('i-3e'))
    expect(encodeBencode(['spam', 'eggs'])).toEqual(utf8('l4:spam4:eggse'))
    expect(encodeBencode({ spam: ['a', 'b'], cow: 'moo' })).toEqual(utf8('d3:cow3:moo4:spaml1:a1:bee'))
  })

  test('leaves undefined entries out and writes text as UTF-8', () => {
    expect(encodeBencode({ b: undefined, a: 'ä' })).toEqual(utf8('d1:a2:äe'))
  })

  test('writes what the package drops or mangles', () => {
    expect(encodeBencode({ seq: 2n ** 63n })).toEqual(utf8('d3:seqi9223372036854775808ee'))
    const infoHash = byteText(Uint8Array.from({ length: 20 }, (_, i) => 250 - i))
    const scrape = encodeBencode({ files: new Map([[infoHash, { complete: 1 }]]) })
    expect(byteText(scrape)).toBe(`d5:filesd20:${infoHash}d8:completei1eeee`)
  })

  test('sorts keys as bytes in both ways of writing', () => {
    expect(byteText(encodeBencode({ b: 1, B: 1, a: 1, '~': 1, '': 1 }))).toBe('d0:i1e1:Bi1e1:ai1e1:bi1e1:~i1ee')
    expect(byteText(encodeBencode({ '\xff': 1, '\x80': 1, a: 1 }))).toBe('d1:ai1e1:\x80i1e1:\xffi1ee')
  })

  test('refuses what bencoding cannot say', () => {
    const cycle: BencodeValue[] = []
    cycle.push(cycle)
    for (const bad of [1.5, Number.NaN, 2 ** 60, cycle, { Ā: 1 }]) {
      expect(() => encodeBencode(bad)).toThrow(RangeError)
    }
  })
})

describe('properties', () => {
  test('what was encoded decodes to the same value, and is canonical', () => {
    fc.assert(
      fc.property(value, (original) => {
        const bytes = encodeBencode(original)
        expect(scanBencode(bytes).flags).toEqual({ unsortedKeys: false, duplicateKeys: false })
        const decoded = decodeBencode(bytes).value
        expect(decoded).toEqual(original)
        expect(encodeBencode(decoded)).toEqual(bytes)
      }),
      { seed: 11, numRuns: runs },
    )
  })

  test('the package reads what the scanner accepted, for values in its reach', () => {
    const plain = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.oneof(fc.maxSafeInteger(), fc.uint8Array()))
    fc.assert(
      fc.property(plain, (dictionary) => {
        const bytes = encodeBencode(dictionary)
        const theirs = bencodePackage.decode(bytes) as Record<string, number | Uint8Array>
        expect(new Map(Object.entries(theirs))).toEqual(decodeBencode(bytes).value)
      }),
      { seed: 12, numRuns: runs },
    )
  })

  test('random changes end in a value or a BencodeError', () => {
    const change = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(value, change, (original, changes) => {
        const bytes = encodeBencode(original)
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte
        try {
          decodeBencode(bytes, { only: ['a'] })
          decodeBencode(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(BencodeError)
        }
      }),
      { seed: 13, numRuns: runs },
    )
  })
})

test('bytesOfText reverses byteText', () => {
  expect(bytesOfText(byteText(Uint8Array.of(0, 127, 128, 255)))).toEqual(Uint8Array.of(0, 127, 128, 255))
})

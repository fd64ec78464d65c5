import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concatBytes, textOf, utf8 } from '../kernel/bytes.ts'
import { BencodeError, type BencodeFault } from './bencode-error.ts'
import { byteText, elementSpans, MAX_BENCODE_DEPTH, MAX_BENCODE_ITEMS, scanBencode } from './bencode-scan.ts'

const runs = process.env.SHOAL_LONG === '1' ? 20_000 : 500

function faultOf(run: () => unknown): BencodeFault | undefined {
  try {
    run()
  } catch (error) {
    if (error instanceof BencodeError) return error.fault
    throw error
  }
}

const refused: readonly (readonly [text: string, code: BencodeFault['code'], offset: number])[] = [
  ['', 'TRUNCATED', 0],
  ['l-3:e', 'BAD_TOKEN', 1],
  ['-3:abc', 'BAD_TOKEN', 0],
  ['e', 'BAD_TOKEN', 0],
  ['x', 'BAD_TOKEN', 0],
  ['+1:a', 'BAD_TOKEN', 0],
  ['ie', 'BAD_INTEGER', 0],
  ['i-e', 'BAD_INTEGER', 0],
  ['i-0e', 'BAD_INTEGER', 0],
  ['i00e', 'BAD_INTEGER', 0],
  ['i03e', 'BAD_INTEGER', 0],
  ['i-03e', 'BAD_INTEGER', 0],
  ['i+3e', 'BAD_INTEGER', 0],
  ['i1.9e', 'BAD_INTEGER', 0],
  ['i 1e', 'BAD_INTEGER', 0],
  ['i--1e', 'BAD_INTEGER', 0],
  ['i1e9e', 'TRAILING_BYTES', 3],
  ['i111111111111111111111e', 'BAD_INTEGER', 0],
  ['i12', 'TRUNCATED', 3],
  ['00:', 'BAD_LENGTH', 0],
  ['01:a', 'BAD_LENGTH', 0],
  ['1x', 'BAD_LENGTH', 0],
  ['2:a', 'TRUNCATED', 0],
  ['12', 'TRUNCATED', 0],
  ['1', 'TRUNCATED', 1],
  ['4294967296:abc', 'TRUNCATED', 0],
  ['l4294967296:abce', 'TRUNCATED', 1],
  ['99999999999999999999999999999999:a', 'TRUNCATED', 0],
  ['1:ab', 'TRAILING_BYTES', 3],
  ['dee', 'TRAILING_BYTES', 2],
  ['l', 'TRUNCATED', 1],
  ['d', 'TRUNCATED', 1],
  ['d1:a', 'TRUNCATED', 4],
  ['d1:ae', 'BAD_TOKEN', 4],
  ['di1e1:ae', 'KEY_NOT_BYTES', 1],
  ['dle1:ae', 'KEY_NOT_BYTES', 1],
  ['d-1:a1:be', 'KEY_NOT_BYTES', 1],
  ['d1:a0:1:a0:e', 'DUPLICATE_KEY', 6],
  ['d1:b0:1:a0:1:b0:e', 'DUPLICATE_KEY', 11],
  ['ld1:b0:1:a0:1:c0:1:a0:ee', 'DUPLICATE_KEY', 17],
]

describe('scanBencode', () => {
  test.each(refused)('refuses %j as %s at byte %i', (text, code, offset) => {
    expect(faultOf(() => scanBencode(utf8(text)))).toEqual({ code, offset })
  })

  test.each([
    'i0e',
    'i-1e',
    'i18446744073709551615e',
    'i-99999999999999999999e',
    '0:',
    'le',
    'de',
    'd0:0:e',
    'd1:ad1:ai1eee',
    'd1:a0:2:aa0:1:b0:e',
    'd9:__proto__d9:__proto__leee',
  ])('accepts %j', (text) => {
    const scan = scanBencode(utf8(text))
    expect(scan).toEqual({
      end: text.length,
      flags: { unsortedKeys: false, duplicateKeys: false },
      spans: new Map(),
    })
  })

  test('flags keys out of order, and keys twice where they are let through', () => {
    expect(scanBencode(utf8('d1:b0:1:a0:e')).flags).toEqual({ unsortedKeys: true, duplicateKeys: false })
    expect(scanBencode(utf8('ld1:b0:1:a0:ee')).flags.unsortedKeys).toBe(true)
    const twice = scanBencode(utf8('d1:a0:1:a0:1:b0:e'), { allowDuplicateKeys: true })
    expect(twice.flags).toEqual({ unsortedKeys: false, duplicateKeys: true })
  })

  test('orders keys as unsigned bytes', () => {
    const key = (byte: number) => Uint8Array.of(0x31, 0x3a, byte, 0x30, 0x3a)
    const dictionary = (...bytes: number[]) => concatBytes([utf8('d'), ...bytes.map(key), utf8('e')])
    expect(scanBencode(dictionary(0, 0x7f, 0x80, 0xff)).flags.unsortedKeys).toBe(false)
    expect(scanBencode(dictionary(0x80, 0x7f)).flags.unsortedKeys).toBe(true)
  })

  test('gives the raw spans of the entries asked for, of the outermost dictionary only', () => {
    const text = 'd4:infod4:infoi1e1:xlee1:yi2ee'
    const { spans } = scanBencode(utf8(text), { spansOf: ['info', 'y', 'x', 'none'] })
    const found = [...spans].map(([key, { start, end }]) => [key, text.slice(start, end)])
    expect(found).toEqual([
      ['info', 'd4:infoi1e1:xlee'],
      ['y', 'i2e'],
    ])
  })

  test('says where the value ends when bytes may follow', () => {
    expect(scanBencode(utf8('d1:ai1eeraw'), { allowTrailing: true }).end).toBe(8)
    expect(faultOf(() => scanBencode(utf8('d1:ai1e'), { allowTrailing: true }))?.code).toBe('TRUNCATED')
  })
})

describe('limits', () => {
  test('depth: 100 by default, and 200,000 nested lists end there', () => {
    const nested = (depth: number) => utf8('l'.repeat(depth) + 'e'.repeat(depth))
    expect(scanBencode(nested(MAX_BENCODE_DEPTH)).end).toBe(200)
    expect(faultOf(() => scanBencode(nested(MAX_BENCODE_DEPTH + 1)))).toEqual({
      code: 'TOO_DEEP',
      offset: 100,
      limit: 100,
    })
    expect(faultOf(() => scanBencode(nested(200_000)))?.code).toBe('TOO_DEEP')
    expect(scanBencode(nested(200_000), { maxDepth: 200_000 }).end).toBe(400_000)
    expect(faultOf(() => scanBencode(utf8('d1:a'.repeat(200_000))))?.code).toBe('TOO_DEEP')
  })

  test('items: keys count too, and 10,000,000 items end at 3,000,000', () => {
    expect(faultOf(() => scanBencode(utf8('d1:a0:1:b0:e'), { maxItems: 4 }))).toMatchObject({ limit: 4, offset: 9 })
    expect(scanBencode(utf8('d1:a0:1:b0:e'), { maxItems: 5 }).end).toBe(12)
    const many = new Uint8Array(20_000_002)
    for (let at = 1; at < many.length - 1; at += 2) many.set([0x30, 0x3a], at)
    many[0] = 0x6c
    many[many.length - 1] = 0x65
    expect(faultOf(() => scanBencode(many))).toMatchObject({ code: 'TOO_MANY_ITEMS', limit: MAX_BENCODE_ITEMS })
    expect(scanBencode(many, { maxItems: 10_000_001 }).end).toBe(many.length)
  })

  test('bytes', () => {
    expect(faultOf(() => scanBencode(utf8('3:abc'), { maxBytes: 4 }))?.code).toBe('TOO_LARGE')
    expect(scanBencode(utf8('3:abc'), { maxBytes: 5 }).end).toBe(5)
  })

  test('a dictionary with half a million keys out of order is read once', () => {
    const keys = Array.from({ length: 500_000 }, (_, i) => `6:${String(999_999 - i)}0:`)
    expect(scanBencode(utf8(`d${keys.join('')}e`)).flags.unsortedKeys).toBe(true)
  })
})

describe('hostile bytes', () => {
  const valid = utf8(
    'd8:announce14:udp://host:1/a13:announce-listll1:aeli-5eee4:infod5:filesld6:lengthi3e4:pathl1:a1:beee4:name1:nee',
  )

  test('every truncation of a valid value is truncated, and nothing else', () => {
    for (let length = 0; length < valid.length; length++) {
      expect(faultOf(() => scanBencode(valid.subarray(0, length)))?.code).toBe('TRUNCATED')
    }
    expect(scanBencode(valid).end).toBe(valid.length)
  })

  test('random bytes of the alphabet, and random changes of a valid value, are accepted or refused by BencodeError', () => {
    const alphabet = fc.constantFrom(...utf8('ilde0123456789:-+.a\0'))
    const edit = fc.tuple(fc.nat(valid.length - 1), fc.oneof(alphabet, fc.nat(255)))
    let refusedCount = 0
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(alphabet, { maxLength: 60 }).map((bytes) => Uint8Array.from(bytes)),
          fc.uint8Array({ maxLength: 60 }),
          fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) => {
            const copy = valid.slice()
            for (const [at, byte] of edits) copy[at] = byte
            return copy
          }),
        ),
        (bytes) => {
          const fault = faultOf(() => scanBencode(bytes, { spansOf: ['info'] }))
          if (fault === undefined) return
          refusedCount += 1
          expect('offset' in fault && fault.offset >= 0 && fault.offset <= bytes.length).toBe(true)
        },
      ),
      { seed: 3, numRuns: runs },
    )
    expect(refusedCount).toBeGreaterThan(runs / 4)
  })
})

test('elementSpans gives the raw elements of a list', () => {
  expect([...elementSpans(utf8('li1el1:ae3:abce'))].map(textOf)).toEqual(['i1e', 'l1:ae', '3:abc'])
  expect([...elementSpans(utf8('le'))]).toEqual([])
  expect(() => [...elementSpans(utf8('de'))]).toThrow(BencodeError)
})

test('byteText holds one character for each byte, also of long strings', () => {
  const bytes = Uint8Array.from({ length: 10_000 }, (_, i) => i % 256)
  expect(Array.from(byteText(bytes), (character) => character.charCodeAt(0))).toEqual([...bytes])
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concatBytes } from '../../../kernel/bytes.ts'
import { Opcode } from '../../script/opcodes.ts'
import { pushOf } from '../../script/script-reader.ts'
import { coinbaseText, dataText, MAX_FOREIGN_TEXT } from './foreign-text.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 20_000 : 200
const bytesOf = (text: string) => new TextEncoder().encode(text)
const data = (...pushes: Uint8Array[]) => concatBytes([Uint8Array.of(Opcode.OP_RETURN), ...pushes.map(pushOf)])

describe('text of a coinbase', () => {
  test('is what can be read between the other bytes', () => {
    const script = concatBytes([Uint8Array.of(3, 1, 2, 3), pushOf(bytesOf('Fish & Söhne')), Uint8Array.of(0, 255, 65)])
    expect(coinbaseText(script)).toBe('Fish & Söhne')
    const sentence = 'fifty characters, whose length is a letter as well'
    expect(coinbaseText(pushOf(bytesOf(sentence)))).toBe(sentence)
    expect(coinbaseText(concatBytes([Uint8Array.of(0x4b), bytesOf('no push')]))).toBe('Kno push')
  })

  test('is nothing where a few bytes only happen to be letters', () => {
    expect(coinbaseText(bytesOf('abc'))).toBeUndefined()
    expect(coinbaseText(new Uint8Array(0))).toBeUndefined()
  })

  test('has no control characters and none that turn the direction of text', () => {
    expect(coinbaseText(bytesOf('good\u202egnp.exe\u0007bell\u2066here'))).toBe('good gnp.exe bell here')
  })
})

describe('text of an OP_RETURN', () => {
  test('is told where all of it is text', () => {
    expect(dataText(data(bytesOf('hello'), bytesOf('world')))).toBe('hello world')
    expect(dataText(data(bytesOf('日本')))).toBe('日本')
  })

  test('is not guessed from other data', () => {
    expect(dataText(data(Uint8Array.of(0xaa, 0x21, 0xa9, 0xed)))).toBeUndefined()
    expect(dataText(data(concatBytes([bytesOf('text'), Uint8Array.of(0)])))).toBeUndefined()
    expect(dataText(data())).toBeUndefined()
    expect(dataText(data(new Uint8Array(0)))).toBeUndefined()
    expect(dataText(concatBytes([Uint8Array.of(Opcode.OP_RETURN, Opcode.OP_CHECKSIG)]))).toBeUndefined()
    expect(dataText(pushOf(bytesOf('no data')))).toBeUndefined()
  })
})

test('whatever the bytes, the text is printable and bounded', () => {
  // Halves of a pair of surrogates are none of these.
  const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 1_000 }),
    fc.string({ unit: 'binary', maxLength: 400 }).map(bytesOf),
  )
  fc.assert(
    fc.property(bytes, (given) => {
      for (const text of [coinbaseText(given), dataText(data(given))]) {
        if (text === undefined) continue
        expect(text.length).toBeLessThanOrEqual(MAX_FOREIGN_TEXT)
        expect(printable.test(text)).toBe(true)
      }
    }),
    { seed: 34, numRuns },
  )
  expect(dataText(data(bytesOf('🐟'.repeat(200))))?.length).toBeLessThanOrEqual(MAX_FOREIGN_TEXT)
  expect(coinbaseText(bytesOf('x'.repeat(MAX_FOREIGN_TEXT)))).toHaveLength(MAX_FOREIGN_TEXT)
})

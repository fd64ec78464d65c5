import { describe, expect, test } from 'vitest'
import { concatBytes, utf8 } from '../kernel/bytes.ts'
import { shownValue } from './shown-value.ts'

const bytes = (...content: readonly number[]): Uint8Array =>
  concatBytes([utf8(`${content.length}:`), Uint8Array.from(content)])
const string = (text: string): Uint8Array => bytes(...utf8(text))

describe('a bencoded value', () => {
  test.each([
    ['text', string('low tide 6:12'), 'text', 'low tide 6:12'],
    ['text beyond ASCII', string('Ebbe ½ 6 Uhr'), 'text', 'Ebbe ½ 6 Uhr'],
    ['nothing', utf8('0:'), 'text', ''],
    ['bytes that are no text', bytes(0xff, 0x61), 'hex', 'ff61'],
    ['a number', utf8('i42e'), 'bencode', 'i42e'],
    ['a dictionary', utf8('d1:ai1e1:b3:abce'), 'bencode', 'd1:ai1e1:b3:abce'],
    ['a list with bytes that are no text', concatBytes([utf8('l'), bytes(0xff), utf8('e')]), 'bencode', 'l1:\\xffe'],
    ['what ends before its length', utf8('6:hello'), 'bencode', '6:hello'],
    ['what goes on after its length', utf8('4:hello'), 'bencode', '4:hello'],
    ['a length with a zero before it', utf8('05:hello'), 'bencode', '05:hello'],
  ])('%s', (_name, value, form, text) => {
    expect(shownValue(value)).toEqual({ form, text })
  })

  test.each([
    ['control characters', 'a\u0000\u001b[31m', '61001b5b33316d'],
    ['line ends', 'a\nb', '610a62'],
    ['marks that turn the direction of text', 'x\u202etxt', '78e280ae747874'],
    ['separators of lines', 'x\u2028y', '78e280a879'],
  ])('%s are not passed on', (_name, text, hex) => {
    expect(shownValue(string(text))).toEqual({ form: 'hex', text: hex })
    expect(shownValue(concatBytes([utf8('l'), string(text), utf8('e')])).text).toMatch(/^[ -~]*$/)
  })

  test('is cut between characters, bytes and escapes', () => {
    expect(shownValue(string('𝄞'.repeat(200)), 99).text).toBe('𝄞'.repeat(49))
    expect(shownValue(bytes(...Array<number>(200).fill(0xff)), 99).text).toBe('ff'.repeat(49))
    const list = concatBytes([utf8('l'), bytes(...Array<number>(200).fill(0xff)), utf8('e')])
    expect(shownValue(list, 99).text).toBe(`l200:${'\\xff'.repeat(23)}`)
  })
})

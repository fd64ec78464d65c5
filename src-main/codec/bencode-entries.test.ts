import { describe, expect, test } from 'vitest'
import { textOf, utf8 } from '../kernel/bytes.ts'
import { BencodeEntries, findByteString } from './bencode-entries.ts'
import { BencodeError } from './bencode-error.ts'

describe('BencodeEntries', () => {
  const entries = new BencodeEntries(utf8('d3:bigi9007199254740992e1:ii-7e1:lli1ee1:s3:abc1:xdee'), [
    'big',
    'i',
    'l',
    's',
  ])

  test('gives the entries asked for, each by its type or raw', () => {
    expect(entries.findInteger('i')).toBe(-7)
    expect(textOf(entries.findBytes('s') ?? new Uint8Array())).toBe('abc')
    expect(textOf(entries.raw('l') ?? new Uint8Array())).toBe('li1ee')
    expect([entries.has('i'), entries.has('x'), entries.raw('x')]).toEqual([true, false, undefined])
    expect(entries.flags.unsortedKeys).toBe(false)
  })

  test('answers undefined for another type, and for an integer that is not exact', () => {
    expect([entries.findInteger('s'), entries.findInteger('l'), entries.findInteger('big')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect([entries.findBytes('i'), entries.findBytes('l'), entries.findBytes('none')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  test('refuses what is no dictionary, what is malformed anywhere, and what is beyond a limit', () => {
    expect(() => new BencodeEntries(utf8('le'), [])).toThrow(expect.objectContaining({ code: 'WRONG_TYPE' }))
    expect(() => new BencodeEntries(utf8('d1:ai1e1:bi01ee'), ['a'])).toThrow(BencodeError)
    expect(() => new BencodeEntries(utf8('d1:ai1ee'), ['a'], { maxItems: 1 })).toThrow(BencodeError)
  })
})

test('findByteString reads a raw byte string and nothing else', () => {
  expect(findByteString(utf8('2:ab'))).toEqual(utf8('ab'))
  expect([findByteString(utf8('i1e')), findByteString(utf8('le')), findByteString(undefined)]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

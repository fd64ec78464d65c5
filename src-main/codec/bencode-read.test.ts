import { describe, expect, test } from 'vitest'
import { utf8 } from '../kernel/bytes.ts'
import { encodeBencode } from './bencode.ts'
import { BencodeError, type BencodeFault } from './bencode-error.ts'
import { asBytes, asText, readDictionary } from './bencode-read.ts'

const { dictionary } = readDictionary(
  encodeBencode({
    big: 2n ** 60n,
    bytes: Uint8Array.of(1, 2, 255),
    inner: { port: 6881 },
    list: [1],
    negative: -1,
    text: 'Grüße',
  }),
)

function faultOf(run: () => unknown): BencodeFault {
  try {
    run()
  } catch (error) {
    if (error instanceof BencodeError) return error.fault
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('BencodeDictionary', () => {
  test('reads entries of each type', () => {
    expect(dictionary.text('text')).toBe('Grüße')
    expect(dictionary.bytes('bytes', 3)).toEqual(Uint8Array.of(1, 2, 255))
    expect(dictionary.dictionary('inner').integer('port', { min: 1, max: 65_535 })).toBe(6881)
    expect(dictionary.list('list')).toEqual([1])
    expect(dictionary.integer('negative', { min: -1 })).toBe(-1)
    expect(dictionary.bigInteger('big', { min: 0n, max: 2n ** 64n })).toBe(2n ** 60n)
    expect(dictionary.bigInteger('negative', { min: -5n, max: 0n })).toBe(-1n)
    expect([dictionary.has('text'), dictionary.has('none'), dictionary.size]).toEqual([true, false, 6])
    expect([...dictionary.keys()]).toEqual(['big', 'bytes', 'inner', 'list', 'negative', 'text'])
  })

  test('names what is missing, of another type or out of range', () => {
    expect(faultOf(() => dictionary.integer('none'))).toEqual({ code: 'MISSING', key: 'none' })
    expect(faultOf(() => dictionary.integer('text'))).toMatchObject({ code: 'WRONG_TYPE', key: 'text' })
    expect(faultOf(() => dictionary.integer('negative')).code).toBe('OUT_OF_RANGE')
    expect(faultOf(() => dictionary.integer('big')).code).toBe('OUT_OF_RANGE')
    expect(faultOf(() => dictionary.bytes('bytes', 20)).code).toBe('OUT_OF_RANGE')
    expect(faultOf(() => dictionary.text('bytes')).code).toBe('WRONG_TYPE')
    expect(faultOf(() => dictionary.text('text', { max: 6 })).code).toBe('OUT_OF_RANGE')
    expect(faultOf(() => dictionary.list('inner')).code).toBe('WRONG_TYPE')
    expect(faultOf(() => dictionary.dictionary('list')).code).toBe('WRONG_TYPE')
    expect(faultOf(() => dictionary.bigInteger('big', { min: 0n, max: 5n })).code).toBe('OUT_OF_RANGE')
  })

  test('find answers undefined instead', () => {
    expect(dictionary.findInteger('big')).toBeUndefined()
    expect(dictionary.findBytes('text', { max: 3 })).toBeUndefined()
    expect(dictionary.findText('bytes')).toBeUndefined()
    expect(dictionary.findList('none')).toBeUndefined()
    expect(dictionary.findDictionary('text')).toBeUndefined()
    expect(dictionary.findBigInteger('text', { min: 0n, max: 1n })).toBeUndefined()
  })

  test('has nothing that was not in the bytes', () => {
    expect(dictionary.value('constructor')).toBeUndefined()
    expect(dictionary.has('__proto__')).toBe(false)
  })
})

describe('readDictionary', () => {
  test('refuses another value, and gives what follows the head of a ut_metadata message (BEP 9)', () => {
    expect(faultOf(() => readDictionary(utf8('le'))).code).toBe('WRONG_TYPE')
    const message = utf8('d8:msg_typei1e5:piecei0e10:total_sizei5eehello')
    const { dictionary: head, end } = readDictionary(message, { allowTrailing: true })
    expect([head.integer('msg_type'), message.length - end]).toEqual([1, 5])
  })
})

test('asText and asBytes read elements of a list', () => {
  expect(asText(utf8('a'))).toBe('a')
  expect(asText(Uint8Array.of(0xff))).toBeUndefined()
  expect(asBytes(5)).toBeUndefined()
  expect(asBytes(utf8('abc'), 2)).toBeUndefined()
})

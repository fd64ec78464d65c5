import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BencodeError } from '../../codec/bencode-error.ts'
import { concatBytes, textOf, utf8 } from '../../kernel/bytes.ts'
import {
  decodeMetadataMessage,
  encodeMetadataMessage,
  isMetadataSize,
  MAX_METADATA_MESSAGE_LENGTH,
  MAX_METADATA_PIECES,
  MAX_METADATA_SIZE,
  METADATA_PIECE_LENGTH,
  type MetadataMessage,
} from './metadata-message.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 20_000 : 500
const piece = new Uint8Array(METADATA_PIECE_LENGTH).fill(0x78)
const decode = (text: string, bytes: Uint8Array = new Uint8Array()) =>
  decodeMetadataMessage(concatBytes([utf8(text), bytes]))

describe('a ut_metadata message', () => {
  test('request, as in BEP 9', () => {
    const bytes = encodeMetadataMessage({ type: 'request', piece: 0 })
    expect(textOf(bytes)).toBe('d8:msg_typei0e5:piecei0ee')
    expect(decodeMetadataMessage(bytes)).toEqual({ type: 'request', piece: 0 })
  })

  test('data, as in BEP 9: the piece follows the head', () => {
    const message: MetadataMessage = { type: 'data', piece: 0, totalSize: 34_256, bytes: piece }
    const bytes = encodeMetadataMessage(message)
    expect(textOf(bytes)).toBe(`d8:msg_typei1e5:piecei0e10:total_sizei34256ee${'x'.repeat(METADATA_PIECE_LENGTH)}`)
    expect(decodeMetadataMessage(bytes)).toEqual(message)
    expect(bytes.length).toBeLessThanOrEqual(MAX_METADATA_MESSAGE_LENGTH)
  })

  test('reject', () => {
    const bytes = encodeMetadataMessage({ type: 'reject', piece: 3 })
    expect(textOf(bytes)).toBe('d8:msg_typei2e5:piecei3ee')
    expect(decodeMetadataMessage(bytes)).toEqual({ type: 'reject', piece: 3 })
  })

  test('of a type to come is ignored, further entries too', () => {
    expect(decode('d8:msg_typei3e5:piecei0ee')).toBeUndefined()
    expect(decode('d8:msg_typei99e1:xlee', utf8('anything'))).toBeUndefined()
    expect(decode('d8:msg_typei0e5:piecei1e8:toString1:xe')).toEqual({ type: 'request', piece: 1 })
  })

  test('the last piece has what is left', () => {
    const last = decode('d8:msg_typei1e5:piecei2e10:total_sizei32769ee', Uint8Array.of(7))
    expect(last).toMatchObject({ piece: 2, bytes: Uint8Array.of(7) })
    const whole = decode('d8:msg_typei1e5:piecei1e10:total_sizei32768ee', piece)
    expect(whole).toMatchObject({ piece: 1, bytes: { length: METADATA_PIECE_LENGTH } })
    const size = MAX_METADATA_SIZE - (MAX_METADATA_PIECES - 1) * METADATA_PIECE_LENGTH
    const head = `d8:msg_typei1e5:piecei${MAX_METADATA_PIECES - 1}e10:total_sizei${MAX_METADATA_SIZE}ee`
    expect(decode(head, new Uint8Array(size))).toMatchObject({ bytes: { length: size } })
  })

  test.each([
    ['nothing', '', 'TRUNCATED'],
    ['the five bytes that hang a decoder', 'l-3:e', 'BAD_TOKEN'],
    ['a list', 'le', 'WRONG_TYPE'],
    ['200,000 nested lists', 'l'.repeat(200_000), 'TOO_LARGE'],
    ['nested lists within the length', `d1:a${'l'.repeat(8_000)}`, 'TOO_DEEP'],
    ['many items', `d1:al${'0:'.repeat(200)}ee`, 'TOO_MANY_ITEMS'],
    ['no type', 'd5:piecei0ee', 'MISSING'],
    ['a type of text', 'd8:msg_type1:05:piecei0ee', 'WRONG_TYPE'],
    ['a negative type', 'd8:msg_typei-1e5:piecei0ee', 'OUT_OF_RANGE'],
    ['no piece', 'd8:msg_typei0ee', 'MISSING'],
    ['a negative piece', 'd8:msg_typei0e5:piecei-1ee', 'OUT_OF_RANGE'],
    ['a piece beyond any metadata', `d8:msg_typei0e5:piecei${MAX_METADATA_PIECES}ee`, 'OUT_OF_RANGE'],
    ['a piece of 2^64', 'd8:msg_typei0e5:piecei18446744073709551616ee', 'OUT_OF_RANGE'],
    ['a key twice', 'd8:msg_typei0e8:msg_typei1e5:piecei0ee', 'DUPLICATE_KEY'],
    ['a request with bytes behind it', 'd8:msg_typei0e5:piecei0eex', 'TRAILING_BYTES'],
    ['a reject with bytes behind it', 'd8:msg_typei2e5:piecei0eex', 'TRAILING_BYTES'],
    ['data without its size', 'd8:msg_typei1e5:piecei0ee', 'MISSING'],
    ['data of 4 GiB', 'd8:msg_typei1e5:piecei0e10:total_sizei4294967296eex', 'OUT_OF_RANGE'],
    ['data of one byte too many', `d8:msg_typei1e5:piecei0e10:total_sizei${MAX_METADATA_SIZE + 1}eex`, 'OUT_OF_RANGE'],
    ['data of nothing', 'd8:msg_typei1e5:piecei0e10:total_sizei0ee', 'OUT_OF_RANGE'],
    ['a piece beyond the size', 'd8:msg_typei1e5:piecei1e10:total_sizei16384eex', 'OUT_OF_RANGE'],
    ['a short piece', 'd8:msg_typei1e5:piecei0e10:total_sizei5eexxxx', 'TRUNCATED'],
    ['a piece with bytes behind it', 'd8:msg_typei1e5:piecei0e10:total_sizei5eexxxxxx', 'TRAILING_BYTES'],
  ])('that is %s is refused', (_, text, code) => {
    expect(() => decode(text)).toThrow(BencodeError)
    expect(() => decode(text)).toThrow(expect.objectContaining({ code }))
  })

  test('sizes are from 1 byte to 10 MB', () => {
    expect([1, 16_384, MAX_METADATA_SIZE].every(isMetadataSize)).toBe(true)
    expect([0, -1, 1.5, MAX_METADATA_SIZE + 1, 2 ** 32, Number.NaN].some(isMetadataSize)).toBe(false)
  })

  test('any bytes are a message or a BencodeError; any change to a message too', () => {
    const good = encodeMetadataMessage({ type: 'data', piece: 1, totalSize: 16_384 + 40, bytes: piece.subarray(0, 40) })
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(change, { maxLength: 3 }), fc.nat(good.length), (changes, length) => {
        const bytes = good.slice()
        for (const [at, value] of changes) bytes[at] = value
        for (const given of [bytes, bytes.subarray(0, length), bytes.subarray(length)]) {
          try {
            const message = decodeMetadataMessage(given)
            if (message) expect(decodeMetadataMessage(encodeMetadataMessage(message))).toEqual(message)
          } catch (error) {
            expect(error).toBeInstanceOf(BencodeError)
          }
        }
      }),
      { seed: 30, numRuns },
    )
  })
})

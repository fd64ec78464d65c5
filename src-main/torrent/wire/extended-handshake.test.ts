import { describe, expect, test } from 'vitest'
import { concatBytes, textOf, utf8 } from '../../kernel/bytes.ts'
import { MAX_EXTENDED_HANDSHAKE_LENGTH, MAX_EXTENSIONS, readExtendedHandshake } from './extended-handshake.ts'

const read = (text: string) => readExtendedHandshake(utf8(text)).handshake

describe('an extended handshake', () => {
  test('that says nothing leaves the defaults', () => {
    expect(read('de')).toEqual({
      client: '',
      requestQueue: 250,
      listenPort: undefined,
      uploadOnly: false,
      metadataSize: undefined,
      extensions: new Map(),
    })
  })

  test.each([
    ['a queue of none', 'd4:reqqi0ee', { requestQueue: 250 }],
    ['a negative queue', 'd4:reqqi-1ee', { requestQueue: 250 }],
    ['a queue beyond 2^53', 'd4:reqqi18446744073709551615ee', { requestQueue: 250 }],
    ['a queue of text', 'd4:reqq3:abce', { requestQueue: 250 }],
    ['port 0', 'd1:pi0ee', { listenPort: undefined }],
    ['port 65536', 'd1:pi65536ee', { listenPort: undefined }],
    ['metadata of 10 MB', 'd13:metadata_sizei10000000ee', { metadataSize: 10_000_000 }],
    ['metadata of more', 'd13:metadata_sizei10000001ee', { metadataSize: undefined }],
    ['metadata of nothing', 'd13:metadata_sizei0ee', { metadataSize: undefined }],
    ['a negative size of metadata', 'd13:metadata_sizei-5ee', { metadataSize: undefined }],
    ['upload_only 2', 'd11:upload_onlyi2ee', { uploadOnly: true }],
    ['m that is a list', 'd1:ml1:aee', { extensions: new Map() }],
    ['numbers out of range', 'd1:md1:ai256e1:bi-1e1:ci255e1:dleee', { extensions: new Map([['c', 255]]) }],
    ['names that are no names', 'd1:md0:i1e2:a i2e2:\u00e9i3eee', { extensions: new Map() }],
    ['bytes behind it', 'd1:pi80eetrailing', { listenPort: 80 }],
  ])('with %s', (_, text, expected) => expect(read(text)).toMatchObject(expected))

  test('names its client in one line of at most 100 characters', () => {
    const direction = String.fromCodePoint(0x202e)
    expect(read(`d1:v${utf8(` a\n\t${direction}b `).length}: a\n\t${direction}b e`).client).toBe('ab')
    expect(read(`d1:v500:${'x'.repeat(500)}e`).client).toBe('x'.repeat(100))
    const bad = concatBytes([utf8('d1:v2:'), Uint8Array.of(0xff, 0x41), utf8('e')])
    expect(readExtendedHandshake(bad).handshake.client).toBe('\ufffdA')
  })

  test('names at most so many extensions', () => {
    const many = Array.from({ length: 100 }, (_, i) => `${`x${i}`.length}:x${i}i${i + 1}e`).sort()
    expect(read(`d1:md${many.join('')}ee`).extensions.size).toBe(MAX_EXTENSIONS)
    expect(read(`d1:md${'x'.repeat(0)}65:${'y'.repeat(65)}i1eee`).extensions.size).toBe(0)
  })

  test('adds to earlier ones; 0 takes an extension back', () => {
    const first = read('d1:md1:ai1e1:bi2ee13:metadata_sizei77e1:pi80e4:reqqi5e11:upload_onlyi1e1:v3:onee')
    const second = readExtendedHandshake(utf8('d1:md1:ai0e1:ci3ee11:upload_onlyi0ee'), first)
    expect(second.handshake).toEqual({
      client: 'one',
      requestQueue: 5,
      listenPort: 80,
      uploadOnly: false,
      metadataSize: 77,
      extensions: new Map([
        ['b', 2],
        ['c', 3],
      ]),
    })
  })

  test('is written anew with what we understood only', () => {
    const { bytes } = readExtendedHandshake(utf8('d1:md1:ai1e1:bd8:toStringi5eee6:yourip4:abcd1:zdee'))
    expect(textOf(bytes)).toBe('d1:md1:ai1ee4:reqqi250e11:upload_onlyi0e1:v0:e')
  })

  test.each([
    ['too long', `d1:v${MAX_EXTENDED_HANDSHAKE_LENGTH}:${'x'.repeat(MAX_EXTENDED_HANDSHAKE_LENGTH)}e`, 'TOO_LARGE'],
    ['too deep', `d1:a${'l'.repeat(10)}${'e'.repeat(10)}e`, 'TOO_DEEP'],
    ['of too many items', `d1:al${'0:'.repeat(10_000)}ee`, 'TOO_MANY_ITEMS'],
    ['a key twice', 'd1:ai1e1:ai2ee', 'DUPLICATE_KEY'],
    ['no dictionary', 'i5e', 'WRONG_TYPE'],
  ])('%s is refused', (_, text, code) => expect(() => read(text)).toThrow(expect.objectContaining({ code })))
})

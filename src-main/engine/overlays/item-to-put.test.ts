import { describe, expect, test } from 'vitest'
import { encodeBencode } from '../../codec/bencode.ts'
import { isSigned, publicKeyOf } from '../../items/ed25519.ts'
import { MAX_SEQ, signedBytes } from '../../items/item.ts'
import { fromHex, utf8 } from '../../kernel/bytes.ts'
import { itemToPut } from './item-to-put.ts'

const seed = '11'.repeat(32)
const value = encodeBencode({ a: 1, b: [2, 'three'] })
const none = async () => undefined

describe('what is to be stored', () => {
  test('without a key it is immutable', async () => {
    expect(await itemToPut({ value }, none)).toEqual({ kind: 'immutable', value })
  })

  test('with a key it is signed over salt, seq and value', async () => {
    const item = await itemToPut({ value, seed, salt: 'abcd', seq: 7n }, none)
    if (item.kind !== 'mutable') throw new Error('not mutable')
    expect([item.seq, item.salt]).toEqual([7n, fromHex('abcd')])
    expect(isSigned(publicKeyOf(fromHex(seed)), signedBytes(item), item.signature)).toBe(true)
  })

  test('the sequence number is one more than what is there', async () => {
    for (const [there, expected] of [
      [undefined, 1n],
      [0n, 1n],
      [41n, 42n],
    ] as const)
      expect(await itemToPut({ value, seed }, async () => there)).toMatchObject({ seq: expected })
  })

  test.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['a value and more', 'i1ei2e'],
    ['a cut value', 'd1:a'],
    ['a leading zero', 'i01e'],
    ['keys out of order', 'd1:bi1e1:ai2ee'],
    ['a key twice', 'd1:ai1e1:ai2ee'],
    ['a nesting of 200', `${'l'.repeat(200)}${'e'.repeat(200)}`],
    ['1,001 bytes', `996:${'x'.repeat(997)}`],
  ])('%s is refused in words', async (_name, text) => {
    await expect(itemToPut({ value: utf8(text) }, none)).rejects.toMatchObject({
      code: 'BAD_VALUE',
      message: expect.stringMatching(/^The value cannot be stored: .+\. Give one bencoded value/),
    })
  })

  test('a salt or a sequence number without a key, and one beyond 63 bits, are refused', async () => {
    for (const request of [
      { value, salt: '00' },
      { value, seq: 1n },
      { value, seed, seq: MAX_SEQ + 1n },
      { value, seed, salt: '00'.repeat(65), seq: 1n },
    ])
      await expect(itemToPut(request, none)).rejects.toMatchObject({ code: 'BAD_VALUE' })
    await expect(itemToPut({ value, seed }, async () => MAX_SEQ)).rejects.toMatchObject({ code: 'BAD_VALUE' })
  })
})

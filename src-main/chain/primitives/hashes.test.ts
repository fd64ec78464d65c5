import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../../kernel/bytes.ts'
import { vectorJson } from '../test-support/vectors.ts'
import { displayHash, hash160, hash256, parseHash, sha256 } from './hashes.ts'

interface HashVectors {
  hashes: { hex: string; hash160: string; hash256: string }[]
}

describe('hashes', () => {
  test.each(vectorJson<HashVectors>('bitcoinjs/crypto.json').hashes)('of $hex', (expected) => {
    const bytes = fromHex(expected.hex)
    expect(toHex(hash160(bytes))).toBe(expected.hash160)
    expect(toHex(hash256(bytes))).toBe(expected.hash256)
    expect(hash256(bytes.subarray(0, 3), bytes.subarray(3))).toEqual(hash256(bytes))
  })

  test('of nothing (FIPS 180-4)', () =>
    expect(toHex(sha256())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'))

  test('are plain byte arrays', () => {
    for (const hash of [sha256(), hash256(), hash160(new Uint8Array(1))]) expect(hash.constructor).toBe(Uint8Array)
  })
})

describe('how people read them', () => {
  const text = '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f'

  test('is reversed', () => {
    const hash = parseHash(text)
    expect(hash?.[31]).toBe(0)
    expect(hash?.[0]).toBe(0x6f)
    expect(displayHash(hash as Uint8Array)).toBe(text)
    expect(parseHash(text.toUpperCase())).toEqual(hash)
  })

  test.each(['', text.slice(2), `${text}00`, text.replace('0', 'g')])('"%s" is none', (wrong) =>
    expect(parseHash(wrong)).toBeUndefined(),
  )
})

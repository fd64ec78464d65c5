import { describe, expect, test } from 'vitest'
import { toHex, utf8 } from '../kernel/bytes.ts'
import { createKeyDerivation } from './key-derivation.ts'

describe('scrypt', () => {
  const derivation = createKeyDerivation()

  // RFC 7914, section 12.
  test.each([
    [
      '',
      '',
      4,
      1,
      1,
      '77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906',
    ],
    [
      'password',
      'NaCl',
      10,
      8,
      16,
      'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
    ],
    [
      'pleaseletmein',
      'SodiumChloride',
      14,
      8,
      1,
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
    ],
  ])('RFC 7914: "%s"', async (password, salt, log2N, r, p, key) => {
    expect(toHex(await derivation.scrypt(utf8(password), utf8(salt), { log2N, r, p }, 64))).toBe(key)
  })

  test('128 MiB and more are not refused', async () => {
    expect(await derivation.scrypt(utf8('x'), utf8('y'), { log2N: 18, r: 8, p: 1 }, 32)).toHaveLength(32)
  })
})

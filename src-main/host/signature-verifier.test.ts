import { createRequire } from 'node:module'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSignatureVerifier } from './signature-verifier.ts'

const require = createRequire(import.meta.url)
const native = createSignatureVerifier()
const javascript = createSignatureVerifier((name) => {
  if (name.includes('bindings')) throw new Error('no binary')
  return require(name)
})
const digest = new Uint8Array(32).fill(7)
const secret = new Uint8Array(32).fill(9)
const publicKey = secp256k1.getPublicKey(secret, true)
const signature = secp256k1.sign(digest, secret, { prehash: false })

test('the kind is said', () => {
  expect(native.kind).toBe('native')
  expect(javascript.kind).toBe('javascript')
})

describe.each([native, javascript])('$kind', (verifier) => {
  test('agrees with noble about signatures and changed ones', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.nat(159),
        (message, key, bit) => {
          const ours = new Uint8Array(32)
          new DataView(ours.buffer).setUint32(28, key)
          const good = secp256k1.sign(message, ours, { prehash: false })
          const publicKeys = [secp256k1.getPublicKey(ours, true), secp256k1.getPublicKey(ours, false)]
          for (const point of publicKeys)
            expect(verifier.verify({ signature: good, publicKey: point, digest: message })).toBe(true)
          const changed = message.slice()
          changed[bit >>> 3] = (changed[bit >>> 3] as number) ^ (1 << (bit & 7))
          expect(verifier.verify({ signature: good, publicKey: publicKeys[0] as Uint8Array, digest: changed })).toBe(
            false,
          )
        },
      ),
      { seed: 13, numRuns: process.env.SHOAL_LONG === '1' ? 300 : 15 },
    )
  })

  test('a hybrid key is one where its first byte tells the truth', () => {
    const uncompressed = secp256k1.getPublicKey(secret, false)
    const odd = ((uncompressed[64] as number) & 1) === 1
    const hybrid = (first: number) => Uint8Array.of(first, ...uncompressed.subarray(1))
    expect(verifier.verify({ signature, publicKey: hybrid(odd ? 7 : 6), digest })).toBe(true)
    expect(verifier.verify({ signature, publicKey: hybrid(odd ? 6 : 7), digest })).toBe(false)
  })

  test.each([
    ['zeros for a signature', { signature: new Uint8Array(64) }],
    ['numbers beyond the order', { signature: new Uint8Array(64).fill(0xff) }],
    ['a short signature', { signature: new Uint8Array(63) }],
    ['a short digest', { digest: new Uint8Array(31) }],
    ['no key', { publicKey: new Uint8Array(0) }],
    ['a key of 34 bytes', { publicKey: new Uint8Array(34).fill(2) }],
    ['a key off the curve', { publicKey: Uint8Array.of(2, ...new Uint8Array(31), 5) }],
    ['a key with an unknown first byte', { publicKey: Uint8Array.of(5, ...publicKey.subarray(1)) }],
  ])('%s is no error and not good', (_name, change) => {
    expect(verifier.verify({ signature, publicKey, digest })).toBe(true)
    expect(verifier.verify({ signature, publicKey, digest, ...change })).toBe(false)
  })
})

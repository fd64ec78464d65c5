import { describe, expect, test } from 'vitest'
import type { SignatureCheck, SignatureVerifier } from '../../kernel/signature-verifier.ts'
import { CachedChecks, DirectChecks, SignatureCache } from './signature-checks.ts'

const checkOf = (n: number): SignatureCheck => ({
  signature: new Uint8Array(64).fill(n),
  publicKey: new Uint8Array(33).fill(2),
  digest: new Uint8Array(32).fill(n >>> 8),
})

function counting(good: boolean): SignatureVerifier & { calls: number } {
  return {
    kind: 'native',
    calls: 0,
    verify() {
      this.calls++
      return good
    },
  }
}

describe('the cache of signatures', () => {
  test('spares a good one the second check', () => {
    const verifier = counting(true)
    const cache = new SignatureCache()
    expect([1, 1, 1].map((n) => new CachedChecks(verifier, cache).check(checkOf(n)))).toEqual([true, true, true])
    expect(verifier.calls).toBe(1)
  })

  test('keeps no bad one', () => {
    const verifier = counting(false)
    const cache = new SignatureCache()
    const checks = new CachedChecks(verifier, cache)
    expect([checks.check(checkOf(1)), checks.check(checkOf(1))]).toEqual([false, false])
    expect(verifier.calls).toBe(2)
    expect(cache.size).toBe(0)
  })

  test('tells apart by signature, key and digest', () => {
    const cache = new SignatureCache()
    const known = checkOf(1)
    cache.add(known)
    expect(cache.has(checkOf(1))).toBe(true)
    expect(cache.has({ ...known, signature: new Uint8Array(64) })).toBe(false)
    expect(cache.has({ ...known, publicKey: new Uint8Array(33).fill(3) })).toBe(false)
    expect(cache.has({ ...known, digest: new Uint8Array(32).fill(9) })).toBe(false)
  })

  test('forgets the oldest above its limit', () => {
    const cache = new SignatureCache(3)
    for (let n = 0; n < 10; n++) cache.add(checkOf(n))
    expect(cache.size).toBe(3)
    expect([6, 7, 8, 9].map((n) => cache.has(checkOf(n)))).toEqual([false, true, true, true])
  })
})

test('without a cache every question is asked', () => {
  const verifier = counting(true)
  const checks = new DirectChecks(verifier)
  checks.check(checkOf(1))
  checks.check(checkOf(1))
  expect(verifier.calls).toBe(2)
})

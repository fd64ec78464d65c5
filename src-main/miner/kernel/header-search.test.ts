import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { hash256 } from '../../chain/primitives/hashes.ts'
import { hashAsNumber } from '../../chain/primitives/target.ts'
import { HeaderSearch } from './header-search.ts'
import { JavaScriptKernel } from './javascript-kernel.ts'
import { prepareHeader } from './prepared-header.ts'
import { NONCE_COUNT, type ScanKernel } from './scan-kernel.ts'
import { compress, INITIAL_STATE, ROUNDS } from './sha256.ts'

const HEADER = Uint8Array.from({ length: 80 }, (_, i) => (i * 37 + 11) & 0xff)
const kernel = new JavaScriptKernel()

/** A kernel that gives these answers, one after the other. */
function scripted(...answers: number[]): ScanKernel & { readonly limits: number[] } {
  const limits: number[] = []
  return {
    name: 'scripted',
    limits,
    load: () => {},
    scan: (_first, _count, limit) => {
      limits.push(limit)
      return answers.shift() ?? -1
    },
  }
}

describe('a search', () => {
  test('stops at as many nonces as were asked for, and goes on from there', () => {
    const search = new HeaderSearch(kernel, HEADER, 1n << 251n)
    const all = search.search(0, 1_000, 1_000).found
    expect(all.length).toBeGreaterThan(20)
    const found: number[] = []
    for (let first = 0; first < 1_000; ) {
      const range = search.search(first, 1_000 - first)
      found.push(...range.found)
      first += range.attempts
    }
    expect(found).toEqual(all)
  })

  test('keeps the best hash over all ranges', () => {
    const search = new HeaderSearch(kernel, HEADER, 0n)
    expect(search.best).toBeUndefined()
    const hashes = Array.from({ length: 600 }, (_, nonce) => hashAsNumber(hash256(search.headerWith(nonce))))
    for (let first = 0; first < 600; first += 50) {
      search.search(first, 50)
      const best = hashes.slice(0, first + 50).reduce((a, b) => (b < a ? b : a))
      expect(hashAsNumber(search.best?.hash as Uint8Array)).toBe(best)
      expect(search.best?.nonce).toBe(hashes.indexOf(best))
    }
  })

  test('asks kernels for little more than what could be better: the limit only falls', () => {
    const spy = scripted(0, 1, 2, 3)
    const search = new HeaderSearch(spy, HEADER, 0n)
    try {
      search.search(0, 100)
    } catch {
      // One of the four is no better: that a kernel may not say.
    }
    expect(spy.limits[0]).toBe(0xffff_ffff)
    expect(spy.limits).toEqual([...spy.limits].sort((a, b) => b - a))
  })

  test('reports a kernel that lies instead of its nonce', () => {
    const search = (nonce: number) => () => new HeaderSearch(scripted(5, nonce), HEADER, 0n).search(5, 10)
    const code = (run: () => unknown) => {
      try {
        run()
        return 'none'
      } catch (error) {
        return (error as { code?: string }).code
      }
    }
    const word = (nonce: number) =>
      new DataView(hash256(new HeaderSearch(kernel, HEADER, 0n).headerWith(nonce)).buffer).getUint32(28, true)
    const worse = [6, 7, 8, 9, 10, 11, 12, 13, 14].find((nonce) => word(nonce) > word(5)) as number
    expect(code(search(worse))).toBe('WRONG_HASH')
    expect(code(search(15))).toBe('WRONG_HASH')
    expect(code(search(5))).toBe('WRONG_HASH')
  })

  test('refuses headers, targets and ranges that there are not', () => {
    expect(() => new HeaderSearch(kernel, HEADER.subarray(1), 1n)).toThrow(RangeError)
    expect(() => new HeaderSearch(kernel, HEADER, -1n)).toThrow(RangeError)
    expect(() => new HeaderSearch(kernel, HEADER, 1n << 256n)).toThrow(RangeError)
    const search = new HeaderSearch(kernel, HEADER, 1n)
    for (const [first, count] of [
      [-1, 1],
      [NONCE_COUNT, 1],
      [1, NONCE_COUNT],
      [0, -1],
      [Number.NaN, 1],
    ] as const)
      expect(() => search.search(first, count)).toThrow(RangeError)
  })

  test('does not look at the nonce of the header it was given, nor at what is done to it later', () => {
    const header = HEADER.slice()
    const search = new HeaderSearch(kernel, header, 1n << 250n)
    header.fill(1)
    const other = HEADER.slice()
    other.fill(0xaa, 76)
    expect(search.search(0, 500)).toEqual(new HeaderSearch(kernel, other, 1n << 250n).search(0, 500))
  })
})

describe('the prepared header', () => {
  test('holds the midstate, and the hash of the first 64 bytes follows from it', () => {
    const state = Int32Array.from(prepareHeader(HEADER).subarray(0, 8))
    const words = new Int32Array(ROUNDS)
    words[0] = 0x80000000 | 0
    words[15] = 512
    compress(state, words)
    const digest = createHash('sha256').update(HEADER.subarray(0, 64)).digest()
    expect(Array.from(state, (word) => word >>> 0)).toEqual(
      Array.from({ length: 8 }, (_, i) => digest.readUInt32BE(4 * i)),
    )
    expect(INITIAL_STATE[0]).toBe(0x6a09e667)
  })

  test('is the same for all nonces', () => {
    const other = HEADER.slice()
    other.fill(0xee, 76)
    expect(prepareHeader(other)).toEqual(prepareHeader(HEADER))
  })
})

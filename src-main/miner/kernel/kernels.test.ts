import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { networks } from '../../chain/consensus/networks.ts'
import { hash256 } from '../../chain/primitives/hashes.ts'
import { hashAsNumber, targetFromBits } from '../../chain/primitives/target.ts'
import { bitcoinMainGenesis, bitcoinRegtestGenesis } from '../../chain/test-support/bitcoin-genesis.ts'
import { vectorText } from '../../chain/test-support/vectors.ts'
import { fromHex } from '../../kernel/bytes.ts'
import { allKernels, nativeAddon } from '../test-support/kernels.ts'
import { HeaderSearch } from './header-search.ts'
import { prepareHeader } from './prepared-header.ts'
import { NONCE_COUNT, type ScanKernel } from './scan-kernel.ts'

const RUNS = process.env.SHOAL_LONG === '1' ? 2_000 : 60
const MAX_TARGET = 2n ** 256n - 1n
const bitcoinHeaders = vectorText('blocks/mainnet_headers_1-11.txt')
  .trim()
  .split('\n')
  .map((line) => fromHex(line.trim()))
const knownHeaders = [
  ...bitcoinHeaders,
  ...[bitcoinMainGenesis, bitcoinRegtestGenesis, ...Object.values(networks).map(({ genesis }) => genesis)].map(
    ({ header }) => header.bytes(),
  ),
]

function topWord(header: Uint8Array): number {
  return new DataView(hash256(header).buffer).getUint32(28, true)
}

/** What a search must find, by node:crypto alone. */
function expectedNonces(header: Uint8Array, target: bigint, first: number, count: number): number[] {
  const search = new HeaderSearch(allKernels.at(-1) as ScanKernel, header, target)
  return Array.from({ length: count }, (_, i) => first + i).filter(
    (nonce) => hashAsNumber(hash256(search.headerWith(nonce))) <= target,
  )
}

describe('kernels on this machine', () => {
  test('eleven headers of Bitcoin and five first blocks are there', () => {
    expect(bitcoinHeaders).toHaveLength(11)
    expect(knownHeaders).toHaveLength(16)
  })

  test('a native kernel for each set of instructions the processor has, WebAssembly and JavaScript', () => {
    const names = allKernels.map(({ name }) => name)
    expect(names.slice(-2)).toEqual(['WebAssembly SIMD', 'JavaScript'])
    if (nativeAddon === undefined) return expect(names).toHaveLength(2)
    expect(names.at(-3)).toBe('native (plain C)')
    if (process.platform !== 'linux' || process.arch !== 'x64') return
    const flags = (/^flags\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '').split(' ')
    expect(cpus().length).toBeGreaterThan(0)
    for (const [flag, name] of [
      ['avx512f', 'AVX-512'],
      ['sha_ni', 'SHA-NI'],
      ['avx2', 'AVX2'],
    ] as const)
      expect(names.includes(`native (${name})`), flag).toBe(flags.includes(flag))
  })
})

describe.each(allKernels.map((kernel) => [kernel.name, kernel] as const))('%s', (_, kernel) => {
  test.each(knownHeaders.map((header) => [hashAsNumber(hash256(header)).toString(16), header] as const))(
    'finds the nonce of %s',
    (_hash, header) => {
      const view = new DataView(header.buffer, header.byteOffset)
      const nonce = view.getUint32(76, true)
      const target = targetFromBits(view.getUint32(72, true)) as bigint
      const before = Math.min(nonce, 1_001)
      const search = new HeaderSearch(kernel, header, target)
      const first = expectedNonces(header, target, nonce - before, before + 1)[0] as number
      expect(search.search(nonce - before, before + 500)).toEqual({
        found: [first],
        attempts: first - (nonce - before) + 1,
      })
      // Where no lower nonce does as well, what was found is the header itself.
      if (first === nonce) expect(search.headerWith(nonce)).toEqual(new Uint8Array(header))
    },
  )

  test('agrees with node:crypto on random headers, ranges and limits', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 80, maxLength: 80 }),
        fc.oneof(fc.integer({ min: 0, max: NONCE_COUNT - 100 }), fc.constantFrom(0, NONCE_COUNT - 37)),
        fc.integer({ min: 0, max: 37 }),
        fc.integer({ min: 0, max: 0xffff_ffff }),
        (header, first, count, limit) => {
          const at = (nonce: number) => {
            const copy = header.slice()
            new DataView(copy.buffer).setUint32(76, nonce, true)
            return topWord(copy)
          }
          kernel.load(prepareHeader(header))
          const nonces = Array.from({ length: count }, (_, i) => first + i)
          expect(kernel.scan(first, count, limit)).toBe(nonces.find((nonce) => at(nonce) <= limit) ?? -1)
        },
      ),
      { seed: 20_261_122, numRuns: RUNS },
    )
  })

  test('a limit is met by an equal word, and not by the one above', () => {
    const header = bitcoinHeaders[3] as Uint8Array
    for (const nonce of [0, 1, 2, 3, 15, 16, 17, NONCE_COUNT - 1]) {
      const search = new HeaderSearch(kernel, header, MAX_TARGET)
      const word = topWord(search.headerWith(nonce))
      kernel.load(prepareHeader(header))
      expect(kernel.scan(nonce, 1, word)).toBe(nonce)
      expect(kernel.scan(nonce, 1, word - 1)).toBe(-1)
    }
    kernel.load(prepareHeader(header))
    expect(kernel.scan(7, 1, 0xffff_ffff)).toBe(7)
  })

  test('the last nonces of a header do not run over into the first', () => {
    const header = bitcoinHeaders[5] as Uint8Array
    const target = MAX_TARGET >> 4n
    for (let count = 0; count <= 40; count++) {
      const first = NONCE_COUNT - count
      const search = new HeaderSearch(kernel, header, target)
      const expected = expectedNonces(header, target, first, count)
      expect(search.search(first, count, 100)).toEqual({ found: expected, attempts: count })
    }
  })

  test('a range without nonces has none', () => {
    kernel.load(prepareHeader(bitcoinHeaders[0] as Uint8Array))
    expect(kernel.scan(0, 0, 0xffff_ffff)).toBe(-1)
    expect(kernel.scan(NONCE_COUNT - 1, 0, 0xffff_ffff)).toBe(-1)
  })

  test('a header that was loaded takes the place of the one before', () => {
    const [a, b] = bitcoinHeaders.map(prepareHeader) as [Int32Array, Int32Array]
    const scan = (prepared: Int32Array) => {
      kernel.load(prepared)
      return kernel.scan(0, 5_000, 0x00ff_ffff)
    }
    const [first, second] = [scan(a), scan(b)]
    expect([scan(a), scan(b)]).toEqual([first, second])
    expect(first).not.toBe(second)
  })
})

describe('all kernels', () => {
  test('find the same nonces and the same best hash in long ranges', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 80, maxLength: 80 }),
        fc.integer({ min: 0, max: NONCE_COUNT - 20_000 }),
        fc.integer({ min: 1, max: 4_000 }),
        fc.integer({ min: 0, max: 16 }),
        (header, first, count, zeros) => {
          const results = allKernels.map((kernel) => {
            const search = new HeaderSearch(kernel, header, MAX_TARGET >> BigInt(zeros))
            return { range: search.search(first, count, 8), best: search.best }
          })
          for (const result of results) expect(result).toEqual(results[0])
        },
      ),
      { seed: 4_294_967, numRuns: Math.ceil(RUNS / 6) },
    )
  })

  test.each([0n, 1n])('none finds a hash of at most %s', (target) => {
    for (const kernel of allKernels) {
      const search = new HeaderSearch(kernel, bitcoinHeaders[0] as Uint8Array, target)
      expect(search.search(1_000, 2_000)).toEqual({ found: [], attempts: 2_000 })
    }
  })

  test('a target of all ones is met by the first nonce', () => {
    for (const kernel of allKernels) {
      const search = new HeaderSearch(kernel, bitcoinHeaders[0] as Uint8Array, MAX_TARGET)
      expect(search.search(4_000_000_001, 100, 3)).toEqual({
        found: [4_000_000_001, 4_000_000_002, 4_000_000_003],
        attempts: 3,
      })
    }
  })

  test('a target that is the hash itself is met, one below it is not', () => {
    const header = bitcoinHeaders[8] as Uint8Array
    const nonce = new DataView(header.buffer, header.byteOffset).getUint32(76, true)
    const hash = hashAsNumber(hash256(header))
    for (const kernel of allKernels) {
      const found = (target: bigint) => new HeaderSearch(kernel, header, target).search(nonce - 10, 20).found
      expect(found(hash)).toEqual([nonce])
      expect(found(hash - 1n)).toEqual([])
    }
  })
})

test('the add-on refuses what it was not made for', () => {
  // Without a compiler there is none, and the two other kernels are all there is.
  if (nativeAddon === undefined) return expect(allKernels).toHaveLength(2)
  const addon = nativeAddon
  const prepared = prepareHeader(bitcoinHeaders[0] as Uint8Array)
  const scan = addon.scan as (...args: unknown[]) => number
  for (const args of [
    [],
    [0, prepared, 0, 1],
    [addon.kernels.length, prepared, 0, 1, 0],
    [0, prepared.slice(1), 0, 1, 0],
    [0, new Uint32Array(25), 0, 1, 0],
    [0, {}, 0, 1, 0],
    [0, prepared, 1, NONCE_COUNT, 0],
    [0, prepared, -1, 1, 0],
    [0, prepared, 0, Number.NaN, 0],
    [0, prepared, 0, 1, NONCE_COUNT],
    [0, prepared, 0, 1, '0'],
  ])
    expect(() => scan(...args), JSON.stringify(args)).toThrow(RangeError)
  expect(scan(0, prepared, NONCE_COUNT - 1, 1, NONCE_COUNT - 1)).toBe(0)
})

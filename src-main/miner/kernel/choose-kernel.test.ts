import { describe, expect, test } from 'vitest'
import type { Random } from '../../kernel/random.ts'
import { nativeAddon, webAssemblyBytes } from '../test-support/kernels.ts'
import { chooseKernel, type KernelSources, usableKernels } from './choose-kernel.ts'
import { JavaScriptKernel } from './javascript-kernel.ts'
import type { NativeAddon } from './native-kernel.ts'
import { prepareHeader } from './prepared-header.ts'
import type { ScanKernel } from './scan-kernel.ts'
import { testKernel } from './self-test.ts'

const random: Random = {
  bytes: (length) => Uint8Array.from({ length }, (_, i) => (i * 91 + 7) & 0xff),
  below: (limit) => Math.floor(limit / 3),
}

function absent(): never {
  throw new Error('no such file')
}

/** An add-on in JavaScript with these kernels, the good one among them. */
function fakeAddon(...names: string[]): NativeAddon {
  const js = new JavaScriptKernel()
  return {
    kernels: names,
    scan: (kernel, prepared, first, count, limit) => {
      if (names[kernel] === 'broken') throw new Error('illegal instruction')
      if (names[kernel] === 'blind') return -1
      js.load(prepared)
      const nonce = js.scan(first, count, limit)
      return nonce < 0 ? -1 : nonce - first
    },
  }
}

describe('the choice of a kernel', () => {
  const choose = (sources: Partial<KernelSources>) =>
    chooseKernel({ native: undefined, webAssembly: undefined, ...sources }, random)

  test('native before WebAssembly before JavaScript', () => {
    const native = () => fakeAddon('fast', 'slow')
    expect(choose({ native, webAssembly: webAssemblyBytes }).kernel.name).toBe('native (fast)')
    expect(choose({ webAssembly: webAssemblyBytes }).kernel.name).toBe('WebAssembly SIMD')
    expect(choose({}).kernel.name).toBe('JavaScript')
  })

  test('says why those before it were not used', () => {
    const { kernel, refused } = choose({ native: () => fakeAddon('broken', 'blind', 'good') })
    expect(kernel.name).toBe('native (good)')
    expect(refused.map(({ fault }) => fault)).toEqual([
      { code: 'UNUSABLE', kernel: 'native (broken)', reason: 'illegal instruction' },
      { code: 'UNUSABLE', kernel: 'native (blind)', reason: 'it does not find the nonce of a known header' },
    ])
    const broken = choose({ native: absent, webAssembly: absent })
    expect(broken.refused.map(({ fault }) => fault.kernel)).toEqual(['native', 'WebAssembly SIMD'])
    expect(broken.kernel.name).toBe('JavaScript')
    // What did not come with this Shoal is no fault of anything.
    expect(choose({}).refused).toEqual([])
  })

  test('WebAssembly that this engine does not understand is passed over', () => {
    const { kernel, refused } = choose({ webAssembly: () => Uint8Array.of(0, 1, 2, 3) })
    expect(kernel.name).toBe('JavaScript')
    expect(refused.at(-1)?.fault.kernel).toBe('WebAssembly SIMD')
  })

  test('every kernel of this machine passes', () => {
    const sources = { native: nativeAddon && (() => nativeAddon as NativeAddon), webAssembly: webAssemblyBytes }
    const names = usableKernels(sources, random).map(({ name }) => name)
    expect(names).toEqual([
      ...(nativeAddon?.kernels.map((name) => `native (${name})`) ?? []),
      'WebAssembly SIMD',
      'JavaScript',
    ])
  })
})

describe('the test of a kernel', () => {
  /** JavaScript's kernel with one thing wrong. */
  const wrong = (change: Partial<ScanKernel>): ScanKernel => {
    const js = new JavaScriptKernel()
    return { name: 'wrong', load: (p) => js.load(p), scan: (f, c, l) => js.scan(f, c, l), ...change }
  }
  const js = new JavaScriptKernel()

  test.each<[string, Partial<ScanKernel>]>([
    ['finds nothing', { scan: () => -1 }],
    ['finds everything', { scan: (first) => first }],
    ['is one nonce late', { scan: (first, count, limit) => js.scan(first, count, limit) + 1 }],
    ['never takes up the second header', { load: () => js.load(prepareHeader(new Uint8Array(80))) }],
    ['looks at the wrong end of a range', { scan: (first, count, limit) => js.scan(first + 1, count - 1, limit) }],
    ['goes beyond a range', { scan: (first, count, limit) => js.scan(first, count + 8, limit) }],
  ])('one that %s does not pass', (_, change) => {
    const load = (prepared: Int32Array) => js.load(prepared)
    expect(() => testKernel(wrong({ load, ...change }), random)).toThrow(/cannot be used on this machine/)
  })

  test('one that is right passes', () => {
    expect(() => testKernel(wrong({}), random)).not.toThrow()
  })
})

/**
 * The kernel in WebAssembly: four nonces at once in 128-bit vectors. The module is made by `scripts/mining-kernels.mjs`
 * from `src-native/mining/sha256d-wat.mjs`, which says what it expects where in its memory.
 */
import { PREPARED_WORDS } from './prepared-header.ts'
import type { ScanKernel } from './scan-kernel.ts'

const LANES = 4
/** Where the module leaves the top words of a group in which one was low enough, in 32-bit words. */
const TOP_WORDS_AT = LANES * PREPARED_WORDS

interface Exports {
  readonly memory: WebAssembly.Memory
  /** Groups that were left when it stopped, with the one it stopped at; 0 where it went through all of them. */
  scan(first: number, groups: number, limit: number): number
}

export class WebAssemblyKernel implements ScanKernel {
  readonly name = 'WebAssembly SIMD'
  readonly #exports: Exports
  readonly #words: Int32Array

  /** @throws WebAssembly.CompileError for bytes that this engine cannot run, as where it has no SIMD */
  constructor(bytes: Uint8Array) {
    const module = new WebAssembly.Module(new Uint8Array(bytes))
    this.#exports = new WebAssembly.Instance(module).exports as unknown as Exports
    this.#words = new Int32Array(this.#exports.memory.buffer)
  }

  load(prepared: Int32Array): void {
    for (let i = 0; i < PREPARED_WORDS; i++) this.#words.fill(prepared[i] as number, LANES * i, LANES * (i + 1))
  }

  scan(first: number, count: number, limit: number): number {
    const groups = Math.ceil(count / LANES)
    const left = this.#exports.scan(first, groups, limit) >>> 0
    if (left === 0) return -1
    const group = first + LANES * (groups - left)
    for (let lane = 0; lane < LANES; lane++) {
      const nonce = group + lane
      // The last group may reach beyond the range.
      if (nonce >= first + count) return -1
      if ((this.#words[TOP_WORDS_AT + lane] as number) >>> 0 <= limit) return nonce
    }
    return -1
  }
}

/**
 * The native kernels: one add-on with the instructions of many processors, of which it says itself what runs here. It is made
 * by `scripts/mining-kernels.mjs` from `src-native/mining` where there is a C compiler.
 */
import { PREPARED_WORDS } from './prepared-header.ts'
import type { ScanKernel } from './scan-kernel.ts'

/** What `src-native/mining/addon.c` exports. */
export interface NativeAddon {
  /** Names of the kernels that this processor can run, the fastest first. */
  readonly kernels: readonly string[]
  /** As `ScanKernel.scan`, but for an offset from `first`; `kernel` is an index of `kernels`. @throws RangeError */
  scan(kernel: number, prepared: Int32Array, first: number, count: number, limit: number): number
}

class NativeKernel implements ScanKernel {
  readonly name: string
  readonly #addon: NativeAddon
  readonly #index: number
  #prepared: Int32Array = new Int32Array(PREPARED_WORDS)

  constructor(addon: NativeAddon, index: number) {
    this.name = `native (${addon.kernels[index]})`
    this.#addon = addon
    this.#index = index
  }

  load(prepared: Int32Array): void {
    this.#prepared = prepared
  }

  scan(first: number, count: number, limit: number): number {
    const offset = this.#addon.scan(this.#index, this.#prepared, first, count, limit)
    return offset < 0 ? -1 : first + offset
  }
}

/** One kernel for each set of instructions, the fastest first. */
export function nativeKernels(addon: NativeAddon): ScanKernel[] {
  return addon.kernels.map((_, index) => new NativeKernel(addon, index))
}

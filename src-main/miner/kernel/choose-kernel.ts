/** Which kernel mines: native, WebAssembly or JavaScript, the first that is there and passes its test. */
import type { Random } from '../../kernel/random.ts'
import { JavaScriptKernel } from './javascript-kernel.ts'
import { type NativeAddon, nativeKernels } from './native-kernel.ts'
import { KernelError, type ScanKernel } from './scan-kernel.ts'
import { testKernel, unusable } from './self-test.ts'
import { WebAssemblyKernel } from './webassembly-kernel.ts'

/** Where kernels come from; each may throw where there is none. */
export interface KernelSources {
  native(): NativeAddon
  /** Bytes of the WebAssembly module. */
  webAssembly(): Uint8Array
}

export interface KernelChoice {
  readonly kernel: ScanKernel
  /** Those that would have come before it. */
  readonly refused: readonly KernelError[]
}

/** @throws KernelError `UNUSABLE` where not even JavaScript passes */
export function chooseKernel(sources: KernelSources, random: Random): KernelChoice {
  const refused: KernelError[] = []
  for (const [name, make] of candidates(sources)) {
    try {
      for (const kernel of make()) {
        const fault = faultOf(kernel, random)
        if (fault === undefined) return { kernel, refused }
        refused.push(fault)
      }
    } catch (error) {
      refused.push(unusable(name, error))
    }
  }
  throw refused.at(-1) as KernelError
}

/** Every kernel that passes its test here, in the order of choice. For tests and figures. */
export function usableKernels(sources: KernelSources, random: Random): ScanKernel[] {
  return candidates(sources).flatMap(([, make]) => {
    try {
      return make().filter((kernel) => faultOf(kernel, random) === undefined)
    } catch {
      return []
    }
  })
}

function candidates({ native, webAssembly }: KernelSources): [name: string, make: () => ScanKernel[]][] {
  return [
    ['native', () => nativeKernels(native())],
    ['WebAssembly SIMD', () => [new WebAssemblyKernel(webAssembly())]],
    ['JavaScript', () => [new JavaScriptKernel()]],
  ]
}

function faultOf(kernel: ScanKernel, random: Random): KernelError | undefined {
  try {
    testKernel(kernel, random)
    return undefined
  } catch (error) {
    if (error instanceof KernelError) return error
    throw error
  }
}

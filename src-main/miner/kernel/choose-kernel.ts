/** Which kernel mines: native, WebAssembly or JavaScript, the first that is there and passes its test. */
import type { Random } from '../../kernel/random.ts'
import { JavaScriptKernel } from './javascript-kernel.ts'
import { type NativeAddon, nativeKernels } from './native-kernel.ts'
import { KernelError, type ScanKernel } from './scan-kernel.ts'
import { testKernel, unusable } from './self-test.ts'
import { WebAssemblyKernel } from './webassembly-kernel.ts'

/** Kernels that came with this Shoal. What throws is refused, what is left out is not missed. */
export interface KernelSources {
  readonly native: (() => NativeAddon) | undefined
  /** Bytes of the WebAssembly module. */
  readonly webAssembly: (() => Uint8Array) | undefined
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

type Candidate = readonly [name: string, make: () => ScanKernel[]]

function candidates({ native, webAssembly }: KernelSources): Candidate[] {
  const all: (Candidate | undefined)[] = [
    native && ['native', () => nativeKernels(native())],
    webAssembly && ['WebAssembly SIMD', () => [new WebAssemblyKernel(webAssembly())]],
    ['JavaScript', () => [new JavaScriptKernel()]],
  ]
  return all.filter((candidate) => candidate !== undefined)
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

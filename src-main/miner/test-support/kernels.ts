/** Every mining kernel that there is on this machine, for tests. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { miningKernels } from '../../../scripts/mining-kernels.mjs'
import { JavaScriptKernel } from '../kernel/javascript-kernel.ts'
import { type NativeAddon, nativeKernels } from '../kernel/native-kernel.ts'
import type { ScanKernel } from '../kernel/scan-kernel.ts'
import { WebAssemblyKernel } from '../kernel/webassembly-kernel.ts'

const files = await miningKernels()

/** Undefined where there is no C compiler. */
export const nativeAddon: NativeAddon | undefined = files.native
  ? createRequire(import.meta.url)(files.native)
  : undefined

export function webAssemblyBytes(): Uint8Array {
  return new Uint8Array(readFileSync(files.webAssembly))
}

/** Untested: those that the product would refuse are among them. */
export const allKernels: readonly ScanKernel[] = [
  ...(nativeAddon ? nativeKernels(nativeAddon) : []),
  new WebAssemblyKernel(webAssemblyBytes()),
  new JavaScriptKernel(),
]

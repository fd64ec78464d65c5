/** Mining kernels as files: a folder beside the built app, made by `scripts/mining-kernels.mjs`. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { KernelSources } from '../miner/kernel/choose-kernel.ts'
import type { NativeAddon } from '../miner/kernel/native-kernel.ts'
import type { MiningKernelPaths } from './mining-messages.ts'

/** The kernels in a folder, by the names they have there. */
export function miningKernelsIn(folder: string): MiningKernelPaths {
  return { native: join(folder, 'sha256d.node'), webAssembly: join(folder, 'sha256d.wasm') }
}

/** Those of the files that are there. */
export function kernelFiles({ native, webAssembly }: MiningKernelPaths): KernelSources {
  return {
    native: native && existsSync(native) ? () => createRequire(import.meta.url)(native) as NativeAddon : undefined,
    webAssembly: webAssembly && existsSync(webAssembly) ? () => new Uint8Array(readFileSync(webAssembly)) : undefined,
  }
}

export interface MiningKernelFiles {
  readonly webAssembly: string
  readonly native?: string
  /** What a compiler said, or that there is none. */
  readonly whyNoNative?: string
}
export const WEBASSEMBLY_FILE: string
export const NATIVE_FILE: string
export function miningKernels(): Promise<MiningKernelFiles>
export function placeMiningKernels(folder: string): Promise<MiningKernelFiles>

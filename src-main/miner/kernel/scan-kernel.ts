/**
 * What a mining kernel does, and all it does: hash one header with many nonces and stop at the first hash that is worth a
 * closer look. Everything else (the full target, the best hash, ranges) is `HeaderSearch`, the same for all kernels.
 */
import { CodedError, type Fault } from '../../kernel/errors.ts'

/** Nonces of a header. */
export const NONCE_COUNT = 2 ** 32

export interface ScanKernel {
  /** As people read it: `native (SHA-NI)`, `WebAssembly SIMD`, `JavaScript`. */
  readonly name: string
  /** Takes a header up, as `prepareHeader` made it; it holds until the next. */
  load(prepared: Int32Array): void
  /**
   * Tries the nonces from `first` on, `count` of them, and gives the first one whose hash has a most significant word (bytes
   * 28 to 31, little-endian) of at most `limit`; -1 where there is none. `first + count` is at most `NONCE_COUNT`.
   */
  scan(first: number, count: number, limit: number): number
}

/** `WRONG_HASH`: a kernel called a nonce good whose hash is not. `UNUSABLE`: it cannot run here, or fails its test. */
export type KernelFault = Fault &
  (
    | { readonly code: 'WRONG_HASH'; readonly kernel: string; readonly nonce: number }
    | { readonly code: 'UNUSABLE'; readonly kernel: string; readonly reason: string }
  )

/** A mining kernel of ours does not do what it should. Says nothing about a header. */
export class KernelError extends CodedError<KernelFault> {}

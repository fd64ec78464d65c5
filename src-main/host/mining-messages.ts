/** What the mining threads and their owner say to each other. */

/** One header for one thread. `id` names it in replies. */
export interface MiningTask {
  readonly id: number
  /** 80 bytes. */
  readonly header: Uint8Array
  readonly target: bigint
}

/** Everything a thread has to know. It has at most one of them that it has not taken up. */
export interface MiningOrder {
  /** Per cent of its time. */
  readonly share: number
  /** `same`: goes on with what it does. `none`: rests. */
  readonly task: MiningTask | 'same' | 'none'
}

export interface RefusedKernel {
  readonly kernel: string
  readonly reason: string
}

export type MiningReply =
  | {
      readonly kind: 'ready'
      readonly kernel: string
      readonly refused: readonly RefusedKernel[]
      /** Whether its thread gives way to others; where the platform has that for a process only, it does not. */
      readonly lowPriority: boolean
    }
  /** The last order holds from here on; what was done before it has been reported. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'progress'; readonly attempts: number; readonly best: Uint8Array | undefined }
  /** All nonces of a header have been tried. */
  | { readonly kind: 'exhausted'; readonly task: number }
  | { readonly kind: 'found'; readonly task: number; readonly header: Uint8Array; readonly nonce: number }

/** What a mining thread is started with. */
export interface MiningThreadData {
  readonly kernels: MiningKernelPaths
}

/** Where kernels are kept; a file that is not there is passed over. */
export interface MiningKernelPaths {
  readonly native?: string
  readonly webAssembly?: string
}

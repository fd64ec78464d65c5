/** SHA-1 of pieces off the main thread. Queues are bounded and every job settles exactly once, also when a worker dies. */
import { CodedError, type Fault } from './errors.ts'

/** A run of bytes of one file. */
export interface FileSpan {
  readonly path: string
  readonly offset: number
  readonly length: number
}

export interface HashedPiece {
  readonly digest: Uint8Array
  /** The bytes that were hashed, handed back: the same memory where the implementation moved it between threads. */
  readonly bytes: Uint8Array
}

/** `CLOSED`: the hasher has ended. `FULL`: `limit` jobs wait already. `WORKER_DIED`: the thread ended in mid-job. */
export type HasherFault = Fault &
  (
    | { readonly code: 'CLOSED' }
    | { readonly code: 'FULL'; readonly limit: number }
    | { readonly code: 'WORKER_DIED'; readonly reason: string }
  )

/** The hasher could not do a job. Never says anything about the data. */
export class HasherError extends CodedError<HasherFault> {}

export interface Hasher {
  /**
   * Hashes a piece in memory. Takes `bytes` (a whole ArrayBuffer or a view from its start) away from the caller until it
   * settles: it may be moved to another thread and comes back in the result. @throws HasherError `CLOSED` | `FULL` | `WORKER_DIED`
   */
  sha1(bytes: Uint8Array): Promise<HashedPiece>
  /**
   * Reads and hashes pieces on disk: each piece is the concatenation of its spans. One digest of 20 bytes for each piece,
   * or undefined where the data is not there (missing or short file). `progress` counts bytes read so far.
   * @throws HasherError, or the reason of `signal` once that is aborted
   */
  sha1OfSpans(
    pieces: readonly (readonly FileSpan[])[],
    options?: { readonly progress?: (bytes: number) => void; readonly signal?: AbortSignal },
  ): Promise<(Uint8Array | undefined)[]>
  close(): Promise<void>
}

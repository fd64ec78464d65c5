/**
 * The search for nonces, away from the thread that asks. One job at a time: it ends with the first nonce found, with the next
 * job, or with `work(undefined)`; within 100 ms then nothing of it is worked on any more.
 */
import { CodedError, type Fault } from './errors.ts'

/** A header that one thread tries all 2^32 nonces of. */
export interface MiningHeader {
  /** 80 bytes; the nonce in them counts for nothing. */
  readonly bytes: Uint8Array
  /** What its coinbase has that no other header's of the job has; only handed back. */
  readonly extranonce: Uint8Array
}

export interface MiningJob {
  /** The highest hash that will do, as a number: 0 to 2^256 - 1. */
  readonly target: bigint
  /**
   * A header that nobody has had: another extranonce, the time as it is now. Asked for by each thread, before the call of
   * `work` returns or when a thread starts later, and again by one that has tried all nonces. Undefined: there is none, the thread rests.
   * Must not throw and not change the job.
   */
  nextHeader(): MiningHeader | undefined
}

export interface FoundNonce<Job extends MiningJob = MiningJob> {
  readonly job: Job
  /** The 80 bytes with the nonce: their hash is not above the target. */
  readonly header: Uint8Array
  readonly extranonce: Uint8Array
  readonly nonce: number
}

/** What was done since the last report. */
export interface MiningProgress {
  /** Hashes tried. */
  readonly attempts: number
  /** The lowest hash of those, 32 bytes in internal byte order, where one was tried. */
  readonly best: Uint8Array | undefined
}

/**
 * `WORKER_DIED`: a thread ended; where it is `replaced`, another goes on with a header of its own. `KERNEL_REFUSED`: a faster way
 * to hash that is there cannot be used, another is.
 */
export type MiningFault = Fault &
  (
    | { readonly code: 'WORKER_DIED'; readonly reason: string; readonly replaced: boolean }
    | { readonly code: 'KERNEL_REFUSED'; readonly kernel: string; readonly reason: string }
  )

/** Mining does not run as it should. Says nothing about a job. */
export class MiningWorkersError extends CodedError<MiningFault> {}

export const MAX_MINING_THREADS = 256

export interface MiningWorkers {
  /** What hashes, such as `native (SHA-NI)`; undefined until a first thread has started. */
  readonly kernel: string | undefined
  /** Threads that mine while there is a job, at first 1. @throws RangeError but for 1 to `MAX_MINING_THREADS` */
  setThreads(threads: number): void
  /** Per cent of each thread's time, at first 100. @throws RangeError but for 1 to 100 */
  setShare(share: number): void
  /** Takes up a job in place of any other; `undefined` rests. After `close` it does nothing. */
  work(job: MiningJob | undefined): void
  /** At most once for each job. Nonces of jobs that are over are not told. */
  onFound(listener: (found: FoundNonce) => void): void
  /** A few times a second while there is a job, and as one ends. */
  onProgress(listener: (progress: MiningProgress) => void): void
  onFault(listener: (fault: MiningWorkersError) => void): void
  /** Ends all threads; nothing is told afterwards. */
  close(): Promise<void>
}

/** @throws RangeError */
export function checkMiningThreads(threads: number): number {
  if (Number.isInteger(threads) && threads >= 1 && threads <= MAX_MINING_THREADS) return threads
  throw new RangeError(`1 to ${MAX_MINING_THREADS} threads can mine, not ${threads}`)
}

/** @throws RangeError */
export function checkMiningShare(share: number): number {
  if (share >= 1 && share <= 100) return share
  throw new RangeError(`a share is 1 to 100 per cent, not ${share}`)
}

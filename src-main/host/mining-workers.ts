/**
 * Mining on worker threads, started when there is a first job.
 *
 * Each thread has a header of its own and asks for another when that is used up, so that no two try the same. A thread that
 * ends by itself is replaced, `MAX_REPLACED_THREADS` times in all. An order reaches a thread between two of its batches
 * (`mining-pace.ts`), two batches later at most: each thread has one order at most that it has not taken up.
 */
import { assertNever } from '../kernel/errors.ts'
import {
  checkMiningShare,
  checkMiningThreads,
  type FoundNonce,
  type MiningJob,
  type MiningProgress,
  type MiningWorkers,
  MiningWorkersError,
} from '../kernel/mining-workers.ts'
import type { MiningKernelPaths, MiningReply } from './mining-messages.ts'
import { MiningThread } from './mining-thread.ts'

export const MAX_REPLACED_THREADS = 8

export interface MiningWorkersOptions {
  /** The script of the worker: `mining.worker.ts`, or what the build made of it. */
  readonly workerPath: string | URL
  readonly kernels: MiningKernelPaths
}

export function createMiningWorkers(options: MiningWorkersOptions): MiningWorkers {
  return new MiningPool(options)
}

class MiningPool implements MiningWorkers {
  readonly #options: MiningWorkersOptions
  readonly #found: ((found: FoundNonce) => void)[] = []
  readonly #progress: ((progress: MiningProgress) => void)[] = []
  readonly #faults: ((fault: MiningWorkersError) => void)[] = []
  /** Those that mine. One that has been told to leave is in `#leaving` until it has. */
  readonly #threads = new Set<MiningThread>()
  readonly #leaving = new Set<MiningThread>()
  #wanted = 1
  #share = 100
  #job: MiningJob | undefined
  #kernel: string | undefined
  #replaced = 0
  #closing: Promise<void> | undefined

  constructor(options: MiningWorkersOptions) {
    this.#options = options
  }

  get kernel(): string | undefined {
    return this.#kernel
  }

  setThreads(threads: number): void {
    this.#wanted = checkMiningThreads(threads)
    for (const thread of [...this.#threads].slice(threads)) {
      this.#threads.delete(thread)
      this.#leaving.add(thread)
      thread.leave()
    }
    if (this.#job) this.#fill()
  }

  setShare(share: number): void {
    this.#share = checkMiningShare(share)
    for (const thread of this.#threads) thread.setShare(share)
  }

  work(job: MiningJob | undefined): void {
    if (this.#closing) return
    this.#job = job
    for (const thread of this.#threads) this.#assign(thread)
    if (job) this.#fill()
  }

  onFound(listener: (found: FoundNonce) => void): void {
    this.#found.push(listener)
  }

  onProgress(listener: (progress: MiningProgress) => void): void {
    this.#progress.push(listener)
  }

  onFault(listener: (fault: MiningWorkersError) => void): void {
    this.#faults.push(listener)
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown()
    return this.#closing
  }

  async #shutDown(): Promise<void> {
    this.#job = undefined
    await Promise.all([...this.#threads, ...this.#leaving].map((thread) => thread.terminate()))
  }

  /** Starts threads until there are as many as wanted. */
  #fill(): void {
    while (!this.#closing && this.#threads.size < this.#wanted && this.#replaced <= MAX_REPLACED_THREADS) {
      const { workerPath, kernels } = this.#options
      const thread: MiningThread = new MiningThread(workerPath, { kernels }, this.#share, {
        reply: (from, reply) => this.#heard(from, reply),
        ended: (from, reason) => this.#lost(from, reason),
      })
      this.#threads.add(thread)
      this.#assign(thread)
    }
  }

  /** Gives a thread a new header of the present job. */
  #assign(thread: MiningThread): void {
    const job = this.#job
    const header = job?.nextHeader()
    thread.assign(job && header && { job, header })
  }

  #heard(thread: MiningThread, reply: MiningReply): void {
    if (this.#closing) return
    switch (reply.kind) {
      case 'ready':
        this.#ready(reply)
        break
      case 'progress':
        this.#tell(this.#progress, { attempts: reply.attempts, best: reply.best })
        break
      case 'exhausted':
        if (thread.isCurrent(reply.task)) this.#assign(thread)
        break
      case 'found':
        if (thread.isCurrent(reply.task)) this.#nonceFound(thread, reply.header, reply.nonce)
        break
      case 'taken':
        break
      default:
        assertNever(reply)
    }
  }

  #ready({ kernel, refused }: MiningReply & { kind: 'ready' }): void {
    const first = this.#kernel === undefined
    this.#kernel = kernel
    if (!first) return
    for (const { kernel: name, reason } of refused) {
      const message = `The mining kernel ${name} cannot be used here (${reason}); ${kernel} does its work. Nothing has to be done.`
      const fault = { code: 'KERNEL_REFUSED', kernel: name, reason } as const
      this.#tell(this.#faults, new MiningWorkersError(fault, message))
    }
  }

  #nonceFound(thread: MiningThread, header: Uint8Array, nonce: number): void {
    const { assignment } = thread
    if (assignment === undefined || assignment.job !== this.#job) return
    this.work(undefined)
    this.#tell(this.#found, { job: assignment.job, header, nonce, extranonce: assignment.header.extranonce })
  }

  #lost(thread: MiningThread, reason: string): void {
    this.#leaving.delete(thread)
    if (!this.#threads.delete(thread) || this.#closing) return
    const replaced = ++this.#replaced <= MAX_REPLACED_THREADS
    if (this.#job) this.#fill()
    const next = replaced ? 'Another has taken its place.' : 'Start Shoal again to mine with as many threads as before.'
    const message = `A mining thread ended (${reason}). ${next}`
    this.#tell(this.#faults, new MiningWorkersError({ code: 'WORKER_DIED', reason, replaced }, message))
  }

  #tell<T>(listeners: readonly ((value: T) => void)[], value: T): void {
    for (const listener of listeners) listener(value)
  }
}

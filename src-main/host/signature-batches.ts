/**
 * Signature checks on worker threads, started when they are first needed.
 *
 * Every batch settles exactly once: with its answers, with `WORKER_DIED` where the thread that had it ended (another is
 * started for the next), or with `CLOSED`. Limit: `MAX_OPEN_SIGNATURE_BATCHES` batches wait or are with a thread.
 */
import { Worker } from 'node:worker_threads'
import { SignatureBatchError, type SignatureBatches, type SignatureCheck } from '../kernel/signature-verifier.ts'
import { packChecks, type SignatureReply, type SignatureRequest } from './signature-messages.ts'

export const MAX_OPEN_SIGNATURE_BATCHES = 256
/** They wait at the thread, so that it does not idle while whoever asks is busy with the next block: half of a full one. */
const BATCHES_PER_THREAD = 40

/** MiB for what is new: a batch and its answer are small. */
const YOUNG_GENERATION = 8

export interface SignatureBatchesOptions {
  /** The script of the worker: `signature.worker.ts`, or what the build made of it. */
  readonly workerPath: string | URL
  readonly threads: number
}

export function createSignatureBatches(options: SignatureBatchesOptions): SignatureBatches {
  return new SignaturePool(options)
}

interface Batch {
  readonly records: Uint8Array
  resolve(answers: boolean[]): void
  reject(error: Error): void
}

/** One worker thread and the batches it has not answered. While it has none, it does not keep the process alive. */
class SignatureThread {
  readonly #worker: Worker
  readonly #open = new Map<number, Batch>()
  #nextId = 0

  constructor(workerPath: string | URL, onReply: () => void, onDeath: (batches: Batch[], reason: string) => void) {
    this.#worker = new Worker(workerPath, {
      ...{ name: 'signatures', execArgv: [] },
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION },
    })
    this.#worker.unref()
    let reason = 'the thread ended'
    this.#worker.on('error', (error) => {
      reason = String(error instanceof Error ? error.message : error)
    })
    this.#worker.on('message', (reply: SignatureReply) => {
      this.#take(reply)
      onReply()
    })
    this.#worker.on('exit', () => {
      const lost = [...this.#open.values()]
      this.#open.clear()
      onDeath(lost, reason)
    })
  }

  get load(): number {
    return this.#open.size
  }

  send(batch: Batch): void {
    const request: SignatureRequest = { id: this.#nextId++, records: batch.records }
    this.#open.set(request.id, batch)
    this.#worker.ref()
    this.#worker.postMessage(request, [batch.records.buffer as ArrayBuffer])
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate()
  }

  #take({ id, good }: SignatureReply): void {
    const batch = this.#open.get(id)
    this.#open.delete(id)
    if (this.#open.size === 0) this.#worker.unref()
    batch?.resolve(Array.from(good, (answer) => answer === 1))
  }
}

class SignaturePool implements SignatureBatches {
  readonly #options: SignatureBatchesOptions
  readonly #waiting: Batch[] = []
  #threads: SignatureThread[] = []
  #closing: Promise<void> | undefined

  constructor(options: SignatureBatchesOptions) {
    this.#options = options
  }

  async verifyAll(checks: readonly SignatureCheck[]): Promise<readonly boolean[]> {
    if (this.#closing !== undefined) throw closed()
    if (checks.length === 0) return []
    const open = this.#threads.reduce((sum, { load }) => sum + load, this.#waiting.length)
    if (open >= MAX_OPEN_SIGNATURE_BATCHES) throw full()
    const records = packChecks(checks)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ records, resolve, reject })
      this.#dispatch()
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown()
    return this.#closing
  }

  async #shutDown(): Promise<void> {
    for (const batch of this.#waiting.splice(0)) batch.reject(closed())
    // What is with a thread fails when the thread ends, as `CLOSED` because `closing` is set by then.
    await Promise.all(this.#threads.map((thread) => thread.terminate()))
  }

  #dispatch(): void {
    while (this.#closing === undefined && this.#waiting.length > 0) {
      const thread = this.#freeThread()
      const batch = thread && this.#waiting.shift()
      if (!batch) return
      thread.send(batch)
    }
  }

  /** An idle thread, or a new one while there may be more, or the least busy one that has room. */
  #freeThread(): SignatureThread | undefined {
    const [best] = [...this.#threads].sort((a, b) => a.load - b.load)
    if (best?.load === 0) return best
    if (this.#threads.length < this.#options.threads) return this.#startThread()
    return best !== undefined && best.load < BATCHES_PER_THREAD ? best : undefined
  }

  #startThread(): SignatureThread {
    const thread = new SignatureThread(
      this.#options.workerPath,
      () => this.#dispatch(),
      (lost, reason) => {
        this.#threads = this.#threads.filter((other) => other !== thread)
        for (const batch of lost) batch.reject(this.#closing === undefined ? died(reason) : closed())
        this.#dispatch()
      },
    )
    this.#threads.push(thread)
    return thread
  }
}

function closed(): SignatureBatchError {
  return new SignatureBatchError(
    { code: 'CLOSED' },
    'The checking of signatures has ended. Start Shoal again to go on.',
  )
}

function full(): SignatureBatchError {
  const limit = MAX_OPEN_SIGNATURE_BATCHES
  const message = `${limit} batches of signatures wait already. Try again when some are done.`
  return new SignatureBatchError({ code: 'FULL', limit }, message)
}

function died(reason: string): SignatureBatchError {
  const message = `A thread that checks signatures ended in mid-work (${reason}). Try the check again.`
  return new SignatureBatchError({ code: 'WORKER_DIED', reason }, message)
}

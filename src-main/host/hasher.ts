/**
 * SHA-1 on worker threads, started on first use.
 *
 * Every job settles exactly once: with its result, with `WORKER_DIED` where the thread that had it ended (another is
 * started for the next), with `CLOSED`, or with the reason of its signal. Pieces in memory go before pieces on disk,
 * whose jobs take turns chunk by chunk.
 * Limits: `MAX_QUEUED_PIECES` and `MAX_SPAN_JOBS` jobs wait, `REQUESTS_PER_THREAD` are with a thread at a time.
 */
import { type HashedPiece, type Hasher, HasherError } from '../kernel/hasher.ts'
import type { HashReply, HashRequest } from './hash-messages.ts'
import { HashThread } from './hash-thread.ts'
import { type Pieces, SpanJob, type SpanJobOptions } from './span-job.ts'

export const MAX_QUEUED_PIECES = 256
export const MAX_SPAN_JOBS = 64
/** The second waits at the thread, so that it never idles between a reply and the next request. */
const REQUESTS_PER_THREAD = 2

export interface HasherOptions {
  /** The script of the worker: `hash.worker.ts`, or what the build made of it. */
  readonly workerPath: string | URL
  readonly threads: number
}

export function createHasher(options: HasherOptions): Hasher {
  return new HashPool(options)
}

interface PieceJob {
  readonly bytes: Uint8Array
  resolve(piece: HashedPiece): void
  reject(error: Error): void
}

class HashPool implements Hasher {
  private readonly options: HasherOptions
  private threads: HashThread[] = []
  private pieceJobs: PieceJob[] = []
  /** In the order in which they get their next chunk. */
  private spanJobs: SpanJob[] = []
  private readonly openSpanJobs = new Set<SpanJob>()
  private closing: Promise<void> | undefined

  constructor(options: HasherOptions) {
    this.options = options
  }

  sha1(bytes: Uint8Array): Promise<HashedPiece> {
    if (this.closing !== undefined) return Promise.reject(closed())
    if (this.pieceJobs.length >= MAX_QUEUED_PIECES) return Promise.reject(full(MAX_QUEUED_PIECES))
    return new Promise((resolve, reject) => {
      this.pieceJobs.push({ bytes, resolve, reject })
      this.dispatch()
    })
  }

  async sha1OfSpans(pieces: Pieces, options: SpanJobOptions = {}): Promise<(Uint8Array | undefined)[]> {
    if (this.closing !== undefined) throw closed()
    if (this.openSpanJobs.size >= MAX_SPAN_JOBS) throw full(MAX_SPAN_JOBS)
    const job = new SpanJob(pieces, options)
    this.openSpanJobs.add(job)
    this.spanJobs.push(job)
    this.dispatch()
    try {
      return await job.result
    } finally {
      this.openSpanJobs.delete(job)
      this.spanJobs = this.spanJobs.filter((other) => other !== job)
    }
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown()
    return this.closing
  }

  private async shutDown(): Promise<void> {
    for (const job of this.pieceJobs.splice(0)) job.reject(closed())
    for (const job of this.openSpanJobs) job.fail(closed())
    // What is with a thread fails when the thread ends, as `CLOSED` because `closing` is set by then.
    await Promise.all(this.threads.map((thread) => thread.terminate()))
  }

  /** Hands out work as long as there is some and a thread has room for it. */
  private dispatch(): void {
    while (this.hasWork()) {
      const thread = this.freeThread()
      if (thread === undefined) return
      const piece = this.pieceJobs.shift()
      if (piece !== undefined) this.sendPiece(thread, piece)
      else this.sendChunk(thread)
    }
  }

  private hasWork(): boolean {
    while (this.spanJobs[0]?.exhausted) this.spanJobs.shift()
    return this.closing === undefined && (this.pieceJobs.length > 0 || this.spanJobs.length > 0)
  }

  /**
   * The least busy thread that has room, or a new one while there may be more. For what is on disk that is as soon as all
   * are busy. A piece in memory takes a millisecond: a second thread, 12 MiB and 40 ms of work, is started for those only
   * when they come faster than one can hash them.
   */
  private freeThread(): HashThread | undefined {
    let best: HashThread | undefined
    for (const thread of this.threads) if (best === undefined || thread.load < best.load) best = thread
    const load = best?.load ?? REQUESTS_PER_THREAD
    if (load < (this.pieceJobs.length > 0 ? REQUESTS_PER_THREAD : 1)) return best
    if (this.threads.length < this.options.threads) return this.startThread()
    return load < REQUESTS_PER_THREAD ? best : undefined
  }

  private startThread(): HashThread {
    const thread = new HashThread(this.options.workerPath, (dead) => {
      this.threads = this.threads.filter((other) => other !== dead)
      this.dispatch()
    })
    this.threads.push(thread)
    return thread
  }

  private sendPiece(thread: HashThread, { bytes, resolve, reject }: PieceJob): void {
    const task = {
      done: (reply: HashReply) => {
        if (reply.kind === 'piece') {
          resolve({ digest: reply.digest, bytes: new Uint8Array(reply.memory, 0, reply.length) })
        }
        this.dispatch()
      },
      failed: (reason: string) => reject(this.died(reason)),
    }
    const request =
      (memory: ArrayBuffer) =>
      (id: number): HashRequest => ({
        kind: 'piece',
        id,
        memory,
        length: bytes.length,
      })
    const memory = movable(bytes)
    try {
      thread.ask(request(memory), [memory], task)
    } catch {
      // Memory that Node does not let go (its pool of small buffers): a copy goes instead.
      const copy = new Uint8Array(bytes).buffer
      thread.ask(request(copy), [copy], task)
    }
  }

  private sendChunk(thread: HashThread): void {
    const job = this.spanJobs.shift()
    const taken = job?.takeChunk()
    if (job === undefined || taken === undefined) return
    if (!job.exhausted) this.spanJobs.push(job)
    thread.ask((id) => ({ kind: 'chunk', id, chunk: taken.chunk }), [], {
      done: (reply) => {
        if (reply.kind === 'chunk') taken.done(reply.hashed)
        this.dispatch()
      },
      failed: (reason) => job.fail(this.died(reason)),
    })
  }

  private died(reason: string): HasherError {
    if (this.closing !== undefined) return closed()
    const message = `A hashing thread ended in mid-work (${reason}). Try the check again.`
    return new HasherError({ code: 'WORKER_DIED', reason }, message)
  }
}

/** The memory of a view from its start, or a copy of any other. */
function movable(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset } = bytes
  return buffer instanceof ArrayBuffer && byteOffset === 0 ? buffer : new Uint8Array(bytes).buffer
}

function closed(): HasherError {
  return new HasherError({ code: 'CLOSED' }, 'The hasher has been closed. Start Shoal again to go on.')
}

function full(limit: number): HasherError {
  return new HasherError({ code: 'FULL', limit }, `${limit} hashing jobs wait already. Try again when some are done.`)
}

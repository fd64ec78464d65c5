/** One call of `sha1OfSpans`: cuts its pieces into chunks, gathers their digests, reports progress, settles once. */
import type { FileSpan } from '../kernel/hasher.ts'
import { DIGEST_BYTES } from './hash-chunk.ts'
import type { HashedChunk, SpanChunk } from './hash-messages.ts'

/** What a thread does without a pause: about 10 ms of work, so that stopping and pieces in memory need not wait long. */
export const CHUNK_BYTES = 16 * 1024 * 1024
const MAX_CHUNK_SPANS = 4_096
const PROGRESS_INTERVAL = 50

export type Pieces = readonly (readonly FileSpan[])[]

export interface SpanJobOptions {
  readonly progress?: (bytes: number) => void
  readonly signal?: AbortSignal
}

export class SpanJob {
  readonly result: Promise<(Uint8Array | undefined)[]>
  private readonly pieces: Pieces
  private readonly progress: ((bytes: number) => void) | undefined
  private readonly digests: (Uint8Array | undefined)[]
  private nextPiece = 0
  private piecesLeft: number
  private bytesRead = 0
  private reportedAt = Number.NEGATIVE_INFINITY
  private settled = false
  private settle: { resolve(digests: (Uint8Array | undefined)[]): void; reject(error: unknown): void }
  private readonly signal: AbortSignal | undefined
  private readonly onAbort = () => this.fail(this.signal?.reason)

  constructor(pieces: Pieces, { progress, signal }: SpanJobOptions) {
    this.pieces = pieces
    this.progress = progress
    this.digests = new Array(pieces.length).fill(undefined)
    this.piecesLeft = pieces.length
    this.settle = { resolve() {}, reject() {} }
    this.result = new Promise((resolve, reject) => {
      this.settle = { resolve, reject }
    })
    this.signal = signal
    signal?.addEventListener('abort', this.onAbort, { once: true })
    if (signal?.aborted) this.onAbort()
    else if (pieces.length === 0) this.succeed()
  }

  /** Nothing is left to be handed out. */
  get exhausted(): boolean {
    return this.settled || this.nextPiece >= this.pieces.length
  }

  /** The next pieces to hash, and what to call with their digests. Undefined where the job is exhausted. */
  takeChunk(): { readonly chunk: SpanChunk; readonly done: (hashed: HashedChunk) => void } | undefined {
    if (this.exhausted) return undefined
    const first = this.nextPiece
    let bytes = 0
    let spans = 0
    do {
      const piece = this.pieces[this.nextPiece] ?? []
      for (const span of piece) bytes += span.length
      spans += piece.length
      this.nextPiece++
    } while (this.nextPiece < this.pieces.length && bytes < CHUNK_BYTES && spans < MAX_CHUNK_SPANS)
    return {
      chunk: packed(this.pieces.slice(first, this.nextPiece), spans),
      done: (hashed) => this.add(first, hashed),
    }
  }

  fail(error: unknown): void {
    if (this.settled) return
    this.finish()
    this.settle.reject(error)
  }

  private add(first: number, { digests, known, bytesRead }: HashedChunk): void {
    if (this.settled) return
    for (let i = 0; i < known.length; i++) {
      if (known[i] === 1) this.digests[first + i] = digests.slice(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES)
    }
    this.bytesRead += bytesRead
    this.piecesLeft -= known.length
    this.report()
    if (this.piecesLeft === 0 && !this.settled) this.succeed()
  }

  private report(): void {
    const now = performance.now()
    if (this.progress === undefined || (this.piecesLeft > 0 && now - this.reportedAt < PROGRESS_INTERVAL)) return
    this.reportedAt = now
    try {
      this.progress(this.bytesRead)
    } catch (error) {
      this.fail(error)
    }
  }

  private succeed(): void {
    this.finish()
    this.settle.resolve(this.digests)
  }

  private finish(): void {
    this.settled = true
    this.signal?.removeEventListener('abort', this.onAbort)
  }
}

function packed(pieces: Pieces, spanCount: number): SpanChunk {
  const paths: string[] = []
  const indexes = new Map<string, number>()
  const spanCounts = new Uint32Array(pieces.length)
  const spans = new Float64Array(3 * spanCount)
  let at = 0
  for (const [i, piece] of pieces.entries()) {
    spanCounts[i] = piece.length
    for (const { path, offset, length } of piece) {
      let index = indexes.get(path)
      if (index === undefined) {
        index = paths.push(path) - 1
        indexes.set(path, index)
      }
      spans.set([index, offset, length], at)
      at += 3
    }
  }
  return { paths, spanCounts, spans }
}

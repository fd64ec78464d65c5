import { createHash } from 'node:crypto'
import { concatBytes } from '../kernel/bytes.ts'
import type { Millis } from '../kernel/clock.ts'
import type { FileHandle, FileStore } from '../kernel/files.ts'
import { type FileSpan, type HashedPiece, type Hasher, HasherError } from '../kernel/hasher.ts'
import type { Program } from './ledger.ts'

/** Jobs that may wait at once. */
export const MAX_JOBS = 4096

/** Hashes in the same thread, but settles later, as the real one does; memory given to it is taken away meanwhile. */
export class SimulatedHasher implements Hasher {
  private readonly program: Program
  private readonly files: FileStore
  /** Virtual time for each piece. */
  private readonly delay: Millis
  private readonly refusals = new Set<(error: unknown) => void>()
  private closed = false

  constructor(program: Program, files: FileStore, delay: Millis) {
    this.program = program
    this.files = files
    this.delay = delay
  }

  sha1(bytes: Uint8Array): Promise<HashedPiece> {
    return this.job(async () => {
      const taken = takeAway(bytes)
      return this.program.later('sha1 of a piece', this.delay, () => ({ digest: sha1([taken]), bytes: taken }))
    })
  }

  sha1OfSpans(
    pieces: readonly (readonly FileSpan[])[],
    options: { readonly progress?: (bytes: number) => void; readonly signal?: AbortSignal } = {},
  ): Promise<(Uint8Array | undefined)[]> {
    return this.job(async () => {
      const digests: (Uint8Array | undefined)[] = []
      let bytesRead = 0
      for (const spans of pieces) {
        options.signal?.throwIfAborted()
        if (this.closed) throw closedError()
        const parts = await this.readAll(spans)
        digests.push(await this.program.later('sha1 of a piece on disk', this.delay, () => parts && sha1(parts)))
        if (parts === undefined) continue
        bytesRead += concatLength(parts)
        options.progress?.(bytesRead)
      }
      options.signal?.throwIfAborted()
      return digests
    })
  }

  close(): Promise<void> {
    this.closed = true
    for (const refuse of [...this.refusals]) refuse(closedError())
    return this.program.later('close of the hasher', 0, () => {})
  }

  private job<T>(work: () => Promise<T>): Promise<T> {
    if (this.closed) return Promise.reject(closedError())
    if (this.refusals.size >= MAX_JOBS) {
      const limit = MAX_JOBS
      return Promise.reject(
        new HasherError({ code: 'FULL', limit }, `The hasher has ${limit} jobs waiting; try later.`),
      )
    }
    return new Promise((resolve, reject) => {
      this.refusals.add(reject)
      work()
        .then(resolve, reject)
        .finally(() => this.refusals.delete(reject))
    })
  }

  /** The bytes of each span; undefined where one is missing or short. */
  private async readAll(spans: readonly FileSpan[]): Promise<Uint8Array[] | undefined> {
    const parts: Uint8Array[] = []
    for (const span of spans) {
      const bytes = new Uint8Array(span.length)
      if (span.length > 0 && (await this.readSpan(span, bytes)) < span.length) return undefined
      parts.push(bytes)
    }
    return parts
  }

  private async readSpan(span: FileSpan, into: Uint8Array): Promise<number> {
    let file: FileHandle | undefined
    try {
      file = await this.files.open(span.path, 'read')
      return await file.read(into, span.offset)
    } catch {
      return -1
    } finally {
      await file?.close()
    }
  }
}

function closedError(): HasherError {
  return new HasherError({ code: 'CLOSED' }, 'The hasher has been closed; start it again.')
}

function concatLength(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0)
}

function sha1(parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha1')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

/** Moves the memory as a transfer to a thread would: the caller's view becomes empty. */
function takeAway(bytes: Uint8Array): Uint8Array {
  if (bytes.byteOffset !== 0 || !(bytes.buffer instanceof ArrayBuffer)) return concatBytes([bytes])
  const { length } = bytes
  return new Uint8Array(structuredClone(bytes.buffer, { transfer: [bytes.buffer] }), 0, length)
}

/**
 * Reads and hashes a run of pieces, as a worker thread does. Reads ahead over pieces that follow each other in one file,
 * so that small pieces cost no system call of their own, and keeps a file open from one span of it to the next.
 */
import { createHash, hash as hashAtOnce } from 'node:crypto'
import fs from 'node:fs'
import type { HashedChunk, SpanChunk } from './hash-messages.ts'

export const DIGEST_BYTES = 20
/** What one read takes. More than this gains nothing: it has left the processor's cache before it is hashed. */
export const READ_AHEAD_BYTES = 1024 * 1024
const OPEN_FLAGS = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0)

/** `buffer` is used for reading, of any length from 1; it may be the same in each call. */
export function hashChunk(chunk: SpanChunk, buffer: Uint8Array): HashedChunk {
  const pieces = chunk.spanCounts.length
  const digests = new Uint8Array(pieces * DIGEST_BYTES)
  const known = new Uint8Array(pieces)
  const reader = new SpanReader(chunk, buffer)
  try {
    let span = 0
    for (let piece = 0; piece < pieces; piece++) {
      const end = span + (chunk.spanCounts[piece] as number)
      const digest = hashPiece(reader, chunk, span, end)
      if (digest !== undefined) {
        digests.set(digest, piece * DIGEST_BYTES)
        known[piece] = 1
      }
      span = end
    }
  } finally {
    reader.close()
  }
  return { digests, known, bytesRead: reader.bytesRead }
}

/** The digest of spans `from` to `to`, or undefined where a byte of them is not there. */
function hashPiece(reader: SpanReader, { spans }: SpanChunk, from: number, to: number): Uint8Array | undefined {
  let first: Uint8Array | undefined
  let hash: ReturnType<typeof createHash> | undefined
  for (let span = from; span < to; span++) {
    const length = spans[3 * span + 2] as number
    for (let done = 0; done < length; ) {
      const part = reader.read(span, done)
      if (part === undefined) return undefined
      done += part.length
      const isWhole = first === undefined && hash === undefined && span === to - 1 && done === length
      if (isWhole) first = part
      else {
        hash ??= createHash('sha1')
        hash.update(part)
      }
    }
  }
  return hash === undefined ? hashAtOnce('sha1', first ?? new Uint8Array(0), 'buffer') : hash.digest()
}

class SpanReader {
  bytesRead = 0
  private readonly chunk: SpanChunk
  private readonly buffer: Uint8Array
  private fd = -1
  private openPath = -1
  /** Where in the open file the buffer's contents begin and end. */
  private windowStart = 0
  private windowEnd = 0

  constructor(chunk: SpanChunk, buffer: Uint8Array) {
    this.chunk = chunk
    this.buffer = buffer
  }

  /** Bytes of the span from `done` on: at least one, at most its rest, valid until the next call. Undefined where there are none. */
  read(span: number, done: number): Uint8Array | undefined {
    const path = this.chunk.spans[3 * span] as number
    const offset = (this.chunk.spans[3 * span + 1] as number) + done
    const left = (this.chunk.spans[3 * span + 2] as number) - done
    if (path !== this.openPath) this.open(path)
    if (this.fd < 0) return undefined
    if (offset < this.windowStart || offset >= this.windowEnd)
      this.fill(offset, this.runLength(span, path, offset, left))
    const available = Math.min(this.windowEnd - offset, left)
    if (available <= 0) return undefined
    this.bytesRead += available
    const at = offset - this.windowStart
    return this.buffer.subarray(at, at + available)
  }

  close(): void {
    if (this.fd >= 0) fs.closeSync(this.fd)
    this.fd = -1
  }

  private open(path: number): void {
    this.close()
    this.openPath = path
    this.windowEnd = 0
    this.windowStart = 0
    try {
      this.fd = fs.openSync(this.chunk.paths[path] as string, OPEN_FLAGS)
    } catch {
      this.fd = -1
    }
  }

  /** How many bytes from `offset` on are wanted without a gap, as far as the buffer goes. */
  private runLength(span: number, path: number, offset: number, left: number): number {
    const { spans } = this.chunk
    let length = left
    for (let next = span + 1; 3 * next < spans.length && length < this.buffer.length; next++) {
      if (spans[3 * next] !== path || spans[3 * next + 1] !== offset + length) break
      length += spans[3 * next + 2] as number
    }
    return Math.min(length, this.buffer.length)
  }

  private fill(offset: number, length: number): void {
    this.windowStart = offset
    this.windowEnd = offset
    try {
      while (this.windowEnd < offset + length) {
        const at = this.windowEnd - offset
        const count = fs.readSync(this.fd, this.buffer, at, length - at, this.windowEnd)
        if (count === 0) return
        this.windowEnd += count
      }
    } catch {
      // A folder, or a bad sector: what was read before it counts, the rest is not there.
    }
  }
}

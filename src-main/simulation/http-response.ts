import { concatBytes, textOf } from '../kernel/bytes.ts'
import type { HttpResponse } from '../kernel/http.ts'

/** The head of an answer may be this long. */
export const MAX_HEAD_BYTES = 64 * 1024

export type HttpFailure = 'ECONNRESET' | 'EPROTO' | 'TOO_LARGE'

/**
 * Puts an HTTP/1.1 answer together from the bytes as they come: body by content-length, in chunks, or until the end.
 * Strict about what it understands; anything else is `EPROTO`.
 */
export class HttpResponseReader {
  private readonly maxBytes: number
  private pending: Uint8Array = new Uint8Array(0)
  private head: { status: number; headers: Record<string, string> } | undefined
  private readonly body: Uint8Array[] = []
  private bodyBytes = 0
  /** Bytes of body (or of the present chunk) still to come; undefined: until the end. */
  private remaining: number | undefined
  private chunked = false
  private chunkState: 'size' | 'data' | 'after data' | 'trailer' = 'size'

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  /** Takes bytes; the answer once it is whole, or why it is refused. */
  push(bytes: Uint8Array): HttpResponse | HttpFailure | undefined {
    this.pending = concatBytes([this.pending, bytes])
    if (this.head === undefined) {
      const failure = this.readHead()
      if (failure || this.head === undefined) return failure
    }
    return this.chunked ? this.readChunks() : this.readBody()
  }

  /** The other side has ended. */
  end(): HttpResponse | HttpFailure {
    if (this.head === undefined || this.chunked || this.remaining !== undefined) return 'ECONNRESET'
    return this.finished()
  }

  private readHead(): HttpFailure | undefined {
    const end = indexOfText(this.pending, '\r\n\r\n')
    if (end < 0) return this.pending.length > MAX_HEAD_BYTES ? 'TOO_LARGE' : undefined
    const [first = '', ...lines] = textOf(this.pending.subarray(0, end)).split('\r\n')
    this.pending = this.pending.slice(end + 4)
    const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1]
    if (status === undefined) return 'EPROTO'
    const headers: Record<string, string> = {}
    for (const line of lines) {
      const colon = line.indexOf(':')
      if (colon < 1) return 'EPROTO'
      headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim()
    }
    this.head = { status: Number(status), headers }
    this.chunked = /\bchunked\b/i.test(headers['transfer-encoding'] ?? '')
    if (this.chunked) return undefined
    const length = headers['content-length']
    if (this.head.status === 204 || this.head.status === 304) this.remaining = 0
    else if (length !== undefined) {
      if (!/^\d{1,15}$/.test(length)) return 'EPROTO'
      this.remaining = Number(length)
      if (this.remaining > this.maxBytes) return 'TOO_LARGE'
    }
    return undefined
  }

  private readBody(): HttpResponse | HttpFailure | undefined {
    const taken = this.take(this.remaining ?? this.pending.length)
    if (this.remaining !== undefined) this.remaining -= taken
    if (this.bodyBytes > this.maxBytes) return 'TOO_LARGE'
    return this.remaining === 0 ? this.finished() : undefined
  }

  private readChunks(): HttpResponse | HttpFailure | undefined {
    for (;;) {
      if (this.chunkState === 'data') {
        this.remaining = (this.remaining as number) - this.take(this.remaining as number)
        if (this.bodyBytes > this.maxBytes) return 'TOO_LARGE'
        if (this.remaining > 0) return undefined
        this.chunkState = 'after data'
      }
      const end = indexOfText(this.pending, '\r\n')
      if (end < 0) return this.pending.length > MAX_HEAD_BYTES ? 'TOO_LARGE' : undefined
      const line = textOf(this.pending.subarray(0, end))
      this.pending = this.pending.slice(end + 2)
      if (this.chunkState === 'trailer') {
        if (line === '') return this.finished()
      } else if (this.chunkState === 'after data') {
        if (line !== '') return 'EPROTO'
        this.chunkState = 'size'
      } else {
        const size = /^([0-9a-f]{1,8})\s*(?:;.*)?$/i.exec(line)?.[1]
        if (size === undefined) return 'EPROTO'
        this.remaining = Number.parseInt(size, 16)
        this.chunkState = this.remaining === 0 ? 'trailer' : 'data'
      }
    }
  }

  private take(limit: number): number {
    const part = this.pending.slice(0, limit)
    this.pending = this.pending.slice(part.length)
    if (part.length > 0) this.body.push(part)
    this.bodyBytes += part.length
    return part.length
  }

  private finished(): HttpResponse {
    const { status, headers } = this.head as { status: number; headers: Record<string, string> }
    return { status, headers, body: concatBytes(this.body) }
  }
}

function indexOfText(bytes: Uint8Array, text: string): number {
  const first = text.charCodeAt(0)
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    let i = 1
    while (i < text.length && bytes[at + i] === text.charCodeAt(i)) i++
    if (i === text.length) return at
  }
  return -1
}

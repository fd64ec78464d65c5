/**
 * Messages over a byte stream: one JSON text a line. `bigint` and `Uint8Array`, which the contract uses and JSON lacks,
 * travel as `{"$bigint":"12"}` and `{"$bytes":"base64"}`; a plain object with one key that begins with `$` is refused.
 */
import { CodedError } from '../kernel/errors.ts'

/** A dropped .torrent of 10 MB in base64, with room. A longer line ends the connection. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024

export class LineError extends CodedError<{ code: 'LINE_TOO_LONG' | 'NOT_JSON' }> {}

export function encodeLine(message: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(tag(message))}\n`)
}

function tag(value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: value.toString() }
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return value.map(tag)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, tag(item)]))
}

function untag(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const [key, ...others] = Object.keys(value)
  if (!key?.startsWith('$') || others.length > 0) return value
  const content = (value as Record<string, unknown>)[key]
  if (key === '$bigint' && typeof content === 'string' && /^-?\d{1,100}$/.test(content)) return BigInt(content)
  if (key === '$bytes' && typeof content === 'string') return new Uint8Array(Buffer.from(content, 'base64'))
  throw new LineError({ code: 'NOT_JSON' }, `Unknown mark ${key} in a message; use one version of Shoal on both ends.`)
}

/** Cuts a stream of chunks into lines and parses each. Keeps at most one unfinished line. */
export class LineReader {
  private parts: Uint8Array[] = []
  private size = 0

  /** @throws LineError where a line is too long or no JSON; the connection is then of no more use */
  push(chunk: Uint8Array, take: (message: unknown) => void): void {
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      this.keep(chunk.subarray(from, end))
      const line = Buffer.concat(this.parts).toString('utf8')
      this.parts = []
      this.size = 0
      from = end + 1
      take(parse(line))
    }
    this.keep(chunk.subarray(from))
  }

  private keep(part: Uint8Array): void {
    this.size += part.length
    if (this.size > MAX_LINE_BYTES)
      throw new LineError({ code: 'LINE_TOO_LONG' }, 'A message is longer than 16 MiB; send less at once.')
    if (part.length > 0) this.parts.push(Uint8Array.from(part))
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line, untag)
  } catch (error) {
    if (error instanceof LineError) throw error
    throw new LineError({ code: 'NOT_JSON' }, 'A message is not JSON; use one version of Shoal on both ends.')
  }
}

/**
 * The part of HTTP/1.1 that a tracker needs: one GET without a body. Told bytes as they come; says when the request is
 * whole, or with which status it is refused. What follows a whole request (pipelining) is not looked at.
 * Limit: request line and headers together at most `MAX_REQUEST_BYTES`. Spec: RFC 9112.
 */
export const MAX_REQUEST_BYTES = 8_192
const MAX_HEADERS = 64

export type HttpRequestOutcome =
  | { readonly kind: 'incomplete' }
  /** `path` and `query` as they were sent, still percent-encoded; the query without `?`. */
  | { readonly kind: 'request'; readonly path: string; readonly query: string }
  | { readonly kind: 'refused'; readonly status: 400 | 405 | 431 | 505 }

export class HttpRequestReader {
  private readonly kept = new Uint8Array(MAX_REQUEST_BYTES)
  private length = 0

  /** Takes the next bytes, which may be used again afterwards. Not to be called after a request or a refusal. */
  push(bytes: Uint8Array): HttpRequestOutcome {
    const part = bytes.subarray(0, MAX_REQUEST_BYTES - this.length)
    this.kept.set(part, this.length)
    const searchFrom = Math.max(this.length - 3, 0)
    this.length += part.length
    const end = endOfHeaders(this.kept.subarray(0, this.length), searchFrom)
    if (end !== undefined) return parse(latin1(this.kept.subarray(0, end)))
    return this.length === MAX_REQUEST_BYTES ? { kind: 'refused', status: 431 } : { kind: 'incomplete' }
  }
}

/** Where CR LF CR LF starts. */
function endOfHeaders(bytes: Uint8Array, from: number): number | undefined {
  for (let at = from; at + 4 <= bytes.length; at++)
    if (bytes[at] === 13 && bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) return at
  return undefined
}

function latin1(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

function parse(head: string): HttpRequestOutcome {
  const [line, ...headers] = head.split('\r\n') as [string, ...string[]]
  const match = /^([A-Za-z]+) (\/[\x21-\x7e]*) HTTP\/(\d)\.(\d)$/.exec(line)
  if (!match) return { kind: 'refused', status: 400 }
  const [, method, target, major] = match as unknown as [string, string, string, string]
  if (major !== '1') return { kind: 'refused', status: 505 }
  if (method !== 'GET') return { kind: 'refused', status: 405 }
  if (headers.length > MAX_HEADERS || !headers.every(isHeaderWithoutBody)) return { kind: 'refused', status: 400 }
  const cut = target.indexOf('?')
  if (cut < 0) return { kind: 'request', path: target, query: '' }
  return { kind: 'request', path: target.slice(0, cut), query: target.slice(cut + 1) }
}

/** `name: value`, and none that announces a body. */
function isHeaderWithoutBody(header: string): boolean {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*([\t\x20-\x7e\x80-\xff]*)$/.exec(header)
  if (!match) return false
  const [, name, value] = match as unknown as [string, string, string]
  if (/^transfer-encoding$/i.test(name)) return false
  return !/^content-length$/i.test(name) || /^0+\s*$/.test(value)
}

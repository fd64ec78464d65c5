import { describe, expect, test } from 'vitest'
import { textOf, utf8 } from '../kernel/bytes.ts'
import type { HttpResponse } from '../kernel/http.ts'
import { HttpResponseReader, MAX_HEAD_BYTES } from './http-response.ts'

/** The outcome when the text comes in steps of so many bytes and then ends. */
function read(text: string, step = text.length, maxBytes = 1_000) {
  const reader = new HttpResponseReader(maxBytes)
  const bytes = utf8(text)
  for (let at = 0; at < bytes.length; at += step) {
    const outcome = reader.push(bytes.subarray(at, at + step))
    if (outcome !== undefined) return { at: at + step, outcome }
  }
  return { at: undefined, outcome: reader.end() }
}

const bodyOf = (outcome: HttpResponse | string) => (typeof outcome === 'string' ? outcome : textOf(outcome.body))

const LENGTH = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello'
const CHUNKED =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n1\r\n \r\n6\r\nworld!\r\n0\r\nX-Late: 1\r\n\r\n'
const UNTIL_END = 'HTTP/1.0 404 Not Found\r\n\r\nnothing here'

describe('the reader of HTTP answers', () => {
  test.each([
    ['by length', LENGTH, 'hello'],
    ['in chunks', CHUNKED, 'hello world!'],
    ['until the end', UNTIL_END, 'nothing here'],
    ['without a body', 'HTTP/1.1 204 No Content\r\n\r\n', ''],
  ])('%s, cut anywhere', (_, text, body) => {
    for (let step = 1; step <= text.length; step++) expect(bodyOf(read(text, step).outcome)).toBe(body)
  })

  test('gives status and headers, names in lower case', () => {
    expect(read(LENGTH).outcome).toMatchObject({ status: 200, headers: { 'content-length': '5', 'x-a': 'b' } })
    expect(read(UNTIL_END).outcome).toMatchObject({ status: 404 })
  })

  test('an answer that ends too early is a broken connection, at every byte', () => {
    for (const text of [LENGTH, CHUNKED]) {
      for (let end = 0; end < text.length; end++) expect(read(text.slice(0, end)).outcome).toBe('ECONNRESET')
    }
  })

  test.each([
    ['no status', 'HTTP/1.1 abc\r\n\r\n'],
    ['another protocol', 'SSH-2.0-x\r\n\r\n'],
    ['a header without a colon', 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n'],
    ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
    ['a chunk longer than it said', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n'],
  ])('%s is refused', (_, text) => expect(read(text).outcome).toBe('EPROTO'))

  test('a body or head beyond the limit is refused as soon as it shows', () => {
    expect(bodyOf(read(LENGTH, 1, 5).outcome)).toBe('hello')
    expect(read(LENGTH, 1, 4)).toEqual({ at: LENGTH.indexOf('hello'), outcome: 'TOO_LARGE' })
    expect(read(CHUNKED, 1, 11).outcome).toBe('TOO_LARGE')
    expect(read(UNTIL_END, 1, 11).outcome).toBe('TOO_LARGE')
    expect(read(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(MAX_HEAD_BYTES)}`, 1_000).outcome).toBe('TOO_LARGE')
  })
})

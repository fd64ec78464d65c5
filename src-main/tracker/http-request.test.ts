import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { utf8 } from '../kernel/bytes.ts'
import { type HttpRequestOutcome, HttpRequestReader, MAX_REQUEST_BYTES } from './http-request.ts'

const read = (text: string): HttpRequestOutcome => new HttpRequestReader().push(utf8(text))
const refused = (status: number) => ({ kind: 'refused', status })
const good = 'GET /announce?info_hash=%00&port=1 HTTP/1.1\r\nHost: t.example\r\nUser-Agent: aria2/1.37\r\n\r\n'
const request = { kind: 'request', path: '/announce', query: 'info_hash=%00&port=1' }

describe('the reader of HTTP requests', () => {
  test('reads a GET, and nothing after it', () => {
    expect(read(good)).toEqual(request)
    expect(read(`${good}GET /second HTTP/1.1\r\n\r\n`)).toEqual(request)
    expect(read('GET / HTTP/1.0\r\n\r\n')).toEqual({ kind: 'request', path: '/', query: '' })
    expect(read('GET /a?b?c HTTP/1.1\r\nContent-Length: 0\r\n\r\n')).toEqual({
      kind: 'request',
      path: '/a',
      query: 'b?c',
    })
  })

  test('is whole whatever the pieces in which it comes', () => {
    const bytes = utf8(good)
    for (let cut = 0; cut < bytes.length; cut++) {
      const reader = new HttpRequestReader()
      expect(reader.push(bytes.subarray(0, cut))).toEqual({ kind: 'incomplete' })
      expect(reader.push(bytes.subarray(cut))).toEqual(request)
    }
    const reader = new HttpRequestReader()
    const outcomes = [...bytes].map((byte) => reader.push(Uint8Array.of(byte)).kind)
    expect(outcomes.slice(0, -1).every((kind) => kind === 'incomplete')).toBe(true)
    expect(outcomes.at(-1)).toBe('request')
  })

  test('does not keep the caller’s buffer', () => {
    const reader = new HttpRequestReader()
    const buffer = utf8(good.slice(0, 30))
    reader.push(buffer)
    buffer.fill(0)
    expect(reader.push(utf8(good.slice(30)))).toEqual(request)
  })

  test.each([
    ['HEAD / HTTP/1.1', 405],
    ['POST /announce HTTP/1.1', 405],
    ['GET / HTTP/2.0', 505],
    ['GET http://other.example/ HTTP/1.1', 400],
    ['GET * HTTP/1.1', 400],
    ['GET /a b HTTP/1.1', 400],
    ['GET /\u00e9 HTTP/1.1', 400],
    ['GET  / HTTP/1.1', 400],
    ['GET /', 400],
    ['', 400],
    ['GET / HTTP/1.1\nHost: x', 400],
    ['GET / HTTP/1.1\r\nno colon', 400],
    ['GET / HTTP/1.1\r\nBad Name: x', 400],
    ['GET / HTTP/1.1\r\nA: x\r\n folded', 400],
    ['GET / HTTP/1.1\r\nA: \u0001', 400],
    ['GET / HTTP/1.1\r\nContent-Length: 5', 400],
    ['GET / HTTP/1.1\r\nTransfer-Encoding: chunked', 400],
    [`GET / HTTP/1.1${'\r\nA: b'.repeat(65)}`, 400],
  ])('%j is refused with %d', (head, status) => expect(read(`${head}\r\n\r\n`)).toEqual(refused(status)))

  test('gives up at the limit, however much comes', () => {
    const reader = new HttpRequestReader()
    expect(reader.push(utf8(`GET /${'x'.repeat(MAX_REQUEST_BYTES - 6)}`))).toEqual({ kind: 'incomplete' })
    expect(reader.push(new Uint8Array(1 << 20))).toEqual(refused(431))
    const fits = `GET /${'x'.repeat(MAX_REQUEST_BYTES - 18)} HTTP/1.1\r\n\r\n`
    expect([fits.length, read(fits).kind]).toEqual([MAX_REQUEST_BYTES, 'request'])
  })

  test('any bytes are incomplete, a request or refused', { timeout: 60_000 }, () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.string().map((text) => utf8(`GET /${text} HTTP/1.1\r\n${text}\r\n\r\n`)),
    )
    fc.assert(
      fc.property(bytes, (input) => {
        expect(['incomplete', 'request', 'refused']).toContain(new HttpRequestReader().push(input).kind)
      }),
      { seed: 14, numRuns: process.env.SHOAL_LONG === '1' ? 20_000 : 500 },
    )
  })
})

import { describe, expect, test } from 'vitest'
import { textOf, utf8 } from '../bytes.ts'
import type { HttpClient, HttpRequest } from '../http.ts'
import { failureCode, onBed, type TestBed } from './test-bed.ts'

/** What a test's server says: an answer, or nothing at all, or a connection that breaks after the headers. */
export type ServedAnswer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: Uint8Array }
  | 'never'
  | 'breaks off'

export interface ServedRequest {
  /** With the query. */
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

export interface HttpBed extends TestBed {
  readonly http: HttpClient
  /** Serves until the bed is closed; the result is the base of its URLs, without a slash at the end. */
  serve(answer: (request: ServedRequest) => ServedAnswer): Promise<string>
  /** The base of URLs of a port on which nobody listens. */
  readonly nobody: string
}

const LIMITS = { timeout: 10_000, maxBytes: 1024 * 1024 }

type Create = () => HttpBed | Promise<HttpBed>

const ask = (bed: HttpBed, request: Partial<HttpRequest> & { readonly url: string }) =>
  bed.settle(bed.http.get({ ...LIMITS, ...request }))

export function testsOfHttpClient(name: string, create: Create): void {
  describe(`${name} as an HttpClient`, () => {
    answers(create)
    redirects(create)
    limits(create)
  })
}

function answers(create: Create): void {
  test(
    'path, query and headers go out; status, headers and body come back',
    onBed(create, async (bed) => {
      const seen: ServedRequest[] = []
      const base = await bed.serve((request) => {
        seen.push(request)
        return { status: 200, headers: { 'content-type': 'text/x', 'X-More': 'yes' }, body: utf8('the body') }
      })
      const url = `${base}/announce?info_hash=%12%ff%00a&x=1`
      const response = await ask(bed, { url, headers: { 'user-agent': 'Shoal/test' } })
      expect(response.status).toBe(200)
      expect(response.headers['content-type']).toBe('text/x')
      expect(response.headers['x-more']).toBe('yes')
      expect(textOf(response.body)).toBe('the body')
      expect(Object.getPrototypeOf(response.body)).toBe(Uint8Array.prototype)
      expect(seen[0]?.path).toBe('/announce?info_hash=%12%ff%00a&x=1')
      expect(seen[0]?.headers['user-agent']).toBe('Shoal/test')
      expect(seen[0]?.headers['accept-encoding']).toBe('identity')
    }),
  )
  test(
    'an error status is an answer like any other, and a body may be empty',
    onBed(create, async (bed) => {
      const base = await bed.serve(({ path }) =>
        path === '/empty' ? { status: 204 } : { status: 404, body: utf8('not here') },
      )
      const missing = await ask(bed, { url: `${base}/x` })
      expect([missing.status, textOf(missing.body)]).toEqual([404, 'not here'])
      const empty = await ask(bed, { url: `${base}/empty` })
      expect([empty.status, empty.body.length]).toEqual([204, 0])
    }),
  )
  test(
    'nobody there, a broken answer and an unknown scheme are errors with a code',
    onBed(create, async (bed) => {
      const base = await bed.serve(() => 'breaks off')
      expect(await failureCode(ask(bed, { url: `${bed.nobody}/` }))).toBe('ECONNREFUSED')
      expect(await failureCode(ask(bed, { url: `${base}/` }))).toBe('ECONNRESET')
      expect(await failureCode(ask(bed, { url: 'ftp://127.0.0.1/x' }))).toBe('EINVAL')
      expect(await failureCode(ask(bed, { url: 'no URL at all' }))).toBe('EINVAL')
    }),
  )
}

function redirects(create: Create): void {
  test(
    'redirects are followed, absolute and relative',
    onBed(create, async (bed) => {
      const base = await bed.serve(({ path }) => {
        if (path === '/a/start') return { status: 302, headers: { location: 'next?x=1' } }
        if (path === '/a/next?x=1') return { status: 307, headers: { location: `${base}/end` } }
        return { status: 200, body: utf8(`got ${path}`) }
      })
      const response = await ask(bed, { url: `${base}/a/start` })
      expect(textOf(response.body)).toBe('got /end')
    }),
  )
  test(
    'at most so many are followed, and only to http and https',
    onBed(create, async (bed) => {
      let asked = 0
      const base = await bed.serve(({ path }) => {
        asked++
        return { status: 301, headers: { location: path === '/ftp' ? 'ftp://127.0.0.1/' : '/again' } }
      })
      expect(await failureCode(ask(bed, { url: `${base}/` }))).toBe('REDIRECT_REFUSED')
      expect(asked).toBe(4)
      expect(await failureCode(ask(bed, { url: `${base}/`, maxRedirects: 0 }))).toBe('REDIRECT_REFUSED')
      expect(asked).toBe(5)
      expect(await failureCode(ask(bed, { url: `${base}/ftp` }))).toBe('REDIRECT_REFUSED')
    }),
  )
}

function limits(create: Create): void {
  test(
    'an answer at the limit is taken, one byte more is refused',
    onBed(create, async (bed) => {
      const base = await bed.serve(() => ({ status: 200, body: new Uint8Array(1000) }))
      expect((await ask(bed, { url: `${base}/`, maxBytes: 1000 })).body.length).toBe(1000)
      expect(await failureCode(ask(bed, { url: `${base}/`, maxBytes: 999 }))).toBe('TOO_LARGE')
    }),
  )
  test(
    'a server that says nothing is given up on, and so is one when the caller aborts',
    onBed(create, async (bed) => {
      const abort = new AbortController()
      const base = await bed.serve(({ path }) => {
        if (path === '/abort') abort.abort()
        return 'never'
      })
      expect(await failureCode(ask(bed, { url: `${base}/`, timeout: 100 }))).toBe('ETIMEDOUT')
      expect(await failureCode(ask(bed, { url: `${base}/abort`, signal: abort.signal }))).toBe('ABORTED')
      expect(await failureCode(ask(bed, { url: `${base}/`, signal: abort.signal }))).toBe('ABORTED')
    }),
  )
}

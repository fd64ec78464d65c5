/**
 * HTTP GET over node:http and node:https, with redirects followed here so that each target passes the same rules: the
 * host goes through the injected resolver (which refuses while offline), the connection goes only to the addresses found,
 * and a redirect never leads from a public address to one of a private network or of this machine.
 * No connection is kept after an answer, nothing is decompressed.
 *
 * The modules are taken when they are needed and not by `import`: that would evaluate everything they export, Node's
 * WebSocket and all of undici included, which costs every start of Shoal 30 ms and 7 MiB.
 */
import type http from 'node:http'
import { isIP, type LookupFunction } from 'node:net'
import { codeOf } from '../kernel/errors.ts'
import type { HttpClient, HttpRequest, HttpResponse } from '../kernel/http.ts'
import type { Resolver } from '../kernel/network.ts'
import { isPublicAddress } from './ip-address.ts'
import { NetworkError, timedOut } from './network-error.ts'

const DEFAULT_MAX_REDIRECTS = 3
const REDIRECTS = new Set([301, 302, 303, 307, 308])
/** Never sent on to another origin. */
const SECRET_HEADERS = new Set(['authorization', 'cookie'])

export interface HttpClientOptions {
  readonly resolver: Resolver
  /** Which addresses count as public when a redirect is judged; tests name their own. */
  readonly isPublic?: (address: string) => boolean
}

export function createHttpClient({ resolver, isPublic = isPublicAddress }: HttpClientOptions): HttpClient {
  return {
    get: async (request) => {
      const url = usableUrl(request.url)
      if (url === undefined) {
        const message = `${request.url} is not a web address. Give one that begins with http:// or https://.`
        throw new NetworkError({ code: 'EINVAL', target: request.url }, message)
      }
      const abort = new AbortController()
      const cancel = () => abort.abort(aborted(request.url))
      const timer = setTimeout(() => abort.abort(timedOut(url.host, request.timeout)), request.timeout)
      request.signal?.addEventListener('abort', cancel, { once: true })
      if (request.signal?.aborted) cancel()
      try {
        return await follow(request, url, { resolver, isPublic, signal: abort.signal })
      } finally {
        clearTimeout(timer)
        request.signal?.removeEventListener('abort', cancel)
      }
    },
  }
}

interface Context {
  readonly resolver: Resolver
  readonly isPublic: (address: string) => boolean
  readonly signal: AbortSignal
}

async function follow(request: HttpRequest, first: URL, context: Context): Promise<HttpResponse> {
  let url = first
  let headers = lowerCased(request.headers ?? {})
  let fromPublic = false
  for (let redirects = 0; ; redirects++) {
    const addresses = await unlessAborted(context.signal, context.resolver.resolve(hostOf(url)))
    const allPublic = addresses.every(context.isPublic)
    if (fromPublic && !allPublic) throw redirectRefused(first.href, url.href)
    fromPublic ||= allPublic
    const answer = await exchange(url, addresses, headers, request, context.signal)
    if (!('redirect' in answer)) return answer
    const target = usableUrl(answer.redirect, url)
    if (target === undefined || redirects >= (request.maxRedirects ?? DEFAULT_MAX_REDIRECTS)) {
      throw redirectRefused(first.href, answer.redirect)
    }
    if (target.origin !== url.origin) headers = withoutSecrets(headers)
    url = target
  }
}

/** One request and its answer, of which only the goal of a redirect is read. */
function exchange(
  url: URL,
  addresses: readonly string[],
  headers: Readonly<Record<string, string>>,
  { maxBytes }: HttpRequest,
  signal: AbortSignal,
): Promise<HttpResponse | { readonly redirect: string }> {
  return new Promise((resolve, reject) => {
    const { request: open } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http')
    const request = open(url, {
      agent: false,
      headers: { ...headers, 'accept-encoding': 'identity' },
      lookup: lookupAmong(addresses),
    })
    const stop = () => request.destroy(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    request.on('close', () => {
      signal.removeEventListener('abort', stop)
      // Whatever ended it has been reported before; this settles an exchange that ended without a word.
      reject(brokenOff(url))
    })
    request.on('error', reject)
    request.on('response', (response) => {
      response.on('error', (error) => reject(codeOf(error) === 'ECONNRESET' ? brokenOff(url) : error))
      const status = response.statusCode ?? 0
      const { location } = response.headers
      if (REDIRECTS.has(status) && location !== undefined) {
        resolve({ redirect: location })
        request.destroy()
        return
      }
      const refuse = () => request.destroy(tooLarge(url, maxBytes))
      if (Number(response.headers['content-length'] ?? 0) > maxBytes) return refuse()
      collect(response, maxBytes, refuse, (body) => resolve({ status, headers: flattened(response.headers), body }))
    })
    request.end()
  })
}

/** Gathers a body of at most `maxBytes`; calls exactly one of the two. */
function collect(
  response: http.IncomingMessage,
  maxBytes: number,
  tooMuch: () => void,
  done: (body: Uint8Array) => void,
): void {
  const chunks: Uint8Array[] = []
  let length = 0
  response.on('data', (chunk: Uint8Array) => {
    length += chunk.length
    if (length > maxBytes) {
      response.removeAllListeners('data')
      return tooMuch()
    }
    chunks.push(chunk)
  })
  response.on('end', () => {
    if (length > maxBytes) return
    const body = new Uint8Array(length)
    let at = 0
    for (const chunk of chunks) {
      body.set(chunk, at)
      at += chunk.length
    }
    done(body)
  })
}

/** Answers Node's question for addresses with those that were checked, so that a second look-up cannot differ. */
function lookupAmong(addresses: readonly string[]): LookupFunction {
  const answers = addresses.map((address) => ({ address, family: isIP(address) }))
  return (_host, { all }, callback) => {
    const [first] = answers
    if (all) callback(null, answers)
    else callback(null, first?.address ?? '', first?.family ?? 0)
  }
}

function usableUrl(text: string, base?: URL): URL | undefined {
  if (!URL.canParse(text, base?.href)) return undefined
  const url = new URL(text, base?.href)
  return (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '' ? url : undefined
}

const hostOf = (url: URL) => url.hostname.replace(/^\[|\]$/g, '')

const lowerCased = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

const withoutSecrets = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !SECRET_HEADERS.has(name)))

function flattened(headers: http.IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return flat
}

function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    promise.then(resolve, reject)
  })
}

function aborted(url: string): NetworkError {
  return new NetworkError(
    { code: 'ABORTED', url },
    `The request to ${url} was stopped. Start it again if it is needed.`,
  )
}

function brokenOff(url: URL): NetworkError {
  const message = `${url.host} broke the connection off before its answer was complete. Try again later.`
  return new NetworkError({ code: 'ECONNRESET', target: url.host }, message)
}

function tooLarge(url: URL, maxBytes: number): NetworkError {
  const message = `${url.host} sent more than the ${maxBytes} bytes expected. Check that the address is the right one.`
  return new NetworkError({ code: 'TOO_LARGE', url: url.href, maxBytes }, message)
}

function redirectRefused(url: string, to: string): NetworkError {
  const message = `${url} led on to ${to}, which is not followed. Use the address it should lead to, if you trust it.`
  return new NetworkError({ code: 'REDIRECT_REFUSED', url, to }, message)
}

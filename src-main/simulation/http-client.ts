import { utf8 } from '../kernel/bytes.ts'
import type { Clock, Millis } from '../kernel/clock.ts'
import type { HttpClient, HttpRequest, HttpResponse } from '../kernel/http.ts'
import type { Resolver, StreamSocket, Streams } from '../kernel/network.ts'
import { systemError } from './errors.ts'
import { HttpResponseReader } from './http-response.ts'
import type { Program } from './ledger.ts'

const DEFAULT_MAX_REDIRECTS = 3
const REDIRECTS = [301, 302, 303, 307, 308]

interface Ports {
  readonly clock: Clock
  readonly streams: Streams
  readonly resolver: Resolver
}

/** HTTP/1.1 over simulated streams, one connection for each request. There is no TLS: `https` fails with `EPROTO`. */
export class SimulatedHttpClient implements HttpClient {
  private readonly program: Program
  private readonly ports: Ports

  constructor(program: Program, ports: Ports) {
    this.program = program
    this.ports = ports
  }

  async get(request: HttpRequest): Promise<HttpResponse> {
    const deadline = this.ports.clock.now() + request.timeout
    let url = parse(request.url)
    for (let redirects = 0; ; redirects++) {
      const response = await this.exchange(request, url, deadline)
      const { location } = response.headers
      if (!REDIRECTS.includes(response.status) || location === undefined) return response
      if (redirects >= (request.maxRedirects ?? DEFAULT_MAX_REDIRECTS)) throw failure('REDIRECT_REFUSED', url)
      const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined
      if (next === undefined || !/^https?:$/.test(next.protocol)) throw failure('REDIRECT_REFUSED', url)
      url = next
    }
  }

  private async exchange(request: HttpRequest, url: URL, deadline: Millis): Promise<HttpResponse> {
    if (request.signal?.aborted) throw failure('ABORTED', url)
    if (url.protocol === 'https:') throw failure('EPROTO', url)
    const name = url.hostname.replace(/^\[|\]$/g, '')
    const [address = ''] = await this.ports.resolver.resolve(name)
    if (request.signal?.aborted) throw failure('ABORTED', url)
    return this.program.promise(`get ${url}`, (resolve, reject) => {
      const { clock } = this.ports
      const reader = new HttpResponseReader(request.maxBytes)
      let socket: StreamSocket | undefined
      const finish = (outcome: HttpResponse | string) => {
        timer.cancel()
        request.signal?.removeEventListener('abort', onAbort)
        socket?.destroy()
        if (typeof outcome === 'string') reject(failure(outcome, url))
        else resolve(outcome)
      }
      const onAbort = () => finish('ABORTED')
      const timer = clock.after(Math.max(0, deadline - clock.now()), () => finish('ETIMEDOUT'))
      request.signal?.addEventListener('abort', onAbort)
      const to = { host: address, port: url.port === '' ? 80 : Number(url.port) }
      socket = this.ports.streams.connect(
        to,
        {
          data: (bytes) => {
            const outcome = reader.push(bytes)
            if (outcome !== undefined) finish(outcome)
          },
          ended: () => finish(reader.end()),
          closed: (error) => finish((error as { code?: string } | undefined)?.code ?? 'ECONNRESET'),
        },
        { timeout: request.timeout },
      )
      socket.write(utf8(headOf(request, url)))
      return () => {}
    })
  }
}

function headOf(request: HttpRequest, url: URL): string {
  const headers = { host: url.host, connection: 'close', 'accept-encoding': 'identity', ...request.headers }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`
}

function parse(text: string): URL {
  if (!URL.canParse(text)) throw systemError('EINVAL', 'get', text)
  const url = new URL(text)
  if (!/^https?:$/.test(url.protocol)) throw systemError('EINVAL', 'get', text)
  return url
}

function failure(code: string, url: URL): Error {
  return systemError(code, 'get', url.href)
}

import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { textOf, utf8 } from '../kernel/bytes.ts'
import { failureCode, type HttpBed, testsOfHttpClient } from '../kernel/port-tests/index.ts'
import { createHttpClient } from './http-client.ts'
import { createResolver } from './resolver.ts'

const LIMITS = { timeout: 10_000, maxBytes: 100_000 }

async function listening(server: http.Server, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return (server.address() as AddressInfo).port
}

async function unusedPort(): Promise<number> {
  const server = http.createServer()
  const port = await listening(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

function stop(server: http.Server): Promise<unknown> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  return closed
}

async function realBed(): Promise<HttpBed> {
  const servers: http.Server[] = []
  return {
    http: createHttpClient({ resolver: createResolver() }),
    nobody: `http://127.0.0.1:${await unusedPort()}`,
    settle: (promise) => promise,
    serve: async (answer) => {
      const server = http.createServer((request, response) => {
        const served = answer({ path: request.url ?? '', headers: request.headers as Record<string, string> })
        if (served === 'never') return
        if (served === 'breaks off') {
          response.writeHead(200, { 'content-length': 100 })
          response.write('only this', () => response.destroy())
          return
        }
        response.writeHead(served.status, { ...served.headers })
        response.end(served.body)
      })
      servers.push(server)
      return `http://127.0.0.1:${await listening(server)}`
    },
    close: async () => {
      await Promise.all(servers.map(stop))
    },
  }
}

testsOfHttpClient('HTTP', realBed)

describe('HTTP', () => {
  test('a body of unknown length is cut off as soon as it is too long', async () => {
    let sentBytes = 0
    const server = http.createServer((_request, response) => {
      const more = () => {
        sentBytes += 65_536
        if (!response.destroyed) response.write(new Uint8Array(65_536), more)
      }
      more()
    })
    const url = `http://127.0.0.1:${await listening(server)}/`
    const client = createHttpClient({ resolver: createResolver() })
    const gone = new Promise((resolve) => server.on('connection', (socket) => socket.on('close', resolve)))
    expect(await failureCode(client.get({ url, ...LIMITS }))).toBe('TOO_LARGE')
    await gone
    expect(sentBytes).toBeLessThan(100 * 1024 * 1024)
    await stop(server)
  })

  test('the time limit holds for the whole exchange, also while bytes trickle in', async () => {
    const server = http.createServer((_request, response) => {
      const timer = setInterval(() => response.write('.'), 5)
      response.on('close', () => clearInterval(timer))
    })
    const url = `http://127.0.0.1:${await listening(server)}/`
    const client = createHttpClient({ resolver: createResolver() })
    expect(await failureCode(client.get({ url, maxBytes: 100_000, timeout: 100 }))).toBe('ETIMEDOUT')
    await stop(server)
  })

  test('a resolver that does not answer is covered by time limit and abort', async () => {
    const client = createHttpClient({ resolver: { resolve: () => new Promise(() => {}) } })
    expect(await failureCode(client.get({ url: 'http://slow.test/', maxBytes: 1, timeout: 20 }))).toBe('ETIMEDOUT')
    const abort = new AbortController()
    const pending = failureCode(client.get({ url: 'http://slow.test/', ...LIMITS, signal: abort.signal }))
    abort.abort()
    expect(await pending).toBe('ABORTED')
  })

  test('an answer that is not HTTP is an error', async () => {
    const server = http.createServer()
    server.on('connection', (socket) => socket.end('d8:intervali1800e5:peers0:e'))
    const url = `http://127.0.0.1:${await listening(server)}/`
    expect(await failureCode(createHttpClient({ resolver: createResolver() }).get({ url, ...LIMITS }))).toMatch(/^HPE_/)
    await stop(server)
  })

  test('the connection goes to the address that was checked, whatever the name says later', async () => {
    const server = http.createServer((request, response) => response.end(request.headers.host))
    const port = await listening(server)
    const asked: string[] = []
    const client = createHttpClient({
      resolver: {
        resolve: async (host) => {
          asked.push(host)
          return ['127.0.0.1']
        },
      },
    })
    const { body } = await client.get({ url: `http://tracker.test:${port}/`, ...LIMITS })
    expect(textOf(body)).toBe(`tracker.test:${port}`)
    expect(asked).toEqual(['tracker.test'])
    await stop(server)
  })
})

/** A web whose `public.test` is 127.0.0.1 and counts as public, and whose `private.test` is 127.0.0.2 and does not. */
async function twoNetworks(answer: http.RequestListener) {
  const server = http.createServer(answer)
  const port = await listening(server, '0.0.0.0')
  const addresses: Record<string, string[]> = {
    'public.test': ['127.0.0.1'],
    'private.test': ['127.0.0.2'],
    'mixed.test': ['127.0.0.1', '127.0.0.2'],
  }
  const client = createHttpClient({
    resolver: { resolve: async (host) => addresses[host] ?? [host] },
    isPublic: (address) => address === '127.0.0.1',
  })
  return {
    client,
    port,
    url: (host: string, path: string) => `http://${host}:${port}${path}`,
    stop: () => stop(server),
  }
}

describe('redirects between networks', () => {
  const redirecting: http.RequestListener = (request, response) => {
    const target = new URL(request.url ?? '', 'http://x').searchParams.get('to')
    if (target === null) return void response.end(JSON.stringify(request.headers))
    response.writeHead(302, { location: target }).end()
  }

  test('never lead from a public address to a private one, not even in two steps', async () => {
    const web = await twoNetworks(redirecting)
    const redirect = (from: string, to: string) => web.url(from, `/?to=${encodeURIComponent(to)}`)
    for (const host of ['private.test', 'mixed.test', '127.0.0.2', '[::1]', '169.254.169.254']) {
      const target = host.includes('.') || host.includes(':') ? `http://${host}:${web.port}/` : host
      const direct = web.client.get({ url: redirect('public.test', target), ...LIMITS })
      expect(await failureCode(direct), host).toBe('REDIRECT_REFUSED')
    }
    const twoSteps = redirect('private.test', redirect('public.test', web.url('private.test', '/')))
    expect(await failureCode(web.client.get({ url: twoSteps, ...LIMITS }))).toBe('REDIRECT_REFUSED')
    await web.stop()
  })

  test('may stay within a private network and lead out of it', async () => {
    const web = await twoNetworks(redirecting)
    for (const [from, to] of [
      ['private.test', 'private.test'],
      ['private.test', 'public.test'],
      ['public.test', 'public.test'],
    ] as const) {
      const url = web.url(from, `/?to=${encodeURIComponent(web.url(to, '/'))}`)
      expect((await web.client.get({ url, ...LIMITS })).status, `${from} to ${to}`).toBe(200)
    }
    await web.stop()
  })

  test('do not carry secrets to another origin', async () => {
    const web = await twoNetworks(redirecting)
    const headers = { Authorization: 'secret', Cookie: 'secret', 'User-Agent': 'Shoal' }
    const elsewhere = `/?to=${encodeURIComponent(web.url('private.test', '/'))}`
    const moved = await web.client.get({ url: web.url('127.0.0.2', elsewhere), headers, ...LIMITS })
    expect(JSON.parse(textOf(moved.body))).toMatchObject({ 'user-agent': 'Shoal' })
    expect(textOf(moved.body)).not.toContain('secret')
    const stayed = await web.client.get({ url: web.url('127.0.0.2', '/?to=/'), headers, ...LIMITS })
    expect(textOf(stayed.body)).toContain('secret')
    await web.stop()
  })
})

test('a request header cannot smuggle a line', async () => {
  const client = createHttpClient({ resolver: createResolver() })
  const headers = { 'x-test': textOf(utf8('a\r\nb: c')) }
  expect(await failureCode(client.get({ url: 'http://127.0.0.1:1/', headers, ...LIMITS }))).toBe('ERR_INVALID_CHAR')
})

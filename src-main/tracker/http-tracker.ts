/**
 * The tracker over HTTP: `/announce` and `/scrape` on a listening socket, one request for each connection.
 * A request that breaks a rule of the tracker protocol gets a bencoded `failure reason` with status 200, because that is
 * what clients read; one that breaks HTTP gets a status.
 * Limits: connections in all and of one address, 10 s to send a request, 10 s to take the answer, requests by `RequestQuota`.
 * Spec: BEP 3, 7, 23, 48.
 */
import { type BencodeInput, encodeBencode } from '../codec/bencode.ts'
import { encodeEndpoints } from '../codec/compact-endpoints.ts'
import { canonicalIp } from '../codec/ip-address.ts'
import { concatBytes, utf8 } from '../kernel/bytes.ts'
import { type Clock, type Millis, SECOND, type Timer } from '../kernel/clock.ts'
import type { Endpoint, Listener, StreamHandler, StreamSocket, Streams } from '../kernel/network.ts'
import { parseAnnounceQuery, parseScrapeQuery, QueryError } from './http-query.ts'
import { type HttpRequestOutcome, HttpRequestReader } from './http-request.ts'
import type { RequestQuota } from './quota.ts'
import type { RegisteredPeer, SwarmRegistry } from './swarm-registry.ts'
import { type TrackerRules, wantedPeers } from './tracker-rules.ts'

export const REQUEST_TIMEOUT: Millis = 10 * SECOND
export const ANSWER_TIMEOUT: Millis = 10 * SECOND
export const MAX_CONNECTIONS = 1_000
export const MAX_CONNECTIONS_PER_ADDRESS = 100

const REASONS = {
  200: 'OK',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  505: 'HTTP Version Not Supported',
} as const
type Status = keyof typeof REASONS

export interface HttpTrackerParts {
  readonly clock: Clock
  readonly registry: SwarmRegistry
  readonly quota: RequestQuota
  readonly rules: TrackerRules
}

export class HttpTracker {
  private readonly parts: HttpTrackerParts
  private readonly connections = new Set<Connection>()
  private readonly perAddress = new Map<string, number>()
  private listener: Listener | undefined

  constructor(parts: HttpTrackerParts) {
    this.parts = parts
  }

  /** Returns where it listens. @throws the error of listening */
  async listen(streams: Streams, at: Endpoint): Promise<Endpoint> {
    this.listener = await streams.listen(at, (socket) => this.accept(socket))
    return this.listener.local
  }

  async close(): Promise<void> {
    for (const connection of this.connections) connection.socket.destroy()
    await this.listener?.close()
  }

  private accept(socket: StreamSocket): StreamHandler | undefined {
    const host = canonicalIp(socket.remote.host)
    if (host === undefined) return undefined
    const ofAddress = this.perAddress.get(host) ?? 0
    if (this.connections.size >= MAX_CONNECTIONS || ofAddress >= MAX_CONNECTIONS_PER_ADDRESS) return undefined
    const connection = new Connection(socket, this.parts.clock, (request) => this.answer(request, host))
    this.connections.add(connection)
    this.perAddress.set(host, ofAddress + 1)
    return {
      data: (bytes) => connection.data(bytes),
      ended: () => connection.ended(),
      closed: () => {
        connection.closed()
        this.connections.delete(connection)
        const left = (this.perAddress.get(host) ?? 1) - 1
        if (left > 0) this.perAddress.set(host, left)
        else this.perAddress.delete(host)
      },
    }
  }

  private answer(request: HttpRequest, host: string): Uint8Array {
    const now = this.parts.clock.now()
    if (!this.parts.quota.take(host, now)) return httpAnswer(429)
    try {
      if (request.path === '/announce') return httpAnswer(200, this.announce(request.query, host, now))
      if (request.path === '/scrape') return httpAnswer(200, this.scrape(request.query, now))
      return httpAnswer(404)
    } catch (error) {
      if (!(error instanceof QueryError)) throw error
      return httpAnswer(200, { 'failure reason': error.fault.reason })
    }
  }

  private announce(query: string, host: string, now: Millis): BencodeInput {
    const { infoHash, peerId, port, left, event, numwant, compact, noPeerId } = parseAnnounceQuery(query)
    const endpoint = { host, port }
    const announce = { infoHash, peerId, endpoint, left, event, numwant: wantedPeers(numwant) }
    const { seeds, leechers, completed, peers } = this.parts.registry.announce(announce, now)
    const { interval, minInterval } = this.parts.rules
    return {
      ...{ complete: seeds, incomplete: leechers, downloaded: completed, interval, 'min interval': minInterval },
      ...(compact ? compactPeers(peers) : { peers: peers.map((peer) => peerDictionary(peer, noPeerId)) }),
    }
  }

  private scrape(query: string, now: Millis): BencodeInput {
    const files = new Map<string, BencodeInput>()
    for (const infoHash of parseScrapeQuery(query)) {
      const { seeds, leechers, completed } = this.parts.registry.scrape(infoHash, now)
      const key = String.fromCharCode(...infoHash)
      files.set(key, { complete: seeds, downloaded: completed, incomplete: leechers })
    }
    return { files }
  }
}

type HttpRequest = Extract<HttpRequestOutcome, { kind: 'request' }>

/** One connection: a request is read, answered, and our half ended; a client that is slow at either is cut off. */
class Connection {
  readonly socket: StreamSocket
  private readonly clock: Clock
  private readonly answer: (request: HttpRequest) => Uint8Array
  private readonly reader = new HttpRequestReader()
  private answered = false
  private timer: Timer

  constructor(socket: StreamSocket, clock: Clock, answer: (request: HttpRequest) => Uint8Array) {
    this.socket = socket
    this.clock = clock
    this.answer = answer
    this.timer = clock.after(REQUEST_TIMEOUT, () => this.finish(httpAnswer(408)))
  }

  data(bytes: Uint8Array): void {
    if (this.answered) return
    const outcome = this.reader.push(bytes)
    if (outcome.kind === 'request') this.finish(this.answer(outcome))
    if (outcome.kind === 'refused') this.finish(httpAnswer(outcome.status))
  }

  /** A client may end its half once the request is out. */
  ended(): void {
    if (!this.answered) this.socket.destroy()
  }

  closed(): void {
    this.timer.cancel()
  }

  private finish(bytes: Uint8Array): void {
    this.answered = true
    this.timer.cancel()
    this.timer = this.clock.after(ANSWER_TIMEOUT, () => this.socket.destroy())
    this.socket.write(bytes)
    this.socket.end()
  }
}

function compactPeers(peers: readonly RegisteredPeer[]): { peers: Uint8Array; peers6?: Uint8Array } {
  const endpoints = peers.map((peer) => peer.endpoint)
  const peers6 = encodeEndpoints(endpoints, 6)
  return { peers: encodeEndpoints(endpoints, 4), ...(peers6.length > 0 ? { peers6 } : {}) }
}

function peerDictionary({ endpoint, peerId }: RegisteredPeer, noPeerId: boolean): BencodeInput {
  return { ip: endpoint.host, port: endpoint.port, ...(noPeerId ? {} : { 'peer id': peerId }) }
}

function httpAnswer(status: Status, body?: BencodeInput): Uint8Array {
  const content = body === undefined ? utf8(`${REASONS[status]}\n`) : encodeBencode(body)
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    'Content-Type: text/plain',
    `Content-Length: ${content.length}`,
    ...(status === 405 ? ['Allow: GET'] : []),
    'Cache-Control: no-store',
    'Connection: close',
  ]
  return concatBytes([utf8(`${head.join('\r\n')}\r\n\r\n`), content])
}

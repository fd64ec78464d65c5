/** What the tracker scenarios share: a client on a simulated host, and trackers that say what they are told to. */

import { TrackerDatagrams } from '../../src-main/discovery/tracker/tracker-datagrams.ts'
import { type TrackerSourceOptions, trackerSource } from '../../src-main/discovery/tracker/tracker-source.ts'
import { concatBytes, utf8 } from '../../src-main/kernel/bytes.ts'
import type { Millis } from '../../src-main/kernel/clock.ts'
import { type Endpoint, formatEndpoint } from '../../src-main/kernel/network.ts'
import type { Following } from '../../src-main/kernel/peer-source.ts'
import type { SimulatedHost } from '../../src-main/simulation/host.ts'

export interface Client {
  readonly following: Following
  /** `host:port` of each peer found, in order, with repeats. */
  readonly found: string[]
  readonly udp: TrackerDatagrams
  left: number
  stop(): Promise<void>
}

type Options = Partial<TrackerSourceOptions> & { readonly tiers: readonly (readonly string[])[] }

/** Follows a torrent through trackers, as the engine would. Back-off is without its part by chance unless `random` is given. */
export function follow(
  host: SimulatedHost,
  { left = 1_000, port = 6881, ...options }: Options & { left?: number; port?: number },
): Client {
  const { clock, http, resolver, log } = host
  const random = { bytes: (length: number) => host.random.bytes(length), below: () => 0 }
  const udp = new TrackerDatagrams({ datagrams: host.datagrams, clock, random: host.random })
  const found: string[] = []
  const source = trackerSource({ http, datagrams: udp, resolver, clock, random, log, ...options })
  const client: Client = {
    found,
    udp,
    left,
    following: undefined as unknown as Following,
    stop: async () => {
      await client.following.stop()
      await udp.close()
    },
  }
  const subject = {
    infoHash: new Uint8Array(20).fill(0xa5),
    peerId: concatBytes([utf8('-SH0001-'), host.random.bytes(12)]),
    port: () => port,
    totals: () => ({ uploaded: 0, downloaded: 1_000 - client.left, left: client.left }),
  }
  const following = source.follow(subject, (peers) => found.push(...peers.map(formatEndpoint)))
  return Object.assign(client, { following })
}

export interface ScriptedRequest {
  readonly at: Millis
  /** The request line's target. */
  readonly target: string
  /** The `event` asked for, or `none`. */
  readonly event: string
}

/** An HTTP server that answers each request with `body` at once, or never where that is undefined. */
export async function scriptedHttpTracker(
  host: SimulatedHost,
  port: number,
  body: (request: ScriptedRequest, count: number) => string | Uint8Array | undefined,
): Promise<{ requests: ScriptedRequest[]; url: string; close(): Promise<void> }> {
  const requests: ScriptedRequest[] = []
  const listener = await host.streams.listen({ host: host.address, port }, (socket) => ({
    data(bytes) {
      const target = new TextDecoder().decode(bytes).split(' ')[1] ?? ''
      const request = { at: host.clock.now(), target, event: /[?&]event=(\w+)/.exec(target)?.[1] ?? 'none' }
      requests.push(request)
      const content = body(request, requests.length)
      if (content === undefined) return
      const raw = typeof content === 'string' ? utf8(content) : content
      socket.write(utf8(`HTTP/1.1 200 OK\r\nContent-Length: ${raw.length}\r\n\r\n`), raw)
      socket.end()
    },
    ended: () => socket.end(),
    closed() {},
  }))
  return { requests, url: `http://${formatEndpoint(listener.local)}/announce`, close: () => listener.close() }
}

/** A UDP socket that answers each datagram with what `reply` returns. */
export async function scriptedUdpTracker(
  host: SimulatedHost,
  port: number,
  reply: (bytes: Uint8Array, from: Endpoint) => readonly Uint8Array[],
): Promise<{ received: { at: Millis; bytes: Uint8Array }[]; url: string; close(): Promise<void> }> {
  const received: { at: Millis; bytes: Uint8Array }[] = []
  const socket = await host.datagrams.bind({ host: host.address, port }, (bytes, from) => {
    received.push({ at: host.clock.now(), bytes })
    for (const answer of reply(bytes, from)) socket.send(answer, from)
  })
  return { received, url: `udp://${formatEndpoint(socket.local)}/announce`, close: () => socket.close() }
}

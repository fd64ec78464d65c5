/**
 * The tracker over UDP (BEP 15). Keeps nothing for a client but its peers in the registry: connection ids are computed.
 *
 * No request gets an answer longer than itself before its sender has shown a connection id, so nobody can be flooded
 * through us. Packets that break the layout are dropped; requests over the quota as well.
 */
import { canonicalIp } from '../codec/ip-address.ts'
import {
  decodeRequest,
  encodeAnswer,
  type UdpTrackerAnswer,
  UdpTrackerPacketError,
  type UdpTrackerRequest,
} from '../codec/udp-tracker.ts'
import type { Clock, Millis } from '../kernel/clock.ts'
import type { DatagramSocket, Datagrams, Endpoint } from '../kernel/network.ts'
import type { ConnectionIds } from './connection-ids.ts'
import type { RequestQuota } from './quota.ts'
import { familyOf, type SwarmRegistry } from './swarm-registry.ts'
import { MAX_NUMWANT, MAX_UDP_NUMWANT_IPV6, type TrackerRules, wantedPeers } from './tracker-rules.ts'

export interface UdpTrackerParts {
  readonly clock: Clock
  readonly registry: SwarmRegistry
  readonly quota: RequestQuota
  readonly connections: ConnectionIds
  readonly rules: TrackerRules
}

export class UdpTracker {
  private readonly parts: UdpTrackerParts
  private socket: DatagramSocket | undefined

  constructor(parts: UdpTrackerParts) {
    this.parts = parts
  }

  /** Returns where it listens. @throws the error of binding */
  async bind(datagrams: Datagrams, at: Endpoint): Promise<Endpoint> {
    this.socket = await datagrams.bind(at, (bytes, from) => this.received(bytes, from))
    return this.socket.local
  }

  async close(): Promise<void> {
    await this.socket?.close()
  }

  private received(bytes: Uint8Array, from: Endpoint): void {
    const host = canonicalIp(from.host)
    const now = this.parts.clock.now()
    if (host === undefined || from.port === 0 || !this.parts.quota.take(host, now)) return
    let request: UdpTrackerRequest
    try {
      request = decodeRequest(bytes)
    } catch (error) {
      if (error instanceof UdpTrackerPacketError) return
      throw error
    }
    this.socket?.send(encodeAnswer(this.answer(request, host, now), familyOf(host)), from)
  }

  private answer(request: UdpTrackerRequest, host: string, now: Millis): UdpTrackerAnswer {
    const { transaction } = request
    if (request.type === 'connect')
      return { type: 'connect', transaction, connection: this.parts.connections.issue(host, now) }
    // At most as long as the shortest scrape, 36 bytes.
    if (!this.parts.connections.isValid(request.connection, host, now))
      return { type: 'error', transaction, message: 'connection id is not valid' }
    if (request.type === 'announce') return this.announce(request, host, now)
    const swarms = request.infoHashes.map((infoHash) => this.parts.registry.scrape(infoHash, now))
    return { type: 'scrape', transaction, swarms }
  }

  private announce(
    request: Extract<UdpTrackerRequest, { type: 'announce' }>,
    host: string,
    now: Millis,
  ): UdpTrackerAnswer {
    const { transaction, infoHash, peerId, port, left, event } = request
    if (port === 0) return { type: 'error', transaction, message: 'bad port' }
    const family = familyOf(host)
    const most = family === 6 ? MAX_UDP_NUMWANT_IPV6 : MAX_NUMWANT
    const numwant = wantedPeers(request.numwant, most)
    const endpoint = { host, port }
    const { seeds, leechers, peers } = this.parts.registry.announce(
      { infoHash, peerId, endpoint, left, event, numwant, family },
      now,
    )
    const { interval } = this.parts.rules
    return { type: 'announce', transaction, interval, leechers, seeds, peers: peers.map((peer) => peer.endpoint) }
  }
}

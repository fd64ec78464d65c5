/**
 * Peer exchange of one torrent with all its peers (BEP 11): who is told of whom and when, and what is taken of their
 * tellings. Peers of peers are endpoints like any other, with the origin `pex`. Private addresses are told and taken within
 * their own network only.
 *
 * Reads no clock. Limits: those of `PexState` for each peer, `MAX_PEX_REFUSED` messages over them, and
 * `MAX_PEX_TAKEN` endpoints of one connection, so that no peer fills our list.
 */
import { mayName, reachOf } from '../../codec/ip-reach.ts'
import { type Millis, SECOND } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { PeerSourceStatus } from '../../kernel/peer-source.ts'
import { decodePexMessage, encodePexMessage, PEX_EXTENSION, type PexPeer } from '../pex/pex-message.ts'
import { PexState } from '../pex/pex-state.ts'
import type { Peer } from './peer.ts'

/** How often it is looked whether somebody has something to be told. */
export const PEX_ROUND: Millis = 10 * SECOND
/** Messages refused of one connection; more end it. */
export const MAX_PEX_REFUSED = 20
export const MAX_PEX_TAKEN = 500

export interface PeerExchangeOptions {
  readonly private: boolean
  /** Whether peers are told of each other; otherwise only their tellings are taken. */
  readonly tells: boolean
  readonly enabled: boolean
}

interface Exchange {
  readonly state: PexState
  taken: number
}

export class PeerExchange {
  private readonly options: PeerExchangeOptions
  private readonly exchanges = new Map<Peer, Exchange>()
  private on: boolean
  private taken = 0
  private nextRound: Millis = 0

  constructor(options: PeerExchangeOptions) {
    this.options = options
    this.on = options.enabled && !options.private
  }

  /** Whether it takes place now. */
  get enabled(): boolean {
    return this.on
  }

  /**
   * Switches it for all peers at once; those whose connection began while it was off take part when they come again.
   * Nothing for a private torrent.
   */
  enable(on: boolean, live: Iterable<Peer>): void {
    if (this.options.private || this.on === on) return
    this.on = on
    for (const peer of live) peer.wire.extendedUpdate({ extensions: { [PEX_EXTENSION]: on } })
  }

  leave(peer: Peer): void {
    this.exchanges.delete(peer)
  }

  /**
   * A message of a peer has come. @returns endpoints to take note of, or why the connection has to end
   * @throws BencodeError
   */
  received(peer: Peer, payload: Uint8Array, now: Millis): readonly Endpoint[] | 'TOO_OFTEN' {
    if (!this.on) return []
    const exchange = this.exchangeWith(peer, now)
    const reception = exchange.state.incoming(decodePexMessage(payload), now)
    if (reception.kind === 'refused') return reception.times > MAX_PEX_REFUSED ? 'TOO_OFTEN' : []
    const teller = reachOf(peer.host)
    const endpoints = reception.peers
      .map(({ endpoint }) => endpoint)
      .filter(({ host }) => mayName(teller, reachOf(host)))
      .slice(0, MAX_PEX_TAKEN - exchange.taken)
    exchange.taken += endpoints.length
    this.taken += endpoints.length
    return endpoints
  }

  /** Once a second: tells the peers that have it what is new. @param live the peers that take part */
  tick(live: ReadonlyMap<string, Peer>, now: Millis): void {
    if (!this.on || !this.options.tells || now < this.nextRound) return
    this.nextRound = now + PEX_ROUND
    const connected: PexPeer[] = []
    for (const peer of live.values()) {
      if (peer.listens)
        connected.push({ ...NOTHING_SAID, endpoint: peer.listens, seed: peer.isSeed, reachable: !peer.incoming })
    }
    for (const peer of live.values()) {
      if (!peer.told?.extensions.has(PEX_EXTENSION)) continue
      const listener = reachOf(peer.host)
      const tellable = connected.filter(({ endpoint }) => mayName(listener, reachOf(endpoint.host)))
      const message = this.exchangeWith(peer, now).state.outgoing(tellable, now)
      if (message) peer.wire.extended(PEX_EXTENSION, encodePexMessage(message))
    }
  }

  /** Its line among the torrent's sources. */
  status(): PeerSourceStatus {
    const message = this.options.private ? 'not for a private torrent' : ''
    const state = this.on ? (this.exchanges.size > 0 ? 'working' : 'idle') : 'off'
    const nobody = { seeds: undefined, leechers: undefined, nextAt: undefined }
    return { name: 'Peer exchange', tier: 0, state, message, peers: this.taken, ...nobody }
  }

  private exchangeWith(peer: Peer, now: Millis): Exchange {
    const known = this.exchanges.get(peer)
    if (known) return known
    const exchange = { state: new PexState({ private: this.options.private, self: peer.listens }, now), taken: 0 }
    this.exchanges.set(peer, exchange)
    return exchange
  }
}

const NOTHING_SAID = { prefersEncryption: false, utp: false, holepunch: false }

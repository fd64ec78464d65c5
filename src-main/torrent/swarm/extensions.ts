/**
 * What a torrent and its peers say to each other besides pieces: metadata (BEP 9), peer exchange (BEP 11) and the ports
 * of DHT nodes (BEP 5). A private torrent (BEP 27) exchanges no peers and tells of no node.
 *
 * A message that is malformed, or one too many, ends the connection.
 */
import { BencodeError } from '../../codec/bencode-error.ts'
import type { Millis } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { PeerSourceStatus } from '../../kernel/peer-source.ts'
import {
  decodeMetadataMessage,
  METADATA_EXTENSION,
  type MetadataData,
  type MetadataReject,
} from '../metadata/metadata-message.ts'
import { MetadataUploads } from '../metadata/metadata-uploads.ts'
import { PEX_EXTENSION } from '../pex/pex-message.ts'
import type { PeerConnectionOptions } from '../wire/connection-options.ts'
import type { Peer } from './peer.ts'
import { PeerExchange } from './peer-exchange.ts'

export interface ExtensionsOptions {
  readonly private: boolean
  /** What is served of metadata; undefined while there is none. */
  readonly infoBytes: Uint8Array | undefined
  readonly peerExchange: boolean
  /** Whether peers are told of each other. */
  readonly tellsPeers: boolean
  /** Our DHT node's port while it runs. */
  readonly dhtPort: (() => number | undefined) | undefined
}

export interface ExtensionsEvents {
  now(): Millis
  /** Peers that a peer is connected to. */
  exchanged(endpoints: readonly Endpoint[]): void
  dhtNode(endpoint: Endpoint): void
  /** A peer's answer to a request for metadata. */
  metadata(peer: Peer, message: MetadataData | MetadataReject): void
}

export class Extensions {
  readonly exchange: PeerExchange
  private readonly options: ExtensionsOptions
  private readonly uploads: MetadataUploads<Peer>
  private readonly events: ExtensionsEvents

  constructor(options: ExtensionsOptions, events: ExtensionsEvents) {
    this.options = options
    this.events = events
    this.uploads = new MetadataUploads(options.infoBytes)
    this.exchange = new PeerExchange({
      private: options.private,
      tells: options.tellsPeers,
      enabled: options.peerExchange,
    })
  }

  /** What a new connection offers. */
  offer(): Pick<PeerConnectionOptions, 'dht' | 'extensions' | 'metadataSize'> {
    const extensions = this.exchange.enabled ? [METADATA_EXTENSION, PEX_EXTENSION] : [METADATA_EXTENSION]
    const { size } = this.uploads
    return { dht: this.dhtPort !== undefined, extensions, ...(size !== undefined && { metadataSize: size }) }
  }

  /** The peer takes part, and has been told of our pieces. */
  join(peer: Peer): void {
    const port = this.dhtPort
    if (port !== undefined) peer.wire.port(port)
  }

  leave(peer: Peer): void {
    this.uploads.leave(peer)
    this.exchange.leave(peer)
  }

  /** A message of the peer has come. */
  received(peer: Peer, name: string, payload: Uint8Array): void {
    try {
      if (name === METADATA_EXTENSION) this.metadataReceived(peer, payload)
      else if (name === PEX_EXTENSION) this.peersReceived(peer, payload)
    } catch (error) {
      if (!(error instanceof BencodeError)) throw error
      peer.wire.close({ code: 'PROTOCOL', violation: `${name}: ${error.code}` })
    }
  }

  /** The peer has a DHT node. */
  dhtPortTold(peer: Peer, port: number): void {
    if (this.dhtPort !== undefined) this.events.dhtNode({ host: peer.host, port })
  }

  status(): PeerSourceStatus {
    return this.exchange.status()
  }

  private get dhtPort(): number | undefined {
    return this.options.private ? undefined : this.options.dhtPort?.()
  }

  private metadataReceived(peer: Peer, payload: Uint8Array): void {
    const message = decodeMetadataMessage(payload)
    if (!message) return
    if (message.type !== 'request') {
      this.events.metadata(peer, message)
      return
    }
    const outcome = this.uploads.requested(peer, message.piece, this.events.now())
    if (outcome === 'sent') peer.tookMetadata = true
    else if (outcome === 'enough') peer.wire.close({ code: 'PROTOCOL', violation: 'asks for metadata over and over' })
  }

  private peersReceived(peer: Peer, payload: Uint8Array): void {
    const endpoints = this.exchange.received(peer, payload, this.events.now())
    if (endpoints === 'TOO_OFTEN') peer.wire.close({ code: 'PROTOCOL', violation: 'tells of peers too often' })
    else if (endpoints.length > 0) this.events.exchanged(endpoints)
  }
}

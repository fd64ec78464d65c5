/** Torrents with real metadata, those who look for it, and peers that serve it in their own ways. */
import { encodeBencode } from '../../src-main/codec/bencode.ts'
import type { Timer } from '../../src-main/kernel/clock.ts'
import type { Endpoint } from '../../src-main/kernel/network.ts'
import type { PeerSource } from '../../src-main/kernel/peer-source.ts'
import { makeTorrent } from '../../src-main/lab/memory-torrent.ts'
import type { SimulatedHost } from '../../src-main/simulation/host.ts'
import { SeededRandom } from '../../src-main/simulation/random.ts'
import type { HostOptions, Simulation } from '../../src-main/simulation/simulation.ts'
import {
  decodeMetadataMessage,
  encodeMetadataMessage,
  METADATA_EXTENSION,
  METADATA_PIECE_LENGTH,
  type MetadataMessage,
} from '../../src-main/torrent/metadata/metadata-message.ts'
import {
  type FoundMetadata,
  MetadataSwarm,
  type MetadataSwarmOptions,
} from '../../src-main/torrent/metadata/metadata-swarm.ts'
import { parseMetainfo } from '../../src-main/torrent/metainfo/parse.ts'
import {
  ConnectionBudget,
  type ConnectionLimits,
  DEFAULT_LIMITS,
} from '../../src-main/torrent/swarm/connection-budget.ts'
import { PeerListener } from '../../src-main/torrent/swarm/peer-listener.ts'
import { UNKNOWN_GEOMETRY } from '../../src-main/torrent/wire/frame-guard.ts'
import { makePeerId } from '../../src-main/torrent/wire/peer-id.ts'
import type {
  CloseReason,
  ExtendedHandshake,
  PeerWire,
  PeerWireHandler,
} from '../../src-main/torrent/wire/peer-wire.ts'
import { PORT, type Torrent } from './swarm-world.ts'

/** Pieces of 16 KiB; the info dictionary has about `infoLength` bytes. */
export function describedTorrent(options: { pieces?: number; infoLength?: number; private?: boolean } = {}): Torrent {
  const { pieces = 8, infoLength = 0 } = options
  const pieceLength = 16_384
  const { data, metainfo } = makeTorrent(pieces * pieceLength, pieceLength, SeededRandom.of(pieces))
  const info = {
    filler: new Uint8Array(infoLength),
    length: data.length,
    name: 'data.bin',
    'piece length': pieceLength,
    pieces: metainfo.pieceHashes,
    private: options.private ? 1 : undefined,
  }
  return { data, metainfo: parseMetainfo(encodeBencode({ info }), { platform: 'linux' }) }
}

export interface SeekerOptions extends HostOptions {
  readonly limits?: Partial<ConnectionLimits>
  readonly sources?: readonly PeerSource[]
  readonly swarm?: Pick<MetadataSwarmOptions, 'dhtPort' | 'peerExchange'>
}

/** Somebody with a magnet. */
export class Seeker {
  readonly host: SimulatedHost
  readonly listener: PeerListener
  readonly swarm: MetadataSwarm
  readonly found: FoundMetadata[] = []
  readonly banned: string[] = []
  readonly nodes: Endpoint[] = []
  private readonly sources: readonly PeerSource[]

  constructor(sim: Simulation, { metainfo }: Torrent, name: string, options: SeekerOptions = {}) {
    const { limits, sources = [], swarm, ...hostOptions } = options
    this.host = sim.host(name, hostOptions)
    this.sources = sources
    this.listener = new PeerListener(this.host)
    this.swarm = new MetadataSwarm({
      ...this.host,
      infoHash: metainfo.infoHash,
      peerId: makePeerId(this.host.random),
      budget: new ConnectionBudget({ ...DEFAULT_LIMITS, ...limits }),
      port: () => this.listener.port,
      events: {
        found: (metadata) => this.found.push(metadata),
        peerBanned: (host) => this.banned.push(host),
        dhtNode: (endpoint) => this.nodes.push(endpoint),
      },
      ...swarm,
    })
  }

  get endpoint(): Endpoint {
    return { host: this.host.address, port: PORT }
  }

  async start(peers: readonly { readonly endpoint: Endpoint }[] = []): Promise<void> {
    await this.listener.listen({ host: '0.0.0.0', port: PORT })
    this.listener.add(this.swarm)
    this.swarm.start(this.sources)
    this.meet(peers)
  }

  meet(peers: readonly { readonly endpoint: Endpoint }[]): void {
    this.swarm.addPeers(
      peers.map((peer) => peer.endpoint),
      'given',
    )
  }

  async stop(): Promise<void> {
    await Promise.all([this.swarm.stop(), this.listener.close()])
  }
}

/** What a peer does with a request: what it answers and when, nothing, or the end of the connection. */
export type Manner = (
  piece: number,
  count: number,
) => { readonly message?: MetadataMessage; readonly after?: number } | 'leaves'

export interface ServerOptions extends HostOptions {
  /** The size it tells; undefined tells none. */
  readonly size?: number | undefined
  readonly manner?: Manner
  /** Called when the other side's extended handshake has come. */
  readonly greeted?: (wire: PeerWire) => void
}

/** A peer that listens and serves metadata in its own manner. Says nothing else. */
export class MetadataServer {
  readonly host: SimulatedHost
  readonly reasons: CloseReason[] = []
  readonly requests: number[] = []
  readonly told: ExtendedHandshake[] = []
  readonly ports: number[] = []
  readonly messages: [name: string, payload: Uint8Array][] = []
  private readonly wires = new Set<PeerWire>()
  private readonly timers = new Set<Timer>()
  private readonly torrent: Torrent
  private readonly options: ServerOptions
  private readonly listener: PeerListener
  private readonly peerId: Uint8Array

  constructor(sim: Simulation, torrent: Torrent, name: string, options: ServerOptions = {}) {
    const { size: _, manner: __, greeted: ___, ...hostOptions } = options
    this.host = sim.host(name, hostOptions)
    this.torrent = torrent
    this.options = options
    this.listener = new PeerListener(this.host)
    this.peerId = makePeerId(this.host.random)
  }

  get endpoint(): Endpoint {
    return { host: this.host.address, port: PORT }
  }

  async start(): Promise<void> {
    await this.listener.listen({ host: '0.0.0.0', port: PORT })
    const { infoHash } = this.torrent.metainfo
    const size = 'size' in this.options ? this.options.size : this.torrent.metainfo.infoBytes.length
    this.listener.add({
      infoHash,
      incoming: () => ({
        clock: this.host.clock,
        geometry: UNKNOWN_GEOMETRY,
        infoHash,
        listenPort: PORT,
        uploadOnly: false,
        dht: true,
        extensions: ['ut_metadata', 'ut_pex'],
        ...(size !== undefined && { metadataSize: size }),
        attach: (wire) => this.handlerFor(wire),
      }),
    })
  }

  get connections(): number {
    return this.wires.size
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) timer.cancel()
    for (const wire of this.wires) wire.close({ code: 'STOPPED' })
    await this.listener.close()
  }

  /** The right answer. */
  honest(piece: number): MetadataMessage {
    const { infoBytes } = this.torrent.metainfo
    const start = piece * METADATA_PIECE_LENGTH
    const bytes = infoBytes.subarray(start, start + METADATA_PIECE_LENGTH)
    return { type: 'data', piece, totalSize: infoBytes.length, bytes }
  }

  private handlerFor(wire: PeerWire): PeerWireHandler {
    this.wires.add(wire)
    const nothing = () => {}
    return {
      handshake: () => wire.handshake(this.torrent.metainfo.infoHash, this.peerId),
      extendedHandshake: (told) => {
        this.told.push(told)
        this.options.greeted?.(wire)
      },
      extendedMessage: (name, payload) => this.message(wire, name, payload),
      port: (port) => this.ports.push(port),
      closed: (reason) => {
        this.wires.delete(wire)
        this.reasons.push(reason)
      },
      blockTarget: () => undefined,
      ...{ choked: nothing, unchoked: nothing, interested: nothing, notInterested: nothing, have: nothing },
      ...{ bitfield: nothing, requested: nothing, cancelled: nothing, blockReceived: nothing },
      ...{ rejected: nothing, drained: nothing },
    }
  }

  private message(wire: PeerWire, name: string, payload: Uint8Array): void {
    this.messages.push([name, payload.slice()])
    const message = name === METADATA_EXTENSION ? decodeMetadataMessage(payload) : undefined
    if (message?.type !== 'request') return
    this.requests.push(message.piece)
    const answer = this.options.manner?.(message.piece, this.requests.length) ?? { message: this.honest(message.piece) }
    if (answer === 'leaves') {
      wire.close({ code: 'STOPPED' })
      return
    }
    if (!answer.message) return
    const bytes = encodeMetadataMessage(answer.message)
    if (answer.after === undefined) wire.extended(METADATA_EXTENSION, bytes)
    else this.timers.add(this.host.clock.after(answer.after, () => wire.extended(METADATA_EXTENSION, bytes)))
  }
}

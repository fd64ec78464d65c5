/** A torrent in memory and peers that share it on the simulated network, for scenarios of the swarm alone. */
import type { Endpoint } from '../../src-main/kernel/network.ts'
import type { PeerSource } from '../../src-main/kernel/peer-source.ts'
import { type MemoryTorrent, makeTorrent as makeMemoryTorrent } from '../../src-main/lab/memory-torrent.ts'
import type { SimulatedHost } from '../../src-main/simulation/host.ts'
import { SeededRandom } from '../../src-main/simulation/random.ts'
import type { HostOptions, Simulation } from '../../src-main/simulation/simulation.ts'
import { Bitfield } from '../../src-main/torrent/bitfield.ts'
import { DiskError, type DiskFault, type PieceStorage } from '../../src-main/torrent/disk/piece-storage.ts'
import { type Metainfo, pieceSize } from '../../src-main/torrent/metainfo/metainfo.ts'
import { ConnectionBudget, DEFAULT_LIMITS } from '../../src-main/torrent/swarm/connection-budget.ts'
import { PeerListener } from '../../src-main/torrent/swarm/peer-listener.ts'
import { Swarm, type SwarmOptions, type SwarmSettings } from '../../src-main/torrent/swarm/swarm.ts'
import { makePeerId } from '../../src-main/torrent/wire/peer-id.ts'

export const PORT = 6881

export type Torrent = MemoryTorrent

export function makeTorrent(pieceCount: number, pieceLength: number, lastBytes = pieceLength): Torrent {
  const totalLength = (pieceCount - 1) * pieceLength + lastBytes
  return makeMemoryTorrent(totalLength, pieceLength, SeededRandom.of(pieceCount))
}

/** Pieces in memory, with the faults of a disk on demand. Each operation takes a moment of the host's time. */
export class MemoryStorage implements PieceStorage {
  readonly bytes: Uint8Array
  readonly written: number[] = []
  /** Thrown by the next operations until cleared. */
  writeFault: DiskFault | undefined
  readFault: DiskFault | undefined
  /** Pieces that read short. */
  readonly missing = new Set<number>()
  /** Blocks whose first byte is wrong when read: a lying peer. */
  lies: ((piece: number, begin: number) => boolean) | undefined
  private readonly host: SimulatedHost
  private readonly metainfo: Metainfo

  constructor(host: SimulatedHost, { metainfo, data }: Torrent, full: boolean) {
    this.host = host
    this.metainfo = metainfo
    this.bytes = full ? data.slice() : new Uint8Array(data.length)
  }

  read(piece: number, begin: number, length: number): Promise<Uint8Array> {
    return this.host.program.later('read of a piece', 1, () => {
      if (this.readFault) throw new DiskError(this.readFault, 'The disk does not read. Look at it.')
      if (this.missing.has(piece)) {
        throw new DiskError({ code: 'SHORT_READ', path: 'data.bin', piece }, 'A piece is gone. It is fetched again.')
      }
      const start = piece * this.metainfo.pieceLength + begin
      const bytes = this.bytes.slice(start, start + length)
      for (let at = 0; at < length; at += 16_384) {
        if (this.lies?.(piece, begin + at)) bytes[at] = (bytes[at] as number) ^ 0xff
      }
      return bytes
    })
  }

  write(piece: number, bytes: Uint8Array): Promise<void> {
    const copy = bytes.slice()
    return this.host.program.later('write of a piece', 1, () => {
      if (this.writeFault) throw new DiskError(this.writeFault, 'The disk is full. Free some space.')
      if (copy.length !== pieceSize(this.metainfo, piece)) throw new Error(`piece ${piece} of ${copy.length} bytes`)
      this.bytes.set(copy, piece * this.metainfo.pieceLength)
      this.missing.delete(piece)
      this.written.push(piece)
    })
  }
}

export interface NodeOptions extends HostOptions {
  readonly seed?: boolean
  readonly settings?: SwarmSettings
  /** Leaves the swarm as soon as it has everything. */
  readonly leavesWhenDone?: boolean
  readonly sources?: readonly PeerSource[]
  readonly swarm?: Pick<SwarmOptions, 'wanted' | 'dhtPort' | 'peerExchange'>
}

/** One peer: a host, a listener, a swarm, and what was told about it. */
export class SwarmNode {
  readonly host: SimulatedHost
  readonly storage: MemoryStorage
  readonly listener: PeerListener
  readonly swarm: Swarm
  readonly verified: number[] = []
  readonly lost: number[] = []
  readonly banned: string[] = []
  readonly diskErrors: DiskError[] = []
  /** DHT nodes that peers told of. */
  readonly dhtNodes: Endpoint[] = []
  completedAt: number | undefined
  private readonly sources: readonly PeerSource[]

  constructor(sim: Simulation, torrent: Torrent, name: string, options: NodeOptions = {}) {
    const { seed = false, settings, leavesWhenDone = false, sources = [], swarm, ...hostOptions } = options
    this.sources = sources
    this.host = sim.host(name, hostOptions)
    this.storage = new MemoryStorage(this.host, torrent, seed)
    this.listener = new PeerListener(this.host)
    const { pieceCount } = torrent.metainfo
    this.swarm = new Swarm({
      ...this.host,
      metainfo: torrent.metainfo,
      have: seed ? Bitfield.full(pieceCount) : new Bitfield(pieceCount),
      storage: this.storage,
      peerId: makePeerId(this.host.random),
      budget: new ConnectionBudget(DEFAULT_LIMITS),
      port: () => this.listener.port,
      events: {
        pieceVerified: (piece) => this.verified.push(piece),
        pieceLost: (piece) => this.lost.push(piece),
        peerBanned: (host) => this.banned.push(host),
        diskFailed: (error) => this.diskErrors.push(error),
        completed: () => {
          this.completedAt = this.host.clock.now()
          if (leavesWhenDone) void this.stop()
        },
        dhtNode: (endpoint) => this.dhtNodes.push(endpoint),
      },
      ...swarm,
      ...(settings && { settings }),
    })
  }

  get endpoint(): Endpoint {
    return { host: this.host.address, port: PORT }
  }

  get complete(): boolean {
    return this.swarm.have.complete
  }

  async start(peers: readonly SwarmNode[] = []): Promise<void> {
    await this.listener.listen({ host: '0.0.0.0', port: PORT })
    this.listener.add(this.swarm)
    this.swarm.start(this.sources)
    this.meet(peers)
  }

  meet(peers: readonly SwarmNode[]): void {
    this.swarm.addPeers(
      peers.map((peer) => peer.endpoint),
      'given',
    )
  }

  async stop(): Promise<void> {
    await Promise.all([this.swarm.stop(), this.listener.close()])
  }
}

/** Starts all, each knowing all others; ends with every node stopped and nothing left over. */
export async function startAll(sim: Simulation, nodes: readonly SwarmNode[]): Promise<void> {
  await sim.within(1_000, Promise.all(nodes.map((node) => node.start(nodes.filter((other) => other !== node)))))
}

export async function stopAll(sim: Simulation, nodes: readonly SwarmNode[]): Promise<void> {
  await sim.within(60_000, Promise.all(nodes.map((node) => node.stop())))
  await sim.stop()
}

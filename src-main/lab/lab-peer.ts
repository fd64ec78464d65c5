import type { Endpoint } from '../kernel/network.ts'
import type { PeerSource } from '../kernel/peer-source.ts'
import type { SimulatedHost } from '../simulation/host.ts'
import type { HostOptions, Simulation } from '../simulation/simulation.ts'
import { Bitfield } from '../torrent/bitfield.ts'
import { ConnectionBudget, DEFAULT_LIMITS } from '../torrent/swarm/connection-budget.ts'
import { PeerListener } from '../torrent/swarm/peer-listener.ts'
import { Swarm } from '../torrent/swarm/swarm.ts'
import { makePeerId } from '../torrent/wire/peer-id.ts'
import { type MemoryTorrent, SharedStorage } from './memory-torrent.ts'

const PORT = 6881

export interface LabPeerOptions {
  readonly link?: HostOptions['bandwidth']
  /** Whether it has everything from the start. */
  readonly complete?: boolean
  /** Upload slots, where other than usual. */
  readonly slots?: number
  /** Connections that it must be able to hold, where more than usual. */
  readonly connections?: number
  readonly verified?: () => void
  readonly completed?: () => void
}

/** One machine of an experiment with a swarm: Shoal's torrent engine on a simulated host, its pieces in memory. */
export class LabPeer {
  readonly endpoint: Endpoint
  private readonly host: SimulatedHost
  private readonly listener: PeerListener
  private readonly swarm: Swarm

  constructor(sim: Simulation, torrent: MemoryTorrent, name: string, options: LabPeerOptions) {
    this.host = sim.host(name, options.link && { bandwidth: options.link })
    this.endpoint = { host: this.host.address, port: PORT }
    this.listener = new PeerListener(this.host)
    const { pieceCount } = torrent.metainfo
    this.swarm = new Swarm({
      ...this.host,
      metainfo: torrent.metainfo,
      have: options.complete ? Bitfield.full(pieceCount) : new Bitfield(pieceCount),
      storage: new SharedStorage(this.host, torrent),
      peerId: makePeerId(this.host.random),
      budget: budgetFor(options.connections ?? 0),
      port: () => this.listener.port,
      // Whom a peer knows is the experiment's to say.
      peerExchange: false,
      settings: options.slots === undefined ? {} : { slots: options.slots },
      events: {
        pieceVerified: () => options.verified?.(),
        completed: () => options.completed?.(),
        pieceLost: (piece) => fail(`${name} has lost piece ${piece}`),
        diskFailed: (error) => fail(`${name}: ${error.message}`),
      },
    })
  }

  async listen(): Promise<void> {
    await this.listener.listen({ host: '0.0.0.0', port: PORT })
    this.listener.add(this.swarm)
  }

  start(source: PeerSource): void {
    this.swarm.start([source])
  }

  async stop(): Promise<void> {
    await Promise.all([this.swarm.stop(), this.listener.close()])
  }
}

function budgetFor(connections: number): ConnectionBudget {
  const { total, perTorrent, ...rest } = DEFAULT_LIMITS
  const most = Math.max(perTorrent, connections)
  return new ConnectionBudget({ ...rest, total: Math.max(total, most), perTorrent: most })
}

/** Cannot happen without faults in the simulated world; an experiment that met it would mean nothing. */
function fail(what: string): never {
  throw new Error(`The experiment is void: ${what}.`)
}

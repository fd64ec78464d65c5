import { NetworkGate } from '../host/network-gate.ts'
import type { Clock, Millis } from '../kernel/clock.ts'
import type { Hasher } from '../kernel/hasher.ts'
import type { Host } from '../kernel/host.ts'
import type { HttpClient } from '../kernel/http.ts'
import type { Datagrams, LocalAddresses, LocalSockets, Resolver, Streams } from '../kernel/network.ts'
import { noPowerMonitor } from '../kernel/power.ts'
import type { ThreadLink, Threads } from '../kernel/threads.ts'
import type { ProcessLink, VaultProcesses } from '../kernel/vault-process.ts'
import { SimulatedDatabases } from './databases.ts'
import { SimulatedDatagrams } from './datagrams.ts'
import type { Disk } from './disk.ts'
import { SimulatedFiles } from './files.ts'
import { SimulatedHasher } from './hasher.ts'
import { SimulatedHttpClient } from './http-client.ts'
import { Program } from './ledger.ts'
import { SimulatedMiningWorkers } from './mining.ts'
import type { NetworkNode } from './network.ts'
import type { SeededRandom } from './random.ts'
import { RecordingLog } from './recording-log.ts'
import { SimulatedResolver } from './resolver.ts'
import type { StreamWorld } from './stream-socket.ts'
import { SimulatedLocalSockets, SimulatedStreams } from './streams.ts'
import { SimulatedTrash } from './trash.ts'
import { VirtualClock } from './virtual-clock.ts'

/** What a host is made of; it stays when its program is killed and started again. */
export interface Machine {
  readonly name: string
  readonly node: NetworkNode
  readonly disk: Disk
  readonly random: SeededRandom
  readonly hashDelay: Millis
  /** Hashes per second of each mining thread. */
  readonly hashRate: number
  /** Runs the program of a thread within this one. */
  readonly threads: ((host: SimulatedHost) => Threads) | undefined
  readonly vaultProcesses: ((host: SimulatedHost) => VaultProcesses) | undefined
  readonly names: ReadonlyMap<string, readonly string[]>
}

/** One run of a program on a simulated machine: every port of the engine, and the levers of tests. */
export class SimulatedHost implements Host {
  readonly name: string
  /** Its IPv4 address; a private one where it is behind a router. */
  readonly address: string
  /** Where others find it. */
  readonly publicAddress: string
  readonly machine: Machine
  readonly program: Program
  readonly clock: Clock
  readonly random: SeededRandom
  /** The same gate as of the real host; online unless told otherwise. */
  readonly network = new NetworkGate({ mode: 'online' })
  readonly streams: Streams
  readonly datagrams: Datagrams
  readonly localAddresses: LocalAddresses
  readonly localSockets: LocalSockets
  readonly resolver: Resolver
  readonly http: HttpClient
  readonly files: SimulatedFiles
  readonly trash: SimulatedTrash
  readonly databases: SimulatedDatabases
  readonly hasher: Hasher
  readonly threads: Threads
  readonly vaultProcesses: VaultProcesses
  readonly power = noPowerMonitor
  readonly processors = 4
  readonly miningWorkers = () =>
    new SimulatedMiningWorkers({
      clock: this.clock,
      random: this.random.split('mining'),
      hashesPerSecond: this.machine.hashRate,
    })
  readonly log: RecordingLog

  constructor(machine: Machine, world: StreamWorld, run: number, traceAll: boolean) {
    const { node, disk } = machine
    this.name = machine.name
    this.address = node.address
    this.publicAddress = node.publicAddress
    this.machine = machine
    this.program = new Program(machine.name, world.network.time, traceAll)
    this.clock = new VirtualClock(world.network.time, this.program)
    this.random = machine.random.split(`run ${run}`)
    this.streams = this.network.streams(new SimulatedStreams(world, this.program, node))
    this.datagrams = this.network.datagrams(new SimulatedDatagrams(world.network, this.program, node))
    this.localAddresses = { list: () => node.localAddresses }
    this.localSockets = new SimulatedLocalSockets(world, this.program, node)
    this.resolver = this.network.resolver(new SimulatedResolver(machine.names, this.program))
    this.files = new SimulatedFiles(disk, this.program)
    this.trash = new SimulatedTrash(this.files)
    this.databases = new SimulatedDatabases(this.program, disk, this.files)
    this.hasher = new SimulatedHasher(this.program, this.files, machine.hashDelay)
    this.log = new RecordingLog(this.clock)
    this.threads = machine.threads?.(this) ?? { start: noThread }
    this.vaultProcesses = machine.vaultProcesses?.(this) ?? { start: () => noThread('vault') }
    const { clock, streams, resolver } = this
    this.http = new SimulatedHttpClient(this.program, { clock, streams, resolver })
  }
}

function noThread(name: string): ThreadLink & ProcessLink {
  throw new Error(`this simulated host has no program for the thread “${name}”`)
}

import { type Millis, SECOND } from '../kernel/clock.ts'
import type { Endpoint } from '../kernel/network.ts'
import type { Threads } from '../kernel/threads.ts'
import type { VaultProcesses } from '../kernel/vault-process.ts'
import { addressOf } from './addresses.ts'
import { forgeDatagram } from './datagrams.ts'
import { DEFAULT_CAPACITY_BYTES, Disk } from './disk.ts'
import { SimulationError } from './errors.ts'
import { type Machine, SimulatedHost } from './host.ts'
import { type Claim, describeClaims } from './ledger.ts'
import { type Latency, Network, NetworkNode, type NetworkOptions, type NodeOptions } from './network.ts'
import { SeededRandom } from './random.ts'
import { SegmentPool } from './segments.ts'
import type { StreamWorld } from './stream-socket.ts'
import { VirtualTime } from './virtual-clock.ts'

export interface SimulationOptions extends Partial<NetworkOptions> {
  /** Everything random comes from it: the same seed gives the same run, event by event. */
  readonly seed: number
  /**
   * Note for each timer and promise where in the code it was made, for the messages of `stop` and `within`. Slow (10 µs
   * each); without it they name what it does, and only sockets, listeners, files and databases say who made them.
   */
  readonly trace?: boolean
}

export interface HostOptions extends NodeOptions {
  /** Its public IPv4 address, of no other host; one of 10/8 when left out. */
  readonly address?: string
  /** Bytes of its drive. Default 1 TiB. */
  readonly capacity?: number
  /** Time that each operation on its files takes, from and to. Default none. */
  readonly diskDelay?: Latency
  /** Time that hashing each piece takes. Default none. */
  readonly hashDelay?: Millis
  /** Hashes per second of each mining thread. Default 1,000. */
  readonly hashRate?: number
  /** Runs the program of a thread in this one. Default: threads cannot be started. */
  readonly threads?: (host: SimulatedHost) => Threads
  /** Runs the process that holds a wallet's keys in this one (`vault.ts`). Default: it cannot be started. */
  readonly vaultProcesses?: (host: SimulatedHost) => VaultProcesses
}

const DEFAULTS: NetworkOptions = {
  latency: [10, 100],
  jitter: 0.1,
  lossRate: 0,
  duplicationRate: 0,
  bandwidth: { up: Number.POSITIVE_INFINITY, down: Number.POSITIVE_INFINITY },
  receiveWindow: 256 * 1024,
  largestChunk: 32 * 1024,
}

const DEFAULT_HASH_RATE = 1_000

/** What is under way when a scenario stops may take this long, and some round trips, to come to its end. */
const GRACE: Millis = SECOND

/**
 * A world of simulated hosts on virtual time. A test makes hosts, runs the engine (or parts of it) on them, lets time
 * pass with `run` and `within`, and ends with `stop`, which fails if anything is left over.
 */
export class Simulation {
  readonly seed: number
  readonly random: SeededRandom
  private readonly time = new VirtualTime()
  private readonly network: Network
  private readonly world: StreamWorld
  private readonly names = new Map<string, readonly string[]>()
  private readonly hosts: SimulatedHost[] = []
  private readonly trace: boolean
  private stopped = false

  constructor({ seed, trace = false, ...options }: SimulationOptions) {
    this.seed = seed
    this.trace = trace
    this.random = SeededRandom.of(seed)
    this.network = new Network(this.time, { ...DEFAULTS, ...options }, this.random.split('network'))
    this.world = { network: this.network, segments: new SegmentPool(this.network.options.largestChunk) }
  }

  /** Virtual milliseconds since the start. */
  get elapsed(): Millis {
    return this.time.now
  }

  /** Equal for two runs exactly when the same things happened at the same times. */
  get checksum(): string {
    return this.time.checksum.value
  }

  /** Events that have happened so far. */
  get events(): number {
    return this.time.happened
  }

  /** Makes a host with an address of its own; its name can be resolved. */
  host(name = `host-${this.hosts.length + 1}`, options: HostOptions = {}): SimulatedHost {
    if (this.names.has(name.toLowerCase())) throw new Error(`there is a host or name ${name} already`)
    const random = this.random.split(`host ${name}`)
    const node = this.network.add(
      new NetworkNode(this.network, options.address ?? addressOf(this.network.nodes.length), options),
    )
    const capacity = options.capacity ?? DEFAULT_CAPACITY_BYTES
    const disk = new Disk(this.time, random.split('disk'), capacity, options.diskDelay ?? [0, 0])
    this.names.set(name.toLowerCase(), [node.publicAddress])
    const machine = {
      name,
      node,
      disk,
      random,
      hashDelay: options.hashDelay ?? 0,
      names: this.names,
      threads: options.threads,
      vaultProcesses: options.vaultProcesses,
      hashRate: options.hashRate ?? DEFAULT_HASH_RATE,
    }
    return this.start(machine)
  }

  /** So many hosts, named by number. */
  hostsOf(count: number, prefix = 'host', options: HostOptions = {}): SimulatedHost[] {
    return Array.from({ length: count }, (_, i) => this.host(`${prefix}-${i + 1}`, options))
  }

  /** Makes a name known to every resolver. */
  name(name: string, ...addresses: string[]): void {
    this.names.set(name.toLowerCase(), addresses)
  }

  /** `kill -9`: the host's timers, sockets, files and promises are gone without a word to its program. */
  kill(host: SimulatedHost): void {
    host.program.kill()
  }

  /**
   * `kill -9` and start again: the old host's timers, sockets and promises are gone without a word, the result has the
   * same address and drive. For a loss of power call `files.crash()` on the result.
   */
  restart(host: SimulatedHost): SimulatedHost {
    this.kill(host)
    return this.start(host.machine)
  }

  /** Hosts of the one side and of the other cannot reach each other until `heal`. */
  partition(a: SimulatedHost | readonly SimulatedHost[], b: SimulatedHost | readonly SimulatedHost[]): void {
    this.network.partition(nodesOf(a), nodesOf(b))
  }

  heal(): void {
    this.network.heal()
  }

  /** A datagram with a forged sender, as networks without filters let through. Takes the shortest way there is. */
  forgeDatagram(bytes: Uint8Array, from: Endpoint, to: Endpoint): void {
    forgeDatagram(this.network, bytes, from, to)
  }

  /** Breaks every connection that a host has, on both ends (`ECONNRESET`). */
  resetConnections(host: SimulatedHost): void {
    for (const socket of [...host.machine.node.sockets]) socket.breakBoth()
  }

  /** Lets so much time pass. */
  async run(duration: Millis): Promise<void> {
    await this.time.advance(this.time.now + duration, () => false)
  }

  /** Lets time pass until `promise` settles, at most so long. @throws what it rejects with, or SimulationError */
  async within<T>(limit: Millis, promise: Promise<T>): Promise<T> {
    let settled = false
    const note = () => {
      settled = true
    }
    promise.then(note, note)
    const outcome = await this.time.advance(this.time.now + limit, () => settled)
    if (outcome !== 'done') throw this.notInTime(outcome, `the promise has not settled within ${limit} ms`)
    return promise
  }

  /** Lets time pass until `holds` is true after some event, at most so long. */
  async until(limit: Millis, holds: () => boolean, what = 'the condition'): Promise<void> {
    const outcome = await this.time.advance(this.time.now + limit, holds)
    if (outcome !== 'done') throw this.notInTime(outcome, `${what} does not hold after ${limit} ms`)
  }

  /**
   * Ends the scenario. Timers must be gone already; connections and promises under way get a moment to end.
   * @throws SimulationError `LEFT_OVER` with everything that is still held, and who made it
   */
  async stop(): Promise<void> {
    if (this.stopped) return
    this.stopped = true
    await this.time.advance(this.time.now, () => false)
    const timers = this.claims().filter((claim) => claim.kind === 'timer')
    const grace = GRACE + 8 * this.network.longestDelay
    await this.time.advance(this.time.now + grace, () => this.claims().length === 0)
    const left = new Set([...timers.filter((claim) => claim.program.isAlive), ...this.claims()])
    if (left.size === 0) return
    const lines = describeClaims([...left])
    const fault = { code: 'LEFT_OVER', seed: this.seed, left: lines } as const
    throw new SimulationError(
      fault,
      `The scenario (seed ${this.seed}) left ${left.size} things over:\n  ${lines.join('\n  ')}`,
    )
  }

  private start(machine: Machine): SimulatedHost {
    const host = new SimulatedHost(machine, this.world, this.hosts.length, this.trace)
    this.hosts.push(host)
    return host
  }

  private claims(): Claim[] {
    return this.hosts.flatMap((host) => host.program.held())
  }

  private notInTime(outcome: 'empty' | 'time', what: string): SimulationError {
    const pending = describeClaims(this.claims())
    const code = outcome === 'time' ? 'VIRTUAL_TIME_OVER' : 'NOTHING_LEFT'
    const why = outcome === 'time' ? `${this.time.waiting} events still wait` : 'and nothing more can happen'
    const held = pending.length > 0 ? `Held:\n  ${pending.join('\n  ')}` : 'Nothing is held.'
    return new SimulationError(
      { code, seed: this.seed, pending },
      `In the scenario (seed ${this.seed}, at ${this.time.now} ms) ${what}, ${why}. ${held}`,
    )
  }
}

function nodesOf(hosts: SimulatedHost | readonly SimulatedHost[]): NetworkNode[] {
  return (Array.isArray(hosts) ? hosts : [hosts as SimulatedHost]).map((host: SimulatedHost) => host.machine.node)
}

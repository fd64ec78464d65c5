import { isLoopback } from '../host/ip-address.ts'
import type { Millis } from '../kernel/clock.ts'
import type { Endpoint, LocalAddress } from '../kernel/network.ts'
import type { DatagramReceiver } from './datagrams.ts'
import { type Bandwidth, Downlink, Uplink } from './link.ts'
import type { GroupMember } from './multicast.ts'
import { Nat, type NatOptions } from './nat.ts'
import { PortTable } from './port-table.ts'
import type { SeededRandom } from './random.ts'
import type { SimulatedListener, SimulatedSocket } from './stream-socket.ts'
import type { VirtualTime } from './virtual-clock.ts'

/** Shortest and longest time of one way between two hosts. */
export type Latency = readonly [min: Millis, max: Millis]

export interface NetworkOptions {
  /** Each pair of hosts has a distance of its own in this range. */
  readonly latency: Latency
  /** Part of the distance that each packet may take longer, at random. */
  readonly jitter: number
  /** Part of the packets that are lost: datagrams for good, stream segments until they are sent again. */
  readonly lossRate: number
  /** Part of the datagrams that arrive twice. */
  readonly duplicationRate: number
  /** Bytes per second of each host's link. */
  readonly bandwidth: Bandwidth
  /** Bytes of a stream on their way to, or not yet read by, the receiver. */
  readonly receiveWindow: number
  /** Streams are cut into pieces of 1 to this many bytes, at random. */
  readonly largestChunk: number
}

/** What one host may have of its own. */
export interface NodeOptions {
  readonly latency?: Latency
  readonly lossRate?: number
  readonly bandwidth?: Partial<Bandwidth>
  /** The local network that it is on, by name: hosts of the same one hear each other's multicast. Default: one of its own. */
  readonly lan?: string
  /** A router in front of it that translates addresses. Connections (TCP) go out through it and none come in. */
  readonly nat?: NatOptions
}

const LOOPBACK_DELAY: Millis = 0.02
/** Of every host behind a router of its own. */
export const PRIVATE_ADDRESS = '192.168.0.2'

/** Where a host is: all that it takes to find it, and to know how far away it is. */
export class NetworkPlace {
  /** Its number in the network. */
  readonly index: number
  /** What the host itself has: private where it is behind a router. */
  readonly address: string
  /** Where others find it. */
  readonly publicAddress: string
  readonly nat: Nat | undefined
  readonly options: NodeOptions

  constructor(index: number, address: string, options: NodeOptions) {
    this.index = index
    this.publicAddress = address
    this.nat = options.nat && new Nat(options.nat)
    this.address = options.nat ? PRIVATE_ADDRESS : address
    this.options = options
  }
}

/** A host as the network sees it: an address, a link, and who listens. */
export class NetworkNode extends NetworkPlace {
  readonly uplink: Uplink
  readonly downlink: Downlink
  /** Without a limit: what stays within the host. */
  readonly innerLink: Uplink
  readonly listeners: PortTable<SimulatedListener>
  readonly datagrams: PortTable<DatagramReceiver>
  readonly localListeners = new Map<string, SimulatedListener>()
  readonly sockets = new Set<SimulatedSocket>()
  /** What its programs see; a test may change it, as when a cable is pulled. */
  localAddresses: readonly LocalAddress[]

  constructor(network: Network, address: string, options: NodeOptions) {
    super(network.nodes.length, address, options)
    const { time, options: all } = network
    this.uplink = new Uplink(time, options.bandwidth?.up ?? all.bandwidth.up, all.largestChunk)
    this.downlink = new Downlink(time, options.bandwidth?.down ?? all.bandwidth.down)
    this.innerLink = new Uplink(time, Number.POSITIVE_INFINITY, all.largestChunk)
    this.listeners = new PortTable(this.address)
    this.datagrams = new PortTable(this.address)
    this.localAddresses = [
      { host: '127.0.0.1', interface: 'lo', internal: true },
      { host: this.address, interface: 'eth0', internal: false },
    ]
  }
}

/** Where a packet goes, and as whom its sender appears there. */
export interface Route<N = NetworkNode> {
  readonly node: N
  /** The sender's address as the receiver sees it. */
  readonly sourceAddress: string
  readonly destinationAddress: string
}

/** A datagram under way. */
export interface DatagramRoute<N = NetworkNode> {
  readonly node: N
  /** Where it seems to come from. */
  readonly source: Endpoint
  readonly destination: Endpoint
}

/** Who can reach whom, and how long it takes. The only place that turns an address into a host. */
export class Network<N extends NetworkPlace = NetworkNode> {
  readonly time: VirtualTime
  readonly options: NetworkOptions
  readonly random: SeededRandom
  readonly nodes: N[] = []
  /** Everyone in any multicast group. */
  readonly members = new Set<GroupMember>()
  private readonly byAddress = new Map<string, N>()
  private readonly cuts = new Set<number>()
  private readonly waitingForHeal = new Set<() => void>()

  constructor(time: VirtualTime, options: NetworkOptions, random: SeededRandom) {
    this.time = time
    this.options = options
    this.random = random
  }

  /** Its index is the number of those there are already. */
  add(node: N): N {
    this.nodes.push(node)
    this.byAddress.set(node.publicAddress, node)
    return node
  }

  /** The host with a public address. */
  at(address: string): N | undefined {
    return this.byAddress.get(address)
  }

  /** The host has gone for good: packets to its address vanish. */
  remove(node: N): void {
    this.byAddress.delete(node.publicAddress)
  }

  /** Of a connection. Undefined where no host has the address, or a router is in front of it: packets to it vanish. */
  route(from: N, to: string): Route<N> | undefined {
    const node = this.byAddress.get(to)
    if (node) return node.nat ? undefined : { node, sourceAddress: from.publicAddress, destinationAddress: to }
    return isLoopback(to) ? { node: from, sourceAddress: '127.0.0.1', destinationAddress: to } : undefined
  }

  /** A datagram leaves port `port` of a host. Undefined where no host has the address: it vanishes. */
  sends(from: N, port: number, to: Endpoint): DatagramRoute<N> | undefined {
    const node = this.byAddress.get(to.host)
    if (node === undefined && isLoopback(to.host)) {
      return { node: from, source: { host: '127.0.0.1', port }, destination: to }
    }
    const source = from.nat ? from.nat.outgoing(port, to, this.time.now) : port
    return node && { node, source: { host: from.publicAddress, port: source }, destination: to }
  }

  /** It arrives: which address and port of the host it is for. Undefined where a router drops it. */
  arrives({ node, source, destination }: DatagramRoute<N>): Endpoint | undefined {
    if (node.nat === undefined || isLoopback(destination.host)) return destination
    const port = node.nat.incoming(destination.port, source, this.time.now)
    return port === undefined ? undefined : { host: node.address, port }
  }

  /** How long the next packet takes one way. */
  delay(from: N, to: N): Millis {
    if (from === to) return LOOPBACK_DELAY
    const distance = this.distance(from, to)
    return this.options.jitter > 0 ? distance * this.random.between(1, 1 + this.options.jitter) : distance
  }

  /** No packet takes longer. */
  get longestDelay(): Millis {
    const longest = this.nodes.map((node) => node.options.latency?.[1] ?? 0)
    return Math.max(this.options.latency[1], ...longest) * (1 + this.options.jitter)
  }

  /** Whether the next packet is lost. */
  loses(from: N, to: N): boolean {
    if (from === to) return false
    const rate = Math.max(from.options.lossRate ?? this.options.lossRate, to.options.lossRate ?? this.options.lossRate)
    return this.random.chance(rate)
  }

  partition(a: readonly N[], b: readonly N[]): void {
    for (const x of a) for (const y of b) if (x !== y) this.cuts.add(pairOf(x, y))
  }

  isCut(a: N, b: N): boolean {
    return this.cuts.size > 0 && this.cuts.has(pairOf(a, b))
  }

  /** Ends every partition. What streams have held back goes on its way. */
  heal(): void {
    this.cuts.clear()
    const waiting = [...this.waitingForHeal]
    this.waitingForHeal.clear()
    for (const resume of waiting) resume()
  }

  whenHealed(resume: () => void): void {
    this.waitingForHeal.add(resume)
  }

  /** Fixed for a pair, in the range of the farther away of the two; the same in both directions. */
  private distance(a: N, b: N): Millis {
    const x = a.options.latency ?? this.options.latency
    const y = b.options.latency ?? this.options.latency
    const [min, max] = x[1] >= y[1] ? x : y
    return min + this.random.fractionOf(pairOf(a, b)) * (max - min)
  }
}

function pairOf(a: NetworkPlace, b: NetworkPlace): number {
  return Math.min(a.index, b.index) * 0x100000 + Math.max(a.index, b.index)
}

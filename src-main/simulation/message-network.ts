/**
 * A network of nodes that hand each other DHT messages, for many thousands of them in one process: the latencies, losses,
 * partitions and routers of `Network` without drives, databases and streams, and a clock without a ledger.
 *
 * A message passes as the object that it is. `wire` really encodes and decodes each; `checked` passes objects, frozen, and
 * fails where one is changed on its way. All three give the same run, event by event, with the same checksum.
 */
import type { Clock, Millis } from '../kernel/clock.ts'
import type { Endpoint } from '../kernel/network.ts'
import type { KrpcMessage } from '../rpc/krpc-message.ts'
import type { MessageReceiver, MessageTransport, OpenTransport } from '../rpc/message-transport.ts'
import { type Carriage, type CarriageMode, carriageFor, type Parcel } from './message-carriage.ts'
import { type DatagramRoute, Network, type NetworkNode, type NetworkOptions, type NodeOptions } from './network.ts'
import { PlainClock } from './plain-clock.ts'
import { SeededRandom } from './random.ts'
import { VirtualTime } from './virtual-clock.ts'

export interface MessageNetworkOptions
  extends Partial<Pick<NetworkOptions, 'latency' | 'jitter' | 'lossRate' | 'duplicationRate'>> {
  readonly seed: number
  readonly mode?: CarriageMode
}

const UNLIMITED = Number.POSITIVE_INFINITY
const DEFAULTS: NetworkOptions = {
  latency: [10, 100],
  jitter: 0.1,
  lossRate: 0,
  duplicationRate: 0,
  bandwidth: { up: UNLIMITED, down: UNLIMITED },
  receiveWindow: 0,
  largestChunk: 1,
}

export class MessageNetwork {
  readonly seed: number
  readonly random: SeededRandom
  /** Messages that have arrived somewhere, and their bytes. */
  delivered = 0
  deliveredBytes = 0
  private readonly time = new VirtualTime()
  private readonly network: Network
  private readonly carriage: Carriage
  /** By the index of their node. */
  private readonly hosts = new Map<number, MessageHost>()

  constructor({ seed, mode = 'objects', ...options }: MessageNetworkOptions) {
    this.seed = seed
    this.random = SeededRandom.of(seed)
    this.carriage = carriageFor(mode)
    this.network = new Network(this.time, { ...DEFAULTS, ...options }, this.random.split('network'))
  }

  /** Virtual milliseconds since the start. */
  get elapsed(): Millis {
    return this.time.now
  }

  /** Events that have happened. */
  get events(): number {
    return this.time.happened
  }

  /** 16 hexadecimal digits: equal for two runs exactly when the same things happened at the same times. */
  get checksum(): string {
    return this.time.checksum.value
  }

  /** Makes a host with a public address that no other has. Its luck depends on the seed and the address alone. */
  host(address: string, options: Pick<NodeOptions, 'nat' | 'latency' | 'lossRate'> = {}): MessageHost {
    const node = this.network.add(address, options)
    const host = new MessageHost(node, this.time, this.random.split(`host ${address}`), {
      send: (port, message, to, size) => this.send(node, port, { message, to, size }),
      gone: () => {
        this.network.remove(node)
        this.hosts.delete(node.index)
      },
    })
    this.hosts.set(node.index, host)
    return host
  }

  partition(a: readonly MessageHost[], b: readonly MessageHost[]): void {
    this.network.partition(
      a.map(({ node }) => node),
      b.map(({ node }) => node),
    )
  }

  heal(): void {
    this.network.heal()
  }

  /** A clock that belongs to no host, for whoever runs the experiment. */
  get clock(): Clock {
    return new PlainClock(this.time)
  }

  /** Lets so much time pass. */
  async run(duration: Millis): Promise<void> {
    await this.time.advance(this.time.now + duration, () => false)
  }

  /** Lets time pass until `holds` is true after some event, at most so long. @returns whether it is */
  async until(limit: Millis, holds: () => boolean): Promise<boolean> {
    return (await this.time.advance(this.time.now + limit, holds)) === 'done' || holds()
  }

  private send(from: NetworkNode, port: number, { message, to, size }: Letter): void {
    const { network } = this
    const route = network.sends(from, port, to)
    if (route === undefined || network.isCut(from, route.node) || network.loses(from, route.node)) return
    const parcel = this.carriage.pack(message, size)
    const copies = network.random.chance(network.options.duplicationRate) ? 2 : 1
    for (let i = 0; i < copies; i++) {
      this.time.schedule(network.delay(from, route.node), () => {
        if (!network.isCut(from, route.node)) this.arrive(parcel, route)
      })
    }
  }

  private arrive(parcel: Parcel, route: DatagramRoute): void {
    const { node, source } = route
    const at = this.network.arrives(route)
    const receiver = at && this.hosts.get(node.index)?.receiver(at.port)
    if (receiver === undefined) return
    const { size, message } = parcel
    const { checksum } = this.time
    checksum.fold(node.index)
    checksum.fold(size)
    checksum.foldBytes(message.transaction)
    this.delivered += 1
    this.deliveredBytes += size
    if (receiver.admits(source, size)) receiver.received(this.carriage.unpack(parcel), source, size)
  }
}

interface Letter {
  readonly message: KrpcMessage
  readonly to: Endpoint
  readonly size: number
}

interface HostOwner {
  send(port: number, message: KrpcMessage, to: Endpoint, size: number): void
  gone(): void
}

/** A host of such a network: an address, a clock, a random source, and transports. */
export class MessageHost {
  readonly node: NetworkNode
  readonly clock: Clock
  readonly random: SeededRandom
  private readonly owner: HostOwner
  private readonly receivers = new Map<number, MessageReceiver>()

  constructor(node: NetworkNode, time: VirtualTime, random: SeededRandom, owner: HostOwner) {
    this.node = node
    this.clock = new PlainClock(time, () => this.alive)
    this.random = random
    this.owner = owner
  }

  /** Whether it has not been killed. */
  alive = true

  /** Where others find it. */
  get publicAddress(): string {
    return this.node.publicAddress
  }

  receiver(port: number): MessageReceiver | undefined {
    return this.receivers.get(port)
  }

  /** A transport at a port of this host, for one RPC layer. */
  transport(port: number): OpenTransport {
    return async (receiver) => {
      if (this.receivers.has(port)) throw new Error(`port ${port} of ${this.publicAddress} is in use`)
      this.receivers.set(port, receiver)
      const transport: MessageTransport = {
        local: { host: this.node.address, port },
        send: (message, to, size) => {
          if (this.alive) this.owner.send(port, message, to, size)
        },
        close: async () => {
          this.receivers.delete(port)
        },
      }
      return transport
    }
  }

  /** The host is gone at once, telling nobody: nothing is sent or received any more and its timers never fire. */
  kill(): void {
    if (!this.alive) return
    this.alive = false
    this.receivers.clear()
    this.owner.gone()
  }
}

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
import { type DatagramRoute, Network, type NetworkOptions, NetworkPlace, type NodeOptions } from './network.ts'
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
  private readonly network: Network<MessageHost>
  private readonly carriage: Carriage

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
    const { network, time } = this
    const host: MessageHost = new MessageHost(network.nodes.length, address, options, {
      ...{ time, random: this.random.split(`host ${address}`) },
      send: (port, letter) => this.send(host, port, letter),
      gone: () => network.remove(host),
    })
    return network.add(host)
  }

  partition(a: readonly MessageHost[], b: readonly MessageHost[]): void {
    this.network.partition(a, b)
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

  private send(from: MessageHost, port: number, { message, to, size }: Letter): void {
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

  private arrive(parcel: Parcel, route: DatagramRoute<MessageHost>): void {
    const { node, source } = route
    const at = this.network.arrives(route)
    const receiver = at && node.receiver(at.port)
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

interface HostParts {
  readonly time: VirtualTime
  readonly random: SeededRandom
  send(port: number, letter: Letter): void
  gone(): void
}

/** A host of such a network: an address, a clock, a random source, and transports. */
export class MessageHost extends NetworkPlace {
  readonly clock: Clock
  readonly random: SeededRandom
  /** Whether it has not been killed. */
  alive = true
  private readonly parts: HostParts
  private readonly receivers: { readonly port: number; readonly receiver: MessageReceiver }[] = []

  constructor(index: number, address: string, options: NodeOptions, parts: HostParts) {
    super(index, address, options)
    this.clock = new PlainClock(parts.time, () => this.alive)
    this.random = parts.random
    this.parts = parts
  }

  receiver(port: number): MessageReceiver | undefined {
    for (const bound of this.receivers) if (bound.port === port) return bound.receiver
    return undefined
  }

  /** A transport at a port of this host, for one RPC layer. */
  transport(port: number): OpenTransport {
    return async (receiver) => {
      if (this.receiver(port)) throw new Error(`port ${port} of ${this.publicAddress} is in use`)
      const bound = { port, receiver }
      this.receivers.push(bound)
      const transport: MessageTransport = {
        local: { host: this.address, port },
        send: (message, to, size) => {
          if (this.alive) this.parts.send(port, { message, to, size })
        },
        close: async () => {
          const at = this.receivers.indexOf(bound)
          if (at >= 0) this.receivers.splice(at, 1)
        },
      }
      return transport
    }
  }

  /** The host is gone at once, telling nobody: nothing is sent or received any more and its timers never fire. */
  kill(): void {
    if (!this.alive) return
    this.alive = false
    this.receivers.length = 0
    this.parts.gone()
  }
}

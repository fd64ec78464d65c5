/**
 * A network of nodes that hand each other objects, for overlays that exist in the laboratory alone and so have no bytes on a wire:
 * the latencies, losses and partitions of `Network`, and the time line and checksum of every simulation.
 *
 * A node sends to a host that it knows, as over a connection; what a host receives is the very object that was sent, which nobody
 * may change. `MessageNetwork` is the same for messages of the DHT, which have addresses, routers and an encoding.
 */
import type { Clock, Millis } from '../kernel/clock.ts'
import type { Checksum } from './checksum.ts'
import { type Latency, Network, NetworkPlace } from './network.ts'
import { PlainClock } from './plain-clock.ts'
import { SeededRandom } from './random.ts'
import { VirtualTime } from './virtual-clock.ts'

export interface ObjectNetworkOptions<M> {
  readonly seed: number
  /** Of one way between two hosts. */
  readonly latency: Latency
  /** Part of the distance that each message may take longer, at random. */
  readonly jitter?: number
  /** Part of the messages that are lost. */
  readonly lossRate?: number
  /** Adds to the checksum what tells one message from another. */
  readonly fold: (message: M, checksum: Checksum) => void
}

export class ObjectNetwork<M> {
  readonly random: SeededRandom
  /** Messages that have arrived somewhere, and their bytes. */
  delivered = 0
  deliveredBytes = 0
  private readonly time = new VirtualTime()
  private readonly network: Network<ObjectHost<M>>
  private readonly fold: (message: M, checksum: Checksum) => void

  constructor({ seed, fold, latency, jitter = 0, lossRate = 0 }: ObjectNetworkOptions<M>) {
    this.random = SeededRandom.of(seed)
    this.fold = fold
    this.network = new Network(
      this.time,
      { ...{ latency, jitter, lossRate, duplicationRate: 0 }, ...UNUSED },
      this.random.split('network'),
    )
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

  /** A clock that belongs to no host, for whoever runs the experiment. */
  get clock(): Clock {
    return new PlainClock(this.time)
  }

  /** Makes a host at an address that no other has. Its luck depends on the seed and the address alone. */
  host(address: string): ObjectHost<M> {
    const { network, time } = this
    const host: ObjectHost<M> = new ObjectHost(network.nodes.length, address, {
      ...{ time, random: this.random.split(`host ${address}`) },
      send: (to, message, size) => this.send(host, to, message, size),
      gone: () => network.remove(host),
    })
    return network.add(host)
  }

  partition(a: readonly ObjectHost<M>[], b: readonly ObjectHost<M>[]): void {
    this.network.partition(a, b)
  }

  heal(): void {
    this.network.heal()
  }

  /** Lets so much time pass. */
  async run(duration: Millis): Promise<void> {
    await this.time.advance(this.time.now + duration, () => false)
  }

  /** Lets time pass until `holds` is true after some event, at most so long. @returns whether it is */
  async until(limit: Millis, holds: () => boolean): Promise<boolean> {
    return (await this.time.advance(this.time.now + limit, holds)) === 'done' || holds()
  }

  /** Lets time pass until no message is under way and no timer is set; never, where something repeats for ever. */
  async settle(): Promise<void> {
    await this.time.advance(Number.POSITIVE_INFINITY, () => false)
  }

  private send(from: ObjectHost<M>, to: ObjectHost<M>, message: M, size: number): void {
    const { network, time } = this
    if (!to.alive || network.isCut(from, to) || network.loses(from, to)) return
    time.schedule(network.delay(from, to), () => {
      if (!to.alive || network.isCut(from, to)) return
      time.checksum.fold(to.index)
      time.checksum.fold(size)
      this.fold(message, time.checksum)
      this.delivered += 1
      this.deliveredBytes += size
      to.received(message, from)
    })
  }
}

/** What only streams and links need. */
const UNUSED = {
  bandwidth: { up: Number.POSITIVE_INFINITY, down: Number.POSITIVE_INFINITY },
  receiveWindow: 0,
  largestChunk: 1,
}

interface HostParts<M> {
  readonly time: VirtualTime
  readonly random: SeededRandom
  send(to: ObjectHost<M>, message: M, size: number): void
  gone(): void
}

/** A host of such a network: a clock, a random source, and what it does with messages. */
export class ObjectHost<M> extends NetworkPlace {
  readonly clock: Clock
  readonly random: SeededRandom
  /** Whether it has not been killed. */
  alive = true
  /** What to do with a message; set by whoever lives here. */
  received: (message: M, from: ObjectHost<M>) => void = () => {}
  private readonly parts: HostParts<M>

  constructor(index: number, address: string, parts: HostParts<M>) {
    super(index, address, {})
    this.clock = new PlainClock(parts.time, () => this.alive)
    this.random = parts.random
    this.parts = parts
  }

  /** Sends; may be lost silently. `size`: the bytes that it would take. */
  send(to: ObjectHost<M>, message: M, size: number): void {
    if (this.alive) this.parts.send(to, message, size)
  }

  /** The host is gone at once, telling nobody: nothing is sent or received any more and its timers never fire. */
  kill(): void {
    if (!this.alive) return
    this.alive = false
    this.parts.gone()
  }
}

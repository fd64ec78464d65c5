import type { Accept, Endpoint, StreamHandler, StreamSocket } from '../kernel/network.ts'
import { Channel } from './channel.ts'
import { systemError } from './errors.ts'
import type { Claim, Program } from './ledger.ts'
import type { LinkUser, Uplink } from './link.ts'
import type { Network, NetworkNode } from './network.ts'
import type { SegmentPool } from './segments.ts'

/** Who takes connections at a port or path. */
export interface SimulatedListener {
  readonly program: Program
  readonly accept: Accept
}

/** What both ends of a connection share of the world. */
export interface StreamWorld {
  readonly network: Network
  readonly segments: SegmentPool
}

/** The sender is woken when at least this part of the window is free, so that it does not send crumbs. */
const WAKE_FRACTION = 8

/**
 * One end of a connection. Bytes wait in `queue` until the host's link takes them (`transmit`), travel in a channel that
 * keeps their order, wait in `received` while reading is paused, and count against the receive window until the
 * handler has had them. Window updates reach the sender at once: a connection moves at most a window each one-way time.
 */
export class SimulatedSocket implements StreamSocket, LinkUser {
  readonly local: Endpoint
  readonly remote: Endpoint
  queued = false
  bufferedBytes = 0
  private readonly world: StreamWorld
  private readonly node: NetworkNode
  private readonly claim: Claim
  private readonly channel: Channel
  private readonly link: Uplink
  private readonly queue: Uint8Array[] = []
  private queueHeadTaken = 0
  private handler: StreamHandler
  private other: SimulatedSocket | undefined
  private state: 'connecting' | 'open' | 'closed' = 'connecting'
  private unread: Uint8Array[] = []
  private inWindow = 0
  private paused = false
  private ending = false
  private endSent = false
  private endReceived = false
  private endTold = false

  constructor(
    world: StreamWorld,
    program: Program,
    nodes: { readonly own: NetworkNode; readonly remote: NetworkNode },
    ends: { readonly local: Endpoint; readonly remote: Endpoint },
    handler: StreamHandler,
  ) {
    this.world = world
    this.node = nodes.own
    this.local = ends.local
    this.remote = ends.remote
    this.handler = handler
    this.link = nodes.own === nodes.remote ? nodes.own.innerLink : nodes.own.uplink
    this.channel = new Channel(world.network, nodes.own, nodes.remote, () => this.fail('ETIMEDOUT', 'read'))
    this.claim = program.claim('socket', `to ${ends.remote.host}:${ends.remote.port}`, () => this.abandon())
    this.node.sockets.add(this)
  }

  get canTransmit(): boolean {
    if (this.state !== 'open') return false
    if (this.bufferedBytes === 0) return this.ending && !this.endSent
    return this.inWindow < this.world.network.options.receiveWindow
  }

  // What the owner calls

  write(...parts: readonly Uint8Array[]): void {
    if (this.state === 'closed' || this.ending) return
    for (const part of parts) {
      if (part.length === 0) continue
      this.queue.push(part)
      this.bufferedBytes += part.length
    }
    this.wantTurn()
  }

  pauseReading(): void {
    this.paused = true
  }

  resumeReading(): void {
    if (!this.paused) return
    this.paused = false
    if (this.unread.length > 0 || this.endReceived) this.world.network.time.schedule(0, () => this.handOver())
  }

  end(): void {
    if (this.ending || this.state === 'closed') return
    this.ending = true
    this.wantTurn()
  }

  destroy(error?: Error): void {
    if (this.state === 'closed') return
    const { other } = this
    const unreadLeft = this.unread.length > 0
    const wasOpen = this.state === 'open'
    this.finish(error)
    if (!wasOpen || other === undefined) return
    if (unreadLeft) this.channel.send(0, 0, () => other.fail('ECONNRESET', 'read'))
    else if (!this.endSent) this.channel.send(0, 0, () => other.endArrived())
  }

  // What the link and the network call

  transmit(limit: number, millisPerByte: number): number {
    if (!this.canTransmit) return 0
    const { options, random } = this.world.network
    const room = Math.min(limit, this.bufferedBytes, options.receiveWindow - this.inWindow)
    const size = Math.min(room, 1 + random.below(options.largestChunk))
    const other = this.other as SimulatedSocket
    if (size > 0) {
      const bytes = this.take(size)
      this.inWindow += size
      this.channel.send(size, size * millisPerByte, () => other.arrived(bytes))
      if (this.bufferedBytes === 0 && !this.ending) this.handler.drained?.()
    }
    if (this.bufferedBytes === 0 && this.ending && !this.endSent && this.state === 'open') {
      this.endSent = true
      this.channel.send(0, size * millisPerByte, () => other.endArrived())
      this.finishIfBothEnded()
    }
    return size
  }

  /** Makes it one end of a connection. The accepting side is open from here on. */
  join(other: SimulatedSocket, handler?: StreamHandler): void {
    this.other = other
    if (handler) this.handler = handler
  }

  /** The accepting side has taken the connection: the connecting side hears of it one way later. */
  opened(): void {
    this.state = 'open'
    this.wantTurn()
  }

  /** Tells the connecting side that the connection stands. */
  confirm(): void {
    const other = this.other as SimulatedSocket
    this.channel.send(0, 0, () => other.established())
  }

  /** Carries the wish to connect; `arrive` is called at the other host. */
  knock(arrive: () => void): void {
    this.channel.send(0, 0, arrive)
  }

  fail(code: string, call: string): void {
    this.finish(systemError(code, call, `${this.remote.host}:${this.remote.port}`))
  }

  /** Breaks the connection on both ends. */
  breakBoth(): void {
    this.fail('ECONNRESET', 'read')
    this.other?.fail('ECONNRESET', 'read')
  }

  get isConnecting(): boolean {
    return this.state === 'connecting'
  }

  private established(): void {
    if (this.state === 'closed') {
      this.rejectSegment()
      return
    }
    this.opened()
    this.handler.connected?.()
  }

  private arrived(bytes: Uint8Array): void {
    if (this.state === 'closed') {
      this.world.segments.giveBack(bytes)
      this.rejectSegment()
      return
    }
    this.unread.push(bytes)
    this.handOver()
  }

  private endArrived(): void {
    if (this.state === 'closed') return
    this.endReceived = true
    this.handOver()
  }

  /** A segment for a socket that is gone: the sender learns it one way later. */
  private rejectSegment(): void {
    const { other } = this
    if (other) this.channel.send(0, 0, () => other.fail('ECONNRESET', 'read'))
  }

  private handOver(): void {
    const { checksum } = this.world.network.time
    while (this.unread.length > 0 && !this.paused && this.state !== 'closed') {
      const bytes = this.unread.shift() as Uint8Array
      checksum.fold(this.node.index)
      checksum.foldBytes(bytes)
      this.handler.data(bytes)
      this.other?.windowOpened(bytes.length)
      this.world.segments.giveBack(bytes)
    }
    if (this.endReceived && !this.endTold && !this.paused && this.unread.length === 0 && this.state !== 'closed') {
      this.endTold = true
      this.handler.ended?.()
      this.finishIfBothEnded()
    }
  }

  private windowOpened(bytes: number): void {
    this.inWindow -= bytes
    const window = this.world.network.options.receiveWindow
    const free = window - this.inWindow
    if (free >= Math.min(this.bufferedBytes, window / WAKE_FRACTION)) this.wantTurn()
  }

  private wantTurn(): void {
    if (this.canTransmit) this.link.request(this)
  }

  /** Copies the next `size` bytes out of the queue. */
  private take(size: number): Uint8Array {
    const bytes = this.world.segments.take(size)
    let filled = 0
    let parts = 0
    while (filled < size) {
      const part = this.queue[parts] as Uint8Array
      const end = Math.min(part.length, this.queueHeadTaken + size - filled)
      bytes.set(part.subarray(this.queueHeadTaken, end), filled)
      filled += end - this.queueHeadTaken
      this.queueHeadTaken = end
      if (end < part.length) break
      this.queueHeadTaken = 0
      parts++
    }
    this.queue.splice(0, parts)
    this.bufferedBytes -= size
    return bytes
  }

  private finishIfBothEnded(): void {
    if (this.endSent && this.endTold) this.finish()
  }

  private finish(error?: Error): void {
    if (this.state === 'closed') return
    this.drop()
    this.world.network.time.schedule(0, () => {
      if (this.claim.isOver) return
      this.claim.release()
      this.handler.closed(error)
    })
  }

  /** Forgets what is queued and unread. */
  private drop(): void {
    this.state = 'closed'
    this.node.sockets.delete(this)
    this.queue.length = 0
    this.bufferedBytes = 0
    for (const bytes of this.unread) this.world.segments.giveBack(bytes)
    this.unread = []
  }

  /** The program has been killed: its handler hears nothing more, the other side is reset. */
  private abandon(): void {
    if (this.state === 'closed') return
    this.drop()
    if (this.other) this.rejectSegment()
  }
}

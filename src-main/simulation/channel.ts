import type { Millis } from '../kernel/clock.ts'
import { MINUTE } from '../kernel/clock.ts'
import type { Network, NetworkNode } from './network.ts'

/** The least time until a lost segment is sent again (RFC 6298 asks for 1 s, systems use 200 ms). */
const SHORTEST_RETRANSMIT: Millis = 200
/** A sender whose segments get no answer for this long gives up (`tcp_retries2` of Linux: about 15 minutes). */
export const RETRANSMISSION_LIMIT: Millis = 15 * MINUTE

/**
 * One direction of a connection: carries segments in the order sent. A lost one is late and holds up those behind it;
 * in a partition all wait until it heals, and the sender gives up after RETRANSMISSION_LIMIT.
 */
export class Channel {
  private readonly network: Network
  private readonly from: NetworkNode
  private readonly to: NetworkNode
  private readonly gaveUp: () => void
  private lastArrival: Millis = 0
  private held: { readonly bytes: number; readonly arrive: () => void }[] = []
  private holds = 0

  constructor(network: Network, from: NetworkNode, to: NetworkNode, gaveUp: () => void) {
    this.network = network
    this.from = from
    this.to = to
    this.gaveUp = gaveUp
  }

  /** Sends a segment of so many bytes; it leaves after `leaving` milliseconds, and `arrive` is called at the other end. */
  send(bytes: number, leaving: Millis, arrive: () => void): void {
    const { network, from, to } = this
    let delay = leaving + network.delay(from, to)
    if (network.loses(from, to)) delay += Math.max(SHORTEST_RETRANSMIT, 2 * delay)
    this.lastArrival = Math.max(this.lastArrival, network.time.now + delay)
    network.time.schedule(this.lastArrival - network.time.now, () => this.reach(bytes, arrive))
  }

  private reach(bytes: number, arrive: () => void): void {
    if (this.held.length > 0 || this.network.isCut(this.from, this.to)) {
      this.hold(bytes, arrive)
      return
    }
    const wait = this.from === this.to ? undefined : this.to.downlink.reserve(bytes)
    if (wait === undefined) arrive()
    else this.network.time.schedule(wait, arrive)
  }

  private hold(bytes: number, arrive: () => void): void {
    this.held.push({ bytes, arrive })
    if (this.held.length > 1) return
    const hold = ++this.holds
    this.network.whenHealed(() => this.release())
    this.network.time.schedule(RETRANSMISSION_LIMIT, () => {
      if (this.held.length === 0 || this.holds !== hold) return
      this.held = []
      this.gaveUp()
    })
  }

  private release(): void {
    const held = this.held
    this.held = []
    for (const { bytes, arrive } of held) this.send(bytes, 0, arrive)
  }
}

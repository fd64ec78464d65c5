import type { Millis } from '../kernel/clock.ts'
import type { VirtualTime } from './virtual-clock.ts'

/** Bytes per second; `Infinity` for a link that takes no time. */
export interface Bandwidth {
  readonly up: number
  readonly down: number
}

/** Something with bytes to send over a link. */
export interface LinkUser {
  /** Sends at most `limit` bytes, `duration` being how long the link takes for each byte. Returns the bytes sent. */
  transmit(limit: number, millisPerByte: number): number
  /** Whether it could send more at once. */
  readonly canTransmit: boolean
  /** Kept by the link: it stands in its queue. */
  queued: boolean
}

/** Time slice of one user on a limited link. */
const SLICE_MS = 10
const SMALLEST_SLICE_BYTES = 1448

/** The sending half of a host's connection to the network: its users take turns, a slice each. */
export class Uplink {
  private readonly time: VirtualTime
  private readonly bytesPerSecond: number
  private readonly slice: number
  private readonly ring: LinkUser[] = []
  private busy = false

  constructor(time: VirtualTime, bytesPerSecond: number, largestSlice: number) {
    this.time = time
    this.bytesPerSecond = bytesPerSecond
    const bytesInSlice = Math.floor((bytesPerSecond * SLICE_MS) / 1000)
    this.slice = Math.min(largestSlice, Math.max(SMALLEST_SLICE_BYTES, bytesInSlice))
  }

  /** Queues a user, once; its `transmit` is called from the event loop. */
  request(user: LinkUser): void {
    if (user.queued) return
    user.queued = true
    this.ring.push(user)
    if (this.busy) return
    this.busy = true
    this.time.schedule(0, () => this.turn())
  }

  private turn(): void {
    const user = this.ring.shift()
    if (user === undefined) {
      this.busy = false
      return
    }
    user.queued = false
    const millisPerByte = 1000 / this.bytesPerSecond
    let sent = user.transmit(this.slice, millisPerByte)
    if (millisPerByte === 0) while (user.canTransmit) sent = user.transmit(this.slice, 0)
    else if (user.canTransmit) this.request(user)
    if (this.ring.length === 0 && (millisPerByte === 0 || sent === 0)) this.busy = false
    else this.time.schedule(sent * millisPerByte, () => this.turn())
  }
}

/** The receiving half: what arrives is taken in one after the other. */
export class Downlink {
  private readonly time: VirtualTime
  private readonly bytesPerSecond: number
  private freeAt: Millis = 0

  constructor(time: VirtualTime, bytesPerSecond: number) {
    this.time = time
    this.bytesPerSecond = bytesPerSecond
  }

  /** How long from now until `bytes` that have just arrived are through; undefined where it takes no time. */
  reserve(bytes: number): Millis | undefined {
    if (this.bytesPerSecond === Number.POSITIVE_INFINITY) return undefined
    this.freeAt = Math.max(this.freeAt, this.time.now) + (bytes * 1000) / this.bytesPerSecond
    return this.freeAt - this.time.now
  }
}

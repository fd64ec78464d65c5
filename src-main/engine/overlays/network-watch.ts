/** Notices that the machine's addresses have changed or that it has slept: nobody tells, so it is looked at now and then. */
import { type Clock, MINUTE, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import type { LocalAddresses } from '../../kernel/network.ts'

export const LOOK_PERIOD: Millis = 30 * SECOND
/** A clock that has gone on so much more than the period between two looks tells of sleep. */
export const SLEEP_SIGN: Millis = MINUTE

/** RFC 3927 and 4291. */
const LINK_LOCAL = /^(169\.254\.|fe[89ab])/i

export type NetworkChange = 'addresses' | 'woken'

export class NetworkWatch {
  private readonly clock: Clock
  private readonly addresses: LocalAddresses
  private readonly changed: (change: NetworkChange) => void
  private readonly timer: Timer
  private seen: string
  private lookedAt: { readonly now: Millis; readonly wall: Millis }

  constructor(
    ports: { readonly clock: Clock; readonly localAddresses: LocalAddresses },
    changed: (change: NetworkChange) => void,
  ) {
    this.clock = ports.clock
    this.addresses = ports.localAddresses
    this.changed = changed
    this.seen = this.list()
    this.lookedAt = this.times()
    this.timer = this.clock.every(LOOK_PERIOD, () => this.look())
  }

  stop(): void {
    this.timer.cancel()
  }

  private look(): void {
    const before = this.lookedAt
    this.lookedAt = this.times()
    const passed = Math.max(this.lookedAt.now - before.now, this.lookedAt.wall - before.wall)
    const list = this.list()
    const isOther = list !== this.seen
    this.seen = list
    if (isOther) this.changed('addresses')
    else if (passed > LOOK_PERIOD + SLEEP_SIGN) this.changed('woken')
  }

  /** The monotonic clock stands still on some systems while the machine sleeps, the calendar does not. */
  private times(): { now: Millis; wall: Millis } {
    return { now: this.clock.now(), wall: this.clock.wallTime() }
  }

  /** Link-local addresses lead nowhere from here, and come and go with every container and tunnel. */
  private list(): string {
    const outer = this.addresses.list().filter(({ internal, host }) => !internal && !LINK_LOCAL.test(host))
    return outer
      .map(({ host }) => host)
      .sort()
      .join(' ')
  }
}

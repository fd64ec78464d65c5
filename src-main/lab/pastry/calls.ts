/** Messages of one node that wait for an answer, each with one deadline. */
import type { Clock, Millis, Timer } from '../../kernel/clock.ts'
import type { Peer } from './peer.ts'

/** More than the round trip of any two hosts of the laboratory. */
export const ANSWER_WITHIN: Millis = 500
/** Of one node at once. Beyond that, calls are missed at once: who asks more than that asks in vain. */
export const MAX_CALLS = 512

interface Call {
  readonly to: Peer
  readonly since: Millis
  readonly deadline: Timer
  readonly answered: (peers: readonly Peer[]) => void
}

export class Calls {
  private readonly clock: Clock
  private readonly open = new Map<number, Call>()
  private serial = 0

  constructor(clock: Clock) {
    this.clock = clock
  }

  get size(): number {
    return this.open.size
  }

  /** `transmit` sends with the serial number that the answer will have. One of the other two is called, once and later. */
  begin(
    to: Peer,
    transmit: (serial: number) => void,
    answered: (peers: readonly Peer[]) => void,
    missed: () => void,
  ): void {
    if (this.open.size >= MAX_CALLS) {
      this.clock.after(0, missed)
      return
    }
    this.serial += 1
    const { serial } = this
    const deadline = this.clock.after(ANSWER_WITHIN, () => {
      this.open.delete(serial)
      missed()
    })
    this.open.set(serial, { to, since: this.clock.now(), deadline, answered })
    transmit(serial)
  }

  /** @returns the round trip; undefined where nothing was asked of this node or its answer came too late */
  answer(serial: number, from: Peer, peers: readonly Peer[]): Millis | undefined {
    const call = this.open.get(serial)
    if (call?.to !== from) return undefined
    this.open.delete(serial)
    call.deadline.cancel()
    call.answered(peers)
    return this.clock.now() - call.since
  }
}

/**
 * Copies what has just been written to the replicas: the next three distinct hosts behind the member that keeps it.
 *
 * A write counts as done once one replica has it: those that answer within `GRACE` of the first, and in any case within
 * `LONGEST_SPREAD`, are counted, what the others lack is for the next comparison. Limit: `MAX_SPREADS` at once; the copies of
 * one more go out uncounted.
 */
import { type Clock, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import type { HostPort } from '../host-messages.ts'
import { copyFor } from './copies-page.ts'
import type { HeldItem } from './item-shelf.ts'
import { type Place, replicaHosts } from './places.ts'

export const GRACE: Millis = 300
export const LONGEST_SPREAD: Millis = 4 * SECOND
export const MAX_SPREADS = 64

export interface ReplicationParts {
  readonly port: HostPort
  readonly clock: Clock
}

export class Replication {
  private readonly parts: ReplicationParts
  private running = 0

  constructor(parts: ReplicationParts) {
    this.parts = parts
  }

  /** Spreads that are being counted. */
  get open(): number {
    return this.running
  }

  /** `done` is told how many replicas have it, once; at once where there are none. */
  spread(keeper: Place, held: HeldItem, done: (copies: number) => void): void {
    const { port, clock } = this.parts
    const hosts = replicaHosts(keeper)
    const isCounted = hosts.length > 0 && this.running < MAX_SPREADS
    let [copies, answered] = [0, 0]
    let timer: Timer | undefined
    let isOver = !isCounted
    const end = () => {
      if (isOver) return
      isOver = true
      timer?.cancel()
      this.running -= 1
      done(copies)
    }
    const settle = (isStored: boolean) => {
      if (isOver) return
      answered += 1
      if (isStored) copies += 1
      if (answered === hosts.length) end()
      else if (isStored && copies === 1) {
        timer?.cancel()
        timer = clock.after(GRACE, end)
      }
    }
    if (isCounted) {
      this.running += 1
      timer = clock.after(LONGEST_SPREAD, end)
    }
    const question = { kind: 'store', copies: [copyFor(held, clock.now())] } as const
    for (const { endpoint } of hosts) {
      port.ask(endpoint, question, {
        answered: ({ kind }) => settle(kind === 'done'),
        missed: () => settle(false),
      })
    }
    if (!isCounted) done(0)
  }
}

/**
 * Copies what has just been written to the replicas: the next three distinct hosts behind the member that keeps it. Where
 * none of them has it in time, because they are silent or have no room, the next `MORE_TRIED` are given it.
 *
 * A write counts as done once one replica has it: those that answer within `GRACE` of the first, and in any case within
 * `LONGEST_SPREAD` and `LONGEST_SECOND_SPREAD`, are counted, what the others lack is for the next comparison. Limit: `MAX_SPREADS` at once; the copies of
 * one more go out uncounted.
 */
import { type Clock, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import { areSiblings, type ChordContact } from '../contact.ts'
import type { HostPort } from '../host-messages.ts'
import { owns } from '../ring-id.ts'
import { copyFor } from './copies-page.ts'
import type { HeldItem } from './item-shelf.ts'
import { type Place, REPLICAS, replicaHosts } from './places.ts'

export const GRACE: Millis = 300
export const LONGEST_SPREAD: Millis = 4 * SECOND
/** Both together are shorter than who writes waits for the answer. */
export const LONGEST_SECOND_SPREAD: Millis = 3 * SECOND
export const MORE_TRIED = 2
export const MAX_SPREADS = 64

export interface ReplicationParts {
  readonly port: HostPort
  readonly clock: Clock
  members(): readonly Place[]
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
    const { clock, members } = this.parts
    const hosts = replicaHosts(keeper, members(), REPLICAS + MORE_TRIED)
    const [first, more] = [hosts.slice(0, REPLICAS), hosts.slice(REPLICAS)]
    this.tellOwner(keeper, held, first)
    if (first.length === 0 || this.running >= MAX_SPREADS) {
      this.give(first, held, () => {})
      done(0)
      return
    }
    this.running += 1
    let [copies, open] = [0, 0]
    let timer: Timer | undefined
    let isOver = false
    const end = () => {
      isOver = true
      timer?.cancel()
      this.running -= 1
      done(copies)
    }
    const settle = (isStored: boolean) => {
      if (isOver) return
      open -= 1
      if (isStored) copies += 1
      if (open === 0) next()
      else if (isStored && copies === 1) {
        timer?.cancel()
        timer = clock.after(GRACE, end)
      }
    }
    const ask = (some: readonly ChordContact[], limit: Millis) => {
      open += some.length
      timer?.cancel()
      timer = clock.after(limit, next)
      this.give(some, held, settle)
    }
    const next = () => {
      const others = copies === 0 ? more.splice(0) : []
      if (others.length > 0) ask(others, LONGEST_SECOND_SPREAD)
      else end()
    }
    ask(first, LONGEST_SPREAD)
  }

  /**
   * Who writes by a list that does not name a new member before us yet comes to us in its place, until the news has gone back the
   * length of the list. So that this one need not wait for the next comparison, it is given the copy too, uncounted.
   */
  private tellOwner({ self, predecessor }: Place, held: HeldItem, replicas: readonly ChordContact[]): void {
    if (owns(predecessor.id, held.key, self.id) || areSiblings(predecessor, self)) return
    if (!replicas.some((replica) => areSiblings(replica, predecessor))) this.give([predecessor], held, () => {})
  }

  private give(hosts: readonly ChordContact[], held: HeldItem, settle: (isStored: boolean) => void): void {
    const { port, clock } = this.parts
    const question = { kind: 'store', copies: [copyFor(held, clock.now())] } as const
    for (const { endpoint } of hosts) {
      port.ask(endpoint, question, { answered: ({ kind }) => settle(kind === 'done'), missed: () => settle(false) })
    }
  }
}

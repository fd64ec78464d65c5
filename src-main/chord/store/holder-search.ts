/**
 * What every search for what is stored begins with: the owner of a key is looked up, and it and the hosts behind it are asked, each
 * counted and shown as a step of the search.
 */
import type { Clock, Millis } from '../../kernel/clock.ts'
import type { RunningRequest, SearchCost } from '../../kernel/key-value-store.ts'
import type { ChordContact } from '../contact.ts'
import type { HostAnswer, HostPort, HostQuestion } from '../host-messages.ts'
import type { ChordObserver, ChordSearchResult, ChordStep } from '../overlay.ts'
import type { RingId } from '../ring-id.ts'
import { distinctHosts, REPLICAS } from './places.ts'

/** The owner, its replicas, and as many again in place of those that do not answer. */
export const MAX_HOLDERS_ASKED = 2 * (1 + REPLICAS)
/** Further lookups of who stands behind those that were named. */
export const MAX_FURTHER_LOOKUPS = 2

export interface SearchParts {
  readonly clock: Clock
  readonly port: HostPort
  lookUp(target: RingId, observer: ChordObserver, done: (result: ChordSearchResult) => void): RunningRequest
}

/** Undefined: no answer in time. */
export type HolderAnswered = (answer: HostAnswer | undefined) => void

export class HolderSearch {
  readonly target: RingId
  /** One contact of each host, the owner's first. */
  holders: readonly ChordContact[] = []
  private readonly parts: SearchParts
  private readonly observer: ChordObserver
  private readonly startedAt: Millis
  private lookup: RunningRequest | undefined
  private found: ChordSearchResult | undefined
  private owners: readonly ChordContact[] = []
  private furtherLookups = 0
  private requests = 0
  private timeouts = 0
  private isOver = false

  /** `begin` is called once, when it is known who holds the key: perhaps nobody. */
  constructor(parts: SearchParts, target: RingId, observer: ChordObserver, begin: (search: HolderSearch) => void) {
    this.parts = parts
    this.target = target
    this.observer = observer
    this.startedAt = parts.clock.now()
    this.lookup = parts.lookUp(target, observer, (result) => {
      if (this.isOver) return
      this.lookup = undefined
      this.found = result
      this.learn(result.owners)
      begin(this)
    })
  }

  /** What was found of the way; of a search that has begun. */
  get result(): ChordSearchResult {
    return { target: this.target, owners: this.owners, path: this.found?.path ?? [], cost: this.cost }
  }

  get cost(): SearchCost {
    const { hops = 0, requests = 0, timeouts = 0 } = this.found?.cost ?? {}
    return {
      hops,
      requests: requests + this.requests,
      timeouts: timeouts + this.timeouts,
      took: this.parts.clock.now() - this.startedAt,
    }
  }

  /**
   * Calls `ready` when `n` holders are known, or no more can be found: whoever names the owner may know few of those behind
   * it. At once where that is so already.
   */
  need(n: number, ready: () => void): void {
    const last = this.owners.at(-1)
    if (!last || this.holders.length >= n || this.furtherLookups >= MAX_FURTHER_LOOKUPS) {
      ready()
      return
    }
    this.furtherLookups += 1
    this.lookup = this.parts.lookUp(last.id.plusPowerOfTwo(0), this.observer, ({ owners, cost }) => {
      if (this.isOver) return
      this.lookup = undefined
      this.requests += cost.requests
      this.timeouts += cost.timeouts
      const fresh = owners.filter(({ id }) => !this.owners.some((known) => known.id.equals(id)))
      if (fresh.length === 0) this.furtherLookups = MAX_FURTHER_LOOKUPS
      this.learn([...this.owners, ...fresh])
      this.need(n, ready)
    })
  }

  /** `answered` is called once, unless the search has been cancelled. */
  ask(holder: ChordContact, question: HostQuestion, answered: HolderAnswered): void {
    this.requests += 1
    const from = this.found?.path.findLast(({ id }) => !id.equals(holder.id))
    const hop = Math.max(1, this.cost.hops)
    const askedAt = this.parts.clock.now()
    const step = (state: ChordStep['state'], repliedAt: Millis | undefined) =>
      this.observer.stepped?.({ contact: holder, from, state, hop, askedAt, repliedAt })
    step('asked', undefined)
    this.parts.port.ask(holder.endpoint, question, {
      answered: (answer) => {
        if (this.isOver) return
        step('replied', this.parts.clock.now())
        answered(answer)
      },
      missed: () => {
        if (this.isOver) return
        this.timeouts += 1
        step('failed', undefined)
        answered(undefined)
      },
    })
  }

  /** Asks somebody without waiting for what comes of it: not a step of the search, which may be over by then. */
  tell(holder: ChordContact, question: HostQuestion): void {
    this.parts.port.ask(holder.endpoint, question, { answered() {}, missed() {} })
  }

  private learn(owners: readonly ChordContact[]): void {
    this.owners = owners
    this.holders = distinctHosts(owners, MAX_HOLDERS_ASKED)
  }

  cancel(): void {
    this.isOver = true
    this.lookup?.cancel()
  }
}

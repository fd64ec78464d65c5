/**
 * The lookups of this host: from what its own members know, or, of a client, from members that it knows. Iterative ones report
 * each step. A recursive one is handed on, and where nothing comes of it the iterative way is taken.
 *
 * Limit: `MAX_BEGINNINGS` members with whom a client begins, `MAX_RUNNING` lookups at once; one more ends with nothing.
 */
import type { Clock } from '../../kernel/clock.ts'
import type { RunningRequest } from '../../kernel/key-value-store.ts'
import type { ChordContact } from '../contact.ts'
import { ChordLookup, type ChordLookupResult, type Start } from '../lookup.ts'
import { runLookup } from '../lookup-runner.ts'
import type { ChordObserver, ChordSearchResult, LookupManner } from '../overlay.ts'
import type { RingId } from '../ring-id.ts'
import type { Asking } from './asking.ts'
import type { Forwarding } from './forwarding.ts'
import type { KnownMembers } from './known-members.ts'
import { type Effort, type Found, StepReports } from './search-steps.ts'
import type { VirtualNodes } from './virtual-nodes.ts'

export const MAX_BEGINNINGS = 8
export const MAX_RUNNING = 256

export interface LookupsParts {
  readonly asking: Asking
  readonly nodes: VirtualNodes
  readonly known: KnownMembers
  readonly clock: Clock
  readonly forwarding: Forwarding
  readonly admits: (contact: ChordContact) => boolean
  /** None of those that a client knew could help. */
  readonly lost: () => void
}

export class Lookups {
  private readonly parts: LookupsParts
  private running = 0

  constructor(parts: LookupsParts) {
    this.parts = parts
  }

  /** `done` is called once, never from within. */
  run(
    target: RingId,
    options: ChordObserver & { readonly manner?: LookupManner },
    done: (result: ChordSearchResult) => void,
  ): RunningRequest {
    const { clock } = this.parts
    const startedAt = clock.now()
    let isCancelled = false
    let isCounted = true
    this.running += 1
    const over = () => {
      if (isCounted) this.running -= 1
      isCounted = false
    }
    const end = (result: Omit<ChordSearchResult, 'cost'> & Effort) => {
      over()
      if (isCancelled) return
      const { hops, requests, timeouts, ...found } = result
      done({ ...found, cost: { hops, requests, timeouts, took: clock.now() - startedAt } })
    }
    const observer: ChordObserver = { stepped: (step) => !isCancelled && options.stepped?.(step) }
    const begin = () => {
      if (isCancelled || this.running > MAX_RUNNING) return end(nothing(target))
      if (options.manner !== 'recursive') return this.iterate(target, observer, NO_EFFORT, end)
      this.handOn(target, observer, end)
    }
    clock.after(0, begin)
    return {
      cancel: () => {
        isCancelled = true
        over()
      },
    }
  }

  private iterate(target: RingId, observer: ChordObserver, before: Effort, end: (result: Found) => void): void {
    const { asking, nodes, known, admits, lost } = this.parts
    const own = nodes.nearestBefore(target)
    const contacts = own ? [] : known.toBegin(target, MAX_BEGINNINGS)
    const start: Start = own ? { self: own.self, known: own.route(target) } : { contacts }
    const lookup = new ChordLookup({ target, admits }, start)
    const finish = (result: ChordLookupResult) => {
      if (!own && !result.owner) lost()
      const { successors: owners, path, hops } = result
      const requests = before.requests + result.requests
      end({ target, owners, path, hops, requests, timeouts: before.timeouts + result.timeouts })
    }
    const steps = new StepReports(lookup, this.parts.clock, observer)
    runLookup(lookup, asking.as(own?.self.slot), finish, {
      asked: (contact) => steps.asked(contact),
      replied: (contact) => {
        own?.heard(contact)
        steps.ended(contact, 'replied')
      },
      failed: (contact) => {
        own?.fingers.remove(contact)
        steps.ended(contact, 'failed')
      },
    })
  }

  private handOn(target: RingId, observer: ChordObserver, end: (result: Found) => void): void {
    this.parts.forwarding.begin(target, observer, (result) => {
      const effort = { hops: result.hops, requests: result.requests, timeouts: result.timeouts }
      if (result.owners.length > 0) end(result)
      else this.iterate(target, observer, effort, end)
    })
  }
}

const NO_EFFORT: Effort = { hops: 0, requests: 0, timeouts: 0 }

function nothing(target: RingId): Found {
  return { target, owners: [], path: [], ...NO_EFFORT }
}

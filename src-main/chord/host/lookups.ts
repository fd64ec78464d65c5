/**
 * The lookups of this host: from what its own members know, or, of a client, from members that it knows. Iterative ones report
 * each step. A recursive one is handed on, and where nothing comes of it the iterative way is taken.
 *
 * Limit: `MAX_BEGINNINGS` members with whom a client begins, `MAX_RUNNING` lookups at once; one more ends with nothing, as does one
 * that takes `LONGEST_LOOKUP`.
 */
import { type Clock, MINUTE, type Millis } from '../../kernel/clock.ts'
import type { RunningRequest } from '../../kernel/key-value-store.ts'
import type { ChordContact } from '../contact.ts'
import { ChordLookup, type ChordLookupResult, type Start } from '../lookup.ts'
import { runLookup } from '../lookup-runner.ts'
import type { AskPort } from '../messages.ts'
import type { ChordObserver, ChordSearchResult, LookupManner } from '../overlay.ts'
import type { RingId } from '../ring-id.ts'
import type { Asking } from './asking.ts'
import type { Forwarding } from './forwarding.ts'
import type { KnownMembers } from './known-members.ts'
import { type Effort, type Found, StepReports } from './search-steps.ts'
import type { VirtualNodes } from './virtual-nodes.ts'

export const MAX_BEGINNINGS = 8
export const MAX_RUNNING = 256
/** Whoever names many that are not there holds a lookup up, but not longer than this. */
export const LONGEST_LOOKUP: Millis = MINUTE

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
    const search: Running = { isOver: false, stepped: (step) => !search.isOver && options.stepped?.(step) }
    this.running += 1
    const over = () => {
      if (search.isOver) return false
      search.isOver = true
      this.running -= 1
      limit.cancel()
      return true
    }
    const end = ({ hops, requests, timeouts, ...found }: Found) => {
      if (over()) done({ ...found, cost: { hops, requests, timeouts, took: clock.now() - startedAt } })
    }
    const limit = clock.after(LONGEST_LOOKUP, () => end(nothing(target)))
    clock.after(0, () => {
      if (this.running > MAX_RUNNING) end(nothing(target))
      else if (options.manner === 'recursive') this.handOn(target, search, end)
      else this.iterate(target, search, NO_EFFORT, end)
    })
    return { cancel: () => void over() }
  }

  private iterate(target: RingId, search: Running, before: Effort, end: (result: Found) => void): void {
    if (search.isOver) return
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
    const steps = new StepReports(lookup, this.parts.clock, search)
    const port = asking.as(own?.self.slot)
    // Once it is over nobody more is asked.
    const whileRunning: AskPort = { ask: (...question) => !search.isOver && port.ask(...question) }
    runLookup(lookup, whileRunning, finish, {
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

  private handOn(target: RingId, search: Running, end: (result: Found) => void): void {
    this.parts.forwarding.begin(target, search, (result) => {
      const effort = { hops: result.hops, requests: result.requests, timeouts: result.timeouts }
      if (result.owners.length > 0) end(result)
      else this.iterate(target, search, effort, end)
    })
  }
}

/** A search under way, which watches its own steps. */
interface Running extends ChordObserver {
  isOver: boolean
}

const NO_EFFORT: Effort = { hops: 0, requests: 0, timeouts: 0 }

function nothing(target: RingId): Found {
  return { target, owners: [], path: [], ...NO_EFFORT }
}

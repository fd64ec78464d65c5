/**
 * Runs lookups over the network: asks whom a `Lookup` names, tells it what comes of each, and tells the observer.
 *
 * A lookup ends when its machine says so. When everybody it still waits for is overdue, those among the nearest are asked
 * once more, as packets get lost, and it ends `STALLED_GRACE` later: half of the contacts that the mainline hands out cannot
 * be reached, and waiting out each would take ten seconds.
 * Callbacks come from the event loop only. Limit: `MAX_LOOKUPS` at once; one more ends at once with nothing.
 */
import type { Clock, Millis, Timer } from '../kernel/clock.ts'
import type { RunningRequest } from '../kernel/key-value-store.ts'
import type { Method, QueryArguments, Response } from '../rpc/krpc-message.ts'
import type { QueryCallbacks } from '../rpc/rpc-port.ts'
import type { Contact } from './contact.ts'
import type { Contacts } from './contacts.ts'
import type { LookupObserver } from './dht.ts'
import { Lookup } from './lookup.ts'
import type { Candidate } from './lookup-result.ts'
import { NodeId } from './node-id.ts'
import type { KademliaNodeOptions } from './node-options.ts'
import type { RoutingTable } from './routing-table.ts'
import type { SizeEstimate } from './size-estimate.ts'

export const STALLED_GRACE: Millis = 1_500
export const MAX_LOOKUPS = 512

/** What is asked of each node of a lookup, and what is taken from its answer. */
export interface LookupPlan<M extends Method, P> {
  readonly target: NodeId
  readonly method: M
  readonly args: QueryArguments[M]
  /** What an answer carries besides nodes; undefined for nothing. */
  payload?(response: Response, from: Contact): P | undefined
  /** Where to start besides our own table. */
  readonly known?: readonly Contact[]
}

export interface LookupRunnerParts {
  readonly clock: Clock
  readonly contacts: Contacts
  readonly size: SizeEstimate
}

/** A lookup under way; `finish` ends it early with what it has, as a get that has found its value does. */
export interface RunningLookup extends RunningRequest {
  finish(): void
}

export class LookupRunner {
  private readonly parts: LookupRunnerParts
  private readonly options: KademliaNodeOptions
  private readonly running = new Set<RunningLookup>()
  private started = 0

  constructor(parts: LookupRunnerParts, options: KademliaNodeOptions) {
    this.parts = parts
    this.options = options
  }

  /** Lookups under way. */
  get size(): number {
    return this.running.size
  }

  run<M extends Method, P>(plan: LookupPlan<M, P>, observer: LookupObserver<P>): RunningLookup {
    const { contacts, clock } = this.parts
    this.started += 1
    const { alpha, paths, secureOnly, onePerNetwork } = this.options
    const k = contacts.table.k
    const lookup = new Lookup<P>(
      {
        self: contacts.self,
        target: plan.target,
        k,
        ...(alpha === undefined ? {} : { alpha }),
        ...(paths === undefined ? {} : { paths }),
        ...(secureOnly === undefined ? {} : { secureOnly }),
        ...(onePerNetwork === undefined ? {} : { onePerNetwork }),
      },
      this.running.size < MAX_LOOKUPS ? [...startFrom(contacts.table, plan.target), ...(plan.known ?? [])] : [],
    )
    contacts.table.lookedUp(plan.target, clock.now())
    const drive = new LookupDrive(this.parts, plan, lookup, observer, this.started, () => this.running.delete(drive))
    this.running.add(drive)
    return drive
  }

  /** Ends every lookup without a word. */
  stop(): void {
    for (const lookup of [...this.running]) lookup.cancel()
  }
}

/** The nearest that we know, and the nearest with an id that fits its address (BEP 42), where others have crowded those out. */
function startFrom(table: RoutingTable, target: NodeId): Contact[] {
  const fitting = table.closest(target, table.k, ({ secure }) => secure)
  return [...table.closest(target, table.k), ...fitting]
}

class LookupDrive<M extends Method, P> implements RunningLookup {
  private readonly parts: LookupRunnerParts
  private readonly plan: LookupPlan<M, P>
  private readonly lookup: Lookup<P>
  private readonly observer: LookupObserver<P>
  private readonly number: number
  private readonly ended: () => void
  /** Questions that are neither answered nor overdue. */
  private awaited = 0
  private timer: Timer | undefined
  /** Asked a second time. */
  private readonly repeated = new Set<Candidate>()
  private over = false

  constructor(
    parts: LookupRunnerParts,
    plan: LookupPlan<M, P>,
    lookup: Lookup<P>,
    observer: LookupObserver<P>,
    number: number,
    ended: () => void,
  ) {
    this.parts = parts
    this.plan = plan
    this.lookup = lookup
    this.observer = observer
    this.number = number
    this.ended = ended
    // Nothing may be called from within the method that starts the lookup.
    this.timer = parts.clock.after(0, () => this.advance())
  }

  cancel(): void {
    if (this.over) return
    this.over = true
    this.timer?.cancel()
    this.ended()
  }

  finish(): void {
    if (this.over) return
    this.cancel()
    this.lookup.stop()
    this.observer.done(this.lookup.result())
  }

  private advance(): void {
    if (this.over) return
    for (const candidate of this.lookup.next(this.parts.clock.now())) this.ask(candidate)
    if (this.over) return
    if (this.lookup.finished) this.complete()
    else if (this.awaited === 0) this.waitForSlow()
    else {
      this.timer?.cancel()
      this.timer = undefined
    }
  }

  /** Only slow ones are left: a little longer for them, from when the last became slow. */
  private waitForSlow(): void {
    this.timer?.cancel()
    this.timer = this.parts.clock.after(STALLED_GRACE, () => this.complete())
    for (const candidate of this.lookup.overdue()) {
      if (this.repeated.has(candidate)) continue
      this.repeated.add(candidate)
      this.lookup.repeated()
      this.send(candidate, { replied: (response) => this.replied(candidate, response), failed() {} })
    }
  }

  /** The end of a lookup that nobody has ended before its time: its nearest are the nearest there are. */
  private complete(): void {
    const { target, closest } = this.lookup.result()
    this.parts.size.add(target, closest, this.parts.contacts.table.k)
    this.finish()
  }

  private ask(candidate: Candidate): void {
    let isAwaited = true
    const noLongerAwaited = () => {
      if (isAwaited) this.awaited -= 1
      isAwaited = false
    }
    this.awaited += 1
    this.send(candidate, {
      replied: (response) => {
        noLongerAwaited()
        this.replied(candidate, response)
      },
      failed: () => {
        noLongerAwaited()
        this.lookup.failed(candidate)
        this.reported(candidate)
      },
      stalled: () => {
        noLongerAwaited()
        this.lookup.stalled(candidate)
        this.reported(candidate)
      },
    })
    this.observer.stepped?.(candidate)
  }

  private send(candidate: Candidate, callbacks: QueryCallbacks): void {
    const { method, args } = this.plan
    this.parts.contacts.ask(candidate.contact, method, args, callbacks, candidate.from && this.number)
  }

  private replied(candidate: Candidate, response: Response): void {
    if (this.over || candidate.state === 'replied') return
    const { contact } = candidate
    const id = NodeId.over(response.id)
    const isItself = id.equals(contact.id)
    const payload = isItself ? this.plan.payload?.(response, contact) : undefined
    const nodes = this.parts.contacts.nodesIn(response, contact.endpoint)
    const reply = payload === undefined ? { id, nodes } : { id, nodes, payload }
    this.lookup.replied(candidate, reply, this.parts.clock.now())
    if (payload !== undefined) this.observer.found?.(payload, contact)
    this.reported(candidate)
  }

  private reported(candidate: Candidate): void {
    if (this.over) return
    this.observer.stepped?.(candidate)
    this.advance()
  }
}

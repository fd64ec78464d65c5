/**
 * Runs lookups, knows where each should have ended, and counts. The last step of a lookup is a question to the owner it has
 * found; where that does not answer, the next in the list that came with it is asked.
 */
import type { ChordContact } from '../../chord/contact.ts'
import { ChordLookup, type ChordLookupResult, type Routing } from '../../chord/lookup.ts'
import { runLookup } from '../../chord/lookup-runner.ts'
import type { Answer } from '../../chord/messages.ts'
import type { LookupManner } from '../../chord/overlay.ts'
import type { RingId } from '../../chord/ring-id.ts'
import { MINUTE, type Millis } from '../../kernel/clock.ts'
import { type Summary, summaryOf } from '../summary.ts'
import type { ChordHost, ChordNode } from './chord-host.ts'
import type { ChordNetwork, ChordWorld } from './chord-world.ts'

/** No lookup takes longer: as many attempts of 64 questions and a list, each of which may be missed. */
export const LOOKUP_LIMIT: Millis = 4 * MINUTE
/** Hosts after the owner's that have copies. */
export const COPIES = 3
/** Of one target. */
const MAX_ATTEMPTS = 4

export interface ChordLookupSummary {
  readonly lookups: number
  /**
   * Part of the lookups that ended at the first member at or after the target, of all that were there when they began or when
   * they ended. A member that has joined and that its forerunner does not know yet does not own anything yet.
   */
  readonly success: number
  /** Part of the lookups that ended there or at one of the next hosts, which have copies of what the owner keeps. */
  readonly held: number
  /** Part of the lookups that ended there without a time-out: those that would have, had nobody been asked in another's place. */
  readonly untroubled: number
  /** Steps from who asks to the owner, the last one to the owner included; of those that ended somewhere. */
  readonly hops: Summary
  /** How many of them took no step, one, two, and so on. */
  readonly hopCounts: readonly number[]
  /** Questions asked. */
  readonly requests: Summary
  /** Questions without an answer. */
  readonly timeouts: Summary
  /** Virtual milliseconds. */
  readonly latency: Summary
}

/** A lookup with the questions to its owners. */
export interface EndedLookup {
  readonly target: RingId
  /** Who has answered as the first member at or after the target; undefined where nobody could tell. */
  readonly owner: ChordContact | undefined
  /** Steps from who asks to the owner. */
  readonly hops: number
  readonly requests: number
  readonly timeouts: number
}

export interface LookupWay {
  /** Of iterative ones; recursive ones go over successor lists too. */
  readonly routing: Routing
  /** A recursive one that comes to nothing goes on as an iterative one. */
  readonly manner: LookupManner
}

/** As Shoal's own go. */
export const USUAL_WAY: LookupWay = { routing: 'all', manner: 'iterative' }

export class ChordLookups {
  private readonly world: ChordWorld
  private readonly network: ChordNetwork
  private readonly way: LookupWay
  private readonly ended: EndedLookup[] = []
  private readonly latency: number[] = []
  private started = 0
  private over = 0
  private right = 0
  private held = 0
  private untroubled = 0

  constructor(world: ChordWorld, network: ChordNetwork, way: LookupWay) {
    this.world = world
    this.network = network
    this.way = way
  }

  /** One that ends in nothing counts as failed; where the one who asks goes before, it does not count. */
  start(from: ChordNode, target: RingId, found: (result: EndedLookup) => void = () => {}): void {
    const { world, network } = this
    const begin = network.elapsed
    const owner = world.ring.ownerOf(target)
    this.started += 1
    let open = true
    const end = () => {
      if (open) this.over += 1
      open = false
    }
    network.clock.after(LOOKUP_LIMIT, end)
    const done = (result: EndedLookup) => {
      if (!open) return
      end()
      this.count(result, owner, network.elapsed - begin)
      found(result)
    }
    lookUp(world, from, target, this.way, done)
  }

  /** Lets the last ones end. */
  async finish(): Promise<void> {
    await this.network.until(LOOKUP_LIMIT + 1, () => this.over === this.started)
  }

  summary(): ChordLookupSummary {
    const { ended } = this
    const found = ended.filter(({ owner }) => owner !== undefined)
    const part = (count: number) => (ended.length > 0 ? count / ended.length : 0)
    return {
      lookups: ended.length,
      success: part(this.right),
      held: part(this.held),
      untroubled: part(this.untroubled),
      hops: summaryOf(found.map(({ hops }) => hops)),
      hopCounts: countsOf(found.map(({ hops }) => hops)),
      requests: summaryOf(found.map(({ requests }) => requests)),
      timeouts: summaryOf(found.map(({ timeouts }) => timeouts)),
      latency: summaryOf(this.latency),
    }
  }

  private count(result: EndedLookup, before: ChordNode | undefined, took: Millis): void {
    const { owner, target, timeouts } = result
    this.ended.push(result)
    if (owner === undefined) return
    this.latency.push(took)
    const isRight = owner === before?.self || this.isOwner(owner, target)
    if (isRight || this.hasCopies(owner, target)) this.held += 1
    if (!isRight) return
    this.right += 1
    if (timeouts === 0) this.untroubled += 1
  }

  /** Whether its host is one of the first behind the target. */
  private hasCopies(owner: ChordContact, target: RingId): boolean {
    const hosts = new Set<ChordHost>()
    for (const node of this.world.ring.from(target)) {
      hosts.add(node.owner)
      if (hosts.size > COPIES) return false
      if (node.self === owner) return true
    }
    return false
  }

  /** Whether nobody stands between the two but those that their forerunners do not know yet. */
  private isOwner(owner: ChordContact, target: RingId): boolean {
    for (const node of this.world.ring.from(target)) {
      if (node.self === owner) return true
      if (!this.world.isAppendage(node)) return false
    }
    return false
  }
}

/**
 * Looks up and reaches the owner. Where nobody of a list is there, since it held the owner as one of its last, the target is
 * looked up again without them. `done` is called once, unless the host of `from` is gone before.
 */
export function lookUp(
  { admits }: ChordWorld,
  from: ChordNode,
  target: RingId,
  { routing, manner }: LookupWay,
  done: (result: EndedLookup) => void,
): void {
  const { self, member, port } = from
  const failed: ChordContact[] = []
  const total = { requests: 0, timeouts: 0 }
  const attempt = (left: number) => {
    const lookup = new ChordLookup({ target, routing, admits, failed }, { self, known: member.route(target) })
    const watcher = {
      replied: (contact: ChordContact) => member.heard(contact),
      failed(contact: ChordContact) {
        member.fingers.remove(contact)
        failed.push(contact)
      },
    }
    runLookup(lookup, port, (result) => reach(result, left), watcher)
  }
  const handOn = () => {
    from.owner.forwarding.begin(target, {}, (result) => {
      if (result.owners.length > 0) return reach({ ...result, successors: result.owners }, MAX_ATTEMPTS)
      total.requests += result.requests
      total.timeouts += result.timeouts
      attempt(MAX_ATTEMPTS)
    })
  }
  const reach = ({ hops, successors, requests, timeouts }: Reached, left: number) => {
    total.requests += requests
    total.timeouts += timeouts
    reachFirst(from, successors, (owner, missed) => {
      total.requests += missed.length + (owner ? 1 : 0)
      total.timeouts += missed.length
      failed.push(...missed)
      if (owner || missed.length === 0 || left === 1) done({ target, owner, hops, ...total })
      else attempt(left - 1)
    })
  }
  if (manner === 'recursive') handOn()
  else attempt(MAX_ATTEMPTS)
}

type Reached = Pick<ChordLookupResult, 'hops' | 'successors' | 'requests' | 'timeouts'>

/** Asks one after the other until one answers; that one, if any, and those before it that did not. */
function reachFirst(
  { port }: ChordNode,
  contacts: readonly ChordContact[],
  done: (reached: ChordContact | undefined, missed: readonly ChordContact[]) => void,
): void {
  const reach = (index: number) => {
    const contact = contacts[index]
    if (contact === undefined) return done(undefined, contacts)
    const next = () => reach(index + 1)
    const answered = ({ kind }: Answer) => (kind === 'absent' ? next() : done(contact, contacts.slice(0, index)))
    port.ask(contact, { kind: 'ping' }, { answered, missed: next, keptBusy: next })
  }
  reach(0)
}

/** How often 0, 1, 2 and so on are among the values, up to the largest. */
function countsOf(values: readonly number[]): number[] {
  const counts: number[] = []
  for (const value of values) {
    while (counts.length <= value) counts.push(0)
    counts[value] = (counts[value] as number) + 1
  }
  return counts
}

/**
 * An iterative lookup: asks the nearest member known to come before the target, which names nearer ones, until one has the
 * target behind it and its successors at hand. Who does not answer is passed over for the next best.
 *
 * The owner of the lookup asks whom `next` names, one at a time, and reports `replied` or `failed`; after either it calls
 * `next` again. No network, no timers. Limits: `MAX_CANDIDATES` known at once, `maxRequests` asked.
 *
 * `fingers`: the way leads over fingers and the first successor alone, as in the literature's figures. `all`: successor
 * lists shorten it, and any member of a list is found as an owner.
 */
import type { ChordContact } from './contact.ts'
import type { RouteAnswer } from './messages.ts'
import { isBetween, owns, type RingId } from './ring-id.ts'

export const MAX_CANDIDATES = 64
export const DEFAULT_MAX_REQUESTS = 64

export type Routing = 'fingers' | 'all'

export interface ChordLookupOptions {
  readonly target: RingId
  readonly routing?: Routing
  readonly maxRequests?: number
  /** Whether a contact named by others may be what it says; all may when left out. */
  readonly admits?: (contact: ChordContact) => boolean
  /** Those that have missed an earlier lookup of this target: they are passed over. */
  readonly failed?: readonly ChordContact[]
}

/** Where a lookup begins: with what a member knows itself, or with members that it can ask. */
export type Start =
  | { readonly self: ChordContact; readonly known: RouteAnswer }
  | { readonly contacts: readonly ChordContact[] }

export interface ChordLookupResult {
  readonly target: RingId
  /** The first member at or after the target; undefined where nobody could tell. */
  readonly owner: ChordContact | undefined
  /** The owner and those behind it, nearest first: who takes its place when it is dead. */
  readonly successors: readonly ChordContact[]
  /** The member before the owner, behind which a joiner at the target would stand. */
  readonly predecessor: ChordContact | undefined
  /** From the first that was asked to the owner, each having named the next. */
  readonly path: readonly ChordContact[]
  /** Steps from the start to the owner, the last one to the owner included. */
  readonly hops: number
  readonly requests: number
  /** Requests without an answer. */
  readonly timeouts: number
}

interface Candidate {
  readonly contact: ChordContact
  readonly from: Candidate | undefined
  state: 'fresh' | 'asked' | 'replied' | 'failed'
}

export class ChordLookup {
  readonly target: RingId
  private readonly routing: Routing
  private readonly maxRequests: number
  private readonly admits: (contact: ChordContact) => boolean
  /** Nearest before the target first. */
  private readonly candidates: Candidate[] = []
  private readonly failures = new Set<string>()
  private end:
    | { owner: ChordContact; successors: ChordContact[]; predecessor: ChordContact; teller?: Candidate }
    | undefined
  private requests = 0
  private timeouts = 0

  constructor(
    { target, routing = 'all', maxRequests = DEFAULT_MAX_REQUESTS, admits, failed = [] }: ChordLookupOptions,
    start: Start,
  ) {
    this.target = target
    this.routing = routing
    this.maxRequests = maxRequests
    this.admits = admits ?? (() => true)
    for (const { id } of failed) this.failures.add(id.key)
    if ('self' in start) this.learn(start.self, start.known, undefined)
    else for (const contact of start.contacts) this.insert({ contact, from: undefined, state: 'fresh' })
  }

  /** Whether nobody is to be asked any more. */
  get finished(): boolean {
    return this.end !== undefined || this.best() === undefined
  }

  /** Whom to ask for the way now, counted as asked; undefined while an answer is awaited, and at the end. */
  next(): ChordContact | undefined {
    const best = this.finished ? undefined : this.best()
    if (best?.state !== 'fresh') return undefined
    best.state = 'asked'
    this.requests += 1
    return best.contact
  }

  /** How we came to know of somebody that was asked: who named it, and how many steps from the start it is, from 1. */
  wayTo(contact: ChordContact): { readonly from: ChordContact | undefined; readonly hop: number } {
    const candidate = this.candidates.find(({ contact: { id } }) => id.equals(contact.id))
    let hop = 1
    for (let before = candidate?.from; before; before = before.from) hop += 1
    return { from: candidate?.from?.contact, hop }
  }

  replied(contact: ChordContact, answer: RouteAnswer): void {
    const candidate = this.asked(contact)
    if (!candidate) return
    candidate.state = 'replied'
    this.learn(contact, answer, candidate)
  }

  /** It has missed its time, or is no member. */
  failed(contact: ChordContact): void {
    const candidate = this.asked(contact)
    if (!candidate) return
    candidate.state = 'failed'
    this.timeouts += 1
    this.failures.add(contact.id.key)
  }

  result(): ChordLookupResult {
    const { target, requests, timeouts, end } = this
    const path: ChordContact[] = []
    for (let step = end?.teller; step; step = step.from) path.unshift(step.contact)
    if (end && !path.at(-1)?.id.equals(end.owner.id)) path.push(end.owner)
    const { owner, successors = [], predecessor } = end ?? {}
    return { target, owner, successors, predecessor, path, hops: path.length, requests, timeouts }
  }

  private asked(contact: ChordContact): Candidate | undefined {
    return this.candidates.find(({ contact: { id }, state }) => state === 'asked' && id.equals(contact.id))
  }

  /** The nearest that is under way or may be asked. Those that have answered have named nearer ones, or nobody that lives. */
  private best(): Candidate | undefined {
    const running = this.candidates.find(({ state }) => state === 'asked')
    if (running || this.requests >= this.maxRequests) return running
    return this.candidates.find(({ state }) => state === 'fresh')
  }

  private learn(teller: ChordContact, { successors, closer }: RouteAnswer, from: Candidate | undefined): void {
    const told = successors.filter((contact) => this.admits(contact))
    let before = teller
    for (const [index, contact] of told.entries()) {
      if (owns(before.id, this.target, contact.id)) {
        this.settle(before, told.slice(index), from)
        if (this.end) return
      }
      if (this.routing === 'fingers') break
      before = contact
    }
    const nearer = [...closer.filter((contact) => this.admits(contact)), ...this.usable(told)]
    for (const contact of nearer) {
      const isAhead = isBetween(teller.id, contact.id, this.target)
      if (isAhead && !this.failures.has(contact.id.key)) this.insert({ contact, from, state: 'fresh' })
    }
  }

  /** Successors that the way may lead over. */
  private usable(successors: readonly ChordContact[]): readonly ChordContact[] {
    return this.routing === 'all' ? successors : successors.slice(0, 1)
  }

  /** `list` begins with the owner: whoever of it has failed here is passed over. */
  private settle(predecessor: ChordContact, list: readonly ChordContact[], teller: Candidate | undefined): void {
    const successors = list.filter(({ id }) => !this.failures.has(id.key))
    const [owner] = successors
    if (owner) this.end = { owner, successors, predecessor, ...(teller && { teller }) }
  }

  private insert(candidate: Candidate): void {
    const { id } = candidate.contact
    // In the order in which one meets them going back from the target.
    let at = 0
    while (at < this.candidates.length) {
      const other = (this.candidates[at] as Candidate).contact.id
      if (other.equals(id)) return
      if (isBetween(other, id, this.target)) break
      at += 1
    }
    if (at >= MAX_CANDIDATES) return
    this.candidates.splice(at, 0, candidate)
    if (this.candidates.length > MAX_CANDIDATES) {
      const farthest = this.candidates.findLastIndex(({ state }) => state !== 'asked')
      if (farthest >= 0) this.candidates.splice(farthest, 1)
    }
  }
}

/**
 * An iterative lookup: asks ever nearer nodes until the k nearest to a target have answered. One machine for find_node,
 * get_peers, get and sample_infohashes: what an answer carries besides nodes is its `payload`.
 *
 * The owner asks whom `next` names and reports what comes of each: `replied`, `stalled` (slow: its slot is free, a late
 * answer still counts), `failed`. After every report it calls `next` again. No network, no timers, no promises.
 *
 * Guards: one answer of an id and of a /24 (IPv6: /64), see `claims.ts`; never ourselves; an answer under another id is a failure;
 * of the candidates that only one node vouches for at most `MAX_UNCONFIRMED` may be without an answer, unless nobody else
 * is left to ask. Limits: `MAX_CANDIDATES` candidates, `maxRequests` requests, `MAX_NODES_TAKEN` nodes of an answer.
 *
 * Ids that do not fit their address (BEP 42) cost nothing to place next to a target. So besides the k nearest it asks on until
 * half of k with fitting ids have answered, as long as it knows any.
 *
 * With `paths` above 1 the candidates are divided among disjoint paths: no node is asked for two of them, and each goes on
 * until its own k nearest have answered, so a path that hostile nodes have captured does not end the others
 * (Baumgart and Mies 2007).
 */
import type { Millis } from '../kernel/clock.ts'
import { Claims, hasReplied } from './claims.ts'
import type { Contact } from './contact.ts'
import { type Candidate, type LookupReply, type LookupResult, pathTo } from './lookup-result.ts'
import { compareDistance, insertByDistance, type NodeId } from './node-id.ts'

export const MAX_CANDIDATES = 100
export const MAX_NODES_TAKEN = 40
export const MAX_UNCONFIRMED = 3
export const DEFAULT_MAX_REQUESTS = 100
export const DEFAULT_ALPHA = 4

export interface LookupOptions {
  readonly self: NodeId
  readonly target: NodeId
  /** How many nearest must answer. */
  readonly k: number
  /** Requests under way at once on each path, stalled ones not counted; 4 when left out, 3 in the literature. */
  readonly alpha?: number
  readonly maxRequests?: number
  /** Disjoint paths; 1 when left out. */
  readonly paths?: number
  /** Whether an address and a /24 or /64 enter once. On when left out. */
  readonly onePerNetwork?: boolean
  /** Whether only ids that fit their address (BEP 42) count among the k. Off when left out. */
  readonly secureOnly?: boolean
  /** Whether the end waits for stalled candidates among the k nearest. On when left out; off trades certainty for time. */
  readonly waitForStalled?: boolean
}

export class Lookup<P = undefined> {
  readonly target: NodeId
  private readonly self: NodeId
  private readonly k: number
  private readonly alpha: number
  private readonly maxRequests: number
  private readonly paths: number
  private readonly secureOnly: boolean
  private readonly waitForStalled: boolean
  /** Nearest first; at most MAX_CANDIDATES. */
  private readonly candidates: Candidate[] = []
  private readonly claims: Claims
  private readonly asked: Candidate[] = []
  private readonly payloads = new Map<Candidate, P>()
  /** By teller: candidates that only it vouches for, that have been asked and have not answered. */
  private readonly unconfirmed = new Map<Candidate, number>()
  private stalls = 0
  private repeats = 0
  private ended = false

  /** `known`: where to start, from our own table or another trusted source. */
  constructor(options: LookupOptions, known: readonly Contact[]) {
    this.target = options.target
    this.self = options.self
    this.k = options.k
    this.alpha = options.alpha ?? DEFAULT_ALPHA
    this.maxRequests = options.maxRequests ?? DEFAULT_MAX_REQUESTS
    this.paths = options.paths ?? 1
    this.claims = new Claims(options.onePerNetwork ?? true)
    this.secureOnly = options.secureOnly ?? false
    this.waitForStalled = options.waitForStalled ?? true
    known.forEach((contact, index) => {
      this.learn(contact, undefined, index % this.paths)
    })
  }

  /** Whether it is over: nothing that is reported changes the result any more. */
  get finished(): boolean {
    return this.ended
  }

  /** Whom to ask now; they count as asked from here on. Empty while others are awaited, and once it is over. */
  next(now: Millis): Candidate[] {
    if (this.ended) return []
    const chosen: Candidate[] = []
    let waiting = false
    for (let path = 0; path < this.paths; path++) waiting = this.nextOnPath(path, chosen, now) || waiting
    if (!waiting) this.ended = true
    return chosen
  }

  /** An answer, in time or late. Its nodes become candidates. */
  replied(candidate: Candidate, reply: LookupReply<P>, now: Millis): void {
    if (this.ended || candidate.state === 'replied' || candidate.state === 'fresh') return
    if (!reply.id.equals(candidate.id)) {
      this.failed(candidate)
      return
    }
    this.settle(candidate)
    const rivals = this.claims.rivals(candidate)
    if (rivals.some(hasReplied)) {
      this.failed(candidate)
      return
    }
    // They are not worth a question any more.
    for (const rival of rivals) if (rival.state === 'fresh') rival.state = 'failed'
    if (candidate.state === 'failed') this.claims.hold(candidate)
    candidate.state = 'replied'
    candidate.repliedAt = now
    if (reply.payload !== undefined) this.payloads.set(candidate, reply.payload)
    for (const contact of reply.nodes.slice(0, MAX_NODES_TAKEN)) this.learn(contact, candidate, candidate.path)
  }

  /** No answer in the usual time: asked -> stalled. */
  stalled(candidate: Candidate): void {
    if (this.ended || candidate.state !== 'asked') return
    candidate.state = 'stalled'
    this.stalls++
  }

  /** Of the k nearest that have not failed, those that are overdue: their question or answer may have been lost. */
  overdue(): readonly Candidate[] {
    return this.candidates
      .filter(({ state }) => state !== 'failed')
      .slice(0, this.k)
      .filter(({ state }) => state === 'stalled')
  }

  /** It is asked once more: one request more. */
  repeated(): void {
    this.repeats++
  }

  /** No answer at all, an error, or one under another id: asked, stalled -> failed. Its address is free for another id. */
  failed(candidate: Candidate): void {
    if (this.ended || (candidate.state !== 'asked' && candidate.state !== 'stalled')) return
    candidate.state = 'failed'
    this.claims.release(candidate)
  }

  /** Ends it early, as for a get that has found its value. */
  stop(): void {
    this.ended = true
  }

  /** What has come of it so far. */
  result(): LookupResult<P> {
    const replied = this.candidates.filter(({ state }) => state === 'replied')
    const path = pathTo(replied[0])
    return {
      target: this.target,
      closest: replied
        .filter((candidate) => this.counts(candidate))
        .slice(0, this.k)
        .map(({ contact }) => contact),
      path,
      hops: path.length,
      requests: this.asked.length + this.repeats,
      replies: replied.length,
      stalls: this.stalls,
      timeouts: this.asked.filter(({ state }) => state === 'failed').length,
      payloads: replied.flatMap((candidate) => {
        const payload = this.payloads.get(candidate)
        return payload === undefined ? [] : [{ contact: candidate.contact, payload }]
      }),
      asked: this.asked,
    }
  }

  /** Adds to `chosen` whom this path asks now. @returns whether it awaits answers that matter */
  private nextOnPath(path: number, chosen: Candidate[], now: Millis): boolean {
    let free = this.alpha
    for (const { path: other, state } of this.candidates) if (other === path && state === 'asked') free--
    let places = this.k
    let fitting = Math.ceil(this.k / 2)
    let waiting = false
    let slow = false
    let heldBack: Candidate | undefined
    for (const candidate of this.candidates) {
      if (places <= 0 && fitting <= 0) break
      if (candidate.path !== path || candidate.state === 'failed') continue
      const fits = candidate.contact.secure
      if (places <= 0 && !fits) continue
      if (candidate.state === 'stalled') {
        slow ||= this.waitForStalled
        continue
      }
      if (candidate.state === 'fresh') {
        if (this.isHeldBack(candidate)) {
          heldBack ??= candidate
          continue
        }
        if (this.asked.length >= this.maxRequests) continue
        if (free <= 0) return true
        this.ask(candidate, chosen, now)
        free--
      }
      if (candidate.state === 'asked') waiting = true
      if (this.counts(candidate)) places--
      if (fits) fitting--
    }
    if (heldBack && !waiting && places > 0 && this.asked.length < this.maxRequests) {
      this.ask(heldBack, chosen, now)
      return true
    }
    return waiting || slow
  }

  private ask(candidate: Candidate, chosen: Candidate[], now: Millis): void {
    candidate.state = 'asked'
    candidate.askedAt = now
    this.asked.push(candidate)
    chosen.push(candidate)
    if (candidate.from && !candidate.confirmed) {
      this.unconfirmed.set(candidate.from, (this.unconfirmed.get(candidate.from) ?? 0) + 1)
    }
  }

  private isHeldBack(candidate: Candidate): boolean {
    if (candidate.confirmed || !candidate.from) return false
    return (this.unconfirmed.get(candidate.from) ?? 0) >= MAX_UNCONFIRMED
  }

  /** It is known to exist: whoever told us of it alone has one unanswered candidate less. */
  private settle(candidate: Candidate): void {
    if (!candidate.confirmed && candidate.from) {
      this.unconfirmed.set(candidate.from, (this.unconfirmed.get(candidate.from) ?? 0) - 1)
    }
    candidate.confirmed = true
  }

  private counts(candidate: Candidate): boolean {
    return !this.secureOnly || candidate.contact.secure
  }

  private learn(contact: Contact, from: Candidate | undefined, path: number): void {
    if (contact.id.equals(this.self)) return
    const known = this.claims.of(contact)
    if (known) {
      if (from && known.from !== from) this.confirm(known)
      return
    }
    if (!this.claims.allow(contact, from)) return
    const candidate: Candidate = {
      id: contact.id,
      contact,
      path,
      state: 'fresh',
      hop: from ? from.hop + 1 : 1,
      from,
      confirmed: from === undefined,
      askedAt: undefined,
      repliedAt: undefined,
    }
    if (!this.makeRoomFor(candidate)) return
    insertByDistance(this.candidates, candidate, this.target, MAX_CANDIDATES)
    this.claims.add(candidate)
  }

  private confirm(candidate: Candidate): void {
    const unanswered = candidate.state === 'asked' || candidate.state === 'stalled' || candidate.state === 'failed'
    if (unanswered) this.settle(candidate)
    candidate.confirmed = true
  }

  /** Where there are enough candidates, the farthest that has not been asked goes, if it is farther than the new one. */
  private makeRoomFor(candidate: Candidate): boolean {
    if (this.candidates.length < MAX_CANDIDATES) return true
    const index = this.candidates.findLastIndex(({ state }) => state === 'fresh')
    const farthest = this.candidates[index]
    if (!farthest || compareDistance(candidate.id, farthest.id, this.target) >= 0) return false
    this.candidates.splice(index, 1)
    this.claims.forget(farthest)
    return true
  }
}

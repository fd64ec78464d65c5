/**
 * Decides whom to ask for a transaction that several peers have announced.
 *
 * Each is asked of one peer at a time. Outgoing connections, which an attacker cannot simply open, are asked at once;
 * incoming ones a little later. A peer that does not answer in time, or has not got it, is not asked for it again, and the
 * next one is. What came or is of no interest any more is forgotten for all peers.
 *
 * Told the time; sends nothing.
 * Limits: 5,000 announcements remembered and 100 open requests for each peer, 60 s for each request (Bitcoin Core).
 */
import { type Millis, SECOND } from '../../../kernel/clock.ts'
import { pick, type Random } from '../../../kernel/random.ts'
import { hashKey } from '../../coins/coin.ts'

/** Announcements of one peer that are kept; more are ignored. */
export const MAX_ANNOUNCEMENTS_PER_PEER = 5_000
/** Transactions asked of one peer and not yet answered. */
export const MAX_REQUESTS_PER_PEER = 100
/** After this the next peer is asked. */
export const TRANSACTION_REQUEST_TIMEOUT: Millis = 60 * SECOND
/** Head start of outgoing connections. */
export const INCOMING_DELAY: Millis = 2 * SECOND

export interface TransactionId {
  /** 32 bytes. */
  readonly id: Uint8Array
  /** It is a wtxid (BIP 339). */
  readonly byWitness: boolean
}

interface Wanted<P> {
  readonly announced: TransactionId
  /** Who is asked now. */
  asked: P | undefined
  /** Whose turn has come while another was asked. */
  ready: P[]
  /** Peers whose announcement is remembered. */
  announcers: number
}

interface Announcer {
  readonly preferred: boolean
  /** Announced and neither answered nor given up. */
  readonly keys: Set<string>
  /** In order of `at`. */
  waiting: { readonly key: string; readonly at: Millis }[]
  /** Its turn has come again. */
  readonly again: string[]
  inFlight: number
}

export class TransactionRequests<P> {
  readonly #random: Random
  readonly #wanted = new Map<string, Wanted<P>>()
  readonly #announcers = new Map<P, Announcer>()
  /** Oldest first; requests that are settled stay until their turn. */
  #deadlines: { readonly key: string; readonly peer: P; readonly at: Millis }[] = []

  constructor(random: Random) {
    this.#random = random
  }

  /** `preferred`: a connection that we opened. */
  joined(peer: P, preferred: boolean): void {
    this.#announcers.set(peer, { preferred, keys: new Set(), waiting: [], again: [], inFlight: 0 })
  }

  /** Its announcements are forgotten; what was asked of it is asked of others. */
  left(peer: P): void {
    const announcer = this.#announcers.get(peer)
    if (announcer === undefined) return
    for (const key of [...announcer.keys]) this.#give(key, peer)
    this.#announcers.delete(peer)
  }

  announced(peer: P, announced: TransactionId, now: Millis): void {
    const announcer = this.#announcers.get(peer)
    const key = hashKey(announced.id)
    if (announcer === undefined || announcer.keys.has(key)) return
    if (Math.max(announcer.keys.size, announcer.waiting.length) >= MAX_ANNOUNCEMENTS_PER_PEER) return
    announcer.keys.add(key)
    announcer.waiting.push({ key, at: announcer.preferred ? now : now + INCOMING_DELAY })
    const wanted = this.#wanted.get(key)
    if (wanted !== undefined) wanted.announcers++
    else {
      // A copy: the id may be a view of a message that is much larger.
      const copy = { ...announced, id: announced.id.slice() }
      this.#wanted.set(key, { announced: copy, asked: undefined, ready: [], announcers: 1 })
    }
  }

  /** It is here, or of no interest: whatever it is known by. */
  settled(id: Uint8Array): void {
    const key = hashKey(id)
    const wanted = this.#wanted.get(key)
    if (wanted === undefined) return
    this.#wanted.delete(key)
    for (const [peer, announcer] of this.#announcers)
      if (announcer.keys.delete(key) && wanted.asked === peer) announcer.inFlight--
  }

  /** The peer was asked for it and has not got it. */
  notFound(peer: P, id: Uint8Array): void {
    this.#give(hashKey(id), peer)
  }

  /** Whether this peer is asked for it now. */
  isAsked(peer: P, id: Uint8Array): boolean {
    return this.#wanted.get(hashKey(id))?.asked === peer
  }

  /** Requests to be sent now. They count as sent. */
  due(now: Millis): Map<P, TransactionId[]> {
    this.#expire(now)
    const due = new Map<P, TransactionId[]>()
    for (const [peer, announcer] of this.#announcers) {
      const asked = this.#dueOf(peer, announcer, now)
      if (asked.length > 0) due.set(peer, asked)
    }
    return due
  }

  /** When `due` may have something, if nothing happens before. */
  nextAt(): Millis | undefined {
    let next = this.#deadlines[0]?.at
    for (const { waiting, again, inFlight } of this.#announcers.values()) {
      if (inFlight >= MAX_REQUESTS_PER_PEER) continue
      const at = again.length > 0 ? 0 : waiting[0]?.at
      if (at !== undefined && (next === undefined || at < next)) next = at
    }
    return next
  }

  /** Transactions that are wanted, and open requests: for bounds and rows. */
  counts(): { readonly wanted: number; readonly asked: number } {
    let asked = 0
    for (const { inFlight } of this.#announcers.values()) asked += inFlight
    return { wanted: this.#wanted.size, asked }
  }

  #dueOf(peer: P, announcer: Announcer, now: Millis): TransactionId[] {
    const due: TransactionId[] = []
    let taken = 0
    while (announcer.inFlight < MAX_REQUESTS_PER_PEER) {
      const next = announcer.waiting[taken]
      const key = announcer.again.pop() ?? (next !== undefined && next.at <= now ? next.key : undefined)
      if (key === undefined) break
      if (key === next?.key) taken++
      const wanted = this.#wanted.get(key)
      if (wanted === undefined || !announcer.keys.has(key) || wanted.asked === peer) continue
      if (wanted.asked !== undefined) {
        if (!wanted.ready.includes(peer)) wanted.ready.push(peer)
        continue
      }
      wanted.asked = peer
      announcer.inFlight++
      this.#deadlines.push({ key, peer, at: now + TRANSACTION_REQUEST_TIMEOUT })
      due.push(wanted.announced)
    }
    if (taken > 0) announcer.waiting = announcer.waiting.slice(taken)
    return due
  }

  #expire(now: Millis): void {
    let over = 0
    for (const { key, peer, at } of this.#deadlines) {
      const isOpen = this.#wanted.get(key)?.asked === peer
      if (isOpen && at > now) break
      over++
      if (isOpen) this.#give(key, peer)
    }
    if (over > 0) this.#deadlines = this.#deadlines.slice(over)
  }

  /** The peer is out of it; if it was the one asked, the next one's turn comes. */
  #give(key: string, peer: P): void {
    const announcer = this.#announcers.get(peer)
    const wanted = this.#wanted.get(key)
    if (announcer === undefined || wanted === undefined || !announcer.keys.delete(key)) return
    wanted.announcers--
    wanted.ready = wanted.ready.filter((other) => other !== peer)
    if (wanted.asked === peer) {
      wanted.asked = undefined
      announcer.inFlight--
      this.#passOn(key, wanted)
    }
    if (wanted.announcers === 0) this.#wanted.delete(key)
  }

  #passOn(key: string, wanted: Wanted<P>): void {
    const preferred = wanted.ready.filter((peer) => this.#announcers.get(peer)?.preferred === true)
    const candidates = preferred.length > 0 ? preferred : wanted.ready
    if (candidates.length === 0) return
    const next = pick(this.#random, candidates)
    wanted.ready = wanted.ready.filter((peer) => peer !== next)
    this.#announcers.get(next)?.again.push(key)
  }
}

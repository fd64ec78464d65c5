/**
 * Transactions to be announced to one peer: in the order in which they came, so that parents go before children, and slowly,
 * some at a time at random moments, so that nobody can tell where one came from. Told the time; sends nothing.
 */
import { type Millis, SECOND } from '../../../kernel/clock.ts'
import type { Random } from '../../../kernel/random.ts'
import { hashKey } from '../../coins/coin.ts'
import { exponentialDelay } from './exponential.ts'

/** Mean time between announcements to a peer that connected to us, and to one that we chose (Bitcoin Core). */
export const INCOMING_INTERVAL: Millis = 5 * SECOND
export const OUTGOING_INTERVAL: Millis = 2 * SECOND
/** Transactions a second that are announced on average while few wait. */
export const ANNOUNCED_PER_SECOND = 7
const ANNOUNCED_AT_ONCE = (ANNOUNCED_PER_SECOND * INCOMING_INTERVAL) / SECOND
/** For each thousand that wait, so many more go at once. */
const EXTRA_PER_THOUSAND = 5
/** Most that one message announces. */
export const MAX_ANNOUNCED_AT_ONCE = 1_000
/** More are not announced to this peer: it hears of them from others. */
export const MAX_WAITING_ANNOUNCEMENTS = 20_000

export interface Announceable {
  readonly txid: Uint8Array
  readonly wtxid: Uint8Array
  /** Grains per 1,000 virtual bytes. */
  readonly feeRate: number
}

export class AnnouncementQueue {
  readonly #random: Random
  readonly #interval: Millis
  /** By txid, oldest first. */
  readonly #waiting = new Map<string, Announceable>()
  readonly #byWtxid = new Map<string, string>()
  #nextAt: Millis | undefined

  constructor(random: Random, isOurs: boolean) {
    this.#random = random
    this.#interval = isOurs ? OUTGOING_INTERVAL : INCOMING_INTERVAL
  }

  get size(): number {
    return this.#waiting.size
  }

  /** When some are due; undefined while none wait. */
  get nextAt(): Millis | undefined {
    return this.#nextAt
  }

  add(transaction: Announceable, now: Millis): void {
    if (this.#waiting.size >= MAX_WAITING_ANNOUNCEMENTS) return
    const key = hashKey(transaction.txid)
    this.#waiting.set(key, transaction)
    this.#byWtxid.set(hashKey(transaction.wtxid), key)
    this.#nextAt ??= now + exponentialDelay(this.#random, this.#interval)
  }

  /** Whether it waits, by txid or wtxid. */
  has(id: Uint8Array): boolean {
    const key = hashKey(id)
    return this.#waiting.has(key) || this.#byWtxid.has(key)
  }

  /** By txid or wtxid. */
  delete(id: Uint8Array): void {
    const key = hashKey(id)
    const txid = this.#byWtxid.get(key) ?? key
    const transaction = this.#waiting.get(txid)
    if (transaction === undefined) return
    this.#waiting.delete(txid)
    this.#byWtxid.delete(hashKey(transaction.wtxid))
    if (this.#waiting.size === 0) this.#nextAt = undefined
  }

  /** Those to be announced now; they wait no more. */
  due(now: Millis): Announceable[] {
    if (this.#nextAt === undefined || now < this.#nextAt) return []
    const limit = ANNOUNCED_AT_ONCE + Math.floor(this.#waiting.size / 1_000) * EXTRA_PER_THOUSAND
    const due: Announceable[] = []
    for (const transaction of this.#waiting.values()) {
      if (due.length >= Math.min(limit, MAX_ANNOUNCED_AT_ONCE)) break
      due.push(transaction)
    }
    for (const { txid } of due) this.delete(txid)
    this.#nextAt = this.#waiting.size > 0 ? now + exponentialDelay(this.#random, this.#interval) : undefined
    return due
  }
}

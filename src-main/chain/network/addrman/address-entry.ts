/** What is kept of one address, and what its history says about it. Times are seconds since 1970; 0 is never. */
import type { Endpoint } from '../../../kernel/network.ts'
import type { PeerSource } from '../../../kernel/peer-source.ts'

/** How we came to know an address. */
export type AddressOrigin = 'gossip' | 'manual' | PeerSource['kind']

export interface AddressEntry {
  /** `host:port`. */
  readonly name: string
  readonly endpoint: Endpoint
  readonly origin: AddressOrigin
  /** Group of whoever named it first. */
  readonly sourceGroup: string
  services: bigint
  /** When it was last known to be there, as told or seen. */
  time: number
  lastTry: number
  /** The last try that was held against it. */
  lastCountedTry: number
  lastSuccess: number
  /** Counted tries since the last success. */
  attempts: number
  /** Slots of the new table; empty once it is in the other. */
  readonly newSlots: number[]
  triedSlot: number | undefined
  /** Place in the list of all. */
  index: number
}

const MINUTE = 60
const DAY = 24 * 3_600
/** Not heard of for so long, it is gone. */
export const HORIZON = 30 * DAY
/** Tries without any success after which it is not worth keeping. */
export const MAX_TRIES_WITHOUT_SUCCESS = 3
/** Failures in a row, over at least a week, after which a node that once answered is gone. */
export const MAX_FAILURES = 10
const FAILURES_OVER = 7 * DAY
/** How far ahead of our clock a time may be. */
export const FUTURE_ALLOWED = 10 * MINUTE

/** Not worth a place that another could have. */
export function isTerrible(entry: AddressEntry, now: number): boolean {
  // What has just been tried may be about to succeed.
  if (now - entry.lastTry <= MINUTE) return false
  if (entry.time > now + FUTURE_ALLOWED || now - entry.time > HORIZON) return true
  if (entry.lastSuccess === 0 && entry.attempts >= MAX_TRIES_WITHOUT_SUCCESS) return true
  return now - entry.lastSuccess > FAILURES_OVER && entry.attempts >= MAX_FAILURES
}

/** Weight of an address in a choice, above 0 to 1: less where it was tried just now, and less with each failure. */
export function chanceOf(entry: AddressEntry, now: number): number {
  const recent = now - entry.lastTry < 10 * MINUTE ? 0.01 : 1
  return recent * 0.66 ** Math.min(entry.attempts, 8)
}

/** What is remembered of a peer that metadata is asked of, and how long it rests after it failed to send some. */
import type { Millis } from '../../kernel/clock.ts'

/** A peer's first rest; doubled each time until something good comes from it. */
export const METADATA_FIRST_REST: Millis = 5_000
export const METADATA_LONGEST_REST: Millis = 60_000

export interface AskedPeer {
  readonly size: number
  /** Pieces asked for and not answered, with the time of the asking. */
  readonly outstanding: Map<number, Millis>
  /** Pieces asked for whose time is over; the answer may still come. */
  readonly late: Set<number>
  /** Rests since something good came from it. */
  rests: number
  restsUntil: Millis
  /** Dropped peers stay known, so that a second handshake does not bring them back. */
  dropped: boolean
  lastTurn: number
}

export function freshPeer(size: number, lastTurn: number): AskedPeer {
  const { NEGATIVE_INFINITY: never } = Number
  return { size, outstanding: new Map(), late: new Set(), rests: 0, restsUntil: never, dropped: false, lastTurn }
}

/** The peer has rejected a request or left it without an answer; one that rests already goes on with that rest. */
export function restFrom(state: AskedPeer, now: Millis): void {
  if (state.restsUntil > now) return
  const length = Math.min(METADATA_LONGEST_REST, METADATA_FIRST_REST * 2 ** Math.min(state.rests, 10))
  state.restsUntil = now + length
  state.rests += 1
}

/** What a member is made of, and what may become of it. */
import type { Clock } from '../kernel/clock.ts'
import type { ChordContact } from './contact.ts'
import type { AskPort } from './messages.ts'
import type { Outside } from './outside.ts'

/** r: the length of successor lists. */
export const DEFAULT_SUCCESSORS = 16

export interface MemberOptions {
  readonly self: ChordContact
  readonly port: AskPort
  readonly clock: Pick<Clock, 'now'>
  /** Shared by the members of a host. */
  readonly outside: Outside
  /** r; 16 when left out. */
  readonly successors?: number
  /** Whether a contact told by others may be what it says; by default whether it stands where its address puts it. */
  readonly admits?: (contact: ChordContact) => boolean
  /** Somebody who is dead, or has left our list. */
  readonly displaced?: (contact: ChordContact) => void
  /** There is reason to stabilise before the next round. */
  readonly again?: () => void
  /** Predecessor or successors are others than before, perhaps. Called in the middle of a change: only to be noted. */
  readonly moved?: () => void
  /** Our successor has another host's member where we stand. Called in the middle of a change. */
  readonly doubled?: (other: ChordContact) => void
}

export type Phase = 'outside' | 'joining' | 'member' | 'left'
/** `misplaced`: our place is not behind whom we asked, look it up again. */
export type JoinOutcome = 'joined' | 'misplaced' | 'unanswered'

/** What members ask each other about the ring, and what they answer. Each question is for one virtual node of a host. */
import type { ChordContact } from './contact.ts'
import type { RingId } from './ring-id.ts'

export type Question =
  | { readonly kind: 'ping' }
  /** For list and predecessor, to change one's own by. */
  | { readonly kind: 'state' }
  /** "I believe to be your predecessor." */
  | { readonly kind: 'notify' }
  /** "I am leaving." */
  | { readonly kind: 'leaving' }
  /** For the way to an identifier. */
  | { readonly kind: 'route'; readonly target: RingId }

export interface StateAnswer {
  readonly kind: 'state'
  /** Nearest first. */
  readonly successors: readonly ChordContact[]
  readonly predecessor: ChordContact
}

export interface RouteAnswer {
  readonly kind: 'route'
  readonly successors: readonly ChordContact[]
  /** Fingers that come before the target, nearest to it first. */
  readonly closer: readonly ChordContact[]
}

export type Answer =
  | StateAnswer
  | RouteAnswer
  /** To a ping, a notification and a farewell. */
  | { readonly kind: 'alive' }
  /** The host is there, and this virtual node is no member: it has left, has not joined yet, or never was. */
  | { readonly kind: 'absent' }

/** Ahead of an answer to `state`: alive, but in the middle of a change; the answer follows. */
export const BUSY = { kind: 'busy' } as const
export type Busy = typeof BUSY

/** Exactly one of them is called, once. */
export interface AskCallbacks {
  answered(answer: Answer): void
  /** No answer in time, not even that it is busy. */
  missed(): void
  /** It has said that it is busy and then nothing for `LONGEST_BUSY`. */
  keptBusy(): void
}

/** How a member asks others: the one who has it sees to deadlines, and to the extension that `busy` gives. */
export interface AskPort {
  /** None of the callbacks is called from within. */
  ask(to: ChordContact, question: Question, callbacks: AskCallbacks): void
}

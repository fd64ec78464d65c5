/**
 * How the virtual nodes of one host ask those of others and are asked, as their owner sees it. `RpcChordPort` is the one
 * over the network; tests may give another.
 */
import type { Millis } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { ChordContact } from '../contact.ts'
import type { HostAnswer, HostPort, HostQuestion } from '../host-messages.ts'
import type { Answer, AskPort, Busy, Question } from '../messages.ts'

/** Who answers, and is told. All are called from the event loop, never from within a method of the port. */
export interface ChordPortHandlers {
  /**
   * A question for the virtual node in `slot`, 0 to 63, whether or not there is one of ours. `from`: who asks, at the place that
   * its packet's source has; undefined for a client. `reply` is called at once or within 10 s, once; before that perhaps once
   * with `busy`, after which there are 10 s again. Later calls do nothing, so it need not be called at all.
   */
  asked(slot: number, from: ChordContact | undefined, question: Question, reply: (answer: Answer | Busy) => void): void
  /** A question for us as a host. `from` may be forged as long as it is not proven. `reply` as above, without `busy`. */
  askedHost(from: Endpoint, question: HostQuestion, reply: (answer: HostAnswer) => void): void
  /**
   * A virtual node has answered after its question was called missed: a sign of life of its own, or (not `isMember`) of its
   * host alone.
   */
  late(from: ChordContact, isMember: boolean): void
  /** A host has answered anything, in time or late, and sees us at `ip`. Questions among our own virtual nodes are left out. */
  answered(from: Endpoint, ip: Endpoint | undefined): void
}

export interface ChordPort {
  /** Where the socket is bound, with the real port. */
  readonly local: Endpoint
  /**
   * Where others see us, as our own contacts say it: what is asked of there never leaves this host, and is answered on the
   * next turn of the clock. Undefined while that is not known.
   */
  self: Endpoint | undefined
  /** Replaces who answers; until it is called, and once closed, we are as one who does not know Chord (error 204). */
  onQuestions(handlers: ChordPortHandlers): void
  /** How the virtual node in `slot` asks; without a slot, how a client does, which others are not to count as a member. */
  asksAs(slot: number | undefined): AskPort
  /** How we ask as a host. */
  readonly host: HostPort
  /**
   * Hosts that we are in constant touch with. Wider budgets hold for those of them that have answered us and, up to 64 in all, for
   * the hosts that have answered last.
   */
  neighbours(hosts: readonly string[]): void
  /** Whoever is there has given back a token of ours: it receives what we send there. */
  proven(from: Endpoint): void
  /** Whether an answer or a token has come from there of late. Strangers get answers of at most 1,024 bytes in all. */
  isProven(from: Endpoint): boolean
  /** The smoothed time that a host takes to answer; undefined where it never has, or was forgotten. */
  rttOf(endpoint: Endpoint): Millis | undefined
  /** Forgets every question and calls nobody any more. The `ExtensionPort` below stays its owner's. */
  close(): void
}

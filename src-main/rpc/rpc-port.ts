/**
 * The RPC layer as a DHT node sees it: ask with callbacks, be asked. `Rpc` is the one implementation; a node's own tests
 * may give it another. No promises, because their order between two events cannot be reproduced.
 */
import type { Millis } from '../kernel/clock.ts'
import type { Endpoint } from '../kernel/network.ts'
import type { ErrorMessage, Method, Query, QueryArguments, Response, ResponseFields } from './krpc-message.ts'

/**
 * Why there is no answer. `timeout`: none within 10 s. `error`: the other node answered with an error.
 * `overload`: not asked at all, because too much is under way already.
 */
export type QueryFailure = 'timeout' | 'error' | 'overload'

/** Either `replied` or `failed` is called once, from the event loop and never from within `query`; then nothing more. */
export interface QueryCallbacks {
  /** `rtt` counts from when the query was sent. */
  replied(response: Response, rtt: Millis): void
  /** `error` is there for the reason `error`. */
  failed(reason: QueryFailure, error?: ErrorMessage): void
  /** At most once, before the others: the answer is overdue, so that something else may be asked. It may still come. */
  stalled?(): void
}

export interface RunningQuery {
  /** Forgets the query: none of its callbacks is called any more. */
  cancel(): void
}

/** What is said to a query; who says it, and the transaction, are filled in. */
export type Answer =
  | ({ readonly kind: 'response' } & ResponseFields)
  | { readonly kind: 'error'; readonly code: number; readonly message: string }

/**
 * Answers a query, or is silent with undefined. `from` is checked no further than that an answer would go there: it may
 * be forged. While we are read-only the answer is not sent. For an unknown method it is only asked where there is a target.
 */
export type QueryHandler = (query: Query, from: Endpoint) => Answer | undefined

/** What an answer to a query of another protocol says: the bencoded dictionary under `c`, whose shape is that protocol's. */
export interface ExtensionCallbacks {
  /**
   * The answer's `c`. `ip`: where the answer says that it was sent. @returns whether another answer is to follow: with the first
   * `more` it is waited for as long again as a query lives.
   */
  replied(body: Uint8Array, rtt: Millis, ip: Endpoint | undefined): 'over' | 'more'
  /** Once, unless an answer was the last. An answer without `c` is the `error` 204: whoever gave it does not know the protocol. */
  failed(reason: QueryFailure, error?: ErrorMessage): void
  /** Pacing has let the query go. Once, before the others; the only one that is called from within `query`, as a rule. */
  sent?(): void
}

/** What is said to a query of another protocol: a bencoded dictionary, or an error. */
export type ExtensionAnswer = Uint8Array | { readonly code: number; readonly message: string }

/**
 * Answers such a query. `reply` is called at once or within 10 s; with `more` another call may follow within 10 s of it, the
 * last. Calls beyond that do nothing, and neither do those that come later than at once where too many wait.
 */
export type ExtensionHandler = (
  query: { readonly name: string; readonly body: Uint8Array },
  from: Endpoint,
  reply: (answer: ExtensionAnswer, follows?: 'more') => void,
) => void

/**
 * Another protocol over the same socket: queries whose names begin with a word of its own and whose arguments are one
 * bencoded dictionary, under `c` beside our node id. Programs that do not know them answer 204 or not at all. They are asked
 * and answered whether or not we are read-only.
 */
export interface ExtensionPort {
  readonly local: Endpoint
  /**
   * `name` begins with the protocol's word and has at most 32 characters; `body` is a bencoded dictionary of at most
   * `MAX_EXTENSION_BODY_BYTES`. @throws RangeError where they are not
   */
  query(to: Endpoint, name: string, body: Uint8Array, callbacks: ExtensionCallbacks): RunningQuery
  /** Replaces who answers. Until then such queries are unknown ones. */
  onQuery(handler: ExtensionHandler): void
  /** Hosts that we are in constant touch with, at most 64: wider budgets hold for those that have answered us. */
  neighbours(hosts: readonly string[]): void
  /** Whoever asks from there has shown that it receives what we send there. */
  proven(from: Endpoint): void
  /** An answer to it may have 1,400 bytes in all; to others 1,024. Larger ones are not sent. */
  isProven(from: Endpoint): boolean
}

/** Asks and is asked, over one socket. */
export interface RpcPort {
  /** Our node id, 20 bytes, in every message sent from now on. */
  id: Uint8Array
  /** Whether our queries say that we answer none (BEP 43), and we do not. */
  readOnly: boolean
  /** Where we are bound. */
  readonly local: Endpoint
  /** Asks one node; sent at once or when pacing allows. */
  query<M extends Method>(to: Endpoint, method: M, args: QueryArguments[M], callbacks: QueryCallbacks): RunningQuery
  /**
   * Whoever asks from there has shown that it receives what we send there (a valid token), as an answer to a query of ours
   * would: its answers are no longer held to what a stranger may be sent.
   */
  proven(from: Endpoint): void
  /** The one who answers from now on. Until then queries meet silence. */
  onQuery(handler: QueryHandler): void
}

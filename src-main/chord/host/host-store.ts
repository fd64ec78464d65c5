/** What a host asks of whoever keeps its keys, and what that is given of the host. */
import type { Clock } from '../../kernel/clock.ts'
import type { RunningRequest } from '../../kernel/key-value-store.ts'
import type { Log } from '../../kernel/log.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { Random } from '../../kernel/random.ts'
import type { ChordContact } from '../contact.ts'
import type { HostAnswer, HostPort, HostQuestion } from '../host-messages.ts'
import type { ChordMember } from '../member.ts'
import type { ChordObserver, ChordSearches, ChordSearchResult, StoredKey } from '../overlay.ts'
import type { RingId } from '../ring-id.ts'

/** The questions between hosts that are about keys. */
export type StoreQuestion = Extract<
  HostQuestion,
  { readonly kind: 'read' | 'write' | 'announce' | 'range' | 'copies' | 'store' | 'storePeers' }
>

/** The host, to its store. */
export interface StoreHost {
  /** Ends with the host: no timer fires after `stop`. */
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly port: HostPort
  /** Our virtual nodes that are members, those about to leave among them. */
  members(): readonly ChordMember[]
  /** Whether this is where our own contacts stand. */
  isOwn(endpoint: Endpoint): boolean
  /** Whether a member has answered us from there. */
  isMember(endpoint: Endpoint): boolean
  /** Whoever is there has given back a token of ours. */
  proven(endpoint: Endpoint): void
  /** `done` is called once, never from within. */
  lookUp(target: RingId, observer: ChordObserver, done: (result: ChordSearchResult) => void): RunningRequest
}

/** The store, to its host. */
export interface HostStore extends Pick<ChordSearches, 'put' | 'get' | 'peers' | 'announce'> {
  /** Copies (predecessor, self] from those who have it before `self` takes its place. `done` is called once, in bounded time. */
  beforeJoin(self: ChordContact, predecessor: ChordContact, owner: ChordContact, done: () => void): void
  /** The neighbours of a member of ours are others than before. */
  neighboursChanged(): void
  /** Hands over what `member` owns. `done` is called once, in bounded time. */
  beforeLeave(member: ChordMember, done: () => void): void
  asked(from: Endpoint, question: StoreQuestion, reply: (answer: HostAnswer) => void): void
  /** Keys of items and info-hashes that the member owns. */
  keysOf(member: ChordMember): number
  items(): readonly StoredKey[]
  readonly itemCount: number
  readonly infoHashCount: number
  start(): void
  stop(): void
}

/**
 * Questions to peers about block filters (BIP 157), at most one to each at a time. An answer that fits no question is
 * ignored: it may be late. There is no word for "I do not know": a peer that left the branch in question is silent.
 */
import { bytesEqual } from '../../../kernel/bytes.ts'
import { type Clock, type Millis, SECOND } from '../../../kernel/clock.ts'
import type { FetchedFilter } from '../../light/light-calls.ts'
import { BASIC_FILTER, type MessageOf } from '../messages/index.ts'
import type { Peer } from '../peer.ts'

/** For an answer, and for each next filter of one. */
export const FILTER_ANSWER_LIMIT: Millis = 30 * SECOND

/** `silent`: not in time. `void`: the peer is gone, or the question makes no sense any more. */
export type Answered<T> = T | 'silent' | 'void'

export interface AskedRange {
  readonly startHeight: number
  readonly endHeight: number
  /** Of the block at `endHeight`. */
  readonly stopHash: Uint8Array
}

type Answer = MessageOf<'cfcheckpt'> | MessageOf<'cfheaders'> | MessageOf<'cfilter'>

interface Question {
  since: Millis
  /** Whether the answer is whole now; undefined for an answer to something else. */
  take(answer: Answer): boolean | undefined
  end(how: 'answered' | 'silent' | 'void'): void
}

export class FilterQuestions {
  readonly #clock: Clock
  readonly #open = new Map<Peer, Question>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  isAsked(peer: Peer): boolean {
    return this.#open.has(peer)
  }

  checkpoints(peer: Peer, stopHash: Uint8Array): Promise<Answered<readonly Uint8Array[]>> {
    peer.send({ command: 'getcfcheckpt', filterType: BASIC_FILTER, stopHash })
    return this.#ask(peer, (answer) =>
      answer.command === 'cfcheckpt' && bytesEqual(answer.stopHash, stopHash) ? answer.headers : undefined,
    )
  }

  hashes(peer: Peer, { startHeight, stopHash }: AskedRange): Promise<Answered<MessageOf<'cfheaders'>>> {
    peer.send({ command: 'getcfheaders', filterType: BASIC_FILTER, startHeight, stopHash })
    return this.#ask(peer, (answer) =>
      answer.command === 'cfheaders' && bytesEqual(answer.stopHash, stopHash) ? answer : undefined,
    )
  }

  /** As many as the range has blocks; whose they are is not looked at. */
  filters(peer: Peer, { startHeight, endHeight, stopHash }: AskedRange): Promise<Answered<readonly FetchedFilter[]>> {
    peer.send({ command: 'getcfilters', filterType: BASIC_FILTER, startHeight, stopHash })
    const filters: FetchedFilter[] = []
    return this.#ask(peer, (answer) => {
      if (answer.command !== 'cfilter') return undefined
      filters.push({ blockHash: answer.blockHash, filter: answer.filter })
      return filters.length > endHeight - startHeight ? filters : 'more'
    })
  }

  received(peer: Peer, answer: Answer): void {
    const question = this.#open.get(peer)
    if (question === undefined || answer.filterType !== BASIC_FILTER) return
    const isWhole = question.take(answer)
    if (isWhole === undefined) return
    question.since = this.#clock.now()
    if (isWhole) this.#end(peer, 'answered')
  }

  tick(now: Millis): void {
    for (const [peer, { since }] of [...this.#open]) if (now - since >= FILTER_ANSWER_LIMIT) this.#end(peer, 'silent')
  }

  left(peer: Peer): void {
    this.#end(peer, 'void')
  }

  /** Nothing that was asked is of use any more. */
  cancel(): void {
    for (const peer of [...this.#open.keys()]) this.#end(peer, 'void')
  }

  #ask<T extends object>(peer: Peer, read: (answer: Answer) => T | 'more' | undefined): Promise<Answered<T>> {
    this.#end(peer, 'void')
    return new Promise((resolve) => {
      let whole: T | undefined
      this.#open.set(peer, {
        since: this.#clock.now(),
        take(answer) {
          const found = read(answer)
          if (found === 'more') return false
          whole = found
          return found === undefined ? undefined : true
        },
        end: (how) => resolve(how === 'answered' ? (whole as T) : how),
      })
    })
  }

  #end(peer: Peer, how: 'answered' | 'silent' | 'void'): void {
    const question = this.#open.get(peer)
    this.#open.delete(peer)
    question?.end(how)
  }
}

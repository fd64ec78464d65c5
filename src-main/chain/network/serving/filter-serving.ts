/**
 * Serves block filters (BIP 157) to light nodes: filters of at most 1,000 blocks, filter hashes of at most 2,000, filter
 * headers at each 1,000th. Who asks for more, or for filters of a kind that nobody has, is disconnected; about blocks that
 * are not part of our best chain, or not any more, there is no answer.
 */
import { bytesEqual } from '../../../kernel/bytes.ts'
import { type Millis, SECOND } from '../../../kernel/clock.ts'
import type { FilterRange } from '../../chain.ts'
import { BASIC_FILTER, MAX_FILTER_HASHES, MAX_FILTERS_ASKED, type MessageOf } from '../messages/index.ts'
import type { PartContext } from '../part-context.ts'
import type { MessageHandlers, Peer, PeerPart } from '../peer.ts'
import type { Answers } from './answers.ts'

/** Answers with many filters that are in memory at once, over all peers; others wait. */
export const MAX_FILTER_ANSWERS = 4
/** A peer that takes nothing for so long while others wait for the place of its answer is given up. */
export const FILTER_TAKING_LIMIT: Millis = 10 * SECOND

export class FilterServing implements PeerPart {
  readonly handlers: MessageHandlers
  readonly #context: PartContext
  readonly #answers: Answers
  /** Peers whose answers are in memory, and since when each has taken nothing. */
  readonly #answering = new Map<Peer, Millis>()
  readonly #waiting: (() => void)[] = []

  /** `isOffered`: our services say so. Otherwise who asks is let go. */
  constructor(context: PartContext, answers: Answers, isOffered: boolean) {
    this.#context = context
    this.#answers = answers
    const serve = <M extends { readonly filterType: number }>(
      answer: (peer: Peer, message: M) => Promise<void>,
    ): ((peer: Peer, message: M) => void) => {
      return (peer, message) => {
        if (isOffered && message.filterType === BASIC_FILTER)
          this.#answers.add(peer, 1, () => answer.call(this, peer, message))
        else peer.close('it asks for block filters that are not offered')
      }
    }
    this.handlers = {
      getcfilters: serve(this.#filters),
      getcfheaders: serve(this.#hashes),
      getcfcheckpt: serve(this.#checkpoints),
    }
  }

  tick(now: Millis): void {
    if (this.#waiting.length === 0) return
    for (const [peer, since] of [...this.#answering])
      if (now - since >= FILTER_TAKING_LIMIT) peer.close('it does not take the block filters it asked for')
  }

  async #filters(peer: Peer, message: MessageOf<'getcfilters'>): Promise<void> {
    const { filterType } = message
    if (!(await this.#isRange(peer, message, MAX_FILTERS_ASKED))) return
    const { chain, clock } = this.#context
    await this.#turn(peer)
    try {
      const filters = (await chain.filters(rangeOf(message))) ?? []
      for (const { blockHash, filter } of filters) {
        if (!(await this.#answers.room(peer))) return
        this.#answering.set(peer, clock.now())
        peer.send({ command: 'cfilter', filterType, blockHash, filter })
      }
    } finally {
      this.#answering.delete(peer)
      this.#waiting.shift()?.()
    }
  }

  async #hashes(peer: Peer, message: MessageOf<'getcfheaders'>): Promise<void> {
    const { filterType, stopHash } = message
    if (!(await this.#isRange(peer, message, MAX_FILTER_HASHES))) return
    const found = await this.#context.chain.filterHashes(rangeOf(message))
    if (found) peer.send({ command: 'cfheaders', filterType, stopHash, ...found })
  }

  async #checkpoints(peer: Peer, { filterType, stopHash }: MessageOf<'getcfcheckpt'>): Promise<void> {
    const headers = await this.#context.chain.filterCheckpoints(stopHash)
    if (headers) peer.send({ command: 'cfcheckpt', filterType, stopHash, headers })
  }

  async #isRange(peer: Peer, { startHeight, stopHash }: FilterRange, limit: number): Promise<boolean> {
    const { tip } = this.#context.chain.state
    const height = bytesEqual(tip.hash, stopHash) ? tip.height : await this.#context.chain.heightOf(stopHash)
    if (height === undefined) return false
    if (startHeight <= height && height - startHeight < limit) return true
    peer.close('it asks for too many block filters')
    return false
  }

  /** A peer has one answer at a time. */
  async #turn(peer: Peer): Promise<void> {
    while (this.#answering.size >= MAX_FILTER_ANSWERS) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#answering.set(peer, this.#context.clock.now())
  }
}

function rangeOf({ startHeight, stopHash }: FilterRange): FilterRange {
  return { startHeight, stopHash }
}

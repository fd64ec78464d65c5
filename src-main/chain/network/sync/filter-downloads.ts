/**
 * Fetches filters whose filter headers are known, of several sources at once, and hands them to the chain in order. One that is
 * not what its filter header commits to is the fault of who sent it: only sources that gave the same filter header are asked.
 */
import type { FilterStanding, LightNodeChain } from '../../light/light-calls.ts'
import { type FilterChunk, FilterChunks } from './filter-chunks.ts'
import type { FilterQuestions } from './filter-questions.ts'
import type { FilterSource } from './filter-source.ts'

export interface FilterDownloadsParts {
  readonly chain: LightNodeChain
  readonly questions: FilterQuestions
  /** Rises when what is under way makes no sense any more. */
  readonly epoch: () => number
  readonly standing: () => FilterStanding | undefined
  /** So many filters more are here. */
  readonly moved: (standing: FilterStanding, filters: number) => void
}

export class FilterDownloads {
  readonly #parts: FilterDownloadsParts
  readonly #chunks = new FilterChunks<FilterSource>()
  #isDelivering = false

  constructor(parts: FilterDownloadsParts) {
    this.#parts = parts
  }

  clear(): void {
    this.#chunks.clear()
  }

  /** What to do with an idle source: `from` is the first filter that is missing, `to` the last that it may be asked for. */
  next(source: FilterSource, from: number, to: number): (() => Promise<void>) | undefined {
    const chunk = this.#chunks.next(source, from, to)
    return chunk && (() => this.#fetch(chunk))
  }

  async #fetch(chunk: FilterChunk<FilterSource>): Promise<void> {
    const { chain, questions, epoch: epochNow } = this.#parts
    const epoch = epochNow()
    const { startHeight, endHeight, source } = chunk
    const stop = await chain.tipAt(endHeight)
    const answer =
      stop && epoch === epochNow()
        ? await questions.filters(source.peer, { startHeight, endHeight, stopHash: stop.hash })
        : 'void'
    if (epoch !== epochNow()) return
    if (!source.isAnswer(answer)) {
      this.#chunks.remove(chunk)
      return
    }
    chunk.filters = answer
    await this.#deliver()
  }

  /** Hands over what is here, in order. */
  async #deliver(): Promise<void> {
    if (this.#isDelivering) return
    this.#isDelivering = true
    try {
      for (;;) {
        const chunk = this.#chunks.ready((this.#parts.standing()?.filters ?? 0) + 1)
        if (chunk === undefined) return
        try {
          await this.#handOver(chunk)
        } finally {
          // Also where the disk is full: then it is fetched again.
          this.#chunks.remove(chunk)
        }
      }
    } finally {
      this.#isDelivering = false
    }
  }

  async #handOver(chunk: FilterChunk<FilterSource>): Promise<void> {
    const { chain, epoch: epochNow, moved } = this.#parts
    const epoch = epochNow()
    const outcome = await chain.acceptFilters(chunk.filters ?? [])
    const standing = await chain.filterStanding()
    moved(standing, Math.max(0, standing.filters + 1 - chunk.startHeight))
    if (epoch !== epochNow()) return
    if (outcome.status !== 'stored' || standing.filters < chunk.endHeight)
      chunk.source.peer.misbehaved('a block filter that is not the one of its filter header')
  }
}

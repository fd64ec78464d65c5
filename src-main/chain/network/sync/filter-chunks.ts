/**
 * Which filters are being fetched: ranges in a row from the first filter that is missing, each of one peer, several at once.
 * They are handed over in order, so what came too early waits; at most `MAX_CHUNKS` are under way or waiting.
 */
import type { FetchedFilter } from '../../light/light-calls.ts'

/** Filters of one question. */
export const FILTERS_OF_CHUNK = 100
export const MAX_CHUNKS = 8

export interface FilterChunk<P> {
  readonly startHeight: number
  readonly endHeight: number
  readonly source: P
  /** Undefined until they are here. */
  filters: readonly FetchedFilter[] | undefined
}

export class FilterChunks<P> {
  /** By first height. */
  readonly #chunks = new Map<number, FilterChunk<P>>()

  get size(): number {
    return this.#chunks.size
  }

  /** The next range to ask `source` for: `from` is the first height that is missing, `to` the last that may be asked for. */
  next(source: P, from: number, to: number): FilterChunk<P> | undefined {
    let startHeight = from
    for (let chunk = this.#chunks.get(startHeight); chunk; chunk = this.#chunks.get(startHeight))
      startHeight = chunk.endHeight + 1
    if (startHeight > to || this.#chunks.size >= MAX_CHUNKS) return undefined
    const above = [...this.#chunks.keys()].filter((start) => start > startHeight)
    const endHeight = Math.min(to, startHeight + FILTERS_OF_CHUNK - 1, ...above.map((start) => start - 1))
    const chunk = { startHeight, endHeight, source, filters: undefined }
    this.#chunks.set(startHeight, chunk)
    return chunk
  }

  /** The one that begins with the first missing height, once it is here. */
  ready(from: number): FilterChunk<P> | undefined {
    const chunk = this.#chunks.get(from)
    return chunk?.filters && chunk
  }

  /** It was handed over, or will not come. */
  remove(chunk: FilterChunk<P>): void {
    if (this.#chunks.get(chunk.startHeight) === chunk) this.#chunks.delete(chunk.startHeight)
  }

  clear(): void {
    this.#chunks.clear()
  }
}

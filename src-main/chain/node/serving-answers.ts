/** Payloads that other nodes ask for beside whole blocks: compact blocks and their transactions, filters and their headers. */
import { bytesEqual } from '../../kernel/bytes.ts'
import type { Random } from '../../kernel/random.ts'
import type { FilterRange } from '../chain.ts'
import { compactBlockOf, encodeCompactBlock } from '../network/compact-block.ts'
import { blockTransactionsOf, decodeGetBlockTransactions } from '../network/compact-block-messages.ts'
import { type Block, decodeBlock } from '../primitives/block.ts'
import { ZERO_HASH } from '../primitives/hashes.ts'
import type { Chainstate } from '../state/chainstate.ts'
import type { StoredFilter } from '../store/filter-index.ts'
import { RecentBlockParts } from './recent-block-parts.ts'

/** Blocks from the tip down that are given in their compact form, and whose single transactions are given. BIP 152. */
export const MAX_COMPACT_DEPTH = 5
export const MAX_BLOCK_TRANSACTIONS_DEPTH = 10
/** Filters, and filter hashes, of one answer. BIP 157. */
export const MAX_FILTERS = 1_000
export const MAX_FILTER_HASHES = 2_000
/** Blocks between two filter headers of `cfcheckpt`. BIP 157. */
export const FILTER_CHECKPOINT_INTERVAL = 1_000

export interface ServingParts {
  readonly chainstate: Chainstate
  readonly random: Random
  /** As of the last commit. */
  filter(blockHash: Uint8Array): StoredFilter | undefined
  /** Of such a filter: nothing is hashed for it. */
  filterHash(blockHash: Uint8Array): Uint8Array | undefined
}

export class ServingAnswers {
  readonly #parts: ServingParts
  /** Newest answer: a new block is asked for by many at once. */
  #compact: { readonly hash: Uint8Array; readonly payload: Uint8Array } | undefined

  readonly #recent: RecentBlockParts

  constructor(parts: ServingParts) {
    this.#parts = parts
    this.#recent = new RecentBlockParts((hash) => parts.chainstate.block(hash))
  }

  compactBlock(hash: Uint8Array): Uint8Array | undefined {
    if (!this.#isWithin(hash, MAX_COMPACT_DEPTH)) return undefined
    if (this.#compact && bytesEqual(this.#compact.hash, hash)) return this.#compact.payload
    const block = this.#block(hash)
    if (block === undefined) return undefined
    const payload = encodeCompactBlock(compactBlockOf(block, this.#nonce()))
    this.#compact = { hash: block.hash, payload }
    return payload
  }

  /** @throws CompactBlockError, SerializationError for a request that is none */
  blockTransactions(request: Uint8Array): Uint8Array | undefined {
    const asked = decodeGetBlockTransactions(request)
    const isNew = this.#isWithin(asked.blockHash, MAX_BLOCK_TRANSACTIONS_DEPTH)
    const transactions = isNew ? this.#recent.transactions(asked.blockHash, asked.indexes) : undefined
    return transactions && blockTransactionsOf(asked.blockHash, transactions)
  }

  filters(range: FilterRange) {
    const hashes = this.#hashesOf(range, MAX_FILTERS)
    if (hashes === undefined) return undefined
    const answer: { blockHash: Uint8Array; filter: Uint8Array }[] = []
    for (const blockHash of hashes) {
      const filter = this.#parts.filter(blockHash)?.filter
      if (filter === undefined) return undefined
      answer.push({ blockHash, filter })
    }
    return answer
  }

  filterHashes(range: FilterRange) {
    const blocks = this.#hashesOf(range, MAX_FILTER_HASHES)
    const previous = this.#headerBefore(range.startHeight, range.stopHash)
    if (blocks === undefined || previous === undefined) return undefined
    const hashes: Uint8Array[] = []
    for (const block of blocks) {
      const hash = this.#parts.filterHash(block)
      if (hash === undefined) return undefined
      hashes.push(hash)
    }
    return { previous, hashes }
  }

  filterCheckpoints(stopHash: Uint8Array): Uint8Array[] | undefined {
    const { headers } = this.#parts.chainstate
    const stop = headers.find(stopHash)
    if (stop === -1) return undefined
    const checkpoints: Uint8Array[] = []
    for (let at = FILTER_CHECKPOINT_INTERVAL; at <= headers.height(stop); at += FILTER_CHECKPOINT_INTERVAL) {
      const filter = this.#parts.filter(headers.hash(headers.ancestor(stop, at)))
      if (filter === undefined) return undefined
      checkpoints.push(filter.header)
    }
    return checkpoints
  }

  #isWithin(hash: Uint8Array, depth: number): boolean {
    const { chainstate } = this.#parts
    const height = chainstate.heightOf(hash)
    return height !== undefined && chainstate.tip.height - height < depth
  }

  #block(hash: Uint8Array): Block | undefined {
    const bytes = this.#parts.chainstate.block(hash)
    return bytes && decodeBlock(bytes)
  }

  #nonce(): bigint {
    const bytes = this.#parts.random.bytes(8)
    return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0)
  }

  /** Block hashes of a range, lowest first; undefined where it is none or too long. */
  #hashesOf({ startHeight, stopHash }: FilterRange, limit: number): Uint8Array[] | undefined {
    const { headers } = this.#parts.chainstate
    const stop = headers.find(stopHash)
    if (stop === -1) return undefined
    const count = headers.height(stop) - startHeight + 1
    if (count < 1 || count > limit) return undefined
    return Array.from({ length: count }, (_, i) => headers.hash(headers.ancestor(stop, startHeight + i)))
  }

  #headerBefore(height: number, stopHash: Uint8Array): Uint8Array | undefined {
    if (height === 0) return ZERO_HASH
    const { headers } = this.#parts.chainstate
    const stop = headers.find(stopHash)
    if (stop === -1 || height > headers.height(stop)) return undefined
    return this.#parts.filter(headers.hash(headers.ancestor(stop, height - 1)))?.header
  }
}

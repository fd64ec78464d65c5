/**
 * Filter headers and filters of a light node in chain.db, along the header tree.
 *
 * Holds: a block has a filter header only if its parent has one, and a filter only if its parent has one; so on every branch
 * both are there from genesis up to some height, which a binary search finds again after a restart or a reorganisation.
 * Every filter that is kept hashes into its filter header. Whether the filter headers are the true ones is not known here.
 */
import { bytesEqual } from '../../kernel/bytes.ts'
import type { HeaderTree } from '../headers/header-tree.ts'
import { ZERO_HASH } from '../primitives/hashes.ts'
import type { StoredFilter } from '../store/filter-index.ts'
import type { SqliteChainStore } from '../store/sqlite-chain-store.ts'
import { basicFilterOf } from './basic-filter.ts'
import { filterHashOf, filterHeaderOf, filterHeadersFrom } from './filter-header.ts'
import { readFilters } from './filter-judgement.ts'
import type { FetchedFilter, FilterHashes, FilterHashesOutcome, FilterStanding, FiltersOutcome } from './light-calls.ts'

type FilterStore = Pick<SqliteChainStore, 'filter' | 'addFilters' | 'dropFilters'>

export class FilterLedger {
  readonly #tree: HeaderTree
  readonly #store: FilterStore
  #standing: FilterStanding = { headers: 0, filters: 0 }

  /** The header of genesis is in the store. */
  constructor(tree: HeaderTree, store: FilterStore) {
    this.#tree = tree
    this.#store = store
    const { genesis } = tree.network
    if (store.filter(genesis.hash)?.filter === undefined) {
      const filter = basicFilterOf(genesis, []).bytes
      const header = filterHeaderOf(filterHashOf(filter), ZERO_HASH)
      store.addFilters([{ blockHash: genesis.hash, header, filter }])
    }
    this.reorganised()
  }

  get standing(): FilterStanding {
    return this.#standing
  }

  /** The best branch is another one, or has lost filters. */
  reorganised(): void {
    const headers = this.#highest(({ header }) => header !== undefined)
    this.#standing = { headers, filters: this.#highest(({ filter }) => filter !== undefined) }
  }

  /** Of a block of any branch. */
  at(row: number): StoredFilter | undefined {
    return row === -1 ? undefined : this.#store.filter(this.#tree.hash(row))
  }

  /** Of a block of the best chain. */
  atHeight(height: number): StoredFilter | undefined {
    return this.at(this.#tree.bestBranch.at(height))
  }

  acceptHashes({ startHeight, stopHash, previous, hashes }: FilterHashes): FilterHashesOutcome {
    const { bestBranch } = this.#tree
    const last = startHeight + hashes.length - 1
    const stop = this.#tree.find(stopHash)
    if (startHeight < 1 || hashes.length === 0 || !bestBranch.has(stop)) return { status: 'stale' }
    if (last > this.#tree.height(stop) || startHeight > this.#standing.headers + 1) return { status: 'stale' }
    const before = this.atHeight(startHeight - 1)?.header
    if (!before || !bytesEqual(before, previous)) return { status: 'differs', height: startHeight - 1 }
    const headers = filterHeadersFrom(previous, hashes)
    const known = Math.min(last, this.#standing.headers) - startHeight + 1
    for (const [i, header] of headers.slice(0, known).entries()) {
      const kept = this.atHeight(startHeight + i)?.header
      if (!kept || !bytesEqual(kept, header)) return { status: 'differs', height: startHeight + i }
    }
    this.#store.addFilters(
      headers.slice(known).map((header, i) => ({
        blockHash: this.#tree.hash(bestBranch.at(startHeight + known + i)),
        header,
        filter: undefined,
      })),
    )
    this.#standing = { ...this.#standing, headers: Math.max(this.#standing.headers, last) }
    return { status: 'agrees', to: last, standing: this.#standing }
  }

  acceptFilters(filters: readonly FetchedFilter[]): FiltersOutcome {
    const taken: (StoredFilter & { blockHash: Uint8Array })[] = []
    let height = this.#standing.filters
    let outcome: FiltersOutcome | undefined
    for (const { blockHash, filter } of filters) {
      const row = this.#tree.find(blockHash)
      const at = row === -1 ? -1 : this.#tree.height(row)
      if (!this.#tree.bestBranch.has(row) || at > height + 1 || at > this.#standing.headers) {
        outcome = { status: 'stale' }
        break
      }
      if (at <= height) continue
      const header = this.atHeight(at)?.header
      const previous = this.atHeight(at - 1)?.header
      if (!header || !previous || !isFilter(blockHash, filter, header, previous)) {
        outcome = { status: 'wrong', height: at }
        break
      }
      taken.push({ blockHash, header, filter })
      height = at
    }
    this.#store.addFilters(taken)
    this.#standing = { ...this.#standing, filters: height }
    return outcome ?? { status: 'stored', standing: this.#standing }
  }

  /** Of all branches; genesis stays. */
  forgetFrom(height: number): void {
    this.#store.dropFilters(Math.max(1, height))
    this.reorganised()
  }

  #highest(holds: (filter: { readonly header?: Uint8Array; readonly filter?: Uint8Array | undefined }) => boolean) {
    let low = 0
    let high = this.#tree.bestBranch.height
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (holds(this.atHeight(middle) ?? {})) low = middle
      else high = middle - 1
    }
    return low
  }
}

function isFilter(blockHash: Uint8Array, filter: Uint8Array, header: Uint8Array, previous: Uint8Array): boolean {
  return (
    bytesEqual(filterHeaderOf(filterHashOf(filter), previous), header) &&
    readFilters(blockHash, [filter])[0] !== undefined
  )
}

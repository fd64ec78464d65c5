/**
 * chain.db as a `ChainStore`.
 *
 * A commit is one SQLite transaction: coins, undo data, indexes, filters, totals and tip change together or not at all. Its
 * own reads see the last commit. Errors of the database come as `ChainStoreError`; after `DAMAGED` the store says so in
 * its own row as far as it can, and the next opening repairs it (open-chain-store.ts).
 */
import { SerializationError } from '../../codec/serialization-error.ts'
import type { Database } from '../../kernel/database.ts'
import { messageOf } from '../../kernel/errors.ts'
import type { ChainMode } from '../chain.ts'
import type { Coin, CoinSource } from '../coins/coin.ts'
import { ChainQueries } from './chain-queries.ts'
import type {
  ChainCommit,
  ChainStore,
  ConnectedBlock,
  DisconnectedBlock,
  HeaderStanding,
  StoredHeader,
} from './chain-store.ts'
import { ChainStoreError, isDamage, storeErrorOf } from './chain-store-error.ts'
import type { StoredFilter } from './filter-index.ts'
import { PRUNED_BESIDE } from './store-limits.ts'
import { beginIndexes, changeMode, costOfMode, forgetConnected, type ModeCost } from './store-mode.ts'
import { type KeptBlocks, type StoreIndexes, StoreParts } from './store-parts.ts'
import type { StoreState } from './store-state.ts'
import { pruneStep, type StoreSizes, StoreUpkeep } from './store-upkeep.ts'

export interface ChainStoreOptions {
  /** Of a pruned store. */
  readonly keep: KeptBlocks
  readonly indexes: StoreIndexes
}

export class SqliteChainStore implements ChainStore {
  readonly coins: CoinSource
  readonly #parts: StoreParts
  readonly #options: ChainStoreOptions
  readonly #upkeep: StoreUpkeep
  readonly #queries: ChainQueries

  /** Over a database that has its tables and a row of state (open-chain-store.ts). `path` is named in errors. */
  constructor(db: Database, path: string, options: ChainStoreOptions) {
    const parts = new StoreParts(db, path)
    this.#parts = parts
    this.#options = options
    this.#upkeep = new StoreUpkeep(parts, options.keep, options.indexes)
    this.#queries = new ChainQueries(parts)
    this.#write(() => beginIndexes(parts, options.indexes))
    this.coins = { coin: (outpoint) => this.#read(() => parts.coins.coin(outpoint)) }
  }

  /** Where the store stands. */
  get state(): StoreState {
    return this.#parts.state.current
  }

  get mode(): ChainMode {
    return this.state.mode
  }

  /** Lowest height from which on all blocks of the best chain are kept; undefined for a light store. */
  get keptFrom(): number | undefined {
    return this.mode === 'light' ? undefined : this.state.keptFrom
  }

  /** Height up to which blocks are connected again; undefined where no rebuild is under way. */
  get rebuildTo(): number | undefined {
    return this.state.rebuildTo
  }

  /** Pages about what was committed. Each call throws `ChainStoreError`. */
  query<T>(ask: (queries: ChainQueries) => T): T {
    return this.#read(() => ask(this.#queries))
  }

  tip(): Uint8Array | undefined {
    return this.#read(() => {
      const { tip } = this.state
      return tip === undefined ? undefined : this.#parts.headers.byId(tip)?.hash
    })
  }

  *headers(): Generator<StoredHeader> {
    try {
      yield* this.#parts.headers.all()
    } catch (error) {
      throw this.#failed(error, true)
    }
  }

  addHeaders(headers: readonly StoredHeader[]): void {
    this.#write(() => this.#parts.headers.add(headers))
  }

  setStanding(hashes: readonly Uint8Array[], standing: HeaderStanding): void {
    this.#write(() => this.#parts.headers.setStanding(hashes, standing))
  }

  addBlock(hash: Uint8Array, _height: number, bytes: Uint8Array): void {
    this.#write(() => this.#parts.headers.addBlock(hash, bytes))
  }

  block(hash: Uint8Array): Uint8Array | undefined {
    return this.#read(() => {
      const id = this.#parts.headers.idOf(hash)
      return id === undefined ? undefined : this.#parts.headers.blockOf(id)
    })
  }

  spentBy(hash: Uint8Array): readonly (readonly Coin[])[] | undefined {
    return this.#read(() => {
      const id = this.#parts.headers.idOf(hash)
      return id === undefined ? undefined : this.#parts.headers.undoOf(id)
    })
  }

  /** @throws ChainStoreError; RangeError where the blocks do not follow each other */
  commit(commit: ChainCommit): void {
    const { state, coins } = this.#parts
    this.#write(() => {
      for (const block of commit.disconnected) this.#disconnect(block)
      for (const block of commit.connected) this.#connect(block)
      const { tip, tipHeight, rebuildTo } = state.current
      if (tipHeight !== commit.tipHeight || tip === undefined || tip !== this.#parts.headers.idOf(commit.tip))
        throw new RangeError(`the blocks end at height ${tipHeight}, the commit at ${commit.tipHeight}`)
      const totals = coins.apply(commit.coins, state.current)
      const rebuilding = rebuildTo !== undefined && tipHeight < rebuildTo
      const { coins: count, coinBytes, coinCheck, supply } = totals
      state.write({ coins: count, coinBytes, coinCheck, supply, rebuildTo: rebuilding ? rebuildTo : undefined })
      pruneStep(this.#parts, this.#options.keep, this.#options.indexes, commit.connected.length + PRUNED_BESIDE)
    })
  }

  /** Filter and filter header of a block on any branch; undefined where they are not here. */
  filter(blockHash: Uint8Array): StoredFilter | undefined {
    return this.#read(() => {
      const id = this.#parts.headers.idOf(blockHash)
      return id === undefined ? undefined : this.#parts.filters.of(id)
    })
  }

  /** Hash of the filter of a block on any branch; undefined where the filter is not here. */
  filterHash(blockHash: Uint8Array): Uint8Array | undefined {
    return this.#read(() => {
      const id = this.#parts.headers.idOf(blockHash)
      return id === undefined ? undefined : this.#parts.filters.hashOf(id)
    })
  }

  /** Of a light node, verified by the caller. @throws RangeError where a header is not here */
  addFilters(filters: readonly (StoredFilter & { readonly blockHash: Uint8Array })[]): void {
    this.#write(() => {
      for (const filter of filters) {
        const id = this.#parts.headers.idOf(filter.blockHash)
        if (id === undefined) throw new RangeError('a filter needs its header first')
        this.#parts.filters.put(id, filter)
      }
    })
  }

  /** Of a light node: filters and filter headers of this height and above, of all branches, are forgotten. */
  dropFilters(height: number): void {
    this.#write(() => this.#parts.filters.drop(height))
  }

  /** What changing to that mode would cost now. */
  costOf(mode: ChainMode): ModeCost {
    return this.#read(() => costOfMode(this.#parts, this.#options.keep, mode))
  }

  /**
   * From now on a store of that mode. Where blocks are missing then, nothing is connected any more and all blocks are to
   * be had again; where there are too many, `upkeep` removes them step by step.
   */
  setMode(mode: ChainMode): void {
    this.#write(() => changeMode(this.#parts, this.#options.indexes, mode))
  }

  /** Forgets all that can be worked out from headers and blocks: blocks are to be connected again from the first. */
  beginRebuild(): void {
    this.#write(() => forgetConnected(this.#parts, this.#options.indexes))
  }

  /** All blocks that are here are connected: what is still missing comes from peers. */
  endRebuild(): void {
    if (this.rebuildTo !== undefined) this.#write(() => this.#parts.state.write({ rebuildTo: undefined }))
  }

  /** A bounded piece of what is left to do: pruning, indexes, giving space back. True while there is more. */
  upkeep(): boolean {
    return this.#guard(() => this.#upkeep.step(), false)
  }

  /** Bytes; not the indexes'. */
  sizes(): StoreSizes {
    return this.#read(() => this.#upkeep.sizes())
  }

  /** Whether the coins are those that the totals speak of. Reads all of them. */
  areCoinsSound(): boolean {
    return this.#read(() => this.#upkeep.areCoinsSound())
  }

  /** Marks the end as clean, unless something was found wrong. */
  close(): void {
    try {
      if (this.state.suspect === undefined) this.#write(() => this.#parts.state.write({ clean: true }))
    } finally {
      this.#parts.db.close()
    }
  }

  #connect(connected: ConnectedBlock): void {
    const { headers, best, state, indexes, ranges } = this.#parts
    const { tipHeight, undoBytes } = state.current
    const { height, block, spent } = connected
    const id = headers.idOf(block.hash)
    if (height !== tipHeight + 1 || id === undefined)
      throw new RangeError(`block ${height} does not follow ${tipHeight}`)
    best.connect(id, connected)
    const bytes = headers.addUndo(id, spent)
    for (const index of indexes) {
      const range = ranges.of(index.name)
      if (range?.next !== height || !this.#options.indexes[index.name]) continue
      index.connect({ id, height, block, spent })
      ranges.set(index.name, { first: range.first, next: height + 1 })
    }
    state.move({ tip: id, tipHeight: height, undoBytes: undoBytes + bytes })
  }

  #disconnect({ height, hash }: DisconnectedBlock): void {
    const { headers, best, state, indexes, ranges } = this.#parts
    const { tip, tipHeight } = state.current
    const id = headers.idOf(hash)
    if (height !== tipHeight || id === undefined || id !== tip) throw new RangeError(`block ${height} is not the tip`)
    const block = this.#parts.indexed(id, height)
    for (const index of indexes) {
      const range = ranges.of(index.name)
      if (range?.next !== height + 1) continue
      index.disconnect(block)
      ranges.set(index.name, { first: Math.min(range.first, height), next: height })
    }
    best.disconnect(height)
    state.move({ tip: best.at(height - 1), tipHeight: height - 1 })
  }

  #write(work: () => void): void {
    this.#guard(() => this.#parts.transaction(work), false)
  }

  #read<T>(work: () => T): T {
    return this.#guard(work, true)
  }

  #guard<T>(work: () => T, isRead: boolean): T {
    try {
      return work()
    } catch (error) {
      throw this.#failed(error, isRead)
    }
  }

  /** What the caller is told. A stored value that cannot be one is damage as well. */
  #failed(error: unknown, isRead: boolean): unknown {
    const { path, state } = this.#parts
    const undecodable = error instanceof SerializationError || (isRead && error instanceof RangeError)
    const failure = undecodable
      ? new ChainStoreError({ code: 'DAMAGED', path, cause: messageOf(error) }, { cause: error })
      : storeErrorOf(error, path)
    if (isDamage(failure) && state.current.suspect === undefined) {
      try {
        state.write({ suspect: messageOf(error) })
      } catch {
        // the row cannot be written: then the next opening finds the damage by itself
      }
    }
    return failure
  }
}

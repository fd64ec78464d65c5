/** Keeps the header tree and the store's headers the same, as far as headers are worth keeping. */
import type { PeerName } from '../chain.ts'
import type { HeaderIntake } from '../headers/header-intake.ts'
import { HeaderMark, type HeaderTree } from '../headers/header-tree.ts'
import type { ChainStore, HeaderStanding, StoredHeader } from '../store/chain-store.ts'

export class HeaderStorage {
  readonly #tree: HeaderTree
  readonly #intake: HeaderIntake
  readonly #store: ChainStore

  constructor(tree: HeaderTree, intake: HeaderIntake, store: ChainStore) {
    this.#tree = tree
    this.#intake = intake
    this.#store = store
  }

  /** The row and what it follows are in the store from now on. @throws what the store throws */
  store(row: number, source: PeerName): void {
    const rows = this.#intake.unstored(row)
    if (rows.length === 0) return
    this.#store.addHeaders(rows.map((at) => this.#stored(at)))
    this.#intake.settle(rows, source)
  }

  /** As `store`, unless the branch is one of little work: that is remembered for as long as we run. */
  storeUnlessLow(row: number, source: PeerName): void {
    if (!this.#intake.isLow(this.#tree.work(row))) this.store(row, source)
  }

  /** The block of `row` broke a rule: it and what follows it are bad. Those that were not before. */
  condemn(row: number): readonly number[] {
    const rows = this.#tree.markBad(row)
    this.#tell(rows, 'bad')
    return rows
  }

  /** The opposite of `condemn`, for what `row` follows too. */
  forgive(row: number): readonly number[] {
    const rows = this.#tree.clearBad(row)
    this.#tell(rows, 'good')
    return rows
  }

  #tell(rows: readonly number[], standing: HeaderStanding): void {
    const stored = rows.filter((row) => this.#tree.has(row, HeaderMark.STORED))
    if (stored.length > 0)
      this.#store.setStanding(
        stored.map((row) => this.#tree.hash(row)),
        standing,
      )
  }

  #stored(row: number): StoredHeader {
    const tree = this.#tree
    return {
      header: tree.bytes(row),
      hash: tree.hash(row),
      height: tree.height(row),
      standing: tree.isBad(row) ? 'bad' : 'good',
      hasBlock: tree.has(row, HeaderMark.HAS_BLOCK),
    }
  }
}

/**
 * The state of the chain: which headers there are, which blocks, which of them is the tip, and the coins after it.
 *
 * Follows the chain with most work among those whose blocks are here and good; of several the first. Changes come one after
 * the other; while the scripts of a block are verified away from this thread, everything shows the tip before it. At every
 * moment tip and coins agree. The store is brought up to date now and then, whole: after a crash it stands at some tip that
 * once was. Mempool, wallet and network are told of every block that comes and goes (`watch`).
 */
import type { Clock } from '../../kernel/clock.ts'
import type { BlockKnowledge, BlockOutcome, BlockPosition, ChainTip, HeadersOutcome, PeerName } from '../chain.ts'
import type { Coin } from '../coins/coin.ts'
import type { ChainNetwork } from '../consensus/network.ts'
import { HeaderIntake } from '../headers/header-intake.ts'
import { HeaderMark, HeaderTree } from '../headers/header-tree.ts'
import { headersAfter, locatorOf } from '../headers/locator.ts'
import { positionOf, tipAt } from '../headers/tip-at.ts'
import type { Outpoint } from '../primitives/transaction.ts'
import type { ChainStore, ConnectedBlock } from '../store/chain-store.ts'
import { type Arrival, Arrivals } from './arrivals.ts'
import { BestChain } from './best-chain.ts'
import { BlockIntake } from './block-intake.ts'
import { type ChainstateListener, ChainstateListeners } from './chainstate-listeners.ts'
import type { ChainstateOptions } from './chainstate-options.ts'
import { CommitSchedule } from './commit-schedule.ts'
import type { GivenBlock } from './decode-arrived.ts'
import { HeaderStorage } from './header-storage.ts'
import { missingBlocks } from './missing-blocks.ts'
import { restoreHeaders } from './restore-headers.ts'
import { SyncPhase } from './sync-phase.ts'
import { TipCandidates } from './tip-candidates.ts'
import { TipMover } from './tip-mover.ts'
import { Turns } from './turns.ts'

export class Chainstate {
  readonly network: ChainNetwork
  /** All headers. */
  readonly headers: HeaderTree
  readonly #clock: Clock
  readonly #store: ChainStore
  readonly #headerIntake: HeaderIntake
  readonly #headerStorage: HeaderStorage
  readonly #candidates: TipCandidates
  readonly #chain: BestChain
  readonly #blockIntake: BlockIntake
  readonly #arrivals: Arrivals
  readonly #mover: TipMover
  readonly #listeners = new ChainstateListeners()
  readonly #turns = new Turns()
  readonly #phase: SyncPhase
  readonly #commits: CommitSchedule
  #tip: ChainTip | undefined

  /**
   * Reads the headers, and connects the blocks that came after the store's last commit.
   * @throws ChainstateError, what the store throws, SignatureBatchError
   */
  static async open(options: ChainstateOptions): Promise<Chainstate> {
    const chainstate = new Chainstate(options)
    try {
      await chainstate.#change(() => chainstate.#followAfterVerdict())
      chainstate.#phase.update()
    } catch (error) {
      await chainstate.close().catch(() => undefined)
      throw error
    }
    return chainstate
  }

  private constructor(options: ChainstateOptions) {
    const { network, store, clock, signatures, cacheBytes, headerLimits, pause } = options
    const tree = new HeaderTree(network)
    this.network = network
    this.headers = tree
    this.#clock = clock
    this.#store = store
    this.#headerIntake = new HeaderIntake(tree, headerLimits)
    this.#headerStorage = new HeaderStorage(tree, this.#headerIntake, store)
    this.#candidates = new TipCandidates(tree)
    this.#arrivals = new Arrivals((hash) => this.knowledgeOf(hash) === 'header')
    this.#chain = new BestChain({
      ...{ tree, store, signatures },
      ...(cacheBytes === undefined ? {} : { cacheBytes }),
      whileWaiting: (verdict) => this.#arrivals.whileWaiting(verdict),
    })
    this.#commits = new CommitSchedule({
      clock,
      chain: this.#chain,
      turns: this.#turns,
      isSyncing: () => this.phase === 'initial-sync',
      onFailure: (error) => this.#listeners.commitFailed(error),
      resume: () => this.#mover.follow(),
    })
    this.#blockIntake = new BlockIntake({
      tree,
      store,
      headers: this.#headerIntake,
      headerStorage: this.#headerStorage,
      candidates: this.#candidates,
      branch: this.#chain.branch,
    })
    this.#mover = new TipMover({
      tree,
      chain: this.#chain,
      candidates: this.#candidates,
      headerStorage: this.#headerStorage,
      listeners: this.#listeners,
      onMove: () => {
        this.#tip = undefined
      },
      afterMove: () => this.#afterMove(),
      ...(pause ? { pause } : {}),
    })
    this.#phase = new SyncPhase(tree, this.#chain.branch, () => this.#now())
    this.#chain.startAt(restoreHeaders(tree, store))
  }

  /** Newest block that is connected. */
  get tip(): ChainTip {
    this.#tip ??= tipAt(this.headers, this.#chain.tip)
    return this.#tip
  }

  /** Newest header of the chain with most work; ahead of the tip while blocks are missing. */
  get bestHeader(): ChainTip {
    return this.headers.best === this.#chain.tip ? this.tip : tipAt(this.headers, this.headers.best)
  }

  get phase(): 'initial-sync' | 'synced' {
    return this.#phase.current
  }

  /** Coins after the tip; undefined for one that never was, or is spent. */
  coin(outpoint: Outpoint): Coin | undefined {
    return this.#chain.coins.coin(outpoint)
  }

  /** Of the block of the best chain at `height`, seconds. @throws RangeError above the tip */
  medianTimePastAt(height: number): number {
    const row = this.#chain.branch.at(height)
    if (row === -1) throw new RangeError(`the best chain has no block ${height}`)
    return this.headers.medianTimePast(row)
  }

  /** The block of the best chain at `height`. */
  blockAt(height: number): BlockPosition | undefined {
    const row = this.#chain.branch.at(height)
    return row === -1 ? undefined : positionOf(this.headers, row)
  }

  /** Where a block stands in the best chain; undefined where it does not. */
  heightOf(hash: Uint8Array): number | undefined {
    const row = this.headers.find(hash)
    return this.#chain.branch.has(row) ? this.headers.height(row) : undefined
  }

  /** A block that was connected since the store's last commit and still is, with what it spent. */
  recentBlock(hash: Uint8Array): ConnectedBlock | undefined {
    return this.#chain.recent(this.headers.find(hash))
  }

  /** Whether the store stands where we stand. */
  get isCommitted(): boolean {
    return this.#chain.isCommitted
  }

  knowledgeOf(hash: Uint8Array): BlockKnowledge {
    const row = this.headers.find(hash)
    if (row === -1) return 'unknown'
    if (this.headers.isBad(row)) return 'bad'
    return this.headers.has(row, HeaderMark.HAS_BLOCK) ? 'block' : 'header'
  }

  /** The serialisation of a block that was connected once; undefined where it was not, or is not kept. */
  block(hash: Uint8Array): Uint8Array | undefined {
    const row = this.headers.find(hash)
    if (row === -1 || this.headers.isBad(row)) return undefined
    const isGood = this.#chain.branch.has(row) || this.#store.spentBy(hash) !== undefined
    return isGood ? this.#store.block(hash) : undefined
  }

  /** Hashes from the best header down to genesis, ever sparser (at most 101). */
  locator(): Uint8Array[] {
    return locatorOf(this.headers, this.headers.bestBranch)
  }

  /** Headers of connected blocks after the first hash of the locator among them, up to `stop` or `limit`: n times 80 bytes. */
  headersAfter(locator: readonly Uint8Array[], stop: Uint8Array, limit: number): Uint8Array {
    return headersAfter(this.headers, this.#chain.branch, locator, stop, limit)
  }

  /**
   * Blocks not here on the way to `hash`, lowest first, at most `limit`; none for a header that is not known or bad, or of a
   * chain with less than the network's minimum of work.
   */
  missingBlocks(hash: Uint8Array, limit: number): BlockPosition[] {
    return missingBlocks(this.headers, this.#chain.branch, hash, limit)
  }

  /**
   * Takes headers in: n times 80 bytes, n at least 1.
   * @throws what the store throws; they are known then, and stored with what follows
   */
  acceptHeaders(headers: Uint8Array, from: PeerName): HeadersOutcome {
    const tree = this.headers
    const { size, best } = tree
    const outcome = this.#headerIntake.accept(headers, from, this.#now())
    if (tree.size > size) this.#headerStorage.storeUnlessLow(tree.size - 1, from)
    if (tree.best !== best) this.#listeners.headersChanged()
    return outcome
  }

  /** What `from` sent counts for nobody any more. */
  forgetSource(from: PeerName): void {
    this.#headerIntake.forget(from)
  }

  /**
   * Takes a block in, keeps it where it is wanted and good by itself, and follows the best chain. `requested`: we asked for
   * it; others are taken only where they can soon matter.
   * @throws ChainstateError, what the store throws, SignatureBatchError
   */
  async acceptBlock(block: GivenBlock, from: PeerName, requested: boolean): Promise<BlockOutcome> {
    const arrival = this.#arrivals.add(block)
    try {
      return await this.#change(() => this.#acceptBlock(arrival, from, requested))
    } finally {
      this.#arrivals.take(arrival)
    }
  }

  /** Treats a block as bad, with all that follow it, until `reconsider`. False where it is not known, or the first block. */
  invalidate(hash: Uint8Array): Promise<boolean> {
    return this.#change(async () => {
      const row = this.headers.find(hash)
      if (row <= 0) return false
      this.#headerStorage.condemn(row)
      await this.#followAfterVerdict()
      return true
    })
  }

  /** Forgets that a block, or one before it, was found bad; what follows is checked again. False where it was not. */
  reconsider(hash: Uint8Array): Promise<boolean> {
    return this.#change(async () => {
      const row = this.headers.find(hash)
      if (row === -1 || this.#headerStorage.forgive(row).length === 0) return false
      await this.#followAfterVerdict()
      return true
    })
  }

  /** The function that is returned ends it. Listeners must not throw. */
  watch(listener: ChainstateListener): () => void {
    return this.#listeners.add(listener)
  }

  /** Brings the store up to date. @throws what the store throws */
  flush(): Promise<void> {
    return this.#turns.take(() => this.#commits.commitNow())
  }

  /** Brings the store up to date and takes no more changes. @throws what the store throws */
  close(): Promise<void> {
    return this.#turns.close(() => this.#commits.close())
  }

  async #acceptBlock(arrival: Arrival, from: PeerName, requested: boolean): Promise<BlockOutcome> {
    this.#arrivals.take(arrival)
    if (this.#commits.retry()) await this.#mover.follow()
    const taken = this.#blockIntake.accept({ ...arrival, from, requested }, this.#now())
    if (!('row' in taken)) {
      // What a failure of the store or of a thread had stopped goes on.
      if (taken.status === 'known') await this.#mover.follow()
      return taken
    }
    const { row, block: kept } = taken
    const faults = await this.#mover.follow(kept)
    return this.#blockIntake.outcomeOf(row, faults.get(row))
  }

  /** One change in its turn; the best header may be another one afterwards. */
  #change<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      const { best } = this.headers
      try {
        return await work()
      } finally {
        if (this.headers.best !== best) this.#listeners.headersChanged()
      }
    })
  }

  /** Away from what was found bad, then up to the best of what is here. */
  async #followAfterVerdict(): Promise<void> {
    this.#mover.leaveBad()
    this.#candidates.rescan(this.#chain.tip)
    await this.#mover.follow()
  }

  /** After each block that came or went, when everyone was told of it. @throws what the store throws */
  #afterMove(): void {
    if (this.#phase.update()) this.#listeners.phaseChanged()
    this.#commits.changed()
  }

  /** Seconds since 1970. */
  #now(): number {
    return Math.floor(this.#clock.wallTime() / 1_000)
  }
}

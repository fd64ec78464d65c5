/**
 * A light node's chain: all headers, checked; filter headers and filters of all blocks, as peers gave them; blocks on demand.
 * The tip is the newest header. What is in a block is checked only of blocks that are fetched, and only what a block shows by
 * itself (fetched-block.ts): no coins are known here, so nothing can be mined on it and there is no mempool but transactions
 * of this machine.
 */
import { type Clock, MINUTE, SECOND, type Timer } from '../../kernel/clock.ts'
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import type { BlockOutcome, ChainListener, ChainMode, ChainState, HeadersOutcome, PeerName } from '../chain.ts'
import type { ChainNetwork } from '../consensus/network.ts'
import { HeaderIntake } from '../headers/header-intake.ts'
import { HeaderTree } from '../headers/header-tree.ts'
import { positionOf, tipAt } from '../headers/tip-at.ts'
import { modeStatement } from '../node/mode-statement.ts'
import type { ChainUpkeep } from '../node/node-chain.ts'
import { Block } from '../primitives/block.ts'
import { decodeArrived } from '../state/decode-arrived.ts'
import { HeaderStorage } from '../state/header-storage.ts'
import { SyncPhase } from '../state/sync-phase.ts'
import type { SqliteChainStore } from '../store/sqlite-chain-store.ts'
import { firstSequenceAt } from '../wallet-scan/sequences.ts'
import { fetchedBlockFault } from './fetched-block.ts'
import { FilterJudge } from './filter-judge.ts'
import { FilterLedger } from './filter-ledger.ts'
import { LightChainCalls } from './light-chain-calls.ts'
import { LightNodeError } from './light-error.ts'
import { LightPages } from './light-pages.ts'
import { LightWalletAnswers } from './light-wallet-answers.ts'
import { OwnTransactions, UNKNOWN_FEE_RATE } from './own-transactions.ts'
import { restoreLightHeaders } from './restore-light-headers.ts'
import { WantedBlocks } from './wanted-blocks.ts'

const UPKEEP_EVERY = SECOND
const UPKEEP_STEPS = 16
/** Transactions of this machine are offered again to peers that have come since. */
const OFFER_AGAIN_EVERY = 10 * MINUTE

export interface LightChainParts {
  readonly network: ChainNetwork
  /** Of mode `light`. */
  readonly store: SqliteChainStore
  readonly clock: Clock
  readonly log: Log
  readonly signaturesKind: ChainUpkeep['signatures']
  /** Damage found and mended at opening; one sentence, or empty. */
  readonly notice: string
  /** Resolves when whoever else waits on this thread had a turn. */
  readonly pause: () => Promise<void>
}

export class LightChain extends LightChainCalls {
  readonly #parts: LightChainParts
  readonly #listeners = new Set<ChainListener>()
  readonly #timers: Timer[]
  readonly #intake: HeaderIntake
  readonly #headerStorage: HeaderStorage
  readonly #phase: SyncPhase
  #state: ChainState
  #noSpace = false

  /** @throws ChainStoreError, ChainstateError */
  constructor(parts: LightChainParts) {
    const { network, store, clock, pause } = parts
    const tree = new HeaderTree(network)
    restoreLightHeaders(tree, store)
    const ledger = new FilterLedger(tree, store)
    const blocks = new WantedBlocks(clock)
    const own = new OwnTransactions(firstSequenceAt(clock))
    const judge = new FilterJudge({ tree, ledger, block: (hash) => blocks.want(hash), pause })
    const wallet = new LightWalletAnswers({ tree, ledger, blocks, own, clock, pause })
    super({ tree, ledger, blocks, own, judge, wallet, pages: new LightPages({ tree, blocks, own }) })
    this.#parts = parts
    this.#intake = new HeaderIntake(tree)
    this.#headerStorage = new HeaderStorage(tree, this.#intake, store)
    this.#phase = new SyncPhase(tree, tree.bestBranch, () => this.now())
    this.#phase.update()
    this.#state = this.#stateNow()
    this.#timers = [
      clock.every(UPKEEP_EVERY, () => this.#upkeepStep()),
      clock.every(OFFER_AGAIN_EVERY, () => this.#offerAgain()),
    ]
  }

  get state(): ChainState {
    return this.#state
  }

  watch(listener: ChainListener): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  async acceptHeaders(headers: Uint8Array, from: PeerName): Promise<HeadersOutcome> {
    const { tree } = this.light
    const { size, best } = tree
    const outcome = this.#intake.accept(headers, from, this.now())
    try {
      if (tree.size > size) this.#writing(() => this.#headerStorage.storeUnlessLow(tree.size - 1, from))
    } finally {
      if (tree.best !== best) this.#moved(best)
    }
    return outcome
  }

  async acceptBlock(bytes: Uint8Array, _from: PeerName, _requested: boolean): Promise<BlockOutcome> {
    const { tree, blocks, own } = this.light
    const block = decodeArrived(bytes)
    if (!(block instanceof Block)) return block
    const row = tree.find(block.hash)
    if (row === -1) return { status: tree.find(block.header.previous) === -1 ? 'unconnected' : 'unwanted' }
    if (!blocks.isWanted(block.hash)) return { status: 'unwanted' }
    const fault = fetchedBlockFault(tree, row, block)
    if (fault) {
      if (fault.kind === 'invalid') this.#condemn(row)
      return { status: 'refused', hash: block.hash, fault }
    }
    blocks.came(block)
    if (own.confirm(block)) this.tell('stateChanged', undefined)
    return { status: 'stored', position: positionOf(tree, row) }
  }

  forgetPeer(peer: PeerName): void {
    this.#intake.forget(peer)
  }

  async upkeep(): Promise<ChainUpkeep> {
    const { store, signaturesKind, notice } = this.#parts
    return {
      signatures: signaturesKind,
      diskBytes: store.sizes().file,
      supply: undefined,
      coins: undefined,
      progress: undefined,
      noSpace: this.#noSpace,
      notice,
    }
  }

  /** All filters are had again from peers. */
  async rebuild(): Promise<void> {
    await this.forgetFiltersFrom(1)
  }

  async modeCost(mode: ChainMode) {
    const cost = this.#parts.store.costOf(mode)
    const statement = modeStatement('light', mode, cost)
    return { statement, frees: cost.frees, downloadBlocks: cost.downloadBlocks }
  }

  /** A full node is another kind of chain: whoever opened this one opens it anew. */
  async setMode(mode: ChainMode): Promise<void> {
    if (mode !== 'light') throw new LightNodeError({ code: 'LIGHT_NODE', what: 'mode' })
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) timer.cancel()
    this.light.blocks.close()
    this.#parts.store.close()
  }

  protected now(): number {
    return Math.floor(this.#parts.clock.wallTime() / SECOND)
  }

  protected tell<Event extends keyof ChainListener>(
    event: Event,
    argument: Parameters<NonNullable<ChainListener[Event]>>[0],
  ): void {
    this.#state = this.#stateNow()
    for (const listener of this.#listeners) (listener[event] as ((argument: unknown) => void) | undefined)?.(argument)
  }

  protected writing<T>(write: () => T): T {
    return this.#writing(write)
  }

  /** The best header was `before`. */
  #moved(before: number): void {
    const { tree, ledger } = this.light
    const fork = tree.height(tree.fork(before, tree.best))
    const disconnected: number[] = []
    for (let row = before; tree.height(row) > fork; row = tree.parent(row)) disconnected.push(row)
    if (disconnected.length > 0) this.#writing(() => ledger.reorganised())
    const connected = Array.from({ length: tree.bestBranch.height - fork }, (_, i) => tree.bestBranch.at(fork + 1 + i))
    this.#phase.update()
    this.tell('tipChanged', {
      disconnected: disconnected.map((row) => positionOf(tree, row)),
      connected: connected.map((row) => positionOf(tree, row)),
    })
    this.tell('headersChanged', undefined)
  }

  /** A block that was fetched shows by itself that it is none. */
  #condemn(row: number): void {
    const { best } = this.light.tree
    this.#writing(() => this.#headerStorage.condemn(row))
    if (this.light.tree.best !== best) this.#moved(best)
  }

  #stateNow(): ChainState {
    const { tree, own } = this.light
    const tip = tipAt(tree, tree.best)
    const virtualBytes = own.all.reduce((sum, { transaction }) => sum + transaction.virtualSize, 0)
    return {
      mode: 'light',
      tip,
      bestHeader: tip,
      keptFrom: undefined,
      mempool: { transactions: own.size, virtualBytes, memory: 0 },
      minimumFeeRate: 0,
      phase: this.#phase.current,
    }
  }

  #offerAgain(): void {
    const { own } = this.light
    for (const txid of own.expire(this.now())) this.tell('transactionRemoved', { txid, reason: 'expired' })
    for (const { transaction } of own.all)
      this.tell('transactionAdded', { txid: transaction.txid, wtxid: transaction.wtxid, feeRate: UNKNOWN_FEE_RATE })
  }

  /** What a full node kept here goes, step by step. */
  #upkeepStep(): void {
    try {
      for (let step = 0; step < UPKEEP_STEPS && this.#parts.store.upkeep(); step++);
    } catch (error) {
      this.#parts.log.write('error', 'chain.db', { code: codeOf(error), message: messageOf(error) })
    }
  }

  #writing<T>(write: () => T): T {
    try {
      const result = write()
      this.#noSpace = false
      return result
    } catch (error) {
      this.#noSpace = codeOf(error) === 'DISK_FULL'
      this.#parts.log.write('error', 'chain.db', { code: codeOf(error), message: messageOf(error) })
      throw error
    }
  }
}

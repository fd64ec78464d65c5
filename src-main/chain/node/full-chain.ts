/**
 * A full node's chain: everything in chain.db checked here, with a mempool. This is its life: opening, rebuilding, changing
 * its mode, a full disk, closing; what it answers is in full-chain-calls.ts, pages are made in `pages/`.
 *
 * While coins are worked out again (`rebuilding`) calls about the chain wait for the end; who only wants to know how far it
 * is asks `state` and `upkeep`.
 */
import { MINUTE, SECOND, type Timer } from '../../kernel/clock.ts'
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { WholeFile } from '../../storage/whole-file.ts'
import type { ChainListener, ChainMode, ChainState, PeerName } from '../chain.ts'
import { ChainstateError } from '../state/chainstate-error.ts'
import type { SqliteChainStore } from '../store/sqlite-chain-store.ts'
import type { ChainPages } from './chain-pages.ts'
import { chainStateOf, stateBeforeOpening } from './chain-state-of.ts'
import { FullChainCalls } from './full-chain-calls.ts'
import { FullSession, type SessionParts } from './full-session.ts'
import { KeptMempool } from './kept-mempool.ts'
import { modeStatement } from './mode-statement.ts'
import type { ChainUpkeep, NodeChain } from './node-chain.ts'
import { NodeModeError } from './node-mode-error.ts'
import { ChainPageError } from './pages/page-error.ts'

const SAVE_MEMPOOL_EVERY = 10 * MINUTE
const UPKEEP_EVERY = SECOND
/** Steps of the store's upkeep in one go. */
const UPKEEP_STEPS = 16
/** After a write that found the disk full. */
export const RETRY_FULL_DISK = 30 * SECOND

const DEEP_REORGANISATION =
  'A chain with more work parts from ours below the oldest block that is kept here, so its blocks are downloaded again from the first one on. An archive node can go back any number of blocks.'

export interface FullChainParts extends SessionParts {
  readonly mempoolFile: Pick<WholeFile, 'read' | 'write'>
  readonly signaturesKind: ChainUpkeep['signatures']
  /** Damage found and mended at opening; one sentence, or empty. */
  readonly notice: string
}

export class FullChain extends FullChainCalls implements NodeChain {
  readonly #parts: FullChainParts
  readonly #listeners = new Set<ChainListener>()
  readonly #timers: Timer[] = []
  #state: ChainState
  #session: Promise<FullSession>
  #current: FullSession | undefined
  #noSpace = false
  #notice: string
  #retry: Timer | undefined
  #rebuildBegan = 0
  #rebuildFrom = 0
  readonly #keptMempool: KeptMempool
  /** Sessions that are being opened, or will be when what comes before is done: two would write over each other. */
  #openings = 0
  #isBeginningAgain = false
  #closing = false
  #closed: Promise<void> | undefined

  /**
   * Resolves at once where a rebuild is to be finished first, or the disk is full: it goes on by itself.
   * @throws ChainStoreError, ChainstateError
   */
  static async open(parts: FullChainParts): Promise<FullChain> {
    const chain = new FullChain(parts)
    if (parts.store.rebuildTo !== undefined) return chain
    try {
      await chain.#session
    } catch (error) {
      // Both go on by themselves.
      if (codeOf(error) === 'DISK_FULL' || codeOf(error) === 'UNDO_MISSING') return chain
      chain.#stopTimers()
      throw error
    }
    return chain
  }

  private constructor(parts: FullChainParts) {
    super()
    this.#parts = parts
    this.#notice = parts.notice
    this.#keptMempool = new KeptMempool(parts.mempoolFile, parts.log)
    this.#state = stateBeforeOpening(parts.network, parts.store)
    this.#session = this.#begin()
    const { clock } = parts
    this.#timers.push(
      clock.every(UPKEEP_EVERY, () => this.#upkeepStep()),
      clock.every(SAVE_MEMPOOL_EVERY, () => void this.#saveMempool()),
    )
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

  forgetPeer(peer: PeerName): void {
    this.#current?.mempool.forgetPeer(peer)
    this.#current?.compact.forgetPeer(peer)
    this.#current?.chainstate.forgetSource(peer)
  }

  async upkeep(): Promise<ChainUpkeep> {
    // Totals are those of the last commit; while blocks pour in one would cost more than it tells.
    if (this.#current && this.#state.phase === 'synced' && !this.#noSpace) await this.#current.chainstate.flush()
    const { store, clock, signaturesKind } = this.#parts
    const { tipHeight, supply, coins } = store.state
    const { rebuildTo } = store
    const seconds = (clock.now() - this.#rebuildBegan) / SECOND
    const rate = seconds > 0 ? Math.max(0, tipHeight - this.#rebuildFrom) / seconds : 0
    return {
      signatures: signaturesKind,
      diskBytes: store.sizes().file,
      supply: BigInt(supply),
      coins,
      progress: rebuildTo === undefined ? undefined : { done: Math.max(0, tipHeight), total: rebuildTo, rate },
      noSpace: this.#noSpace,
      notice: this.#notice,
    }
  }

  rebuild(): Promise<void> {
    return this.#anew((store) => store.beginRebuild())
  }

  async modeCost(mode: ChainMode) {
    const { store } = this.#parts
    const cost = store.costOf(mode)
    return {
      statement: modeStatement(store.mode, mode, cost),
      frees: cost.frees,
      downloadBlocks: cost.downloadBlocks,
    }
  }

  /** Archive or pruned; whoever opened this opens it anew for a light node. @throws NodeModeError */
  async setMode(mode: ChainMode): Promise<void> {
    if (mode === 'light') throw new NodeModeError()
    if (mode === this.#parts.store.mode) return
    return this.#anew((store) => store.setMode(mode))
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#closing = true
    this.#stopTimers()
    try {
      await this.#end()
    } finally {
      this.#parts.store.close()
    }
  }

  protected session(): Promise<FullSession> {
    return this.#session
  }

  protected async pages(): Promise<ChainPages> {
    if (!this.#current && this.#state.phase === 'rebuilding') throw new ChainPageError({ code: 'REBUILDING' })
    return (await this.#session).pages
  }

  protected failed(error: unknown): void {
    const { log, clock } = this.#parts
    const code = codeOf(error)
    if (code === 'CLOSED' || (code === 'DISK_FULL' && this.#noSpace)) return
    log.write('error', 'chain.db', { code, message: messageOf(error) })
    if (code === 'DAMAGED') this.#notice = messageOf(error)
    if (code === 'UNDO_MISSING') this.#beginAgain()
    if (code !== 'DISK_FULL' || this.#closing) return
    this.#noSpace = true
    this.#retry?.cancel()
    this.#retry = clock.every(RETRY_FULL_DISK, () => void this.#tryAgain())
    this.#tell('stateChanged', undefined)
  }

  #stopTimers(): void {
    for (const timer of this.#timers) timer.cancel()
    this.#retry?.cancel()
  }

  /** Ends the session, changes the store, and begins the next; also where the change fails. Settles when that is open. */
  async #anew(change: (store: SqliteChainStore) => void): Promise<void> {
    if (this.#closing) throw new ChainstateError({ code: 'CLOSED' })
    const changed = this.#end().then(() => change(this.#parts.store))
    this.#openings++
    const begin = () => {
      this.#openings--
      return this.#begin()
    }
    this.#session = changed.then(begin, begin)
    // Where the change fails its caller is told of that; the session is whoever's that asks next.
    this.#session.catch(() => undefined)
    await changed
    await (await this.#session).chainstate.flush()
  }

  /**
   * A better chain parts from ours below what a pruned node keeps. There is no way back along ours: coins are worked out from
   * the first block on, and peers are asked for what is not here.
   */
  #beginAgain(): void {
    if (this.#closing || this.#openings > 0 || this.#isBeginningAgain) return
    this.#isBeginningAgain = true
    this.#notice = DEEP_REORGANISATION
    void this.#anew((store) => store.beginRebuild())
      // Where that fails the session that follows fails as this one did: a full disk is tried again, later.
      .catch((error: unknown) => this.failed(error))
      .then(() => this.#session)
      .catch(() => undefined)
      .finally(() => {
        this.#isBeginningAgain = false
      })
  }

  #begin(): Promise<FullSession> {
    this.#openings++
    const session = this.#open().finally(() => this.#openings--)
    // Whoever calls is told; a full disk is tried again.
    session.catch((error: unknown) => this.failed(error))
    return session
  }

  async #open(): Promise<FullSession> {
    const { store, clock } = this.#parts
    this.#rebuildBegan = clock.now()
    this.#rebuildFrom = store.state.tipHeight
    if (store.rebuildTo !== undefined) this.#set({ ...this.#state, phase: 'rebuilding' })
    const session = await FullSession.open(
      { ...this.#parts, pause: () => this.#pause() },
      {
        tipChanged: (change) => this.#tell('tipChanged', change),
        headersChanged: () => this.#tell('headersChanged', undefined),
        blockRefused: (refused) => this.#tell('blockRefused', refused),
        transactionAdded: (added) => this.#tell('transactionAdded', added),
        transactionRemoved: (removed) => this.#tell('transactionRemoved', removed),
        stateChanged: () => this.#tell('stateChanged', undefined),
        commitFailed: (error) => this.failed(error),
      },
    )
    this.#current = session
    this.#endRebuild()
    // Who closes the chain does not wait for the rest.
    await this.#keptMempool.load(session.mempool, session.now(), () => !this.#closing)
    this.#tell('stateChanged', undefined)
    return session
  }

  /** Where the disk is full it is tried again at the next opening. */
  #endRebuild(): void {
    try {
      this.#parts.store.endRebuild()
    } catch (error) {
      this.failed(error)
    }
  }

  /** A long move of the tip ends here when the chain is to be closed: between two blocks everything agrees. */
  async #pause(): Promise<void> {
    if (this.#closing) throw new ChainstateError({ code: 'CLOSED' })
    await this.#parts.pause()
  }

  async #end(): Promise<void> {
    const session = await this.#session.catch(() => undefined)
    await this.#saveMempool()
    this.#current = undefined
    await session?.close()
  }

  async #saveMempool(): Promise<void> {
    if (this.#current) await this.#keptMempool.save(this.#current.mempool)
  }

  #upkeepStep(): void {
    const { store } = this.#parts
    if (this.#noSpace) return
    try {
      for (let step = 0; step < UPKEEP_STEPS && store.upkeep(); step++);
      if (this.#current && store.keptFrom !== this.#state.keptFrom) this.#tell('stateChanged', undefined)
    } catch (error) {
      this.failed(error)
    }
  }

  async #tryAgain(): Promise<void> {
    if (this.#openings > 0) return
    try {
      if (this.#current) await this.#current.chainstate.flush()
      else this.#session = this.#begin()
      await this.#session
    } catch {
      return
    }
    this.#retry?.cancel()
    this.#noSpace = false
    this.#tell('stateChanged', undefined)
  }

  #tell<Event extends keyof ChainListener>(
    event: Event,
    argument: Parameters<NonNullable<ChainListener[Event]>>[0],
  ): void {
    const { store } = this.#parts
    if (this.#current) this.#state = chainStateOf(this.#current.chainstate, this.#current.mempool, store)
    for (const listener of this.#listeners) {
      ;(listener[event] as ((argument: unknown) => void) | undefined)?.(argument)
      if (event !== 'stateChanged') listener.stateChanged?.()
    }
  }

  #set(state: ChainState): void {
    this.#state = state
    for (const listener of this.#listeners) listener.stateChanged?.()
  }
}

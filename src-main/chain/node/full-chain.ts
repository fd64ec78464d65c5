/**
 * A full node's chain: everything in chain.db checked here, with a mempool. The calls are those of `Chain`, `ChainMining` and
 * `ChainMaintenance`; pages are made in `pages/`.
 *
 * While coins are worked out again (`rebuilding`) calls about the chain wait for the end; who only wants to know how far it
 * is asks `state` and `upkeep`.
 */

import { SerializationError } from '../../codec/serialization-error.ts'
import { MINUTE, SECOND, type Timer } from '../../kernel/clock.ts'
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { WholeFile } from '../../storage/whole-file.ts'
import type {
  BlockKnowledge,
  BlockOutcome,
  BlockPosition,
  Chain,
  ChainListener,
  ChainMode,
  ChainState,
  ChainTip,
  CompactOutcome,
  FilterRange,
  HeadersOutcome,
  PeerName,
  TransactionOutcome,
} from '../chain.ts'
import { tipAt } from '../headers/tip-at.ts'
import { hash256 } from '../primitives/hashes.ts'
import { decodeTransaction } from '../primitives/transaction-decoding.ts'
import type { SqliteChainStore } from '../store/sqlite-chain-store.ts'
import { chainStateOf } from './chain-state-of.ts'
import { FullSession, type SessionParts } from './full-session.ts'
import { modeStatement } from './mode-statement.ts'
import type { ChainMaintenance, ChainMining, ChainUpkeep } from './node-chain.ts'

const SAVE_MEMPOOL_EVERY = 10 * MINUTE
const UPKEEP_EVERY = SECOND
/** Steps of the store's upkeep in one go. */
const UPKEEP_STEPS = 16
const RETRY_FULL_DISK = 10 * SECOND

export interface FullChainParts extends SessionParts {
  readonly mempoolFile: Pick<WholeFile, 'read' | 'write'>
  readonly signaturesKind: ChainUpkeep['signatures']
  /** Damage found and mended at opening; one sentence, or empty. */
  readonly notice: string
}

export class FullChain implements Chain, ChainMining, ChainMaintenance {
  readonly #parts: FullChainParts
  readonly #listeners = new Set<ChainListener>()
  readonly #timers: Timer[] = []
  #state: ChainState
  #session: Promise<FullSession>
  #current: FullSession | undefined
  #noSpace = false
  #retry: Timer | undefined
  #rebuildBegan = 0
  #rebuildFrom = 0

  /** Resolves at once where a rebuild is to be finished first. @throws ChainStoreError, ChainstateError */
  static async open(parts: FullChainParts): Promise<FullChain> {
    const chain = new FullChain(parts)
    if (parts.store.rebuildTo !== undefined) {
      chain.#session.catch((error: unknown) => chain.#failed(error))
      return chain
    }
    try {
      await chain.#session
    } catch (error) {
      chain.#stopTimers()
      throw error
    }
    return chain
  }

  private constructor(parts: FullChainParts) {
    this.#parts = parts
    this.#state = stateBeforeOpening(parts)
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

  /** For pages: the session, once there is one. */
  session(): Promise<FullSession> {
    return this.#session
  }

  async locator(): Promise<readonly Uint8Array[]> {
    return (await this.#session).chainstate.locator()
  }

  async acceptHeaders(headers: Uint8Array, from: PeerName): Promise<HeadersOutcome> {
    return (await this.#session).chainstate.acceptHeaders(headers, from)
  }

  async headersAfter(locator: readonly Uint8Array[], stop: Uint8Array, limit: number): Promise<Uint8Array> {
    return (await this.#session).chainstate.headersAfter(locator, stop, limit)
  }

  async knowledgeOf(hashes: readonly Uint8Array[]): Promise<readonly BlockKnowledge[]> {
    const { chainstate } = await this.#session
    return hashes.map((hash) => chainstate.knowledgeOf(hash))
  }

  async heightOf(hash: Uint8Array): Promise<number | undefined> {
    return (await this.#session).chainstate.heightOf(hash)
  }

  async missingBlocks(hash: Uint8Array, limit: number): Promise<readonly BlockPosition[]> {
    return (await this.#session).chainstate.missingBlocks(hash, limit)
  }

  async acceptBlock(block: Uint8Array, from: PeerName, requested: boolean): Promise<BlockOutcome> {
    return (await this.#session).chainstate.acceptBlock(block, from, requested)
  }

  async block(hash: Uint8Array): Promise<Uint8Array | undefined> {
    return (await this.#session).chainstate.block(hash)
  }

  async acceptCompactBlock(payload: Uint8Array, from: PeerName): Promise<CompactOutcome> {
    return (await this.#session).compact.accept(payload, from)
  }

  async completeCompactBlock(payload: Uint8Array, from: PeerName): Promise<CompactOutcome> {
    return (await this.#session).compact.complete(payload, from)
  }

  async compactBlock(hash: Uint8Array): Promise<Uint8Array | undefined> {
    return (await this.#session).serving.compactBlock(hash)
  }

  async blockTransactions(request: Uint8Array): Promise<Uint8Array | undefined> {
    return (await this.#session).serving.blockTransactions(request)
  }

  async acceptTransaction(bytes: Uint8Array, from: PeerName | undefined): Promise<TransactionOutcome> {
    const session = await this.#session
    try {
      return await session.mempool.accept(decodeTransaction(bytes), from, session.now())
    } catch (error) {
      if (!(error instanceof SerializationError)) throw error
      const id = hash256(bytes)
      return { status: 'refused', txid: id, wtxid: id, reason: 'tx-decode-failed', kind: 'invalid' }
    }
  }

  async knownTransactions(ids: readonly Uint8Array[]): Promise<readonly boolean[]> {
    const { mempool } = await this.#session
    return ids.map((id) => mempool.knows(id))
  }

  async mempoolTransactions(ids: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    const { mempool } = await this.#session
    return ids.map((id) => mempool.find(id)?.transaction.bytes())
  }

  async mempoolInventory() {
    return (await this.#session).mempool.inventory()
  }

  forgetPeer(peer: PeerName): void {
    this.#current?.mempool.forgetPeer(peer)
    this.#current?.compact.forgetPeer(peer)
    this.#current?.chainstate.forgetSource(peer)
  }

  async filters(range: FilterRange) {
    return this.#answer((session) => session.serving.filters(range))
  }

  async filterHashes(range: FilterRange) {
    return this.#answer((session) => session.serving.filterHashes(range))
  }

  async filterCheckpoints(stopHash: Uint8Array) {
    return this.#answer((session) => session.serving.filterCheckpoints(stopHash))
  }

  readonly template: ChainMining['template'] = async (request) => (await this.#session).templates.template(request)

  readonly submitSolution: ChainMining['submitSolution'] = async (solution) =>
    (await this.#session).templates.submitSolution(solution)

  readonly standingOf: ChainMining['standingOf'] = async (blocks) => {
    const { chainstate } = await this.#session
    const { network } = this.#parts
    return blocks.map((hash) => {
      const height = chainstate.heightOf(hash)
      if (height === undefined) return chainstate.knowledgeOf(hash) === 'unknown' ? 'unknown' : 'orphaned'
      return chainstate.tip.height + 1 - height >= network.coinbaseMaturity ? 'matured' : 'immature'
    })
  }

  async upkeep(): Promise<ChainUpkeep> {
    const { store, clock, signaturesKind, notice } = this.#parts
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
      notice,
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

  setMode(mode: ChainMode): Promise<void> {
    return this.#anew((store) => store.setMode(mode))
  }

  async tipAt(height: number): Promise<ChainTip | undefined> {
    const { chainstate } = await this.#session
    const position = chainstate.blockAt(height)
    return position && tipAt(chainstate.headers, chainstate.headers.find(position.hash))
  }

  async close(): Promise<void> {
    this.#stopTimers()
    try {
      await this.#end()
    } finally {
      this.#parts.store.close()
    }
  }

  #stopTimers(): void {
    for (const timer of this.#timers) timer.cancel()
    this.#retry?.cancel()
  }

  /** Ends the session, changes the store, and begins the next. Settles when that is open. */
  async #anew(change: (store: SqliteChainStore) => void): Promise<void> {
    const ended = this.#end().then(() => change(this.#parts.store))
    this.#session = ended.then(() => this.#begin())
    await (await this.#session).chainstate.flush()
  }

  async #begin(): Promise<FullSession> {
    const { store, clock, mempoolFile } = this.#parts
    this.#rebuildBegan = clock.now()
    this.#rebuildFrom = store.state.tipHeight
    if (store.rebuildTo !== undefined) this.#set({ ...this.#state, phase: 'rebuilding' })
    const session = await FullSession.open(this.#parts, {
      tipChanged: (change) => this.#tell('tipChanged', change),
      headersChanged: () => this.#tell('headersChanged', undefined),
      blockRefused: (refused) => this.#tell('blockRefused', refused),
      transactionAdded: (added) => this.#tell('transactionAdded', added),
      transactionRemoved: (removed) => this.#tell('transactionRemoved', removed),
      stateChanged: () => this.#tell('stateChanged', undefined),
      commitFailed: (error) => this.#failed(error),
    })
    this.#current = session
    store.endRebuild()
    const saved = await mempoolFile.read()
    if (saved) {
      const { loaded, dropped, error } = await session.mempool.load(saved, session.now())
      const facts = { loaded, dropped, ...(error && { error: error.message }) }
      this.#parts.log.write(error ? 'warn' : 'info', 'mempool read', facts)
    }
    this.#tell('stateChanged', undefined)
    return session
  }

  async #end(): Promise<void> {
    const session = await this.#session
    await this.#saveMempool()
    this.#current = undefined
    await session.close()
  }

  async #saveMempool(): Promise<void> {
    if (this.#current) await this.#parts.mempoolFile.write(this.#current.mempool.dump())
  }

  #upkeepStep(): void {
    const { store } = this.#parts
    if (this.#noSpace) return
    try {
      const { keptFrom } = store
      for (let step = 0; step < UPKEEP_STEPS && store.upkeep(); step++);
      if (store.keptFrom !== keptFrom) this.#tell('stateChanged', undefined)
    } catch (error) {
      this.#failed(error)
    }
  }

  /** A range that ends in blocks that no commit has seen yet is answered after one. */
  async #answer<T>(ask: (session: FullSession) => T | undefined): Promise<T | undefined> {
    const session = await this.#session
    const answer = ask(session)
    if (answer !== undefined) return answer
    await session.chainstate.flush()
    return ask(session)
  }

  #failed(error: unknown): void {
    const { log, clock } = this.#parts
    log.write('error', 'chain.db', { code: codeOf(error), message: messageOf(error) })
    if (codeOf(error) !== 'DISK_FULL' || this.#noSpace) return
    this.#noSpace = true
    this.#retry = clock.every(RETRY_FULL_DISK, () => void this.#tryAgain())
    this.#tell('stateChanged', undefined)
  }

  async #tryAgain(): Promise<void> {
    try {
      await this.#current?.chainstate.flush()
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
    for (const listener of this.#listeners) (listener[event] as ((argument: unknown) => void) | undefined)?.(argument)
  }

  #set(state: ChainState): void {
    this.#state = state
    for (const listener of this.#listeners) listener.stateChanged?.()
  }
}

/** Until there is a session: nothing but genesis is known to be connected. */
function stateBeforeOpening({ network, store }: FullChainParts): ChainState {
  const { header, hash } = network.genesis
  const { time, bits, work } = header
  const tip: ChainTip = { hash, height: 0, work, time, bits, medianTimePast: time }
  return {
    mode: store.mode,
    tip,
    bestHeader: tip,
    keptFrom: store.keptFrom,
    mempool: { transactions: 0, virtualBytes: 0, memory: 0 },
    minimumFeeRate: 0,
    phase: 'opening',
  }
}

/**
 * A whole chain in memory as networking sees it: the real chainstate and mempool, put together without database or threads.
 * Answers come a turn of the event loop later, as from a thread. For tests and scenarios with many nodes.
 */

import { SerializationError } from '../../codec/serialization-error.ts'
import { createSignatureVerifier } from '../../host/signature-verifier.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Random } from '../../kernel/random.ts'
import type {
  Chain,
  ChainListener,
  ChainMode,
  ChainState,
  FilterRange,
  PeerName,
  TransactionOutcome,
} from '../chain.ts'
import { hashKey } from '../coins/coin.ts'
import type { ChainNetwork } from '../consensus/network.ts'
import type { IntakeLimits } from '../headers/header-intake.ts'
import { basicFilterOf } from '../light/basic-filter.ts'
import { filterHashOf, filterHeaderOf } from '../light/filter-header.ts'
import { Mempool } from '../mempool/mempool.ts'
import { CompactBlockIntake } from '../node/compact-block-intake.ts'
import { ServingAnswers } from '../node/serving-answers.ts'
import { decodeBlock } from '../primitives/block.ts'
import { hash256, ZERO_HASH } from '../primitives/hashes.ts'
import { decodeTransaction } from '../primitives/transaction-decoding.ts'
import { SignatureCache } from '../script/signature-checks.ts'
import { Chainstate } from '../state/chainstate.ts'
import { MemoryChainStore } from '../store/memory-chain-store.ts'
import { inlineBatches } from './chainstate-bed.ts'

const SECOND = 1_000
const verifier = createSignatureVerifier()

export interface MemoryChainOptions {
  readonly network: ChainNetwork
  readonly clock: Clock
  readonly random: Random
  readonly mode?: ChainMode
  /** Blocks below it are said not to be kept. */
  readonly keptFrom?: number
  readonly headerLimits?: IntakeLimits
}

export class MemoryChain implements Chain {
  readonly chainstate: Chainstate
  readonly mempool: Mempool
  state: ChainState
  readonly #options: MemoryChainOptions
  readonly #listeners = new Set<ChainListener>()
  readonly #compact: CompactBlockIntake
  readonly #serving: ServingAnswers
  readonly #filters = new Map<string, { readonly header: Uint8Array; readonly filter: Uint8Array }>()

  static async open(options: MemoryChainOptions): Promise<MemoryChain> {
    const signatures = { verifier, batches: inlineBatches, cache: new SignatureCache() }
    const { network, clock, headerLimits } = options
    const store = new MemoryChainStore()
    const chainstate = await Chainstate.open({
      network,
      store,
      clock,
      signatures,
      ...(headerLimits && { headerLimits }),
    })
    return new MemoryChain(chainstate, signatures, options)
  }

  private constructor(
    chainstate: Chainstate,
    verifiers: ConstructorParameters<typeof Mempool>[0]['verifiers'],
    options: MemoryChainOptions,
  ) {
    this.#options = options
    this.chainstate = chainstate
    this.mempool = new Mempool({
      verifiers,
      chain: {
        network: options.network,
        get tipHeight() {
          return chainstate.tip.height
        },
        get medianTimePast() {
          return chainstate.tip.medianTimePast
        },
        medianTimePastAt: (height) => chainstate.medianTimePastAt(height),
        coin: (outpoint) => chainstate.coin(outpoint),
      },
    })
    this.#compact = new CompactBlockIntake({
      acceptHeader: (header, from) => chainstate.acceptHeaders(header.bytes(), from),
      tipWork: () => chainstate.tip.work,
      known: (hash) => {
        const height = chainstate.heightOf(hash)
        return height === undefined ? undefined : { status: 'known', position: { hash, height } }
      },
      candidates: () => [...this.mempool.entries()].map(({ transaction }) => transaction),
      acceptBlock: (block, from) => chainstate.acceptBlock(block, from, false),
    })
    const filter = (hash: Uint8Array) => this.#filters.get(hashKey(hash))
    const filterHash = (hash: Uint8Array) => {
      const bytes = filter(hash)?.filter
      return bytes && filterHashOf(bytes)
    }
    this.#serving = new ServingAnswers({ chainstate, random: options.random, filter, filterHash })
    this.#index(options.network.genesis.bytes(), [], undefined)
    this.state = this.#stateNow()
    this.#listen()
  }

  watch(listener: ChainListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  locator = () => this.#later(() => this.chainstate.locator())
  acceptHeaders = (headers: Uint8Array, from: PeerName) =>
    this.#later(() => {
      const outcome = this.chainstate.acceptHeaders(headers, from)
      this.#changed()
      return outcome
    })
  headersAfter = (locator: readonly Uint8Array[], stop: Uint8Array, limit: number) =>
    this.#later(() => this.chainstate.headersAfter(locator, stop, limit))
  knowledgeOf = (hashes: readonly Uint8Array[]) =>
    this.#later(() => hashes.map((hash) => this.chainstate.knowledgeOf(hash)))
  heightOf = (hash: Uint8Array) => this.#later(() => this.chainstate.heightOf(hash))
  missingBlocks = (hash: Uint8Array, limit: number) => this.#later(() => this.chainstate.missingBlocks(hash, limit))
  wantedBlocks = async () => []
  acceptBlock = (block: Uint8Array, from: PeerName, requested: boolean) =>
    this.#later(() => this.chainstate.acceptBlock(block, from, requested))
  block = (hash: Uint8Array) => this.#later(() => this.chainstate.block(hash))
  acceptCompactBlock = (payload: Uint8Array, from: PeerName) => this.#later(() => this.#compact.accept(payload, from))
  completeCompactBlock = (payload: Uint8Array, from: PeerName) =>
    this.#later(() => this.#compact.complete(payload, from))
  compactBlock = (hash: Uint8Array) => this.#later(() => this.#serving.compactBlock(hash))
  blockTransactions = (request: Uint8Array) => this.#later(() => this.#serving.blockTransactions(request))
  acceptTransaction = (transaction: Uint8Array, from: PeerName | undefined) =>
    this.#later(() => this.#acceptTransaction(transaction, from))
  knownTransactions = (ids: readonly Uint8Array[]) => this.#later(() => ids.map((id) => this.mempool.knows(id)))
  mempoolTransactions = (ids: readonly Uint8Array[]) =>
    this.#later(() => ids.map((id) => this.mempool.find(id)?.transaction.bytes()))
  mempoolInventory = () => this.#later(() => this.mempool.inventory())
  filters = (range: FilterRange) => this.#later(() => this.#serving.filters(range))
  filterHashes = (range: FilterRange) => this.#later(() => this.#serving.filterHashes(range))
  filterCheckpoints = (stop: Uint8Array) => this.#later(() => this.#serving.filterCheckpoints(stop))

  forgetPeer(peer: PeerName): void {
    this.mempool.forgetPeer(peer)
    this.#compact.forgetPeer(peer)
    this.chainstate.forgetSource(peer)
  }

  close(): Promise<void> {
    return this.chainstate.close()
  }

  #acceptTransaction(bytes: Uint8Array, from: PeerName | undefined): TransactionOutcome | Promise<TransactionOutcome> {
    try {
      return this.mempool.accept(decodeTransaction(bytes), from, this.#now())
    } catch (error) {
      if (!(error instanceof SerializationError)) throw error
      const id = hash256(bytes)
      return { status: 'refused', txid: id, wtxid: id, reason: 'tx-decode-failed', kind: 'invalid' }
    }
  }

  async #later<T>(work: () => T | Promise<T>): Promise<T> {
    await undefined
    return work()
  }

  #now(): number {
    return Math.floor(this.#options.clock.wallTime() / SECOND)
  }

  #tell(tell: (listener: ChainListener) => void): void {
    for (const listener of [...this.#listeners]) tell(listener)
  }

  #changed(): void {
    this.state = this.#stateNow()
    this.#tell((listener) => listener.stateChanged?.())
  }

  #stateNow(): ChainState {
    const { chainstate, mempool } = this
    const { mode = 'archive', keptFrom = 0 } = this.#options
    return {
      mode,
      tip: chainstate.tip,
      bestHeader: chainstate.bestHeader,
      keptFrom: mode === 'light' ? undefined : keptFrom,
      mempool: { transactions: mempool.size, virtualBytes: mempool.virtualBytes, memory: mempool.memory },
      minimumFeeRate: mempool.minimumFeeRate(),
      phase: chainstate.phase,
    }
  }

  #listen(): void {
    this.chainstate.watch({
      blockConnected: ({ block, spent }) => {
        this.#index(block.bytes(), spent, block.header.previous)
        this.mempool.blockConnected(block, this.#now())
      },
      blockDisconnected: ({ block }) => this.mempool.blockDisconnected(block),
      tipChanged: (change) => {
        this.mempool.chainChanged(this.#now())
        this.#changed()
        this.#tell((listener) => listener.tipChanged?.(change))
      },
      headersChanged: () => {
        this.#changed()
        this.#tell((listener) => listener.headersChanged?.())
      },
      phaseChanged: () => this.#changed(),
      blockRefused: (refused) => this.#tell((listener) => listener.blockRefused?.(refused)),
    })
    this.mempool.watch({
      transactionAdded: (added) => {
        this.#changed()
        this.#tell((listener) => listener.transactionAdded?.(added))
      },
      transactionRemoved: (removed) => {
        this.#changed()
        this.#tell((listener) => listener.transactionRemoved?.(removed))
      },
    })
  }

  /** Makes the filter of a block, and its header after that of the parent. */
  #index(
    bytes: Uint8Array,
    spent: readonly (readonly { readonly scriptPubKey: Uint8Array }[])[],
    parent: Uint8Array | undefined,
  ): void {
    const block = decodeBlock(bytes)
    const scripts = spent.flat().map(({ scriptPubKey }) => scriptPubKey)
    const filter = basicFilterOf(block, scripts).bytes
    const before = (parent && this.#filters.get(hashKey(parent))?.header) ?? ZERO_HASH
    this.#filters.set(hashKey(block.hash), { filter, header: filterHeaderOf(filterHashOf(filter), before) })
  }
}

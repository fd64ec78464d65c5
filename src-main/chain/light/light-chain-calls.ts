/** What a light chain is asked and does not change itself by, but for filters. */
import type {
  BlockKnowledge,
  BlockPosition,
  ChainListener,
  ChainTip,
  CompactOutcome,
  FilterRange,
  PeerName,
  TransactionOutcome,
} from '../chain.ts'
import type { HeaderTree } from '../headers/header-tree.ts'
import { headersAfter, locatorOf } from '../headers/locator.ts'
import { positionOf, tipAt } from '../headers/tip-at.ts'
import type { ChainPages } from '../node/chain-pages.ts'
import type { ChainMining } from '../node/node-chain.ts'
import type { WalletCalls } from '../node/wallet-calls.ts'
import { hash256 } from '../primitives/hashes.ts'
import { HEADER_BYTES } from '../primitives/header.ts'
import { BlockFilter } from './block-filter.ts'
import type { FilterJudge } from './filter-judge.ts'
import type { FilterLedger } from './filter-ledger.ts'
import type {
  FetchedFilter,
  FilterHashes,
  FilterHashesOutcome,
  FilterJudgement,
  FilterStanding,
  FiltersOutcome,
  LightNodeChain,
} from './light-calls.ts'
import { LightNodeError } from './light-error.ts'
import type { LightWalletAnswers } from './light-wallet-answers.ts'
import { type OwnTransactions, UNKNOWN_FEE_RATE } from './own-transactions.ts'
import type { WantedBlocks } from './wanted-blocks.ts'

/** Filters of one answer. BIP 157. */
const MAX_FILTERS = 1_000

export interface LightChainState {
  readonly tree: HeaderTree
  readonly ledger: FilterLedger
  readonly blocks: WantedBlocks
  readonly own: OwnTransactions
  readonly judge: FilterJudge
  readonly pages: ChainPages
  readonly wallet: LightWalletAnswers
}

type Calls = Omit<
  LightNodeChain,
  | 'state'
  | 'watch'
  | 'forgetPeer'
  | 'acceptHeaders'
  | 'acceptBlock'
  | 'upkeep'
  | 'rebuild'
  | 'modeCost'
  | 'setMode'
  | 'close'
>

export abstract class LightChainCalls implements Calls {
  protected readonly light: LightChainState

  constructor(light: LightChainState) {
    this.light = light
  }

  /** Seconds since 1970. */
  protected abstract now(): number
  protected abstract tell<Event extends keyof ChainListener>(
    event: Event,
    argument: Parameters<NonNullable<ChainListener[Event]>>[0],
  ): void
  /** Runs what writes to the disk. */
  protected abstract writing<T>(write: () => T): T

  async locator(): Promise<readonly Uint8Array[]> {
    return locatorOf(this.light.tree, this.light.tree.bestBranch)
  }

  async headersAfter(locator: readonly Uint8Array[], stop: Uint8Array, limit: number): Promise<Uint8Array> {
    return headersAfter(this.light.tree, this.light.tree.bestBranch, locator, stop, limit)
  }

  async knowledgeOf(hashes: readonly Uint8Array[]): Promise<readonly BlockKnowledge[]> {
    const { tree } = this.light
    return hashes.map((hash) => {
      const row = tree.find(hash)
      return row === -1 ? 'unknown' : tree.isBad(row) ? 'bad' : 'header'
    })
  }

  async heightOf(hash: Uint8Array): Promise<number | undefined> {
    const { tree } = this.light
    const row = tree.find(hash)
    return tree.bestBranch.has(row) ? tree.height(row) : undefined
  }

  /** None are missed: blocks are fetched on demand (`wantedBlocks`). */
  async missingBlocks(): Promise<readonly BlockPosition[]> {
    return []
  }

  async block(hash: Uint8Array): Promise<Uint8Array | undefined> {
    return this.light.blocks.find(hash)?.bytes()
  }

  /** Its header says all that is wanted of it. */
  async acceptCompactBlock(payload: Uint8Array): Promise<CompactOutcome> {
    return { status: 'ask-whole', hash: hash256(payload.subarray(0, HEADER_BYTES)) }
  }

  async completeCompactBlock(payload: Uint8Array): Promise<CompactOutcome> {
    return this.acceptCompactBlock(payload)
  }

  async compactBlock(): Promise<undefined> {
    return undefined
  }

  async blockTransactions(): Promise<undefined> {
    return undefined
  }

  /** Only of this machine: others' are not passed on, because they cannot be checked. */
  async acceptTransaction(bytes: Uint8Array, from: PeerName | undefined): Promise<TransactionOutcome> {
    if (from !== undefined) {
      const id = hash256(bytes)
      return { status: 'refused', txid: id, wtxid: id, reason: 'light-node', kind: 'policy' }
    }
    const outcome = this.light.own.submit(bytes, this.now())
    if (outcome.status === 'accepted') {
      const { txid, wtxid } = outcome
      this.tell('transactionAdded', { txid, wtxid, feeRate: UNKNOWN_FEE_RATE })
    }
    return outcome
  }

  /** Nothing is asked for. */
  async knownTransactions(ids: readonly Uint8Array[]): Promise<readonly boolean[]> {
    return ids.map(() => true)
  }

  async mempoolTransactions(ids: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    return ids.map((id) => this.light.own.find(id)?.bytes())
  }

  /** Whose these are is nobody's business: they are offered as all transactions are, one by one, and not told when asked. */
  async mempoolInventory(): Promise<[]> {
    return []
  }

  async filters({ startHeight, stopHash }: FilterRange) {
    const { tree, ledger } = this.light
    const stop = tree.find(stopHash)
    const count = stop === -1 ? 0 : tree.height(stop) - startHeight + 1
    if (count < 1 || count > MAX_FILTERS) return undefined
    const found: { blockHash: Uint8Array; filter: Uint8Array }[] = []
    for (let i = 0; i < count; i++) {
      const row = tree.ancestor(stop, startHeight + i)
      const filter = ledger.at(row)?.filter
      if (filter === undefined) return undefined
      found.push({ blockHash: tree.hash(row), filter })
    }
    return found
  }

  /** A light node serves no filters. */
  async filterHashes(): Promise<undefined> {
    return undefined
  }

  async filterCheckpoints(): Promise<undefined> {
    return undefined
  }

  async template(): ReturnType<ChainMining['template']> {
    throw new LightNodeError({ code: 'LIGHT_NODE', what: 'mining' })
  }

  async submitSolution(): ReturnType<ChainMining['submitSolution']> {
    throw new LightNodeError({ code: 'LIGHT_NODE', what: 'mining' })
  }

  async standingOf(): ReturnType<ChainMining['standingOf']> {
    throw new LightNodeError({ code: 'LIGHT_NODE', what: 'rewards' })
  }

  async tipAt(height: number): Promise<ChainTip | undefined> {
    const { tree } = this.light
    const row = tree.bestBranch.at(height)
    return row === -1 ? undefined : tipAt(tree, row)
  }

  async filterStanding(): Promise<FilterStanding> {
    return this.light.ledger.standing
  }

  async filterHeadersAt(heights: readonly number[]): Promise<readonly (Uint8Array | undefined)[]> {
    return heights.map((height) => this.light.ledger.atHeight(height)?.header)
  }

  async acceptFilterHashes(answer: FilterHashes): Promise<FilterHashesOutcome> {
    return this.writing(() => this.light.ledger.acceptHashes(answer))
  }

  async acceptFilters(filters: readonly FetchedFilter[]): Promise<FiltersOutcome> {
    const { ledger } = this.light
    const before = ledger.standing.filters
    const outcome = this.writing(() => ledger.acceptFilters(filters))
    this.#lookForOwn(before + 1, ledger.standing.filters)
    return outcome
  }

  judgeFilters(blockHash: Uint8Array, filters: readonly Uint8Array[]): Promise<FilterJudgement> {
    return this.light.judge.judge(blockHash, filters)
  }

  async forgetFiltersFrom(height: number): Promise<void> {
    this.writing(() => this.light.ledger.forgetFrom(height))
    this.tell('stateChanged', undefined)
  }

  async peersTake(feeRate: number): Promise<void> {
    this.light.wallet.peersMinimum = feeRate
  }

  async wantedBlocks(): Promise<readonly BlockPosition[]> {
    const { tree, blocks } = this.light
    return blocks.wanted.map((hash) => positionOf(tree, tree.find(hash)))
  }

  readonly scanForWallet: WalletCalls['scanForWallet'] = (scan) => this.light.wallet.scanForWallet(scan)
  readonly mempoolForWallet: WalletCalls['mempoolForWallet'] = (question) =>
    this.light.wallet.mempoolForWallet(question)
  readonly estimateFees: WalletCalls['estimateFees'] = (targets) => this.light.wallet.estimateFees(targets)
  readonly heightAtTime: WalletCalls['heightAtTime'] = (time) => this.light.wallet.heightAtTime(time)

  readonly blockDetails: ChainPages['blockDetails'] = (id) => this.light.pages.blockDetails(id)
  readonly blockSummaries: ChainPages['blockSummaries'] = (from, limit) => this.light.pages.blockSummaries(from, limit)
  readonly transactionsOfBlock: ChainPages['transactionsOfBlock'] = (hash, range) =>
    this.light.pages.transactionsOfBlock(hash, range)
  readonly transactionDetails: ChainPages['transactionDetails'] = (txid) => this.light.pages.transactionDetails(txid)
  readonly addressDetails: ChainPages['addressDetails'] = (address, range) =>
    this.light.pages.addressDetails(address, range)
  readonly headerDetails: ChainPages['headerDetails'] = (from, limit) => this.light.pages.headerDetails(from, limit)
  readonly mempoolDetails: ChainPages['mempoolDetails'] = () => this.light.pages.mempoolDetails()
  readonly mempoolTransactionsPage: ChainPages['mempoolTransactionsPage'] = (range) =>
    this.light.pages.mempoolTransactionsPage(range)
  readonly find: ChainPages['find'] = (text) => this.light.pages.find(text)

  /** A block that may hold a transaction of this machine is looked into: then it is offered no more. */
  #lookForOwn(from: number, to: number): void {
    const { own, ledger, tree, blocks } = this.light
    if (own.size === 0) return
    const scripts = own.all.flatMap(({ transaction }) => transaction.outputs.map(({ scriptPubKey }) => scriptPubKey))
    for (let height = from; height <= to; height++) {
      const hash = tree.hash(tree.bestBranch.at(height))
      const filter = ledger.atHeight(height)?.filter
      if (filter && BlockFilter.decode(hash, filter).matchesAny(scripts)) blocks.want(hash).catch(() => {})
    }
  }
}

/**
 * The parts of a full chain that live as long as its coins stand: chainstate, mempool, templates, half compact blocks. A
 * rebuild or a change of mode ends one and begins the next on the same store.
 */
import type { Clock } from '../../kernel/clock.ts'
import type { Log } from '../../kernel/log.ts'
import type { Random } from '../../kernel/random.ts'
import type { ChainListener } from '../chain.ts'
import { nextBits } from '../consensus/difficulty.ts'
import type { ChainNetwork } from '../consensus/network.ts'
import { FeeEstimates } from '../fees/fee-estimates.ts'
import { Mempool } from '../mempool/mempool.ts'
import type { SignatureParts } from '../state/best-chain.ts'
import { Chainstate } from '../state/chainstate.ts'
import type { SqliteChainStore } from '../store/sqlite-chain-store.ts'
import { TemplateStore } from '../template/template-store.ts'
import { firstSequenceAt } from '../wallet-scan/sequences.ts'
import { CompactBlockIntake } from './compact-block-intake.ts'
import { FetchedBlocks } from './fetched-blocks.ts'
import { FullWalletAnswers } from './full-wallet-answers.ts'
import { FullChainPages } from './pages/full-chain-pages.ts'
import { contentsOf } from './pages/page-parts.ts'
import { ServingAnswers } from './serving-answers.ts'

export interface SessionParts {
  readonly network: ChainNetwork
  readonly store: SqliteChainStore
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly signatures: SignatureParts
  readonly coinCacheBytes: number
  readonly mempoolBytes: number
  /** Called between blocks of a long change, so that others have their turn. */
  readonly pause: () => Promise<void>
}

/** What the session tells while it lives. */
export type SessionListener = Required<ChainListener> & {
  commitFailed(error: unknown): void
}

export class FullSession {
  readonly chainstate: Chainstate
  readonly mempool: Mempool
  readonly templates: TemplateStore
  readonly compact: CompactBlockIntake
  readonly serving: ServingAnswers
  readonly pages: FullChainPages
  readonly fetched: FetchedBlocks
  readonly fees: FeeEstimates
  readonly wallet: FullWalletAnswers
  readonly #unwatch: (() => void)[]
  readonly #clock: Clock

  static async open(parts: SessionParts, listener: SessionListener): Promise<FullSession> {
    const { network, store, clock, signatures, pause } = parts
    const chainstate = await Chainstate.open({
      ...{ network, store, clock, signatures, pause },
      cacheBytes: parts.coinCacheBytes,
    })
    return new FullSession(parts, chainstate, listener)
  }

  private constructor(parts: SessionParts, chainstate: Chainstate, listener: SessionListener) {
    const { network, store, clock, random, signatures, pause } = parts
    this.#clock = clock
    this.chainstate = chainstate
    this.mempool = new Mempool({
      chain: {
        network,
        get tipHeight() {
          return chainstate.tip.height
        },
        get medianTimePast() {
          return chainstate.tip.medianTimePast
        },
        medianTimePastAt: (height) => chainstate.medianTimePastAt(height),
        coin: (outpoint) => chainstate.coin(outpoint),
      },
      verifiers: signatures,
      memoryLimit: parts.mempoolBytes,
      firstSequence: firstSequenceAt(clock),
    })
    const { mempool } = this
    this.templates = this.#templates(network)
    this.compact = this.#compactIntake()
    this.serving = new ServingAnswers({
      ...{ chainstate, random },
      filter: (hash) => store.filter(hash),
      filterHash: (hash) => store.filterHash(hash),
    })
    this.pages = new FullChainPages({ network, chainstate, mempool, store, pause })
    this.fetched = new FetchedBlocks(chainstate, clock)
    const contents = (hash: Uint8Array) => contentsOf({ chainstate, store }, hash)
    this.fees = new FeeEstimates({ chain: chainstate, mempool, contents, clock, pause })
    this.wallet = new FullWalletAnswers({
      ...{ chainstate, mempool, store, fetched: this.fetched, clock, pause },
      estimateFees: (targets) => this.fees.estimate(targets, this.now()),
    })
    this.#unwatch = [this.#watchChain(listener), this.mempool.watch(listener)]
  }

  /** Seconds since 1970. */
  readonly now = (): number => Math.floor(this.#clock.wallTime() / 1_000)

  /** What the store holds is up to date afterwards. @throws what the store throws */
  async close(): Promise<void> {
    this.fetched.close()
    try {
      await this.chainstate.close()
    } finally {
      for (const unwatch of this.#unwatch) unwatch()
    }
  }

  #watchChain(listener: SessionListener): () => void {
    const { chainstate, mempool } = this
    return chainstate.watch({
      blockConnected: (connected) => {
        this.fees.blockConnected(connected, this.now())
        mempool.blockConnected(connected.block, this.now())
      },
      blockDisconnected: ({ block }) => mempool.blockDisconnected(block),
      tipChanged: (change) => {
        mempool.chainChanged(this.now())
        listener.tipChanged(change)
      },
      headersChanged: () => listener.headersChanged(),
      blockRefused: (refused) => listener.blockRefused(refused),
      phaseChanged: () => listener.stateChanged(),
      commitFailed: (error) => listener.commitFailed(error),
    })
  }

  #templates(network: ChainNetwork): TemplateStore {
    const { chainstate, mempool } = this
    const { difficulty, limit } = network.proofOfWork
    return new TemplateStore({
      network,
      tip: () => chainstate.tip,
      nextBits: () =>
        nextBits(difficulty, chainstate.headers.ancestry(chainstate.headers.find(chainstate.tip.hash)), limit),
      now: () => this.now(),
      select: (limits) => mempool.selectFor(limits),
      accept: (block) => chainstate.acceptBlock(block, 'miner', true),
    })
  }

  #compactIntake(): CompactBlockIntake {
    const { chainstate, mempool } = this
    return new CompactBlockIntake({
      acceptHeader: (header, from) => chainstate.acceptHeaders(header.bytes(), from),
      tipWork: () => chainstate.tip.work,
      known: (hash) => {
        if (chainstate.knowledgeOf(hash) !== 'block') return undefined
        const row = chainstate.headers.find(hash)
        return { status: 'known', position: { hash, height: chainstate.headers.height(row) } }
      },
      *candidates() {
        for (const { transaction } of mempool.entries()) yield transaction
      },
      acceptBlock: (block, from) => chainstate.acceptBlock(block, from, true),
    })
  }
}

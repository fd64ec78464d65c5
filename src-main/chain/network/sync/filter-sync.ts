/**
 * How a light node gets filters (BIP 157): filter headers of one peer at a time, compared with those of every other; then
 * filters of those that agree, each of which must hash into its filter header.
 *
 * A peer is a source once its checkpoints are here. What it says is compared with what we keep: whole thousands by
 * checkpoints, the rest by filter hashes; the first height that differs becomes a dispute (filter-dispute.ts), and until
 * it is settled nothing beyond is taken. What only one source says is taken as well: the window says so.
 *
 * Bounds: `MAX_SOURCES` sources, few of them incoming, one question to each; `MAX_CHUNKS` chunks of filters in memory; one dispute at a time.
 */

import type { Millis } from '../../../kernel/clock.ts'
import type { BlockPosition } from '../../chain.ts'
import type { FilterStanding, LightNodeChain } from '../../light/light-calls.ts'
import { hasServices, MAX_FILTER_HASHES, type MessageOf, Services } from '../messages/index.ts'
import { witnessOf } from '../netgroup.ts'
import type { PartContext } from '../part-context.ts'
import type { MessageHandlers, Peer } from '../peer.ts'
import { BlockFetches } from './block-fetches.ts'
import type { BlockSync, SyncProgress } from './block-sync.ts'
import { CatchUpMeter } from './catch-up-meter.ts'
import { FilterDispute } from './filter-dispute.ts'
import { FilterDownloads } from './filter-downloads.ts'
import { FilterQuestions } from './filter-questions.ts'
import { agreementOf, FilterSource } from './filter-source.ts'
import type { HeaderSync } from './header-sync.ts'
import { PeerFeeRates } from './peer-fee-rates.ts'

/** Peers whose filter headers are compared. */
export const MAX_SOURCES = 8
/** Of these, peers that connected to us: an attacker can have as many as he likes. */
export const MAX_INCOMING_SOURCES = 2
/** Blocks that a source may be behind in what was compared and still counts: it may be asked in a moment. */
const AGREEMENT_LAG = 6

export class FilterSync implements BlockSync {
  readonly handlers: MessageHandlers = {
    cfcheckpt: (peer, message) => this.#questions.received(peer, message),
    cfheaders: (peer, message) => this.#questions.received(peer, message),
    cfilter: (peer, message) => this.#questions.received(peer, message),
    block: (peer, message) => this.#blocks.received(peer, message),
    notfound: (peer, message) => this.#blocks.notFound(peer, message),
    feefilter: (peer, { feeRate }) => this.#feeRates.received(peer, feeRate),
  }
  readonly #context: PartContext
  readonly #chain: LightNodeChain
  readonly #headers: HeaderSync
  readonly #questions: FilterQuestions
  readonly #blocks: BlockFetches
  readonly #feeRates: PeerFeeRates
  readonly #sources = new Map<Peer, FilterSource>()
  readonly #downloads: FilterDownloads
  readonly #meter = new CatchUpMeter()
  #standing: FilterStanding | undefined
  #dispute: FilterDispute | undefined
  /** Rises when what is under way makes no sense any more. */
  #epoch = 0
  #isExtending = false
  #isWorking = false
  #isStale = false

  constructor(context: PartContext, headers: HeaderSync, chain: LightNodeChain) {
    this.#context = context
    this.#headers = headers
    this.#chain = chain
    this.#questions = new FilterQuestions(context.clock)
    this.#blocks = new BlockFetches(context)
    this.#feeRates = new PeerFeeRates((feeRate) => context.run('fee filters', () => chain.peersTake(feeRate)))
    this.#downloads = new FilterDownloads({
      chain,
      questions: this.#questions,
      epoch: () => this.#epoch,
      standing: () => this.#standing,
      moved: (standing, filters) => {
        this.#standing = standing
        this.#meter.connected(filters, context.clock.now())
      },
    })
  }

  /** Height up to which filters are here, and witnesses whose filter headers are the same (`witnessOf`). */
  get state(): { readonly filters: number; readonly sources: number } {
    const { headers, filters } = this.#standing ?? { headers: 0, filters: 0 }
    const agreeing = [...this.#sources.values()].filter(
      ({ agreedTo, isOut }) => !isOut && agreedTo !== undefined && agreedTo >= headers - AGREEMENT_LAG,
    )
    return { filters, sources: new Set(agreeing.map(({ peer }) => witnessOf(peer.endpoint))).size }
  }

  joined(peer: Peer): void {
    if (peer.blocks === 'none' || !hasServices(peer.introduction.services, Services.COMPACT_FILTERS)) return
    const others = [...this.#sources.values()].filter(({ isOut }) => !isOut)
    const incoming = others.filter((source) => !source.peer.isOurs).length
    if (others.length >= MAX_SOURCES || (!peer.isOurs && incoming >= MAX_INCOMING_SOURCES)) return
    this.#sources.set(peer, new FilterSource(peer))
  }

  left(peer: Peer): void {
    if (this.#sources.delete(peer))
      for (const other of this.#context.peers) if (!this.#sources.has(other)) this.joined(other)
    this.#questions.left(peer)
    this.#blocks.left(peer)
    this.#feeRates.left(peer)
    this.#work()
  }

  headMoved(): void {
    this.progress()
    this.#work()
  }

  tipChanged({ disconnected }: Parameters<BlockSync['tipChanged']>[0]): void {
    const lowest = disconnected.at(-1)
    if (lowest) this.#cutAt(lowest.height)
    this.#work()
  }

  tick(now: Millis): void {
    this.#questions.tick(now)
    this.#blocks.tick(now)
    const { height } = this.#context.chain.state.tip
    for (const source of this.#sources.values()) if (source.isToTellHead(height, now)) this.#headers.ask(source.peer)
    this.#work()
  }

  close(): void {
    this.#epoch++
    this.#questions.cancel()
  }

  progress(): SyncProgress | undefined {
    const { clock, chain } = this.#context
    const { filters } = this.#standing ?? {}
    return filters === undefined ? undefined : this.#meter.progress(filters, chain.state.bestHeader.height, clock.now())
  }

  activity(peer: Peer): string {
    const blocks = this.#blocks.askedOf(peer)
    if (blocks > 0) return blocks === 1 ? 'fetching a block' : `fetching ${blocks} blocks`
    if (this.#questions.isAsked(peer)) return 'fetching block filters'
    return this.#headers.isLeader(peer) ? 'fetching headers' : ''
  }

  /** Filter headers and filters from this height on are not what they were. */
  #cutAt(height: number): void {
    this.#epoch++
    this.#questions.cancel()
    this.#downloads.clear()
    this.#dispute = undefined
    const { headers, filters } = this.#standing ?? { headers: 0, filters: 0 }
    this.#standing = { headers: Math.min(headers, height - 1), filters: Math.min(filters, height - 1) }
    for (const source of this.#sources.values()) source.cutAt(height)
  }

  /** Looks where everything stands and gives idle sources something to do; again while something changes meanwhile. */
  #work(): void {
    this.#isStale = true
    if (this.#isWorking) return
    this.#isWorking = true
    this.#context.run('block filters', async () => {
      try {
        while (this.#isStale) {
          this.#isStale = false
          this.#standing = await this.#chain.filterStanding()
          for (const source of this.#sources.values()) await source.findHead(this.#chain, this.#epoch)
          if (!this.#isStale) this.#assign(this.#standing)
        }
      } finally {
        this.#isWorking = false
      }
    })
  }

  #assign(standing: FilterStanding): void {
    this.#settleDispute(standing)
    for (const source of this.#sources.values()) {
      if (source.isBusy || source.isOut) continue
      const task = this.#taskFor(source, standing)
      if (task) this.#give(source, task)
    }
  }

  #give(source: FilterSource, task: () => Promise<void>): void {
    source.isBusy = true
    this.#context.run('block filters', async () => {
      try {
        await task()
      } finally {
        source.isBusy = false
      }
      this.#work()
    })
  }

  #taskFor(source: FilterSource, standing: FilterStanding): (() => Promise<void>) | undefined {
    const { agreedTo, head } = source
    if (head === undefined) return undefined
    if (agreedTo === undefined) return () => this.#introduce(source, head)
    const behind = Math.min(standing.headers, head.height)
    if (this.#dispute === undefined && agreedTo < behind) return () => this.#compare(source, agreedTo + 1, behind)
    if (this.#dispute === undefined && !this.#isExtending && agreedTo >= standing.headers && head.height > agreedTo)
      return () => this.#extend(source, agreedTo + 1, head.height)
    const last = Math.min(agreedTo, (this.#dispute?.height ?? Number.POSITIVE_INFINITY) - 1, standing.headers)
    return this.#downloads.next(source, standing.filters + 1, last)
  }

  async #introduce(source: FilterSource, head: BlockPosition): Promise<void> {
    const answer = await this.#questions.checkpoints(source.peer, head.hash)
    if (!source.isAnswer(answer)) return
    if (!source.introduce(answer, head.height)) source.peer.misbehaved('filter checkpoints of another length')
  }

  async #extend(source: FilterSource, from: number, to: number): Promise<void> {
    this.#isExtending = true
    try {
      await this.#compare(source, from, to)
    } finally {
      this.#isExtending = false
    }
  }

  /** Filter headers of a source, from the first that was not compared with ours yet. */
  async #compare(source: FilterSource, from: number, to: number): Promise<void> {
    const epoch = this.#epoch
    const agreed = await agreementOf(source, this.#chain, this.#standing?.headers ?? 0)
    const startHeight = Math.max(from, agreed + 1)
    if (epoch !== this.#epoch || startHeight > to) return
    const endHeight = Math.min(to, startHeight + MAX_FILTER_HASHES - 1)
    const stop = await this.#chain.tipAt(endHeight)
    if (stop === undefined || epoch !== this.#epoch) return
    const answer = await this.#questions.hashes(source.peer, { startHeight, endHeight, stopHash: stop.hash })
    if (!source.isAnswer(answer)) return
    if (answer.hashes.length !== endHeight - startHeight + 1) {
      source.peer.misbehaved('filter headers of another number than was asked for')
      return
    }
    await this.#compared(source, answer, startHeight, epoch)
  }

  async #compared(
    source: FilterSource,
    { stopHash, previous, hashes }: MessageOf<'cfheaders'>,
    startHeight: number,
    epoch: number,
  ): Promise<void> {
    const outcome = await this.#chain.acceptFilterHashes({ startHeight, stopHash, previous, hashes })
    if (epoch !== this.#epoch) return
    if (outcome.status === 'agrees') {
      source.agreedTo = outcome.to
      return
    }
    if (outcome.status === 'stale' || outcome.height < startHeight) {
      source.peer.misbehaved('filter headers that contradict those it gave before')
      return
    }
    const { height } = outcome
    source.agreedTo = height - 1
    const block = await this.#chain.tipAt(height)
    if (block === undefined || epoch !== this.#epoch || this.#dispute) return
    const claimed = hashes[height - startHeight] as Uint8Array
    this.#context.log.write('warn', 'filter headers differ', { peer: source.peer.name, height })
    this.#dispute = new FilterDispute({ ...this.#disputeParts(), source, block, claimed })
  }

  #settleDispute({ filters }: FilterStanding): void {
    const dispute = this.#dispute
    if (dispute === undefined || dispute.isRunning || filters < dispute.height - 1) return
    if (!this.#sources.has(dispute.source.peer)) {
      this.#dispute = undefined
      return
    }
    dispute.isRunning = true
    const epoch = this.#epoch
    this.#context.run('filter dispute', async () => {
      try {
        await dispute.settle([...this.#sources.values()], () => epoch === this.#epoch)
      } finally {
        if (this.#dispute === dispute) this.#dispute = undefined
      }
      this.#work()
    })
  }

  #disputeParts() {
    return {
      chain: this.#chain,
      questions: this.#questions,
      log: this.#context.log,
      forgetFrom: async (height: number) => {
        await this.#chain.forgetFiltersFrom(height)
        this.#cutAt(height)
      },
    }
  }
}

/**
 * What the window sees of the chain without asking: its state, the newest blocks, the mempool. Each is asked for anew after
 * a change and, while somebody watches, each second; answers come from another thread, so feeds show the last one.
 */
import type { BlockRow, ChainInfo, MempoolInfo } from '#shared/contract/chain.ts'
import type { FeedSource } from '#shared/contract/service.ts'
import type { ChainUpkeep, NodeChain } from '../../chain/node/node-chain.ts'
import { messageOf } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import type { Heartbeat } from '../heartbeat.ts'
import { Watchers } from '../watchers.ts'
import type { ChainHost } from './chain-host.ts'
import { type ChainPeersFacts, chainInfoOf } from './chain-info.ts'

const RECENT_BLOCKS = 20

export interface ChainViewParts {
  readonly host: ChainHost
  readonly heartbeat: Heartbeat
  readonly network: ChainInfo['network']
  readonly peers: () => ChainPeersFacts
  readonly log: Log
}

const NO_MEMPOOL: MempoolInfo = {
  transactions: 0,
  virtualBytes: 0,
  memory: 0,
  memoryLimit: 0,
  fees: 0n,
  minimumFeeRate: 0,
  bands: [],
}

export class ChainView {
  readonly state: FeedSource<undefined, ChainInfo>
  readonly recentBlocks: FeedSource<undefined, BlockRow>
  readonly mempoolState: FeedSource<undefined, MempoolInfo>
  readonly #parts: ChainViewParts
  readonly #changed = new Watchers()
  #upkeep: ChainUpkeep | undefined
  #blocks: readonly BlockRow[] = []
  #mempool: MempoolInfo = NO_MEMPOOL
  #unwatch: (() => void) | undefined
  #watched: NodeChain | undefined
  #asking = new Set<string>()
  /** Who watches the newest blocks: nobody else is told of them. */
  #blockWatchers = 0

  constructor(parts: ChainViewParts) {
    this.#parts = parts
    parts.host.watchers.add(() => this.#follow())
    this.state = this.#feed(
      () => [this.info()],
      (chain) => this.#askUpkeep(chain),
    )
    const blocks = this.#feed(
      () => this.#blocks,
      (chain) => this.#askBlocks(chain),
    )
    this.recentBlocks = {
      read: blocks.read,
      watch: (args, changed) => {
        this.#blockWatchers++
        const end = blocks.watch(args, changed)
        return () => {
          this.#blockWatchers--
          end()
        }
      },
    }
    this.mempoolState = this.#feed(
      () => [this.#mempool],
      (chain) => this.#askMempool(chain),
    )
  }

  /** As far as it was last told. */
  info(): ChainInfo {
    const { network, host, peers } = this.#parts
    return chainInfoOf({ network, host: host.state, upkeep: this.#upkeep, peers: peers() })
  }

  /** With upkeep as it is now. */
  async freshInfo(): Promise<ChainInfo> {
    const { chain } = this.#parts.host
    if (chain) this.#upkeep = await chain.upkeep()
    return this.info()
  }

  /** For the status bar. */
  watch(changed: () => void): () => void {
    return this.#changed.add(changed)
  }

  /** The peers have changed. */
  notify(): void {
    this.#changed.notify()
  }

  /** Something that a call set going has failed. */
  note(error: unknown): void {
    this.#parts.log.write('error', 'chain', { message: messageOf(error) })
    this.#changed.notify()
  }

  #feed<Item>(read: () => readonly Item[], ask: (chain: NodeChain) => Promise<void>): FeedSource<undefined, Item> {
    return {
      read,
      watch: (_args, changed) => {
        const refresh = () => {
          const { chain } = this.#parts.host
          if (chain) void ask(chain)
          changed()
        }
        refresh()
        const ends = [this.#parts.heartbeat.add(refresh), this.#changed.add(changed)]
        return () => {
          for (const end of ends) end()
        }
      },
    }
  }

  #follow(): void {
    const { chain } = this.#parts.host
    if (chain !== this.#watched) {
      this.#unwatch?.()
      this.#watched = chain
      this.#unwatch = chain?.watch({
        tipChanged: () => {
          if (this.#blockWatchers > 0) void this.#askBlocks(chain)
        },
        stateChanged: () => this.#changed.notify(),
      })
      this.#upkeep = undefined
      this.#blocks = []
      this.#mempool = NO_MEMPOOL
    }
    this.#changed.notify()
  }

  #askUpkeep(chain: NodeChain): Promise<void> {
    return this.#ask('upkeep', async () => {
      const answer = await chain.upkeep()
      if (chain === this.#watched) this.#upkeep = answer
    })
  }

  #askBlocks(chain: NodeChain): Promise<void> {
    return this.#ask('blocks', async () => {
      const answer = await chain.blockSummaries(undefined, RECENT_BLOCKS)
      if (chain === this.#watched) this.#blocks = answer
    })
  }

  #askMempool(chain: NodeChain): Promise<void> {
    return this.#ask('mempool', async () => {
      const answer = await chain.mempoolDetails()
      if (chain === this.#watched) this.#mempool = answer
    })
  }

  /** One question of a kind at a time: a slow thread is not asked again meanwhile. */
  async #ask(what: string, question: () => Promise<void>): Promise<void> {
    if (this.#asking.has(what)) return
    this.#asking.add(what)
    try {
      await question()
      this.#changed.notify()
    } catch (error) {
      this.#parts.log.write('debug', 'chain not asked', { what, message: messageOf(error) })
    } finally {
      this.#asking.delete(what)
    }
  }
}

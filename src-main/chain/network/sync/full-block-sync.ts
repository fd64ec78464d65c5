/**
 * Fetches the blocks on the way to the best headers that peers have, from all of them in parallel, and hands them to the
 * chain, several at once: it checks them in their order. What to ask of whom is decided in `BlockDownloads`. Blocks that a
 * pruned node had once and somebody wants to look into are fetched beside them (`BlockFetches`).
 */
import { bytesEqual } from '../../../kernel/bytes.ts'
import { type Millis, SECOND } from '../../../kernel/clock.ts'
import type { BlockOutcome, BlockPosition, ChainTip } from '../../chain.ts'
import { hashKey } from '../../coins/coin.ts'
import type { BlockFault } from '../../consensus/block-fault.ts'
import { hash256 } from '../../primitives/hashes.ts'
import { HEADER_BYTES } from '../../primitives/header.ts'
import { isBlameworthy } from '../blame.ts'
import { InventoryType, type MessageOf } from '../messages/index.ts'
import type { PartContext } from '../part-context.ts'
import type { MessageHandlers, Peer } from '../peer.ts'
import { BlockDownloads } from './block-downloads.ts'
import { BlockFetches } from './block-fetches.ts'
import type { BlockSync, SyncProgress } from './block-sync.ts'
import { CatchUpMeter } from './catch-up-meter.ts'
import { DOWNLOAD_WINDOW } from './download-limits.ts'
import type { HeaderSync } from './header-sync.ts'

/** Blocks whose sender is remembered until they are part of the chain, or refused: as many as can wait for a parent. */
export const MAX_SENDERS = 2 * DOWNLOAD_WINDOW

/** No block is asked for so long after the chain failed to take one. */
export const REST_AFTER_FAILURE: Millis = 10 * SECOND

export interface FullBlockSyncOptions {
  /** Time for one block. */
  readonly blockTimeLimit?: Millis
  /** A peer was the first to bring a block that is part of the best chain now. */
  readonly brought?: (peer: Peer) => void
}

export class FullBlockSync implements BlockSync {
  readonly handlers: MessageHandlers = {
    block: (peer, message) => {
      const hash = hash256(message.payload.subarray(0, HEADER_BYTES))
      return this.#fetches.isAsked(peer, hash)
        ? this.#fetches.received(peer, message)
        : this.#received(peer, hash, message.payload)
    },
    notfound: (peer, message) => {
      this.#fetches.notFound(peer, message)
      this.#notFound(peer, message)
    },
  }
  readonly downloads: BlockDownloads<Peer>
  readonly #context: PartContext
  readonly #headers: HeaderSync
  readonly #options: FullBlockSyncOptions
  readonly #fetches: BlockFetches
  readonly #meter = new CatchUpMeter()
  /** Who sent the blocks that wait for a parent, by hash. */
  readonly #senders = new Map<string, Peer>()
  /** The chain takes nothing before: its disk may be full. */
  #restUntil: Millis = 0
  #isRefreshing = false
  #isStale = false

  constructor(context: PartContext, headers: HeaderSync, options: FullBlockSyncOptions = {}) {
    this.#context = context
    this.#headers = headers
    this.#options = options
    this.downloads = new BlockDownloads(options.blockTimeLimit)
    this.#fetches = new BlockFetches(context)
  }

  joined(peer: Peer): void {
    this.downloads.joined(peer)
  }

  left(peer: Peer): void {
    this.downloads.left(peer)
    this.#fetches.left(peer)
    for (const [key, sender] of this.#senders) if (sender === peer) this.#senders.delete(key)
    this.#ask()
  }

  headMoved(): void {
    this.progress()
    this.#refresh()
  }

  tipChanged({ disconnected, connected }: Parameters<BlockSync['tipChanged']>[0]): void {
    const now = this.#context.clock.now()
    this.#meter.connected(connected.length, now)
    for (const { hash } of connected) this.#senders.delete(hashKey(hash))
    if (disconnected.length > 0) this.#refresh()
  }

  /** The chain found out only now that a block breaks a rule. */
  blockRefused(hash: Uint8Array, fault: BlockFault): void {
    const key = hashKey(hash)
    const sender = this.#senders.get(key)
    this.#senders.delete(key)
    if (sender !== undefined && isBlameworthy(fault, 'block')) sender.misbehaved(fault.reason)
    this.#refresh()
  }

  tick(now: Millis): void {
    for (const { peer, because } of this.downloads.stalled(now)) {
      this.#context.log.write('info', 'block not in time', { peer: peer.name, because })
      peer.close(because === 'stalling' ? 'it holds up the download of blocks' : 'a block took too long')
    }
    // Others keep all that they had.
    if (this.#context.chain.state.mode === 'pruned') this.#fetches.tick(now)
    this.#ask()
  }

  progress(): SyncProgress | undefined {
    const { tip, bestHeader } = this.#context.chain.state
    return this.#meter.progress(tip.height, bestHeader.height, this.#context.clock.now())
  }

  activity(peer: Peer): string {
    const asked = this.downloads.askedOf(peer) + this.#fetches.askedOf(peer)
    if (asked > 0) return asked === 1 ? 'fetching a block' : `fetching ${asked} blocks`
    return this.#headers.isLeader(peer) ? 'fetching headers' : ''
  }

  /** What has become of a block that the peer sent, however it came. */
  settle(peer: Peer, hash: Uint8Array, outcome: BlockOutcome, way: 'block' | 'compact'): void {
    const now = this.#context.clock.now()
    switch (outcome.status) {
      case 'connected':
      case 'stored':
      case 'known':
        this.#taken(peer, hash, outcome.status, outcome.position)
        return
      case 'refused':
        this.downloads.settled(hash, outcome.fault.kind === 'mutated' ? 'wanted' : 'done', now)
        if (isBlameworthy(outcome.fault, way)) peer.misbehaved(outcome.fault.reason)
        this.#refresh()
        return
      case 'unconnected':
        this.downloads.settled(hash, 'wanted', now)
        this.#headers.ask(peer)
        return
      case 'unwanted':
        this.downloads.settled(hash, 'wanted', now)
    }
  }

  #taken(peer: Peer, hash: Uint8Array, status: 'connected' | 'stored' | 'known', position: BlockPosition): void {
    const { chain, clock } = this.#context
    this.downloads.settled(hash, 'done', clock.now())
    if (status !== 'known') peer.lastBlockAt = clock.now()
    if (status === 'stored') this.#remember(hash, peer)
    if (status === 'connected' && chain.state.phase === 'synced') this.#options.brought?.(peer)
    const { tip, bestHeader } = chain.state
    const before = peer.head
    for (const newest of [tip, bestHeader]) if (bytesEqual(newest.hash, position.hash)) peer.has(newest)
    // It came unasked and waits for others, of a branch that we had no reason to fetch: nobody has been asked for those.
    if (status !== 'connected' && peer.head !== before) this.#refresh()
    else this.#ask()
  }

  #remember(hash: Uint8Array, peer: Peer): void {
    const [oldest] = this.#senders.keys()
    if (this.#senders.size >= MAX_SENDERS && oldest !== undefined) this.#senders.delete(oldest)
    if (!peer.isGone) this.#senders.set(hashKey(hash), peer)
  }

  /** Blocks that we asked for are checked while the peer's next message is read; others hold it up. */
  #received(peer: Peer, hash: Uint8Array, payload: Uint8Array): void | Promise<void> {
    const { chain, clock } = this.#context
    peer.knownBlocks.add(hash)
    const wasAsked = this.downloads.delivered(peer, hash, payload.length, clock.now())
    const check = async () => {
      try {
        this.settle(peer, hash, await chain.acceptBlock(payload, peer.name, wasAsked), 'block')
      } catch (error) {
        this.downloads.settled(hash, 'wanted', clock.now())
        this.#restUntil = clock.now() + REST_AFTER_FAILURE
        throw error
      }
    }
    if (!wasAsked) return check()
    this.#context.run('block', check)
    this.#ask()
  }

  #notFound(peer: Peer, { items }: MessageOf<'notfound'>): void {
    const now = this.#context.clock.now()
    for (const { type, hash } of items) if (isBlockType(type)) this.downloads.notFound(peer, hash, now)
    this.#ask()
  }

  #ask(): void {
    if (this.#context.clock.now() < this.#restUntil) return
    if (this.downloads.needsRefresh) this.#refresh()
    for (const [peer, positions] of this.downloads.plan(this.#context.clock.now())) {
      const type = this.#isNextAlone(peer, positions) ? InventoryType.COMPACT_BLOCK : InventoryType.WITNESS_BLOCK
      peer.send({ command: 'getdata', items: positions.map(({ hash }) => ({ type, hash })) })
    }
  }

  /** A single block on our tip: most of it is in the mempool. */
  #isNextAlone(peer: Peer, positions: readonly BlockPosition[]): boolean {
    const { phase, tip } = this.#context.chain.state
    return (
      phase === 'synced' &&
      peer.speaksCompactBlocks &&
      positions.length === 1 &&
      positions[0]?.height === tip.height + 1
    )
  }

  /** Asks the chain what is missing on the way to the heads of peers, one question after another. */
  #refresh(): void {
    this.#isStale = true
    if (this.#isRefreshing) return
    this.#isRefreshing = true
    this.#context.run('missing blocks', async () => {
      try {
        while (this.#isStale) {
          this.#isStale = false
          await this.#findPaths()
        }
      } finally {
        this.#isRefreshing = false
      }
      this.#ask()
    })
  }

  async #findPaths(): Promise<void> {
    const { chain, peers } = this.#context
    this.downloads.beginRefresh()
    const heads = new Map<string, ChainTip>()
    for (const { head, blocks } of peers)
      if (head !== undefined && blocks !== 'none' && head.work > chain.state.tip.work)
        heads.set(hashKey(head.hash), head)
    const paths = []
    for (const head of heads.values()) {
      const missing = await chain.missingBlocks(head.hash, DOWNLOAD_WINDOW)
      paths.push({ head, missing, isCut: missing.length === DOWNLOAD_WINDOW })
    }
    this.downloads.setPaths(paths)
  }
}

function isBlockType(type: number): boolean {
  return type === InventoryType.BLOCK || type === InventoryType.WITNESS_BLOCK || type === InventoryType.COMPACT_BLOCK
}

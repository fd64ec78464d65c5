/**
 * New blocks as compact blocks (BIP 152, version 2), the receiving side. Up to three peers, those that brought us the last
 * new blocks first, are asked to send theirs unasked. What our mempool lacks of one is asked for; where that fails, the whole
 * block is.
 */

import { bytesEqual } from '../../../kernel/bytes.ts'
import type { Millis } from '../../../kernel/clock.ts'
import type { CompactOutcome } from '../../chain.ts'
import { HASH_BYTES, hash256 } from '../../primitives/hashes.ts'
import { HEADER_BYTES } from '../../primitives/header.ts'
import { COMPACT_BLOCK_VERSION, encodeGetBlockTransactions } from '../compact-block-messages.ts'
import { InventoryType, type MessageOf } from '../messages/index.ts'
import type { PartContext } from '../part-context.ts'
import type { MessageHandlers, Peer, PeerPart } from '../peer.ts'
import { BLOCK_TIME_LIMIT } from '../sync/download-limits.ts'
import type { FullBlockSync } from '../sync/full-block-sync.ts'
import type { HeaderSync } from '../sync/header-sync.ts'

/** Peers that send us compact blocks unasked (BIP 152, high bandwidth). */
export const MAX_HIGH_BANDWIDTH_PEERS = 3
/** Peers that are asked at once for what is missing of one compact block. */
export const MAX_PARALLEL_COMPLETIONS = 3

interface Completion {
  readonly hash: Uint8Array
  readonly askedAt: Millis
}

export class CompactBlocks implements PeerPart {
  readonly handlers: MessageHandlers = {
    sendcmpct: (peer, message) => this.#wished(peer, message),
    cmpctblock: (peer, message) => this.#received(peer, message),
    blocktxn: (peer, message) => this.#completed(peer, message),
  }
  readonly #context: PartContext
  readonly #headers: HeaderSync
  readonly #sync: FullBlockSync
  readonly #completions = new Map<Peer, Completion>()
  /** Oldest first. */
  #highBandwidth: Peer[] = []

  constructor(context: PartContext, headers: HeaderSync, sync: FullBlockSync) {
    this.#context = context
    this.#headers = headers
    this.#sync = sync
  }

  joined(peer: Peer): void {
    peer.send({ command: 'sendcmpct', announce: false, version: COMPACT_BLOCK_VERSION })
  }

  left(peer: Peer): void {
    this.#completions.delete(peer)
    this.#highBandwidth = this.#highBandwidth.filter((other) => other !== peer)
  }

  tick(now: Millis): void {
    for (const [peer, { askedAt }] of [...this.#completions])
      if (now - askedAt >= BLOCK_TIME_LIMIT) peer.close('it did not complete a compact block')
  }

  /** It was the first to bring a new block of our best chain. */
  broughtFirst(peer: Peer): void {
    if (!peer.speaksCompactBlocks || peer.isGone) return
    const others = this.#highBandwidth.filter((other) => other !== peer)
    if (others.length === this.#highBandwidth.length)
      peer.send({ command: 'sendcmpct', announce: true, version: COMPACT_BLOCK_VERSION })
    if (others.length === MAX_HIGH_BANDWIDTH_PEERS) {
      // One that we chose ourselves stays, so that strangers cannot take all three places.
      const ours = others.filter((other) => other.isOurs)
      const first = !peer.isOurs && ours.length === 1 && ours[0] === others[0] ? 1 : 0
      const [dropped] = others.splice(first, 1)
      dropped?.send({ command: 'sendcmpct', announce: false, version: COMPACT_BLOCK_VERSION })
    }
    this.#highBandwidth = [...others, peer]
  }

  get highBandwidthPeers(): readonly Peer[] {
    return this.#highBandwidth
  }

  #wished(peer: Peer, { announce, version }: MessageOf<'sendcmpct'>): void {
    if (version !== COMPACT_BLOCK_VERSION) return
    peer.speaksCompactBlocks = true
    peer.wantsCompactBlocks = announce
  }

  async #received(peer: Peer, { payload }: MessageOf<'cmpctblock'>): Promise<void> {
    const { chain } = this.#context
    const header = payload.subarray(0, HEADER_BYTES)
    const hash = hash256(header)
    peer.knownBlocks.add(hash)
    // While catching up only its header is of use: the mempool has nothing of it.
    if (chain.state.phase !== 'synced') await this.#headers.announced(peer, header)
    else await this.#settle(peer, hash, header, await chain.acceptCompactBlock(payload, peer.name))
  }

  async #completed(peer: Peer, { payload }: MessageOf<'blocktxn'>): Promise<void> {
    const completion = this.#completions.get(peer)
    const hash = payload.subarray(0, HASH_BYTES)
    if (completion === undefined || !bytesEqual(completion.hash, hash)) return
    this.#completions.delete(peer)
    await this.#settle(peer, hash, undefined, await this.#context.chain.completeCompactBlock(payload, peer.name))
  }

  async #settle(peer: Peer, hash: Uint8Array, header: Uint8Array | undefined, outcome: CompactOutcome): Promise<void> {
    switch (outcome.status) {
      case 'missing':
        if (header !== undefined) await this.#complete(peer, hash, header, outcome.indexes)
        return
      case 'ask-whole':
        await this.#askWhole(peer, hash, header)
        return
      default:
        this.#sync.settle(peer, hash, outcome, 'compact')
    }
  }

  async #complete(peer: Peer, hash: Uint8Array, header: Uint8Array, indexes: readonly number[]): Promise<void> {
    let open = 0
    for (const completion of this.#completions.values()) if (bytesEqual(completion.hash, hash)) open++
    if (open >= MAX_PARALLEL_COMPLETIONS || peer.isGone) return
    await this.#isFetchedFrom(peer, hash, header)
    this.#completions.set(peer, { hash: hash.slice(), askedAt: this.#context.clock.now() })
    const payload = encodeGetBlockTransactions({ blockHash: hash, indexes })
    peer.send({ command: 'getblocktxn', payload })
  }

  async #askWhole(peer: Peer, hash: Uint8Array, header: Uint8Array | undefined): Promise<void> {
    if (await this.#isFetchedFrom(peer, hash, header))
      peer.send({ command: 'getdata', items: [{ type: InventoryType.WITNESS_BLOCK, hash }] })
  }

  /** Notes that the block is asked of this peer, unless it is asked of another. */
  async #isFetchedFrom(peer: Peer, hash: Uint8Array, header: Uint8Array | undefined): Promise<boolean> {
    const { downloads } = this.#sync
    if (downloads.isAskedOf(peer, hash)) return true
    if (downloads.isUnderWay(hash)) return false
    const height = header === undefined ? undefined : await this.#heightOf(header)
    if (height === undefined) {
      this.#headers.ask(peer)
      return false
    }
    return downloads.askedOtherwise(peer, { hash, height }, this.#context.clock.now())
  }

  /** Undefined where the parent is not part of our best chain. */
  async #heightOf(header: Uint8Array): Promise<number | undefined> {
    const { chain } = this.#context
    const parent = header.subarray(4, 4 + HASH_BYTES)
    const { tip } = chain.state
    const height = bytesEqual(tip.hash, parent) ? tip.height : await chain.heightOf(parent.slice())
    return height === undefined ? undefined : height + 1
  }
}

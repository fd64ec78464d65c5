/**
 * Answers `getheaders`, and `getblocks` with the hashes of blocks: at most 500, and when the last of them is fetched, the
 * hash of our tip, so that a node that knows no headers-first goes on asking.
 */
import { bytesEqual } from '../../../kernel/bytes.ts'
import { hash256, ZERO_HASH } from '../../primitives/hashes.ts'
import { HEADER_BYTES } from '../../primitives/header.ts'
import { InventoryType, MAX_HEADERS, type MessageOf } from '../messages/index.ts'
import type { PartContext } from '../part-context.ts'
import type { MessageHandlers, Peer, PeerPart } from '../peer.ts'
import type { Answers } from './answers.ts'

/** Block hashes in the answer to `getblocks`. */
export const MAX_BLOCK_HASHES = 500

export class HeaderServing implements PeerPart {
  readonly handlers: MessageHandlers = {
    getheaders: (peer, message) => this.#answers.add(peer, 1, () => this.#headers(peer, message)),
    getblocks: (peer, message) => this.#answers.add(peer, 1, () => this.#blocks(peer, message)),
  }
  readonly #context: PartContext
  readonly #answers: Answers
  /** The last hash of an answer that was full. */
  readonly #continueAt = new Map<Peer, Uint8Array>()

  constructor(context: PartContext, answers: Answers) {
    this.#context = context
    this.#answers = answers
  }

  left(peer: Peer): void {
    this.#continueAt.delete(peer)
  }

  /** The peer has been sent a block. */
  blockSent(peer: Peer, hash: Uint8Array): void {
    const at = this.#continueAt.get(peer)
    if (at === undefined || !bytesEqual(at, hash)) return
    this.#continueAt.delete(peer)
    const { tip } = this.#context.chain.state
    peer.send({ command: 'inv', items: [{ type: InventoryType.BLOCK, hash: tip.hash }] })
  }

  async #headers(peer: Peer, { locator, stop }: MessageOf<'getheaders'>): Promise<void> {
    const headers = await this.#context.chain.headersAfter(locator, stop, MAX_HEADERS)
    if (headers.length > 0) peer.knownBlocks.add(hash256(headers.subarray(-HEADER_BYTES)))
    peer.send({ command: 'headers', headers })
  }

  /** From what a pruned node does not keep, nothing is offered. */
  async #blocks(peer: Peer, { locator, stop }: MessageOf<'getblocks'>): Promise<void> {
    const { chain } = this.#context
    const headers = await chain.headersAfter(locator, stop, MAX_BLOCK_HASHES)
    const first = headers.subarray(0, HEADER_BYTES)
    const { keptFrom, mode } = chain.state
    if (first.length === 0 || mode === 'light') return
    const height = await chain.heightOf(hash256(first))
    if (height === undefined || height < (keptFrom ?? Number.POSITIVE_INFINITY)) return
    const items = []
    for (let at = 0; at < headers.length; at += HEADER_BYTES)
      items.push({ type: InventoryType.BLOCK, hash: hash256(headers.subarray(at, at + HEADER_BYTES)) })
    const last = items.at(-1)?.hash ?? ZERO_HASH
    if (items.length === MAX_BLOCK_HASHES) this.#continueAt.set(peer, last)
    peer.send({ command: 'inv', items })
  }
}

/**
 * Tells peers of new blocks of our best chain, each in the way it wants: as a compact block, by headers, or by the hash of
 * the tip. Headers go only where they follow what the peer knows. Nothing is announced while we catch up ourselves.
 */
import { bytesEqual } from '../../../kernel/bytes.ts'
import type { BlockPosition } from '../../chain.ts'
import { HEADER_BYTES } from '../../primitives/header.ts'
import { InventoryType } from '../messages/index.ts'
import type { PartContext } from '../part-context.ts'
import type { MessageHandlers, Peer, PeerPart } from '../peer.ts'

/** More new blocks at once are announced by the hash of the tip alone (Bitcoin Core). */
export const MAX_ANNOUNCED_HEADERS = 8
/** Newest blocks of the best chain that are remembered here, to know what a peer's head has behind it. */
const REMEMBERED_CHAIN = 144

export class BlockAnnouncements implements PeerPart {
  readonly handlers: MessageHandlers = {
    sendheaders: (peer) => {
      peer.prefersHeaders = true
    },
  }
  readonly #context: PartContext
  /** Lowest first, without gaps. */
  readonly #recent: BlockPosition[]

  constructor(context: PartContext) {
    this.#context = context
    this.#recent = [context.chain.state.tip]
  }

  joined(peer: Peer): void {
    peer.send({ command: 'sendheaders' })
  }

  tipChanged(disconnected: readonly BlockPosition[], connected: readonly BlockPosition[]): void {
    const recent = this.#recent
    const lowest = disconnected.at(-1)?.height
    if (lowest !== undefined) while ((recent.at(-1)?.height ?? -1) >= lowest) recent.pop()
    const [first, tip] = [connected[0], connected.at(-1)]
    if (first === undefined || tip === undefined) return
    const last = recent.at(-1)
    const known = last !== undefined && last.height + 1 === first.height ? last : undefined
    if (known === undefined || connected.length >= REMEMBERED_CHAIN) recent.length = 0
    recent.push(...connected.slice(-REMEMBERED_CHAIN))
    if (recent.length > 2 * REMEMBERED_CHAIN) recent.splice(0, recent.length - REMEMBERED_CHAIN)
    const { phase, mode } = this.#context.chain.state
    // A light node has no block to offer, and peers that think it has the tip do not tell it that they have.
    if (phase !== 'synced' || mode === 'light') return
    this.#context.run('announcement', () => this.#announce(known, connected, tip))
  }

  async #announce(
    parent: BlockPosition | undefined,
    connected: readonly BlockPosition[],
    tip: BlockPosition,
  ): Promise<void> {
    const headers = await this.#headersAfter(parent, connected, tip)
    let compact: Promise<Uint8Array | undefined> | undefined
    for (const peer of [...this.#context.peers]) {
      if (peer.knownBlocks.has(tip.hash)) continue
      const followsOn = parent !== undefined && headers !== undefined && this.#knows(peer, parent)
      peer.knownBlocks.add(tip.hash)
      if (followsOn && peer.wantsCompactBlocks) {
        compact ??= this.#context.chain.compactBlock(tip.hash)
        const payload = await compact
        if (payload !== undefined) {
          peer.send({ command: 'cmpctblock', payload })
          continue
        }
      }
      if (followsOn && peer.prefersHeaders) peer.send({ command: 'headers', headers })
      else peer.send({ command: 'inv', items: [{ type: InventoryType.BLOCK, hash: tip.hash }] })
    }
  }

  /** Undefined where there are too many, or the chain has moved on. */
  async #headersAfter(
    parent: BlockPosition | undefined,
    connected: readonly BlockPosition[],
    tip: BlockPosition,
  ): Promise<Uint8Array | undefined> {
    if (parent === undefined || connected.length > MAX_ANNOUNCED_HEADERS) return undefined
    const headers = await this.#context.chain.headersAfter([parent.hash], tip.hash, connected.length)
    return headers.length === connected.length * HEADER_BYTES ? headers : undefined
  }

  #knows(peer: Peer, position: BlockPosition): boolean {
    if (peer.knownBlocks.has(position.hash)) return true
    const { head } = peer
    if (head === undefined || head.height < position.height) return false
    const lowest = this.#recent[0]?.height ?? 0
    const ours = this.#recent[head.height - lowest]
    return ours !== undefined && bytesEqual(ours.hash, head.hash)
  }
}

/**
 * Blocks that arrive in their compact form (BIP 152): checked by their header first, put together from the mempool, and
 * kept half while a peer is asked for the rest. One half block a peer, the newest; `forgetPeer` drops it.
 */
import { SerializationError } from '../../codec/serialization-error.ts'
import { bytesEqual } from '../../kernel/bytes.ts'
import type { BlockOutcome, CompactOutcome, HeadersOutcome, PeerName } from '../chain.ts'
import type { BlockFault } from '../consensus/block-fault.ts'
import { decodeCompactBlock } from '../network/compact-block.ts'
import { CompactBlockError } from '../network/compact-block-error.ts'
import { decodeBlockTransactions } from '../network/compact-block-messages.ts'
import { CompactBlockReconstruction, type Reconstruction } from '../network/compact-block-reconstruction.ts'
import type { Block } from '../primitives/block.ts'
import { ZERO_HASH } from '../primitives/hashes.ts'
import type { BlockHeader } from '../primitives/header.ts'
import type { Transaction } from '../primitives/transaction.ts'

/** Half blocks over all peers: each may hold the transactions of a block. */
export const MAX_HALF_BLOCKS = 8

export interface CompactBlockParts {
  acceptHeader(header: BlockHeader, from: PeerName): HeadersOutcome
  /** Of the chain as it is connected. */
  tipWork(): bigint
  /** Where the block stands if it is here. */
  known(hash: Uint8Array): BlockOutcome | undefined
  /** Transactions that may be in the block. */
  candidates(): Iterable<Transaction>
  acceptBlock(block: Block, from: PeerName): Promise<BlockOutcome>
}

interface HalfBlock {
  readonly hash: Uint8Array
  readonly reconstruction: CompactBlockReconstruction
  /** Places that this peer was asked for. */
  readonly asked: readonly number[]
}

export class CompactBlockIntake {
  readonly #parts: CompactBlockParts
  readonly #half = new Map<PeerName, HalfBlock>()

  constructor(parts: CompactBlockParts) {
    this.#parts = parts
  }

  get size(): number {
    return this.#half.size
  }

  async accept(payload: Uint8Array, from: PeerName): Promise<CompactOutcome> {
    const compact = readOrFault(() => decodeCompactBlock(payload))
    if ('reason' in compact) return { status: 'refused', hash: ZERO_HASH, fault: compact }
    const { header } = compact
    const headers = this.#parts.acceptHeader(header, from)
    if (headers.status === 'low-work') return { status: 'unwanted' }
    if (headers.status !== 'accepted') return headers
    const { hash } = header
    const known = this.#parts.known(hash)
    if (known) return known
    // Nobody asked for it: one that cannot become the tip would be kept for nothing, at whatever size its sender chose.
    if (headers.last.work < this.#parts.tipWork()) return { status: 'unwanted' }
    const half = this.#half.get(from)
    // Sent again before the rest has come: it is not worth another look through the mempool.
    if (half && bytesEqual(half.hash, hash)) return { status: 'missing', hash, indexes: half.asked }
    const reconstruction = new CompactBlockReconstruction(compact)
    for (const transaction of this.#parts.candidates()) reconstruction.offer(transaction)
    return this.#go(reconstruction.result(), { hash, reconstruction, asked: [] }, from)
  }

  /** `unwanted` where nothing is waited for from this peer, `ask-whole` where the answer does not fit. */
  async complete(payload: Uint8Array, from: PeerName): Promise<CompactOutcome> {
    const half = this.#half.get(from)
    if (half === undefined) return { status: 'unwanted' }
    this.#half.delete(from)
    const known = this.#parts.known(half.hash)
    if (known) return known
    const result = readOrFault(() => half.reconstruction.complete(decodeBlockTransactions(payload)))
    return 'reason' in result ? { status: 'ask-whole', hash: half.hash } : this.#go(result, half, from)
  }

  forgetPeer(peer: PeerName): void {
    this.#half.delete(peer)
  }

  async #go(result: Reconstruction, half: HalfBlock, from: PeerName): Promise<CompactOutcome> {
    const { hash } = half
    switch (result.outcome) {
      case 'fetch-block':
        return { status: 'ask-whole', hash }
      case 'missing':
        this.#keep(from, { ...half, asked: result.request.indexes })
        return { status: 'missing', hash, indexes: result.request.indexes }
      case 'block': {
        const outcome = await this.#parts.acceptBlock(result.block, from)
        // Not what the sender meant, as far as anyone can tell: a short id may have named a wrong transaction.
        const isMutated = outcome.status === 'refused' && outcome.fault.kind === 'mutated'
        return isMutated ? { status: 'ask-whole', hash } : outcome
      }
    }
  }

  #keep(from: PeerName, half: HalfBlock): void {
    this.#half.delete(from)
    this.#half.set(from, half)
    if (this.#half.size <= MAX_HALF_BLOCKS) return
    const [oldest] = this.#half.keys()
    if (oldest !== undefined) this.#half.delete(oldest)
  }
}

function readOrFault<T extends object>(read: () => T): T | BlockFault {
  try {
    return read()
  } catch (error) {
    if (error instanceof SerializationError || error instanceof CompactBlockError)
      return { reason: 'bad-cmpctblock', kind: 'mutated' }
    throw error
  }
}

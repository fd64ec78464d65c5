/**
 * The best chain as it is connected: its blocks by height, the coins after its tip, and how both differ from the store.
 *
 * Moves by one block at a time, and between two moves tip and coins agree: a block changes both at once, after all about it
 * was checked. Which way to move is the chainstate's business.
 */

import { codeOf } from '../../kernel/errors.ts'
import type { SignatureBatches, SignatureVerifier } from '../../kernel/signature-verifier.ts'
import { type BlockFault, invalid } from '../consensus/block-fault.ts'
import { blockFault } from '../consensus/block-rules.ts'
import {
  type BlockEffects,
  connectBlock,
  disconnectBlock,
  isBip30Needed,
  isBlockFault,
} from '../consensus/connect-block.ts'
import { Branch } from '../headers/branch.ts'
import type { HeaderTree } from '../headers/header-tree.ts'
import { type Block, decodeBlock } from '../primitives/block.ts'
import type { SignatureCache } from '../script/signature-checks.ts'
import { type InputVerifiers, verifyInputs } from '../script/verify-inputs.ts'
import type { ChainStore, ConnectedBlock } from '../store/chain-store.ts'
import { ChainstateError } from './chainstate-error.ts'
import { COIN_CACHE_BYTES, CoinCache } from './coin-cache.ts'
import { MAX_UNCOMMITTED_BLOCKS, UncommittedBlocks } from './uncommitted-blocks.ts'

/** Times that the scripts of a block are verified again after a thread died over them. */
const MAX_VERIFICATION_RETRIES = 2

export interface SignatureParts {
  readonly verifier: SignatureVerifier
  readonly batches: Pick<SignatureBatches, 'verifyAll'>
  /** Shared with the mempool. */
  readonly cache: SignatureCache
}

export interface BestChainParts {
  readonly tree: HeaderTree
  readonly store: ChainStore
  readonly signatures: SignatureParts
  /** Bytes for coins and blocks in memory; `COIN_CACHE_BYTES` by default. */
  readonly cacheBytes?: number
  /** Waits for signatures that are checked elsewhere; without it, nothing else is done meanwhile. */
  readonly whileWaiting?: <T>(verdict: Promise<T>) => Promise<T>
}

export class BestChain {
  readonly branch: Branch
  readonly coins: CoinCache
  readonly #tree: HeaderTree
  readonly #store: ChainStore
  readonly #signatures: InputVerifiers
  readonly #cacheBytes: number
  readonly #whileWaiting: NonNullable<BestChainParts['whileWaiting']>
  readonly #uncommitted = new UncommittedBlocks()
  readonly #medianTimePastAt = (height: number) => this.#tree.medianTimePast(this.branch.at(height))

  constructor({ tree, store, signatures, cacheBytes = COIN_CACHE_BYTES, whileWaiting }: BestChainParts) {
    this.#tree = tree
    this.#store = store
    this.#signatures = { ...signatures, remembers: false }
    this.#cacheBytes = cacheBytes
    this.#whileWaiting = whileWaiting ?? ((verdict) => verdict)
    this.branch = new Branch(tree)
    this.coins = new CoinCache(store.coins, cacheBytes)
  }

  /** Row of the tip. */
  get tip(): number {
    return this.branch.end
  }

  /** Whether the store stands somewhere else than we do. */
  get isCommitted(): boolean {
    return this.#uncommitted.count === 0
  }

  /** Whether a commit is due: memory or the work after a crash come to their bounds. */
  get isFull(): boolean {
    const { bytes, count } = this.#uncommitted
    return bytes + this.coins.changedBytes > this.#cacheBytes || count >= MAX_UNCOMMITTED_BLOCKS
  }

  /** The block of a row, where the store's last commit has not seen it connected. */
  recent(row: number): ConnectedBlock | undefined {
    return this.branch.has(row) ? this.#uncommitted.at(this.#tree.height(row)) : undefined
  }

  /** Stands where the store stands. */
  startAt(row: number): void {
    this.branch.moveTo(row)
  }

  /**
   * Connects a child of the tip; `block` has passed the rules for its place. Nothing has changed where it breaks one.
   * @throws ChainstateError, what the store throws, SignatureBatchError
   */
  async connect(row: number, block: Block): Promise<ConnectedBlock | BlockFault> {
    const height = this.#tree.height(row)
    const { network } = this.#tree
    const effects = connectBlock(block, {
      network,
      height,
      medianTimePast: this.#tree.medianTimePast(this.tip),
      coins: this.coins,
      medianTimePastAt: this.#medianTimePastAt,
      isBip30Needed: isBip30Needed(network, height),
    })
    if (isBlockFault(effects)) return effects
    const fault = effects.spent.length > 0 ? await this.#scriptFault(effects) : undefined
    if (fault) return fault
    const connected: ConnectedBlock = { height, block, spent: effects.spent }
    this.coins.connect(effects.coins)
    this.branch.moveTo(row)
    this.#uncommitted.connect(connected)
    return connected
  }

  /**
   * Takes the tip back: its parent is the tip then. Not for genesis.
   * @throws ChainstateError where the store has not kept what it takes
   */
  disconnect(): ConnectedBlock {
    const row = this.tip
    const height = this.#tree.height(row)
    const fresh = this.#uncommitted.takeBack()
    // What is pruned goes with its block: it is not there any more, and not damaged.
    const spent = fresh?.spent ?? this.#store.spentBy(this.#tree.hash(row))
    if (spent === undefined) throw new ChainstateError({ code: 'UNDO_MISSING', hash: this.#tree.hash(row) })
    const block = fresh?.block ?? this.blockOf(row)
    if (block === undefined) throw new ChainstateError({ code: 'STORE_DAMAGED', hash: this.#tree.hash(row) })
    this.coins.disconnect(disconnectBlock(block, spent))
    this.branch.moveTo(this.#tree.parent(row))
    if (fresh === undefined) this.#uncommitted.disconnect({ height, hash: block.hash })
    return { height, block, spent }
  }

  /** Moves the store to where we stand. @throws what the store throws; then nothing has changed */
  commit(): void {
    if (this.isCommitted) {
      // Where every block that went has come back, the coins are those of the store again.
      this.coins.committed()
      return
    }
    const { connected, disconnected } = this.#uncommitted
    this.#store.commit({
      tip: this.#tree.hash(this.tip),
      tipHeight: this.branch.height,
      coins: this.coins.changes,
      disconnected,
      connected,
    })
    this.coins.committed()
    this.#uncommitted.clear()
  }

  /** A block from the store; undefined where it is not there, or not what it was. */
  blockOf(row: number): Block | undefined {
    const bytes = this.#store.block(this.#tree.hash(row))
    const block = bytes && decodedOrUndefined(bytes)
    const isWhole = block && this.#tree.find(block.hash) === row && blockFault(block)?.kind !== 'mutated'
    return isWhole ? block : undefined
  }

  async #scriptFault(effects: BlockEffects): Promise<BlockFault | undefined> {
    for (let tries = 0; ; tries++) {
      try {
        const failure = await this.#whileWaiting(verifyInputs(effects.spends(), effects.flags, this.#signatures))
        return failure && invalid(`mandatory-script-verify-flag-failed (${failure.error.code})`)
      } catch (error) {
        if (codeOf(error) !== 'WORKER_DIED' || tries >= MAX_VERIFICATION_RETRIES) throw error
      }
    }
  }
}

function decodedOrUndefined(bytes: Uint8Array): Block | undefined {
  try {
    return decodeBlock(bytes)
  } catch {
    return undefined
  }
}

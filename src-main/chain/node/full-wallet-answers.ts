/** A wallet's questions to a full chain, archive or pruned. */
import { SerializationError } from '../../codec/serialization-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { BlockPosition } from '../chain.ts'
import type { Mempool } from '../mempool/mempool.ts'
import { openBlock } from '../primitives/block.ts'
import type { Transaction } from '../primitives/transaction.ts'
import type { Chainstate } from '../state/chainstate.ts'
import { ChainstateError } from '../state/chainstate-error.ts'
import type { SqliteChainStore } from '../store/sqlite-chain-store.ts'
import { heightAtTime } from '../wallet-scan/height-at-time.ts'
import { mempoolForWallet } from '../wallet-scan/mempool-for-wallet.ts'
import { type ReadBlock, type ScannedChain, scanForWallet } from '../wallet-scan/scan-for-wallet.ts'
import type { FetchedBlocks } from './fetched-blocks.ts'
import type { WalletCalls } from './wallet-calls.ts'

export interface FullWalletParts {
  readonly chainstate: Chainstate
  readonly mempool: Mempool
  readonly store: SqliteChainStore
  readonly fetched: FetchedBlocks
  readonly estimateFees: WalletCalls['estimateFees']
  readonly clock: Clock
  /** Resolves when whoever else waits on this thread had a turn. */
  readonly pause: () => Promise<void>
}

export class FullWalletAnswers implements WalletCalls {
  readonly #parts: FullWalletParts

  constructor(parts: FullWalletParts) {
    this.#parts = parts
  }

  readonly scanForWallet: WalletCalls['scanForWallet'] = (scan) =>
    scanForWallet({ ...this.#parts, chain: scannedChain(this.#parts) }, scan)

  readonly mempoolForWallet: WalletCalls['mempoolForWallet'] = (question) =>
    mempoolForWallet(this.#parts.mempool, question, this.#parts)

  readonly estimateFees: WalletCalls['estimateFees'] = (targets) => this.#parts.estimateFees(targets)

  readonly heightAtTime: WalletCalls['heightAtTime'] = async (time) => {
    const { chainstate } = this.#parts
    return heightAtTime(
      { tipHeight: chainstate.tip.height, medianTimePastAt: (height) => chainstate.medianTimePastAt(height) },
      time,
    )
  }
}

/** Blocks that are connected; those that the last commit has not seen have no filters yet, and are read. */
function scannedChain({ chainstate, store, fetched }: FullWalletParts): ScannedChain {
  return {
    get height() {
      return chainstate.tip.height
    },
    get searchable() {
      return chainstate.tip.height
    },
    at: (height) => chainstate.blockAt(height) as BlockPosition,
    heightOf: (hash) => chainstate.heightOf(hash),
    filter: (hash) => store.filter(hash)?.filter,
    isHere: ({ height }) => height >= (store.keptFrom ?? 0),
    block: (hash) => {
      const bytes = chainstate.block(hash)
      return bytes ? storedBlock(hash, bytes) : fetched.want(hash)
    },
  }
}

function storedBlock(hash: Uint8Array, bytes: Uint8Array): ReadBlock {
  const { header, transactions } = openBlock(bytes)
  return { header, transactions: undamaged(hash, transactions) }
}

/** What cannot be decoded is not what was stored. */
function* undamaged(hash: Uint8Array, transactions: Iterable<Transaction>): Generator<Transaction> {
  try {
    yield* transactions
  } catch (error) {
    if (error instanceof SerializationError) throw new ChainstateError({ code: 'STORE_DAMAGED', hash })
    throw error
  }
}

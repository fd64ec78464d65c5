/** A wallet's questions to a light chain: blocks whose filters match are fetched. */
import type { Clock } from '../../kernel/clock.ts'
import type { HeaderTree } from '../headers/header-tree.ts'
import { positionOf } from '../headers/tip-at.ts'
import { type FeeRate, MINIMUM_RELAY_FEE_RATE } from '../mempool/policy.ts'
import type { WalletCalls } from '../node/wallet-calls.ts'
import type { Outpoint } from '../primitives/transaction.ts'
import { heightAtTime } from '../wallet-scan/height-at-time.ts'
import { mempoolForWallet, type SearchedMempool } from '../wallet-scan/mempool-for-wallet.ts'
import { type ScannedChain, scanForWallet } from '../wallet-scan/scan-for-wallet.ts'
import type { FilterLedger } from './filter-ledger.ts'
import type { OwnTransactions } from './own-transactions.ts'
import type { WantedBlocks } from './wanted-blocks.ts'

export interface LightWalletParts {
  readonly tree: HeaderTree
  readonly ledger: FilterLedger
  readonly blocks: WantedBlocks
  readonly own: OwnTransactions
  readonly clock: Clock
  /** Resolves when whoever else waits on this thread had a turn. */
  readonly pause: () => Promise<void>
}

export class LightWalletAnswers implements WalletCalls {
  /** From which fee rate on peers relay transactions; 0 for not known. */
  peersMinimum: FeeRate = 0
  readonly #parts: LightWalletParts

  constructor(parts: LightWalletParts) {
    this.#parts = parts
  }

  readonly scanForWallet: WalletCalls['scanForWallet'] = (scan) =>
    scanForWallet({ ...this.#parts, chain: scannedChain(this.#parts) }, scan)

  readonly mempoolForWallet: WalletCalls['mempoolForWallet'] = (question) =>
    mempoolForWallet(searchedTransactions(this.#parts.own), question, this.#parts)

  readonly estimateFees: WalletCalls['estimateFees'] = async (targets) =>
    targets.map((target) => ({
      target,
      feeRate: Math.max(MINIMUM_RELAY_FEE_RATE, this.peersMinimum),
      basis: 'minimum',
    }))

  readonly heightAtTime: WalletCalls['heightAtTime'] = async (time) => {
    const { tree } = this.#parts
    const { bestBranch } = tree
    return heightAtTime(
      { tipHeight: bestBranch.height, medianTimePastAt: (height) => tree.medianTimePast(bestBranch.at(height)) },
      time,
    )
  }
}

function scannedChain({ tree, ledger, blocks }: LightWalletParts): ScannedChain {
  return {
    get height() {
      return tree.bestBranch.height
    },
    get searchable() {
      return ledger.standing.filters
    },
    at: (height) => positionOf(tree, tree.bestBranch.at(height)),
    heightOf: (hash) => {
      const row = tree.find(hash)
      return tree.bestBranch.has(row) ? tree.height(row) : undefined
    },
    filter: (hash) => ledger.at(tree.find(hash))?.filter,
    isHere: ({ hash }) => blocks.find(hash) !== undefined,
    block: (hash) => blocks.find(hash) ?? blocks.want(hash),
  }
}

/** The transactions of this machine as if they were a mempool. */
function searchedTransactions(own: OwnTransactions): SearchedMempool {
  const ancestors = { count: 1 }
  return {
    get nextSequence() {
      return own.nextSequence
    },
    entries: () => own.all.map((entry) => ({ ...entry, ancestors })),
    output: ({ txid, index }: Outpoint) => own.find(txid)?.outputs[index],
    find: (txid) => own.find(txid),
  }
}

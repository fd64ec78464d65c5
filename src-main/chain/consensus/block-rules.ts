/**
 * Rules that a block keeps whatever it spends: by itself (`blockFault`) and at its place in the chain
 * (`contextualBlockFault`). Its header is checked before (header-rules.ts), its coins after (connect-block.ts). Order and
 * reasons are Bitcoin Core's; those of BIP 54 are the ones of its proposed implementation there.
 *
 * A fault is `mutated` where another block with the same hash may be good: the transactions are not those that the header
 * commits to, or not only those, or the witnesses are not.
 */

import { bytesEqual } from '../../kernel/bytes.ts'
import type { Block } from '../primitives/block.ts'
import { merkleRoot } from '../primitives/merkle.ts'
import { MERKLE_PAIR_BYTES } from '../primitives/merkle-proof.ts'
import { type Transaction, WITNESS_SCALE } from '../primitives/transaction.ts'
import { witnessCommitmentFault } from '../primitives/witness-commitment.ts'
import { legacySigops } from '../script/sigops.ts'
import { type BlockFault, invalid, mutated } from './block-fault.ts'
import { transactionFault } from './check-transaction.ts'
import { coinbaseLockTimeFault, hasCoinbaseHeight } from './coinbase.ts'
import { MAX_BLOCK_SIGOPS_COST, MAX_BLOCK_WEIGHT } from './limits.ts'
import { isFinal } from './locktimes.ts'
import { type ChainNetwork, isActive } from './network.ts'

/** Where a block stands. */
export interface BlockContext {
  readonly height: number
  /** Of its parent, seconds. */
  readonly medianTimePast: number
  readonly network: ChainNetwork
}

/** The first rule that a block breaks by itself, or undefined. */
export function blockFault(block: Block): BlockFault | undefined {
  return merkleFault(block) ?? sizeFault(block) ?? coinbasePlaceFault(block) ?? transactionsFault(block)
}

/** The first rule that a block breaks at its place, or undefined. `blockFault` has found nothing. */
export function contextualBlockFault(block: Block, context: BlockContext): BlockFault | undefined {
  const { height, network } = context
  const { transactions } = block
  const coinbase = transactions[0] as Transaction
  if (!areFinal(block, context)) return invalid('bad-txns-nonfinal')
  if (isActive(network, 'bip34', height) && !hasCoinbaseHeight(coinbase, height)) return invalid('bad-cb-height')
  if (isActive(network, 'bip54', height)) {
    const reason = coinbaseLockTimeFault(coinbase, height)
    if (reason) return invalid(reason)
    if (transactions.some(isMerklePair)) return invalid('bad-txns-size')
  }
  const witnessFault = isActive(network, 'bip141', height) ? witnessCommitmentFault(block) : earlyWitnessFault(block)
  if (witnessFault) return mutated(witnessFault)
  return block.weight > MAX_BLOCK_WEIGHT ? invalid('bad-blk-weight') : undefined
}

/** BIP 54: as large as two nodes of a merkle tree. */
export function isMerklePair(transaction: Transaction): boolean {
  return transaction.strippedSize === MERKLE_PAIR_BYTES
}

function merkleFault({ header, transactions }: Block): BlockFault | undefined {
  const { root, mutated: isMutated } = merkleRoot(transactions.map(({ txid }) => txid))
  if (!bytesEqual(root, header.merkleRoot)) return mutated('bad-txnmrklroot')
  return isMutated ? mutated('bad-txns-duplicate') : undefined
}

function sizeFault(block: Block): BlockFault | undefined {
  const isSized = block.transactions.length > 0 && block.strippedSize * WITNESS_SCALE <= MAX_BLOCK_WEIGHT
  return isSized ? undefined : invalid('bad-blk-length')
}

/**
 * The first transaction and no other is a coinbase. Where it is not, transactions of 64 bytes may be nodes of the tree of a
 * good block taken for transactions (CVE-2017-12842); nodes that read as a coinbase cannot be made.
 */
function coinbasePlaceFault({ transactions }: Block): BlockFault | undefined {
  const [first, ...others] = transactions
  if (!first?.isCoinbase) return transactions.some(isMerklePair) ? mutated('bad-cb-missing') : invalid('bad-cb-missing')
  return others.some((transaction) => transaction.isCoinbase) ? invalid('bad-cb-multiple') : undefined
}

function transactionsFault({ transactions }: Block): BlockFault | undefined {
  let sigops = 0
  for (const transaction of transactions) {
    const reason = transactionFault(transaction)
    if (reason) return invalid(reason)
    sigops += legacySigops(transaction)
  }
  return sigops * WITNESS_SCALE > MAX_BLOCK_SIGOPS_COST ? invalid('bad-blk-sigops') : undefined
}

/** By the median time past since BIP 113, before by the block's own. */
function areFinal({ header, transactions }: Block, { height, medianTimePast, network }: BlockContext): boolean {
  const time = isActive(network, 'bip113', height) ? medianTimePast : header.time
  return transactions.every((transaction) => isFinal(transaction, height, time))
}

function earlyWitnessFault({ transactions }: Block): 'unexpected-witness' | undefined {
  return transactions.some(({ hasWitness }) => hasWitness) ? 'unexpected-witness' : undefined
}

/** What pages of a full node are made from, and the blocks among it. */
import type { Coin } from '../../coins/coin.ts'
import type { ChainNetwork } from '../../consensus/network.ts'
import type { Mempool } from '../../mempool/mempool.ts'
import { type Block, decodeBlock } from '../../primitives/block.ts'
import type { Chainstate } from '../../state/chainstate.ts'
import type { SqliteChainStore } from '../../store/sqlite-chain-store.ts'

export interface PageParts {
  readonly network: ChainNetwork
  readonly chainstate: Chainstate
  readonly mempool: Mempool
  readonly store: SqliteChainStore
  /** Resolves when whoever else waits on this thread had a turn. */
  readonly pause: () => Promise<void>
}

export interface BlockContents {
  readonly block: Block
  /** Coins that its transactions after the coinbase spend; undefined where they are not kept. */
  readonly spent: readonly (readonly Coin[])[] | undefined
}

/** A block that was connected once; undefined where it was not, or is not kept. */
export function contentsOf(
  { chainstate, store }: Pick<PageParts, 'chainstate' | 'store'>,
  hash: Uint8Array,
): BlockContents | undefined {
  const recent = chainstate.recentBlock(hash)
  if (recent) return recent
  const bytes = chainstate.block(hash)
  return bytes && { block: decodeBlock(bytes), spent: store.spentBy(hash) }
}

/**
 * What the store's indexes are asked for after this is about the tip of now. Where the store cannot be written, it is about
 * the tip of then: a page may be late, and should not be missing because a disk is full.
 */
export async function broughtUpToDate({ chainstate }: PageParts): Promise<void> {
  if (chainstate.isCommitted) return
  try {
    await chainstate.flush()
  } catch {
    // told to the listeners of the chainstate already
  }
}

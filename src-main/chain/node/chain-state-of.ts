/** `ChainState` of a full chain: what is sent along with every change, so it is made only of what is at hand. */
import type { ChainState } from '../chain.ts'
import type { Mempool } from '../mempool/mempool.ts'
import type { Chainstate } from '../state/chainstate.ts'
import type { SqliteChainStore } from '../store/sqlite-chain-store.ts'

export function chainStateOf(
  chainstate: Chainstate,
  mempool: Mempool,
  store: Pick<SqliteChainStore, 'mode' | 'keptFrom' | 'rebuildTo'>,
): ChainState {
  const isRebuilding = store.rebuildTo !== undefined && chainstate.tip.height < store.rebuildTo
  return {
    mode: store.mode,
    tip: chainstate.tip,
    bestHeader: chainstate.bestHeader,
    keptFrom: store.keptFrom,
    mempool: { transactions: mempool.size, virtualBytes: mempool.virtualBytes, memory: mempool.memory },
    minimumFeeRate: mempool.minimumFeeRate(),
    phase: isRebuilding ? 'rebuilding' : chainstate.phase,
  }
}

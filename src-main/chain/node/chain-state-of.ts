/** `ChainState` of a full chain: what is sent along with every change, so it is made only of what is at hand. */
import type { ChainState, ChainTip } from '../chain.ts'
import type { ChainNetwork } from '../consensus/network.ts'
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

/** Until there is a session: nothing but genesis is known to be connected. */
export function stateBeforeOpening(
  network: ChainNetwork,
  store: Pick<SqliteChainStore, 'mode' | 'keptFrom'>,
): ChainState {
  const { header, hash } = network.genesis
  const { time, bits, work } = header
  const tip: ChainTip = { hash, height: 0, work, time, bits, medianTimePast: time }
  return {
    mode: store.mode,
    tip,
    bestHeader: tip,
    keptFrom: store.keptFrom,
    mempool: { transactions: 0, virtualBytes: 0, memory: 0 },
    minimumFeeRate: 0,
    phase: 'opening',
  }
}

/** What a person is told of the chain at a glance, put together from the chain, its upkeep and its peers. */
import type { ChainInfo } from '#shared/contract/chain.ts'
import type { ChainTip } from '../../chain/chain.ts'
import type { ChainUpkeep, NodeChain } from '../../chain/node/node-chain.ts'
import { displayHash } from '../../chain/primitives/hashes.ts'
import { workOfBits } from '../../chain/primitives/target.ts'
import type { ChainHostState } from './chain-host.ts'

export interface ChainPeersFacts {
  readonly connected: number
  readonly listening: string | undefined
  /** Blocks that are still to be downloaded and how fast they come, while catching up. */
  readonly sync: ChainInfo['progress'] | undefined
  /** One sentence, or empty: a clock that disagrees with the peers'. */
  readonly notice: string
  readonly light: ChainInfo['light'] | undefined
}

export interface ChainInfoFacts {
  readonly network: ChainInfo['network']
  readonly host: ChainHostState
  /** As last asked for; undefined before the first answer. */
  readonly upkeep: ChainUpkeep | undefined
  readonly peers: ChainPeersFacts
}

const NO_HASH = '0'.repeat(64)

export function chainInfoOf({ network, host, upkeep, peers }: ChainInfoFacts): ChainInfo {
  if (host.kind !== 'open')
    return {
      ...{ network, ...EMPTY },
      state: host.kind,
      notice: host.kind === 'failed' ? host.reason : '',
    }
  const { state } = host.chain
  const { tip, bestHeader, keptFrom } = state
  const progress = upkeep?.progress ?? peers.sync
  return {
    network,
    state: stateOf(state.phase, upkeep?.noSpace === true),
    mode: state.mode,
    ...tipFacts(tip),
    headers: bestHeader.height,
    work: tip.work.toString(16),
    peers: peers.connected,
    ...(peers.listening !== undefined && { listening: peers.listening }),
    ...(keptFrom !== undefined && { keptFrom }),
    diskBytes: upkeep?.diskBytes ?? 0,
    ...(upkeep?.supply !== undefined && { supply: upkeep.supply }),
    ...(upkeep?.coins !== undefined && { coins: upkeep.coins }),
    signatures: upkeep?.signatures ?? 'native',
    ...(progress && { progress: withRemaining(progress) }),
    ...(peers.light && { light: peers.light }),
    notice: upkeep?.notice || peers.notice,
  }
}

const EMPTY = {
  mode: 'archive',
  height: 0,
  tip: NO_HASH,
  tipTime: 0,
  headers: 0,
  difficulty: 0,
  work: '0',
  peers: 0,
  diskBytes: 0,
  signatures: 'native',
} as const

function stateOf(phase: NodeChain['state']['phase'], noSpace: boolean): ChainInfo['state'] {
  if (noSpace) return 'no-space'
  return phase === 'opening' ? 'starting' : phase
}

function tipFacts({ height, hash, time, bits }: ChainTip) {
  return { height, tip: displayHash(hash), tipTime: time, difficulty: Number(workOfBits(bits)) }
}

function withRemaining(progress: NonNullable<ChainInfo['progress']>): NonNullable<ChainInfo['progress']> {
  const { done, total, rate } = progress
  return rate > 0 ? { ...progress, remaining: Math.max(0, total - done) / rate } : progress
}

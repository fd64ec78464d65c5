/**
 * The mock page's parameters of the chain: `chain` (off, starting, syncing, rebuilding, no-space, failed, pruned, light,
 * alone), `chainPeers` (how many), `mempool` (transactions that wait), `network` may be `local`, `mining` (on, off, battery).
 */
import type { ChainInfo, MinerStatus, Settings } from '../client/types.ts'
import { addressOf, COIN, difficultyAt, TIP_HEIGHT } from './generate-chain.ts'
import { generateChainPeers } from './generate-chain-peers.ts'
import type { MockOptions } from './mock-clients.ts'

const KEPT_FROM = 4_024
const HALF_WAY = 1_870

const STATES: Readonly<Record<string, Partial<ChainInfo>>> = {
  off: { state: 'off' },
  starting: { state: 'starting' },
  syncing: {
    state: 'initial-sync',
    height: HALF_WAY,
    headers: TIP_HEIGHT,
    progress: { done: 1_120, total: 3_562, rate: 212.4, remaining: 11.5 },
    tipTime: 1_795_000_000,
  },
  rebuilding: { state: 'rebuilding', progress: { done: 900, total: TIP_HEIGHT, rate: 640, remaining: 5.3 } },
  'no-space': { state: 'no-space' },
  failed: {
    state: 'failed',
    notice: 'chain.db was written by a newer Shoal. Start that one, or rebuild the chain in Settings.',
  },
  pruned: { mode: 'pruned', keptFrom: KEPT_FROM, diskBytes: 7_800_000 },
  light: { mode: 'light', keptFrom: TIP_HEIGHT + 1, diskBytes: 1_100_000, light: { filters: TIP_HEIGHT, sources: 1 } },
  alone: { peers: 0 },
}

const MINING: Partial<MinerStatus> = {
  state: 'mining',
  address: addressOf(3),
  attempts: 21_400_000 * 900,
  expectedBlocks: (21_400_000 * 900) / difficultyAt(TIP_HEIGHT),
  blocksFound: 2,
  bestShare: 903_000_000,
  matured: 15n * COIN,
  immature: 10n * COIN + 41_230n,
  immatureBlocks: 2,
  orphaned: 5n * COIN,
  orphanedBlocks: 1,
}

export function chainQuery(query: URLSearchParams, now: number): Partial<MockOptions> {
  const name = query.get('chain') ?? ''
  const state = { ...STATES[name], ...(query.get('network') === 'local' ? { network: 'local' as const } : {}) }
  const mining = query.get('mining')
  const { height = TIP_HEIGHT, headers = TIP_HEIGHT, peers = 9 } = state
  return {
    chain: state,
    chainPeers: generateChainPeers(Number(query.get('chainPeers') ?? 9), now),
    mempool: Number(query.get('mempool') ?? 38),
    ...(mining === null || mining === 'off' ? {} : { miner: { ...MINING, ...paused(mining) }, mined: 600 }),
    status: {
      chain: { state: state.state ?? 'synced', height, headers, peers },
      hashesPerSecond: mining === 'on' ? 21_400_000 : 0,
    },
  }
}

function paused(reason: string): Partial<MinerStatus> {
  return reason === 'on' ? {} : { state: 'paused', pausedBecause: reason as NonNullable<MinerStatus['pausedBecause']> }
}

/** Settings that fit what is shown. */
export function chainSettings(query: URLSearchParams): Partial<Settings> {
  const chain = query.get('chain')
  return {
    network: query.get('network') === 'local' ? 'local' : 'main',
    chain: chain !== 'off',
    chainMode: chain === 'pruned' || chain === 'light' ? chain : 'archive',
    minerAddress: query.has('mining') ? addressOf(3) : '',
  }
}

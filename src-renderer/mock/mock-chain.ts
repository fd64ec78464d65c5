/** The service `chain` of the mock: pages of the made-up chain, and a state that a test may change. */
import type { FeedListener, Unsubscribe } from '#shared/contract/service.ts'
import { ClientError } from '../client/client-error.ts'
import type { AddressPage, BlockPage, BlockRow, ChainInfo, ChainMode, MempoolInfo } from '../client/types.ts'
import {
  addressNumber,
  blockHash,
  blockPageAt,
  blockRowAt,
  type Chain,
  difficultyAt,
  feeRateOf,
  heightOfHash,
  placeOfTransaction,
  placesOf,
  rowOf,
  staleHash,
  subsidies,
  TIP_HEIGHT,
  timeOf,
  transactionAt,
  transactionCount,
  transactionId,
} from './generate-chain.ts'
import type { Call } from './mock-clients.ts'
import { Source } from './source.ts'

const RECENT = 20
const MEMPOOL = 38
const BANDS = [1, 2, 3, 5, 8, 12, 20, 35, 60] as const

export interface ChainOptions {
  readonly chain?: Partial<ChainInfo>
  /** Transactions that wait. */
  readonly mempool?: number
  /** The feeds of the chain never send, or fail. */
  readonly chainFeed?: 'ready' | 'loading' | 'failed'
  readonly now?: number
}

export interface MockChain {
  readonly info: Source<ChainInfo>
  readonly recent: Source<BlockRow>
  readonly mempool: Source<MempoolInfo>
  /** A block is found. */
  mine(): void
  /** The newest `depth` blocks lose against others of the same heights. */
  reorganise(depth: number): void
}

type Range = { readonly offset?: number; readonly limit?: number }

export function mockChain(call: Call, options: ChainOptions) {
  const state = new ChainState(options)
  const may =
    <Item>(source: Source<Item>) =>
    (args: unknown, listener: FeedListener<Item>): Unsubscribe => {
      if (options.chainFeed === 'failed')
        listener.failed({ code: 'NO_ENGINE', message: 'The engine does not answer. Try again, or start Shoal again.' })
      return (options.chainFeed ?? 'ready') === 'ready' ? source.feed(args, listener) : () => {}
    }
  const client = {
    ...pageCalls(call, state),
    ...upkeepCalls(call, state),
    state: may(state.info),
    recentBlocks: may(state.recent),
    mempoolState: may(state.mempool),
  }
  return { mock: state as MockChain, client }
}

class ChainState implements MockChain {
  readonly info: Source<ChainInfo>
  readonly recent: Source<BlockRow>
  readonly mempool: Source<MempoolInfo>
  readonly waiting: number
  /** Heights from here on are those of the losing branch. */
  private reorganised = Number.POSITIVE_INFINITY
  private chainNow: Chain

  constructor(options: ChainOptions) {
    const now = Math.round((options.now ?? Date.now()) / 1_000)
    const tip = options.chain?.height ?? TIP_HEIGHT
    const tipTime = options.chain?.tipTime ?? now - 23
    this.chainNow = { tip, tipTime, keptFrom: options.chain?.keptFrom ?? 0 }
    this.waiting = options.mempool ?? MEMPOOL
    this.info = new Source<ChainInfo>([{ ...infoOf(this.chainNow), ...options.chain }])
    this.recent = new Source(this.rows(tip, RECENT))
    this.mempool = new Source([mempoolOf(this.chainNow, this.waiting)])
  }

  get chain(): Chain {
    return this.chainNow
  }

  rows(from: number, limit: number): BlockRow[] {
    const count = Math.max(0, Math.min(limit, from + 1))
    return Array.from({ length: count }, (_, n) => {
      const row = blockRowAt(this.chainNow, from - n)
      return row.height >= this.reorganised ? { ...row, id: staleHash(row.height) } : row
    })
  }

  mine(): void {
    const { tip, tipTime } = this.chainNow
    this.move({ ...this.chainNow, tip: tip + 1, tipTime: tipTime + 60 })
  }

  reorganise(depth: number): void {
    this.reorganised = this.chainNow.tip - depth + 1
    this.move(this.chainNow)
  }

  private move(chain: Chain): void {
    this.chainNow = chain
    const facts = infoOf(chain)
    const { height, tip, tipTime, headers, difficulty, work, supply } = facts
    const moved = { height, tip, tipTime, headers, difficulty, work, ...(supply === undefined ? {} : { supply }) }
    this.info.set(this.info.all.map((info) => ({ ...info, ...moved })))
    this.recent.set(this.rows(chain.tip, RECENT))
  }
}

function infoOf(chain: Chain): ChainInfo {
  const { tip } = chain
  return {
    network: 'main',
    state: 'synced',
    mode: 'archive',
    height: tip,
    tip: blockHash(tip),
    tipTime: timeOf(chain, tip),
    headers: tip,
    difficulty: difficultyAt(tip),
    work: (BigInt(difficultyAt(tip)) * BigInt(tip)).toString(16),
    peers: 9,
    listening: '0.0.0.0:9533',
    keptFrom: 0,
    diskBytes: 41_200_000,
    supply: subsidies(tip),
    coins: 61_204,
    signatures: 'native',
    notice: '',
  }
}

function mempoolOf(chain: Chain, waiting: number): MempoolInfo {
  const places = Array.from({ length: waiting }, (_, n) => ({ height: chain.tip + 1, index: n + 1 }))
  const pages = places.map((place) => ({ rate: feeRateOf(place), page: transactionAt(chain, place) }))
  const virtualBytes = pages.reduce((sum, { page }) => sum + page.virtualSize, 0)
  return {
    transactions: waiting,
    virtualBytes,
    memory: virtualBytes * 6,
    memoryLimit: 300_000_000,
    fees: pages.reduce((sum, { page }) => sum + (page.fee ?? 0n), 0n),
    minimumFeeRate: 1,
    bands: BANDS.map((from, n) => {
      const inside = pages.filter(({ rate }) => rate >= from && rate < (BANDS[n + 1] ?? Number.POSITIVE_INFINITY))
      const size = inside.reduce((sum, { page }) => sum + page.virtualSize, 0)
      return { from, virtualBytes: size, transactions: inside.length }
    }),
  }
}

const NO_BLOCK = 'Check the height or the hash, or wait until the chain has caught up.'

function pageCalls(call: Call, state: ChainState) {
  const transaction = ({ txid }: { txid: string }) => {
    const place = placeOfTransaction(txid)
    const { chain, waiting } = state
    const there = place && (place.height <= chain.tip || (place.height === chain.tip + 1 && place.index <= waiting))
    if (!place || !there)
      throw new ClientError('NO_SUCH_TRANSACTION', 'This transaction is not known here. Check its id.')
    if (place.height < chain.keptFrom)
      throw new ClientError(
        'NOT_KEPT',
        'The block of this transaction is not kept any more. Ask a node that keeps all.',
      )
    return transactionAt(chain, place)
  }
  return {
    info: call('chain.info', () => state.info.all[0]),
    block: call('chain.block', ({ id }: { id: string | number }) => blockOf(state, id)),
    blocks: call('chain.blocks', ({ from = state.chain.tip, limit = 25 }: { from?: number; limit?: number }) =>
      state.rows(Math.min(from, state.chain.tip), limit),
    ),
    blockTransactions: call('chain.blockTransactions', ({ hash, offset = 0, limit = 25 }: { hash: string } & Range) => {
      const height = heightOfHash(hash) ?? 0
      const count = Math.max(0, Math.min(limit, transactionCount(height) - offset))
      return Array.from({ length: count }, (_, n) => rowOf(transactionAt(state.chain, { height, index: offset + n })))
    }),
    transaction: call('chain.transaction', transaction),
    address: call('chain.address', ({ address, offset = 0, limit = 25 }: { address: string } & Range) =>
      addressOf(state, address, offset, limit),
    ),
    headers: call('chain.headers', () => []),
    mempool: call('chain.mempool', ({ offset = 0, limit = 25 }: Range) => ({
      ...mempoolOf(state.chain, state.waiting),
      newest: Array.from({ length: Math.max(0, Math.min(limit, state.waiting - offset)) }, (_, n) =>
        rowOf(transactionAt(state.chain, { height: state.chain.tip + 1, index: state.waiting - offset - n })),
      ),
    })),
    search: call('chain.search', ({ text }: { text: string }) => found(state, text.trim())),
  }
}

function blockOf(state: ChainState, id: string | number): BlockPage {
  const { chain } = state
  const height = typeof id === 'number' ? id : heightOfHash(id)
  if (height !== undefined && height <= chain.tip) return blockPageAt(chain, height)
  const stale = typeof id === 'string' ? Number.parseInt(id.slice(-8), 16) : Number.NaN
  for (let lost = chain.tip; lost > chain.tip - 40 && !Number.isNaN(stale); lost -= 1) {
    if (staleHash(lost) !== id) continue
    const { next: _, ...page } = blockPageAt(chain, lost)
    return { ...page, id: staleHash(lost), inBestChain: false, confirmations: 0 }
  }
  throw new ClientError('NO_SUCH_BLOCK', `No block ${id} is known here. ${NO_BLOCK}`)
}

function addressOf(state: ChainState, address: string, offset: number, limit: number): AddressPage {
  if (addressNumber(address) < 0)
    throw new ClientError('BAD_ADDRESS', 'The checksum of this address does not match. Copy it again.')
  const { chain } = state
  const all = placesOf(chain, address, state.waiting).map((place) => transactionAt(chain, place))
  const own = (entries: readonly { address?: string | undefined; value?: bigint | undefined }[]): bigint =>
    entries.reduce((sum, entry) => (entry.address === address ? sum + (entry.value ?? 0n) : sum), 0n)
  const history = all.map((page) => ({ ...rowOf(page), delta: own(page.to) - own(page.from) }))
  const confirmed = history.filter((row) => row.height !== undefined)
  const received = all.filter((page) => page.height !== undefined).reduce((sum, page) => sum + own(page.to), 0n)
  const net = confirmed.reduce((sum, row) => sum + row.delta, 0n)
  const partial = chain.keptFrom > 0
  return {
    address,
    kind: 'P2WPKH',
    coverage: partial ? 'partial' : 'complete',
    ...(partial ? { knownFrom: chain.keptFrom } : {}),
    balance: net < 0n ? -net : net,
    received,
    unconfirmed: history.filter((row) => row.height === undefined).reduce((sum, row) => sum + row.delta, 0n),
    transactions: history.length,
    history: history.slice(offset, offset + limit),
  }
}

function found(state: ChainState, text: string) {
  const { chain } = state
  if (/^\d+$/.test(text) && Number(text) <= chain.tip) return { kind: 'block', id: blockHash(Number(text)) }
  if (heightOfHash(text) !== undefined) return { kind: 'block', id: text }
  if (placeOfTransaction(text)) return { kind: 'transaction', id: text }
  if (addressNumber(text) >= 0) return { kind: 'address', id: text }
  throw new ClientError(
    'NOTHING_FOUND',
    `“${text}” is no height up to ${chain.tip}, no hash or id that is known here, and no address of this network. Check it.`,
  )
}

function upkeepCalls(call: Call, state: ChainState) {
  return {
    submit: call('chain.submit', () => ({ txid: transactionId(state.chain.tip + 1, 1) })),
    connect: call('chain.connect', () => undefined),
    rebuild: call('chain.rebuild', () => {
      const total = state.chain.tip
      const progress = { done: 0, total, rate: 0 }
      state.info.set(state.info.all.map((info) => ({ ...info, state: 'rebuilding' as const, progress })))
    }),
    modeCost: call('chain.modeCost', ({ mode }: { mode: ChainMode }) => MODE_COSTS[mode]),
    setMode: call('chain.setMode', ({ mode }: { mode: ChainMode }) => {
      state.info.set(state.info.all.map((info) => ({ ...info, mode })))
    }),
  }
}

const MODE_COSTS = {
  archive: {
    statement: 'Every block is downloaded again from peers and kept from then on.',
    frees: 0,
    downloadBlocks: 4_024,
  },
  pruned: {
    statement: 'All but the newest 288 blocks are deleted. Pages about older blocks and addresses stay short.',
    frees: 33_400_000,
    downloadBlocks: 0,
  },
  light: {
    statement:
      'Blocks and coins are deleted; headers and filters stay. This machine checks no signatures of others then.',
    frees: 40_100_000,
    downloadBlocks: 0,
  },
} as const

/**
 * Which coins a payment may spend, in which turn: confirmed ones, then own change that waits for a block, then, only where
 * they are named by hand, what others have sent and no block has. Frozen ones only where they are named; immature ones never.
 * Never more unconfirmed ones than the limits on chains allow to be spent together.
 */
import { outpointKey } from '../../chain/coins/coin.ts'
import { MAX_STANDARD_WEIGHT } from '../../chain/mempool/policy.ts'
import { displayHash } from '../../chain/primitives/hashes.ts'
import type { Outpoint } from '../../chain/primitives/transaction.ts'
import type { WalletCoin } from '../wallet-types.ts'
import type { PendingGraph } from './pending-graph.ts'
import { SpendingError } from './spending-error.ts'
import type { SpendingView } from './spending-types.ts'
import { INPUT_VIRTUAL_SIZE, virtualSizeOf } from './transaction-size.ts'

export interface EligibleCoins {
  readonly confirmed: readonly WalletCoin[]
  readonly change: readonly WalletCoin[]
  readonly pending: readonly WalletCoin[]
}

/**
 * Sizes that a transaction is assumed to have while unconfirmed coins are looked for: first that of most, then the largest
 * that there is. Which of them go together depends on it.
 */
export const ASSUMED_SIZES: readonly number[] = [50 * INPUT_VIRTUAL_SIZE, virtualSizeOf(MAX_STANDARD_WEIGHT)]

/** `txid:index` as people write it. */
export function outpointText({ txid, index }: Outpoint): string {
  return `${displayHash(txid)}:${index}`
}

/** @throws SpendingError `SAME_COIN_TWICE`, `NO_SUCH_COIN`, `COIN_IMMATURE` */
export function eligibleCoins(view: SpendingView, named: readonly Outpoint[] | undefined): EligibleCoins {
  const coins = named ? namedCoins(view, named) : view.coins.filter(({ frozen }) => !frozen)
  const of = (status: WalletCoin['status']) => coins.filter((coin) => coin.status === status)
  return { confirmed: of('available'), change: of('change'), pending: named ? of('pending') : [] }
}

/** Coins to try one after the other, each time some more. */
export function stagesOf(
  { confirmed, change, pending }: EligibleCoins,
  graph: PendingGraph,
  assumedSize: number,
): (readonly WalletCoin[])[] {
  const stages: (readonly WalletCoin[])[] = [confirmed]
  if (change.length > 0) stages.push([...confirmed, ...together(change, graph, assumedSize)])
  if (pending.length > 0) stages.push([...confirmed, ...together([...change, ...pending], graph, assumedSize)])
  return stages
}

export function allOf({ confirmed, change, pending }: EligibleCoins): WalletCoin[] {
  return [...confirmed, ...change, ...pending]
}

/** Of unconfirmed coins those that can be spent together, the most valuable first. */
function together(coins: readonly WalletCoin[], graph: PendingGraph, assumedSize: number): WalletCoin[] {
  const taken: WalletCoin[] = []
  const parents = new Set<NonNullable<ReturnType<PendingGraph['node']>>>()
  for (const coin of [...coins].sort((a, b) => (a.value < b.value ? 1 : a.value > b.value ? -1 : 0))) {
    const parent = graph.node(coin.outpoint.txid)
    if (parent && !parents.has(parent) && !graph.allowsChild([...parents, parent], assumedSize)) continue
    if (parent) parents.add(parent)
    taken.push(coin)
  }
  return taken
}

function namedCoins({ coins }: SpendingView, named: readonly Outpoint[]): WalletCoin[] {
  const byOutpoint = new Map(coins.map((coin) => [outpointKey(coin.outpoint), coin]))
  const seen = new Set<string>()
  return named.map((outpoint) => {
    const key = outpointKey(outpoint)
    const coin = byOutpoint.get(key)
    if (seen.has(key)) throw new SpendingError({ code: 'SAME_COIN_TWICE', coin: outpointText(outpoint) })
    if (coin === undefined) throw new SpendingError({ code: 'NO_SUCH_COIN', coin: outpointText(outpoint) })
    if (coin.status === 'immature') throw new SpendingError({ code: 'COIN_IMMATURE', coin: outpointText(outpoint) })
    seen.add(key)
    return coin
  })
}

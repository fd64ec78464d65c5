/**
 * The mock page's parameters of the wallet: `wallet` (none, opening, fresh, locked, unlocked, scanning, stuck, damaged,
 * failed, light, rich, loading, unread), `history`, `coins` and `addresses` (how many), `fees` (minimum).
 */
import type { WalletInfo } from '../client/types.ts'
import { TIP_HEIGHT } from './generate-chain.ts'
import { FRESH, NO_WALLET, READY } from './generate-wallet.ts'
import type { MockOptions } from './mock-clients.ts'

const AUTO_LOCK_MS = 540_000

function stateOf(name: string, now: number): WalletInfo | 'none' {
  const unlocked: WalletInfo = { ...READY, locked: false, locksAt: now + AUTO_LOCK_MS }
  switch (name) {
    case 'none':
      return 'none'
    case 'opening':
      return { ...NO_WALLET, state: 'opening' }
    case 'fresh':
      return { ...FRESH, locksAt: now + AUTO_LOCK_MS }
    case 'unlocked':
      return unlocked
    case 'scanning':
      return {
        ...READY,
        scan: {
          height: 1_870,
          target: TIP_HEIGHT,
          progress: { done: 1_120, total: 3_562, rate: 212.4, remaining: 11.5 },
          stuck: '',
        },
      }
    case 'stuck':
      return {
        ...READY,
        scan: {
          height: 1_870,
          target: TIP_HEIGHT,
          stuck: 'Block 1,871 is not kept here and no peer has given it yet. Shoal asks again in 30 seconds.',
        },
      }
    case 'damaged':
      return {
        ...NO_WALLET,
        state: 'damaged',
        previous: { time: 1_795_000_000, path: '/home/ada/.config/shoal/wallet/main/wallet.db.previous' },
        notice: 'wallet.db ends in the middle of a page.',
      }
    case 'failed':
      return {
        ...NO_WALLET,
        state: 'failed',
        notice: 'wallet.db was written by a newer Shoal. Start that one, or restore from the words.',
      }
    case 'light':
      return { ...READY, light: { oneSource: true } }
    case 'rich':
      return {
        ...unlocked,
        wordsConfirmed: false,
        balance: {
          available: 2_099_999_912_345_678n,
          pending: 1_234_500_000_001n,
          immature: 500_041_230n,
          frozen: 99_999_999n,
          orphaned: 500_000_000n,
        },
      }
    default:
      return READY
  }
}

export function walletQuery(query: URLSearchParams, now: number): Partial<MockOptions> {
  const name = query.get('wallet') ?? 'none'
  const few = name === 'fresh' ? 0 : undefined
  return {
    wallet: stateOf(name, now),
    walletFeed: name === 'loading' ? 'loading' : name === 'unread' ? 'failed' : 'ready',
    history: Number(query.get('history') ?? few ?? 60),
    coins: Number(query.get('coins') ?? few ?? 24),
    addresses: Number(query.get('addresses') ?? few ?? 14),
    ...(few === 0 ? { walletContacts: [] } : {}),
    ...(query.get('fees') === 'minimum'
      ? { estimates: [1, 3, 10].map((target) => ({ target, feeRate: 1, basis: 'minimum' as const })) }
      : {}),
  }
}

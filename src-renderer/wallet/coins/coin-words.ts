import { CircleCheck, CircleDashed, Hourglass, type LucideIcon, RefreshCw, Snowflake } from 'lucide-react'
import type { CoinRow } from '../../client/types.ts'

export const COIN_LOOKS: Readonly<
  Record<CoinRow['status'], { word: string; sentence: string; icon: LucideIcon; ink: string }>
> = {
  available: { word: 'Available', sentence: 'Can be spent now.', icon: CircleCheck, ink: 'text-positive' },
  change: {
    word: 'Change, pending',
    sentence: 'Your own change: it can be spent, and is confirmed with its transaction.',
    icon: RefreshCw,
    ink: 'text-info',
  },
  pending: {
    word: 'Pending',
    sentence: 'From somebody else and in no block yet: it is not spent before.',
    icon: CircleDashed,
    ink: 'text-warning',
  },
  immature: {
    word: 'Immature',
    sentence: 'A reward can be spent once a hundred blocks lie on it.',
    icon: Hourglass,
    ink: 'text-info',
  },
  frozen: {
    word: 'Frozen',
    sentence: 'Set aside: spent only where you choose it by hand.',
    icon: Snowflake,
    ink: 'text-info',
  },
}

/** What may be chosen by hand for a payment. */
export function canBeSpent({ status }: Pick<CoinRow, 'status'>): boolean {
  return status === 'available' || status === 'change' || status === 'frozen'
}

export const sumOf = (rows: readonly CoinRow[]): bigint => rows.reduce((sum, row) => sum + row.value, 0n)

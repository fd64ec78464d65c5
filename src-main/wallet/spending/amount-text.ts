/** Amounts and fee rates in the sentences of spending. */
import { coins } from '#shared/amounts.ts'
import type { FeeRate } from '../../chain/mempool/policy.ts'

/** `12.5 SHL`; exact. */
export function formatAmount(grains: bigint): string {
  return `${coins(grains)} SHL`
}

/** `1.5 grains per virtual byte`. */
export function formatFeeRate(rate: FeeRate): string {
  return `${rate / 1_000} ${rate === 1_000 ? 'grain' : 'grains'} per virtual byte`
}

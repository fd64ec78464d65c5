/** Amounts and fee rates in the sentences of spending. */
import type { FeeRate } from '../../chain/mempool/policy.ts'

const GRAINS_PER_COIN = 100_000_000n

/** `12.5 SHL`; exact. */
export function formatAmount(grains: bigint): string {
  const decimals = String(grains % GRAINS_PER_COIN)
    .padStart(8, '0')
    .replace(/0+$/, '')
  return `${grains / GRAINS_PER_COIN}${decimals && `.${decimals}`} SHL`
}

/** `1.5 grains per virtual byte`. */
export function formatFeeRate(rate: FeeRate): string {
  return `${rate / 1_000} grains per virtual byte`
}

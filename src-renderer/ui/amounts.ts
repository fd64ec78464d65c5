/** Amounts of coins in words and figures. Exact: worked out from whole grains, never by way of a fraction. */
import { amountParts as partsOf } from '#shared/amounts.ts'

const MINUS = '−'

interface ShownAmount {
  /** `−` or empty. */
  readonly sign: string
  /** Whole coins, grouped by thousands. */
  readonly whole: string
  /** Decimals up to the last that is not zero. */
  readonly decimals: string
  /** The zeros that follow them, up to eight decimals in all. */
  readonly zeros: string
}

export function amountParts(grains: bigint): ShownAmount {
  const { isNegative, whole, decimals, zeros } = partsOf(grains)
  return { sign: isNegative ? MINUS : '', whole: grouped(whole), decimals, zeros }
}

/** `12.5 SHL`. */
export function formatAmount(grains: bigint): string {
  const { sign, whole, decimals } = amountParts(grains)
  return `${sign}${whole}${decimals && `.${decimals}`} SHL`
}

/** `1,250,000,000 grains`. */
export function formatGrains(grains: bigint): string {
  return `${grains < 0n ? MINUS : ''}${grouped(grains < 0n ? -grains : grains)} ${grains === 1n ? 'grain' : 'grains'}`
}

function grouped(whole: bigint | string): string {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ',')
}

const TENTHS = 10n

/** Grains per virtual byte with one decimal, rounded down; undefined where there is no size. */
export function formatFeeRate(fee: bigint, virtualSize: number): string | undefined {
  if (virtualSize <= 0) return undefined
  const tenths = (fee * TENTHS) / BigInt(virtualSize)
  return `${grouped(tenths / TENTHS)}.${tenths % TENTHS}`
}

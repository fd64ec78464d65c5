/** Amounts of coins in words and figures. Exact: worked out from whole grains, never by way of a fraction. */

/** 1 SHL. */
const GRAINS_PER_COIN = 100_000_000n
const DECIMALS = 8
const MINUS = '−'

interface AmountParts {
  /** `−` or empty. */
  readonly sign: string
  /** Whole coins, grouped by thousands. */
  readonly whole: string
  /** Decimals up to the last that is not zero. */
  readonly decimals: string
  /** The zeros that follow them, up to eight decimals in all. */
  readonly zeros: string
}

export function amountParts(grains: bigint): AmountParts {
  const size = grains < 0n ? -grains : grains
  const all = String(size % GRAINS_PER_COIN).padStart(DECIMALS, '0')
  const decimals = all.replace(/0+$/, '')
  return {
    sign: grains < 0n ? MINUS : '',
    whole: grouped(size / GRAINS_PER_COIN),
    decimals,
    zeros: all.slice(decimals.length),
  }
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

function grouped(whole: bigint): string {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ',')
}

const TENTHS = 10n

/** Grains per virtual byte with one decimal, rounded down; undefined where there is no size. */
export function formatFeeRate(fee: bigint, virtualSize: number): string | undefined {
  if (virtualSize <= 0) return undefined
  const tenths = (fee * TENTHS) / BigInt(virtualSize)
  return `${grouped(tenths / TENTHS)}.${tenths % TENTHS}`
}

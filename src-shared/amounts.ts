/**
 * Amounts: whole grains inside, decimal text in SHL outside. Exact in both directions: never by way of a fraction, never
 * rounded. One form is read wherever a person or a program writes it: digits, and at most eight decimals after a dot. No
 * grouping, no comma, no exponent, no sign, no unit; a text that may mean two amounts means none.
 */

/** 1 SHL. */
export const GRAINS_PER_COIN = 100_000_000n
export const AMOUNT_DECIMALS = 8
/** There will never be more: 21,000,000 SHL. */
export const MAX_MONEY: bigint = 21_000_000n * GRAINS_PER_COIN
/** Longer texts are not looked at. */
export const MAX_AMOUNT_CHARACTERS = 64

/** Why a text is no amount; what to say about it is up to who asked for it. */
export type AmountFault = 'empty' | 'not-a-number' | 'too-many-decimals' | 'too-much' | 'zero'

export interface AmountRules {
  /** Nothing is an amount too. */
  readonly zero?: boolean
  /** A minus sign may stand before it. */
  readonly negative?: boolean
}

const AMOUNT = /^(-?)(\d+)(?:\.(\d+))?$/

/** Grains of a decimal text in SHL, or what is wrong with it. */
export function parseAmount(text: string, { zero = false, negative = false }: AmountRules = {}): bigint | AmountFault {
  if (text === '') return 'empty'
  const match = text.length <= MAX_AMOUNT_CHARACTERS ? AMOUNT.exec(text) : null
  if (match === null) return 'not-a-number'
  const [, sign, whole = '', decimals = ''] = match
  if (sign === '-' && !negative) return 'not-a-number'
  if (decimals.length > AMOUNT_DECIMALS) return 'too-many-decimals'
  const grains = BigInt(whole) * GRAINS_PER_COIN + BigInt(decimals.padEnd(AMOUNT_DECIMALS, '0'))
  if (grains > MAX_MONEY) return 'too-much'
  if (grains === 0n && !zero) return 'zero'
  return sign === '-' ? -grains : grains
}

/** The parts of an amount's text, for views that set them differently. */
export interface AmountParts {
  readonly isNegative: boolean
  /** Whole coins, without grouping. */
  readonly whole: string
  /** Decimals up to the last that is not zero. */
  readonly decimals: string
  /** The zeros that follow them, up to eight decimals in all. */
  readonly zeros: string
}

export function amountParts(grains: bigint): AmountParts {
  const size = grains < 0n ? -grains : grains
  const all = String(size % GRAINS_PER_COIN).padStart(AMOUNT_DECIMALS, '0')
  const decimals = all.replace(/0+$/, '')
  return {
    isNegative: grains < 0n,
    whole: String(size / GRAINS_PER_COIN),
    decimals,
    zeros: all.slice(decimals.length),
  }
}

/** `12.5`, `-0.00000001`, `50`: no zeros at the end, no grouping; what `parseAmount` reads. */
export function coins(grains: bigint): string {
  const { isNegative, whole, decimals } = amountParts(grains)
  return `${isNegative ? '-' : ''}${whole}${decimals && `.${decimals}`}`
}

/** A fee rate in grains per virtual byte as people read it: at most one decimal. */
export function rateText(feeRate: number): string {
  return feeRate >= 10 || Number.isInteger(feeRate) ? String(Math.round(feeRate * 10) / 10) : feeRate.toFixed(1)
}

/** What follows the rate. */
export function rateUnit(feeRate: number): string {
  return feeRate === 1 ? 'grain/vB' : 'grains/vB'
}

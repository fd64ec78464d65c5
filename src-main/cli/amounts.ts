/** Amounts as scripts and people read them: decimal text in SHL, exact, worked out from whole grains. */
import { coins } from '#shared/amounts.ts'

export { coins }

/** `12.5 SHL`; empty for an amount that is not known. */
export function amount(grains: bigint | undefined): string {
  return grains === undefined ? '' : `${coins(grains)} SHL`
}

/** A value of the chain's or the miner's contract with every amount in it as `coins`: no other `bigint` is in them. */
export function withAmounts(value: object): Record<string, unknown> {
  return replaced(value) as Record<string, unknown>
}

function replaced(value: unknown): unknown {
  if (typeof value === 'bigint') return coins(value)
  if (Array.isArray(value)) return value.map(replaced)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item)]))
}

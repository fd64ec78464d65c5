/** Amounts as scripts and people read them: decimal text in SHL, exact, worked out from whole grains. */

/** 1 SHL. */
const GRAINS_PER_COIN = 100_000_000n
const DECIMALS = 8

/** `12.5`, `-0.00000001`, `50`: no zeros at the end, no grouping. */
export function coins(grains: bigint): string {
  const size = grains < 0n ? -grains : grains
  const decimals = String(size % GRAINS_PER_COIN)
    .padStart(DECIMALS, '0')
    .replace(/0+$/, '')
  return `${grains < 0n ? '-' : ''}${size / GRAINS_PER_COIN}${decimals === '' ? '' : `.${decimals}`}`
}

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

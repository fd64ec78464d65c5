import type { CoinRow } from '../../client/types.ts'
import { type Asked, useAsked } from '../../client/use-asked.ts'

/** As many as the contract gives at once. */
const PAGE = 200
/** More than these are not listed; the wallet itself knows all. */
export const MAX_COINS = 10_000

export interface ListedCoins {
  readonly rows: readonly CoinRow[]
  readonly total: number
}

/** All coins of the wallet. @param version while it changes they are asked for again */
export function useCoins(version: string | number): Asked<ListedCoins> {
  return useAsked(
    'coins',
    async ({ wallet }) => {
      const rows: CoinRow[] = []
      for (;;) {
        const page = await wallet.coins({ offset: rows.length, limit: PAGE })
        rows.push(...page.rows)
        if (page.rows.length === 0 || rows.length >= Math.min(page.total, MAX_COINS)) return { rows, total: page.total }
      }
    },
    version,
  )
}

/** Finds out whether a chain.db that was just opened is sound, as thoroughly as its last end calls for. */
import type { Database } from '../../kernel/database.ts'
import { sameTotals } from './coin-table.ts'
import { MAX_CHECKED_COIN_BYTES } from './store-limits.ts'
import type { StoreParts } from './store-parts.ts'

/** `tip`: the tip and what belongs to it. `structure`: also SQLite's own look at headers and (within `MAX_CHECKED_COIN_BYTES`) coins. `all`: at everything, and the coins against their totals. */
export type Depth = 'tip' | 'structure' | 'all'

/** What is wrong, or undefined. @throws what SQLite throws, RangeError */
export function faultOf(parts: StoreParts, depth: Depth): string | undefined {
  const { state, coins } = parts
  const tip = structureFault(parts, depth) ?? tipFault(parts)
  if (tip !== undefined || depth !== 'all') return tip
  return sameTotals(coins.counted(), state.current) ? undefined : 'the coins are not those that were counted'
}

function structureFault({ db, state }: StoreParts, depth: Depth): string | undefined {
  if (depth === 'tip') return undefined
  if (depth === 'all') return checked(db, '1')
  const isBounded = state.current.coinBytes <= MAX_CHECKED_COIN_BYTES
  return checked(db, 'header') ?? checked(db, 'best') ?? (isBounded ? checked(db, 'coin') : undefined)
}

function checked(db: Database, what: string): string | undefined {
  const found = db.prepare(`PRAGMA quick_check(${what})`).get()
  const verdict = String(found && Object.values(found)[0])
  return verdict === 'ok' ? undefined : verdict
}

function tipFault({ state, headers, best, db }: StoreParts): string | undefined {
  const { tip, tipHeight, coins } = state.current
  const highest = Number(db.prepare('SELECT coalesce(max(height), -1) AS height FROM best').get()?.height)
  if (highest !== tipHeight) return `the best chain ends at height ${highest} and not at ${tipHeight}`
  if (tip === undefined) return tipHeight === -1 && coins === 0 ? undefined : 'the tip is missing'
  if (best.at(tipHeight) !== tip || headers.byId(tip)?.height !== tipHeight) return 'the tip has no header'
  if (headers.blockOf(tip) === undefined || headers.undoOf(tip) === undefined) return 'the block of the tip is missing'
  return undefined
}

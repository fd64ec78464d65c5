/**
 * The blocks that are listed: the newest ones, which come by themselves, and older ones, which were asked for. The list
 * is one chain without a gap, from the tip down; where the newest ones no longer join the older ones, those are dropped.
 */
import type { BlockRow, ChainInfo } from '../../client/types.ts'

/** More than these are not kept in the window; older blocks are found by their height. */
export const MAX_LISTED = 10_000
export const BLOCKS_ASKED = 100

/** How far the list may lie behind the tip for a moment: its rows are asked for once the tip has moved. */
const LIST_LAG = 1

/** The tip as the page shows it above the list: the first block of the list where that is only just behind, so that both agree. */
export function shownTip(
  info: Pick<ChainInfo, 'height' | 'tip' | 'tipTime'>,
  newest: BlockRow | undefined,
): Pick<ChainInfo, 'height' | 'tip' | 'tipTime'> {
  const isBehind = newest !== undefined && newest.height < info.height && info.height - newest.height <= LIST_LAG
  return isBehind ? { height: newest.height, tip: newest.id, tipTime: newest.time } : info
}

/**
 * The older blocks that still belong below the newest.
 * @param recent newest first @param older newest first, each one below the other
 */
export function joined(recent: readonly BlockRow[], older: readonly BlockRow[]): readonly BlockRow[] {
  const last = recent.at(-1)
  const [first] = older
  if (!last || !first) return older
  if (first.height < last.height - 1) return []
  const ids = new Map(recent.map((row) => [row.height, row.id]))
  const replaced = older.some((row) => ids.has(row.height) && ids.get(row.height) !== row.id)
  return replaced ? [] : older
}

/** Both in one list. */
export function listed(recent: readonly BlockRow[], older: readonly BlockRow[]): readonly BlockRow[] {
  const last = recent.at(-1)
  if (!last) return older
  return [...recent, ...older.filter((row) => row.height < last.height)]
}

/** The height to ask from for more, or undefined at the first block and where the list is full. */
export function nextBelow(rows: readonly BlockRow[]): number | undefined {
  const last = rows.at(-1)
  if (!last || last.height === 0 || rows.length >= MAX_LISTED) return undefined
  return last.height - 1
}

/** Adds what was asked for, if it goes on where the list ends. */
export function withOlder(
  rows: readonly BlockRow[],
  older: readonly BlockRow[],
  more: readonly BlockRow[],
): readonly BlockRow[] {
  const last = rows.at(-1)
  const [first] = more
  return last && first && first.height === last.height - 1 ? [...older, ...more] : older
}

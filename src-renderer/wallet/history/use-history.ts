/** The history as far as it was looked at: newest first, more of it as one comes near the end. */
import { useCallback, useRef, useState } from 'react'
import { share } from '#shared/contract/client/share.ts'
import { useRecentHistory } from '../../client/context.tsx'
import type { HistoryRow, WalletInfo } from '../../client/types.ts'
import { type Answer, useAsked } from '../../client/use-asked.ts'
import { useChanges } from '../use-changes.ts'

/** As many as the contract gives at once. */
const PAGE = 200
/** More than these are not kept in the window; a search finds the others. */
export const MAX_LISTED = 10_000

export interface ShownHistory {
  readonly rows: readonly HistoryRow[]
  readonly total: number
}

export interface History {
  readonly state: Answer<ShownHistory>
  retry(): void
  more(): void
  /** After something that only older rows show. */
  refresh(): void
}

export function useHistory(info: WalletInfo, search: string): History {
  const [wanted, setWanted] = useState({ search, count: PAGE })
  const count = wanted.search === search ? wanted.count : PAGE
  const before = useRef<readonly HistoryRow[]>([])
  const recent = useRecentHistory().state
  const [asked, setAsked] = useState(0)
  const { state, retry } = useAsked(
    `history ${search}`,
    async ({ wallet }) => {
      const found: HistoryRow[] = []
      let total = 0
      do {
        const page = await wallet.history({ search, offset: found.length, limit: PAGE })
        total = page.total
        if (page.rows.length === 0) break
        found.push(...page.rows)
      } while (found.length < Math.min(count, total))
      const rows = share(before.current, found)
      before.current = rows
      return { rows, total }
    },
    `${count} ${useChanges(info)} ${useChanges(recent)} ${asked}`,
  )
  const total = state.status === 'ready' ? state.value.total : 0
  const more = useCallback(() => {
    if (count < Math.min(total, MAX_LISTED)) setWanted({ search, count: count + PAGE })
  }, [search, count, total])
  return { state, retry, more, refresh: () => setAsked((count) => count + 1) }
}

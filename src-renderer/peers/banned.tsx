/** Addresses that may not connect to any torrent until they are taken off this list. */
import { Ban, Copy, Undo2 } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useMemo } from 'react'
import { usePreferences } from '../app/context.tsx'
import { useTable } from '../app/use-table.ts'
import type { Feed } from '../client/context.tsx'
import type { BanRow } from '../client/types.ts'
import { Ago } from '../ui/ago.tsx'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { FeedFailed } from '../ui/feed-failed.tsx'
import { formatDateTime } from '../ui/format.ts'
import { MenuItem } from '../ui/menu.tsx'
import { TableSkeleton } from '../ui/skeleton.tsx'
import type { Column, Sort } from '../ui/table/column.ts'
import { MenuTable } from '../ui/table/menu-table.tsx'
import type { PeerActions } from './actions.ts'
import { copyAddresses } from './connected.tsx'
import { filterBy } from './filter.ts'
import { NothingFound } from './nothing-found.tsx'
import { chosenOf, type Marked } from './selections.ts'

const USUAL_SORT: Sort = { by: 'since', direction: 'desc' }
const banId = (ban: BanRow): string => ban.id

const COLUMNS: readonly Column<BanRow>[] = [
  {
    id: 'address',
    title: 'Address',
    width: 260,
    minWidth: 140,
    sortKey: (ban) => ban.id,
    cell: (ban) => <span className="font-mono text-[12px]">{ban.id}</span>,
    hint: (ban) => ban.id,
  },
  {
    id: 'since',
    title: 'Banned',
    width: 180,
    minWidth: 96,
    firstDirection: 'desc',
    sortKey: (ban) => ban.bannedAt,
    cell: (ban) => <Ago at={ban.bannedAt} />,
    hint: (ban) => formatDateTime(ban.bannedAt),
  },
]

const addresses = (rows: readonly BanRow[]) => rows.map((row) => ({ address: row.id }))

export function BannedView(props: {
  feed: Feed<BanRow>
  search: string
  onClear: () => void
  marked: Marked
  actions: PeerActions
}): ReactNode {
  const { feed, search, marked, actions } = props
  const { state } = feed
  const table = useTable('bans', USUAL_SORT)
  const rows = useMemo(
    () => (state.status === 'ready' ? filterBy(state.items, search, (ban) => [ban.id]) : []),
    [state, search],
  )
  if (state.status === 'loading') return <TableSkeleton label="Reading the list of bans" />
  if (state.status === 'failed')
    return <FeedFailed title="The list of bans cannot be read" message={state.error.message} onRetry={feed.retry} />
  if (state.items.length === 0) return <NobodyBanned />
  if (rows.length === 0) return <NothingFound what="address" search={search} onClear={props.onClear} />
  const chosen = chosenOf(rows, marked)
  return (
    <MenuTable
      label="Banned addresses"
      rows={rows}
      rowId={banId}
      columns={COLUMNS}
      {...table}
      {...marked}
      onKeyDown={(event) => onKey(event, chosen, actions)}
      menuLabel="Banned address"
      menu={
        <>
          <MenuItem
            icon={Copy}
            shortcut="Ctrl+C"
            disabled={chosen.length === 0}
            onSelect={() => void copyAddresses(addresses(chosen), actions)}
          >
            {chosen.length > 1 ? 'Copy addresses' : 'Copy address'}
          </MenuItem>
          <MenuItem
            icon={Undo2}
            shortcut="Del"
            disabled={chosen.length === 0}
            onSelect={() => void actions.unban(chosen)}
          >
            Take the ban back
          </MenuItem>
        </>
      }
    />
  )
}

/** Delete takes bans back, Ctrl+C copies the addresses. */
function onKey(event: KeyboardEvent, chosen: readonly BanRow[], actions: PeerActions): void {
  if (event.altKey || chosen.length === 0) return
  const command = event.ctrlKey || event.metaKey
  if (command && event.key.toLowerCase() === 'c') void copyAddresses(addresses(chosen), actions)
  else if (!command && event.key === 'Delete') void actions.unban(chosen)
  else return
  event.preventDefault()
}

function NobodyBanned(): ReactNode {
  const set = usePreferences((state) => state.set)
  return (
    <EmptyState
      icon={Ban}
      title="No address is banned"
      actions={<Button onClick={() => set({ peersView: 'connected' })}>Show connected peers</Button>}
    >
      A banned address may not connect to any torrent, now and after a restart, until the ban is taken back.
    </EmptyState>
  )
}

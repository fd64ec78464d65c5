/** Every BitTorrent peer over all torrents. */
import { ArrowDownUp, Ban, Copy, Unplug, Users, WifiOff } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useMemo } from 'react'
import { useApp } from '../app/context.tsx'
import { useTable } from '../app/use-table.ts'
import { type Feed, firstOf, useStatus } from '../client/context.tsx'
import type { PeerRow } from '../client/types.ts'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { FeedFailed } from '../ui/feed-failed.tsx'
import { formatPlural } from '../ui/format.ts'
import { MenuItem, MenuLine } from '../ui/menu.tsx'
import { TableSkeleton } from '../ui/skeleton.tsx'
import type { Sort } from '../ui/table/column.ts'
import { MenuTable } from '../ui/table/menu-table.tsx'
import type { PeerActions } from './actions.ts'
import { filterBy } from './filter.ts'
import { FlagLegend } from './flag-legend.tsx'
import { NothingFound } from './nothing-found.tsx'
import { PEER_COLUMNS, peerTexts } from './peer-columns.tsx'
import { chosenOf, type Marked } from './selections.ts'

const USUAL_SORT: Sort = { by: 'down', direction: 'desc' }
const peerId = (peer: PeerRow): string => peer.id

export function ConnectedView(props: {
  feed: Feed<PeerRow>
  search: string
  onClear: () => void
  marked: Marked
  actions: PeerActions
}): ReactNode {
  const { feed, search, marked, actions } = props
  const { state } = feed
  const table = useTable('peers', USUAL_SORT)
  const rows = useMemo(
    () => (state.status === 'ready' ? filterBy(state.items, search, peerTexts) : []),
    [state, search],
  )
  const showTorrent = useApp((app) => app.showTorrent)
  if (state.status === 'loading') return <TableSkeleton label="Reading the list of peers" />
  if (state.status === 'failed')
    return <FeedFailed title="The list of peers cannot be read" message={state.error.message} onRetry={feed.retry} />
  if (state.items.length === 0) return <NoPeers />
  if (rows.length === 0) return <NothingFound what="peer" search={search} onClear={props.onClear} />
  const chosen = (): readonly PeerRow[] => chosenOf(rows, marked)
  return (
    <div className="flex h-full flex-col">
      <div className="min-h-0 grow">
        <MenuTable
          label="Connected peers"
          rows={rows}
          rowId={peerId}
          columns={PEER_COLUMNS}
          {...table}
          {...marked}
          onOpen={(id) => showTorrent(rows.find((row) => row.id === id)?.torrent ?? '')}
          onKeyDown={(event) => onKey(event, chosen(), actions)}
          menuLabel="Peer"
          menu={<PeerMenu rows={chosenOf(rows, marked)} actions={actions} />}
        />
      </div>
      <FlagLegend />
    </div>
  )
}

/** Delete disconnects, B bans, Ctrl+C copies the addresses. */
function onKey(event: KeyboardEvent, chosen: readonly PeerRow[], actions: PeerActions): void {
  if (event.altKey || chosen.length === 0) return
  const command = event.ctrlKey || event.metaKey
  const key = event.key.toLowerCase()
  if (command && key === 'c') void copyAddresses(chosen, actions)
  else if (!command && key === 'delete') void actions.disconnect(chosen)
  else if (!command && key === 'b') void actions.ban(chosen)
  else return
  event.preventDefault()
}

export function copyAddresses(rows: readonly { readonly address: string }[], actions: PeerActions): Promise<void> {
  const addresses = rows.map((row) => row.address)
  return actions.copy(
    addresses,
    addresses.length === 1 ? (addresses[0] ?? '') : formatPlural(rows.length, 'address', 'addresses'),
  )
}

function PeerMenu({ rows, actions }: { rows: readonly PeerRow[]; actions: PeerActions }): ReactNode {
  const showTorrent = useApp((app) => app.showTorrent)
  const [first] = rows
  return (
    <>
      <MenuItem icon={Copy} shortcut="Ctrl+C" disabled={!first} onSelect={() => void copyAddresses(rows, actions)}>
        {rows.length > 1 ? 'Copy addresses' : 'Copy address'}
      </MenuItem>
      <MenuItem
        icon={ArrowDownUp}
        shortcut="Enter"
        disabled={rows.length !== 1}
        onSelect={() => first && showTorrent(first.torrent)}
      >
        Show the torrent
      </MenuItem>
      <MenuLine />
      <MenuItem icon={Unplug} shortcut="Del" disabled={!first} onSelect={() => void actions.disconnect(rows)}>
        Disconnect
      </MenuItem>
      <MenuItem icon={Ban} shortcut="B" danger disabled={!first} onSelect={() => void actions.ban(rows)}>
        Ban from all torrents
      </MenuItem>
    </>
  )
}

function NoPeers(): ReactNode {
  const status = firstOf(useStatus())
  const go = useApp((app) => app.go)
  if (status?.network === 'local-only') {
    return (
      <EmptyState
        icon={WifiOff}
        title="Shoal talks to this machine only"
        actions={<Button onClick={() => go('settings')}>Open settings</Button>}
      >
        Peers on this machine stand here, those elsewhere once it has gone online.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon={Users}
      title="No peer is connected"
      actions={
        <Button icon={ArrowDownUp} onClick={() => go('torrents')}>
          Go to torrents
        </Button>
      }
    >
      Whoever your torrents exchange pieces with stands here, over all torrents.
    </EmptyState>
  )
}

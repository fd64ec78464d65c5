/** The peers that blocks and transactions of the chain are exchanged with. */
import { Ban, Blocks, Copy, Unplug, WifiOff } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useMemo } from 'react'
import { useApp } from '../app/context.tsx'
import { useTable } from '../app/use-table.ts'
import { type Feed, firstOf, useStatus } from '../client/context.tsx'
import type { ChainPeerRow } from '../client/types.ts'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { FeedFailed } from '../ui/feed-failed.tsx'
import { formatPlural } from '../ui/format.ts'
import { MenuItem, MenuLine } from '../ui/menu.tsx'
import { TableSkeleton } from '../ui/skeleton.tsx'
import type { Sort } from '../ui/table/column.ts'
import { MenuTable } from '../ui/table/menu-table.tsx'
import type { PeerActions } from './actions.ts'
import { CHAIN_PEER_COLUMNS, chainPeerTexts } from './chain-columns.tsx'
import { serviceMeanings } from './chain-services.ts'
import { filterBy } from './filter.ts'
import { NothingFound } from './nothing-found.tsx'
import { chosenOf, type Marked } from './selections.ts'

const USUAL_SORT: Sort = { by: 'since', direction: 'asc' }
const peerId = (peer: ChainPeerRow): string => peer.id

/** What a ban of theirs counts for. */
export const CHAIN_AND_TORRENTS = 'the chain and all torrents'

/** As the other lists name what is acted on. */
export const asPeers = (rows: readonly ChainPeerRow[]): readonly { id: string; address: string }[] =>
  rows.map(({ id }) => ({ id, address: id }))

export function ChainPeersView(props: {
  feed: Feed<ChainPeerRow>
  search: string
  onClear: () => void
  marked: Marked
  actions: PeerActions
}): ReactNode {
  const { feed, search, marked, actions } = props
  const { state } = feed
  const table = useTable('chain-peers', USUAL_SORT)
  const rows = useMemo(
    () => (state.status === 'ready' ? filterBy(state.items, search, chainPeerTexts) : []),
    [state, search],
  )
  if (state.status === 'loading') return <TableSkeleton label="Reading the peers of the chain" />
  if (state.status === 'failed')
    return (
      <FeedFailed title="The peers of the chain cannot be read" message={state.error.message} onRetry={feed.retry} />
    )
  if (state.items.length === 0) return <NoChainPeers />
  if (rows.length === 0) return <NothingFound what="peer of the chain" search={search} onClear={props.onClear} />
  const chosen = chosenOf(rows, marked)
  return (
    <div className="flex h-full flex-col">
      <div className="min-h-0 grow">
        <MenuTable
          label="Peers of the chain"
          rows={rows}
          rowId={peerId}
          columns={CHAIN_PEER_COLUMNS}
          {...table}
          {...marked}
          onKeyDown={(event) => onKey(event, chosen, actions)}
          menuLabel="Peer of the chain"
          menu={<ChainPeerMenu rows={chosen} actions={actions} />}
        />
      </div>
      <Services rows={chosen} />
    </div>
  )
}

/** What the one that is selected offers. */
function Services({ rows }: { rows: readonly ChainPeerRow[] }): ReactNode {
  const [first] = rows
  if (!first || rows.length > 1) return null
  return (
    <section
      aria-label="Services of the selected peer"
      className="flex min-h-8 shrink-0 flex-wrap items-center gap-x-4 border-t border-line bg-sunken px-4 py-1 text-caption text-muted"
    >
      <span className="font-medium">Offers</span>
      {serviceMeanings(first.services).map((meaning) => (
        <span key={meaning} data-selectable="">
          {meaning}
        </span>
      ))}
    </section>
  )
}

/** Delete disconnects, B bans, Ctrl+C copies the addresses. */
function onKey(event: KeyboardEvent, chosen: readonly ChainPeerRow[], actions: PeerActions): void {
  if (event.altKey || chosen.length === 0) return
  const command = event.ctrlKey || event.metaKey
  const key = event.key.toLowerCase()
  if (command && key === 'c') void copyChainPeers(chosen, actions)
  else if (!command && key === 'delete') void actions.disconnect(asPeers(chosen))
  else if (!command && key === 'b') void actions.ban(asPeers(chosen), CHAIN_AND_TORRENTS)
  else return
  event.preventDefault()
}

export function copyChainPeers(rows: readonly ChainPeerRow[], actions: PeerActions): Promise<void> {
  const ids = rows.map(peerId)
  return actions.copy(ids, ids.length === 1 ? (ids[0] ?? '') : formatPlural(ids.length, 'address', 'addresses'))
}

function ChainPeerMenu({ rows, actions }: { rows: readonly ChainPeerRow[]; actions: PeerActions }): ReactNode {
  const none = rows.length === 0
  return (
    <>
      <MenuItem icon={Copy} shortcut="Ctrl+C" disabled={none} onSelect={() => void copyChainPeers(rows, actions)}>
        {rows.length > 1 ? 'Copy addresses' : 'Copy address'}
      </MenuItem>
      <MenuLine />
      <MenuItem icon={Unplug} shortcut="Del" disabled={none} onSelect={() => void actions.disconnect(asPeers(rows))}>
        Disconnect
      </MenuItem>
      <MenuItem
        icon={Ban}
        shortcut="B"
        danger
        disabled={none}
        onSelect={() => void actions.ban(asPeers(rows), CHAIN_AND_TORRENTS)}
      >
        Ban from the chain and all torrents
      </MenuItem>
    </>
  )
}

function NoChainPeers(): ReactNode {
  const status = firstOf(useStatus())
  const go = useApp((app) => app.go)
  const settings = <Button onClick={() => go('settings')}>Open settings</Button>
  if (status?.chain.state === 'off') {
    return (
      <EmptyState icon={Blocks} title="The chain is switched off" actions={settings}>
        Its peers stand here once it runs.
      </EmptyState>
    )
  }
  if (status?.network === 'local-only') {
    return (
      <EmptyState icon={WifiOff} title="Shoal talks to this machine only" actions={settings}>
        Peers of the chain on this machine stand here, those elsewhere once it has gone online.
      </EmptyState>
    )
  }
  return (
    <EmptyState icon={Blocks} title="No peer of the chain is connected" actions={settings}>
      Shoal looks for some through the DHT and on the local network. An address that you know can be added in Settings.
    </EmptyState>
  )
}

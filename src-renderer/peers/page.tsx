/** The Peers tab: who we exchange pieces with, the nodes we know, and whom we do not let in. */
import { Ban, Copy, Undo2, Unplug } from 'lucide-react'
import { type ReactNode, useRef, useState } from 'react'
import { usePreferences } from '../app/context.tsx'
import { TabBar } from '../app/tab-bar.tsx'
import { useFindKey } from '../app/use-find-key.ts'
import { type Feed, useBanRows, useChainPeers, useContactRows, usePeerRows } from '../client/context.tsx'
import type { BanRow, ChainPeerRow, PeerRow } from '../client/types.ts'
import { IconButton } from '../ui/button.tsx'
import { formatCount } from '../ui/format.ts'
import { SearchField } from '../ui/search-field.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { type PeerActions, usePeerActions } from './actions.ts'
import { BannedView } from './banned.tsx'
import { asPeers, CHAIN_AND_TORRENTS, ChainPeersView, copyChainPeers } from './chain-peers.tsx'
import { ConnectedView, copyAddresses } from './connected.tsx'
import { ContactsView } from './contacts.tsx'
import { chosenOf, type Marked, useMarked } from './selections.ts'

type View = 'connected' | 'chain' | 'contacts' | 'banned'

const SEARCH_LABELS: Readonly<Record<View, string>> = {
  connected: 'Search peers',
  chain: 'Search peers of the chain',
  contacts: 'Search nodes',
  banned: 'Search banned addresses',
}

function rowsOf<Row>({ state }: Feed<Row>): readonly Row[] {
  return state.status === 'ready' ? state.items : []
}

export default function PeersPage(): ReactNode {
  const view = usePreferences((state) => state.peersView)
  const set = usePreferences((state) => state.set)
  const connected = usePeerRows()
  const chain = useChainPeers()
  const contacts = useContactRows()
  const bans = useBanRows()
  const actions = usePeerActions()
  const marked = { connected: useMarked(), chain: useMarked(), contacts: useMarked(), banned: useMarked() }
  const [search, setSearch] = useState('')
  const searchField = useRef<HTMLInputElement>(null)
  useFindKey(searchField)
  const shared = { search, onClear: () => setSearch(''), actions, marked: marked[view] }
  return (
    <>
      <TabBar title="Peers">
        <SearchField ref={searchField} label={SEARCH_LABELS[view]} value={search} onChange={setSearch} />
      </TabBar>
      <div className="min-h-0 grow">
        <Tabs
          label="Lists of peers"
          active={view}
          onChange={(id) => set({ peersView: id as View })}
          tabs={[
            { id: 'connected', title: 'Connected', count: rowsOf(connected).length },
            { id: 'chain', title: 'Chain', count: rowsOf(chain).length },
            { id: 'contacts', title: 'Overlay contacts', count: rowsOf(contacts).length },
            { id: 'banned', title: 'Banned', count: rowsOf(bans).length },
          ]}
          end={
            view === 'connected' ? (
              <PeerTools rows={chosenOf(rowsOf(connected), marked.connected)} actions={actions} />
            ) : view === 'chain' ? (
              <ChainPeerTools rows={chosenOf(rowsOf(chain), marked.chain)} actions={actions} />
            ) : view === 'banned' ? (
              <BanTools rows={rowsOf(bans)} marked={marked.banned} actions={actions} />
            ) : null
          }
        >
          {view === 'connected' && <ConnectedView feed={connected} {...shared} />}
          {view === 'chain' && <ChainPeersView feed={chain} {...shared} />}
          {view === 'contacts' && <ContactsView feed={contacts} {...shared} />}
          {view === 'banned' && <BannedView feed={bans} {...shared} />}
        </Tabs>
      </div>
    </>
  )
}

function PeerTools({ rows, actions }: { rows: readonly PeerRow[]; actions: PeerActions }): ReactNode {
  return (
    <ConnectionTools
      count={rows.length}
      ban="Ban from all torrents"
      onCopy={() => void copyAddresses(rows, actions)}
      onDisconnect={() => void actions.disconnect(rows)}
      onBan={() => void actions.ban(rows)}
    />
  )
}

function ChainPeerTools({ rows, actions }: { rows: readonly ChainPeerRow[]; actions: PeerActions }): ReactNode {
  return (
    <ConnectionTools
      count={rows.length}
      ban={`Ban from ${CHAIN_AND_TORRENTS}`}
      onCopy={() => void copyChainPeers(rows, actions)}
      onDisconnect={() => void actions.disconnect(asPeers(rows))}
      onBan={() => void actions.ban(asPeers(rows), CHAIN_AND_TORRENTS)}
    />
  )
}

/** What is done most with the connections that are selected. */
function ConnectionTools(props: {
  count: number
  ban: string
  onCopy: () => void
  onDisconnect: () => void
  onBan: () => void
}): ReactNode {
  const none = props.count === 0
  return (
    <div role="toolbar" aria-label="Selected peers" className="flex items-center gap-0.5">
      {props.count > 1 && (
        <span className="mr-2 whitespace-nowrap text-muted tabular-nums">{formatCount(props.count)} selected</span>
      )}
      <IconButton label="Copy address" shortcut="Ctrl+C" icon={Copy} disabled={none} onClick={props.onCopy} />
      <IconButton label="Disconnect" shortcut="Del" icon={Unplug} disabled={none} onClick={props.onDisconnect} />
      <IconButton label={props.ban} shortcut="B" icon={Ban} disabled={none} onClick={props.onBan} />
    </div>
  )
}

function BanTools(props: { rows: readonly BanRow[]; marked: Marked; actions: PeerActions }): ReactNode {
  const rows = chosenOf(props.rows, props.marked)
  return (
    <div role="toolbar" aria-label="Selected addresses" className="flex items-center gap-0.5">
      <IconButton
        label="Take the ban back"
        shortcut="Del"
        icon={Undo2}
        disabled={rows.length === 0}
        onClick={() => void props.actions.unban(rows)}
      />
    </div>
  )
}

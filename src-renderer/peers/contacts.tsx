/** The nodes in our routing tables, and the places on Chord's ring that we know. */
import { Copy, Fingerprint, Network, Waypoints } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useMemo } from 'react'
import { useApp } from '../app/context.tsx'
import { useTable } from '../app/use-table.ts'
import { type Feed, firstOf, useStatus } from '../client/context.tsx'
import type { ContactRow } from '../client/types.ts'
import { DhtSilent, useDhtState } from '../explorer/dht-state.tsx'
import { DHT_SENTENCES } from '../explorer/dht-words.ts'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { FeedFailed } from '../ui/feed-failed.tsx'
import { formatPlural } from '../ui/format.ts'
import { MenuItem, MenuLine } from '../ui/menu.tsx'
import { TableSkeleton } from '../ui/skeleton.tsx'
import type { Sort } from '../ui/table/column.ts'
import { MenuTable } from '../ui/table/menu-table.tsx'
import type { PeerActions } from './actions.ts'
import { copyAddresses } from './connected.tsx'
import { CONTACT_COLUMNS, contactTexts } from './contact-columns.tsx'
import { filterBy } from './filter.ts'
import { NothingFound } from './nothing-found.tsx'
import { chosenOf, type Marked } from './selections.ts'

const USUAL_SORT: Sort = { by: 'shared', direction: 'desc' }
const contactId = (contact: ContactRow): string => contact.id

export function ContactsView(props: {
  feed: Feed<ContactRow>
  search: string
  onClear: () => void
  marked: Marked
  actions: PeerActions
}): ReactNode {
  const { feed, search, marked, actions } = props
  const { state } = feed
  const dht = useDhtState()
  const onRing = useOnRing()
  const table = useTable('contacts', USUAL_SORT)
  const rows = useMemo(
    () => (state.status === 'ready' ? filterBy(state.items, search, contactTexts) : []),
    [state, search],
  )
  if (state.status === 'loading') return <TableSkeleton label="Reading the routing table" />
  if (state.status === 'failed')
    return <FeedFailed title="The routing table cannot be read" message={state.error.message} onRetry={feed.retry} />
  if (state.items.length === 0)
    return (dht === 'off' || dht === 'waiting') && !onRing ? <DhtSilent state={dht} /> : <NoContacts />
  if (rows.length === 0) return <NothingFound what="node" search={search} onClear={props.onClear} />
  return (
    <MenuTable
      label="Overlay contacts"
      rows={rows}
      rowId={contactId}
      columns={CONTACT_COLUMNS}
      {...table}
      {...marked}
      onOpen={(id) => {
        const contact = rows.find((row) => row.id === id)
        if (contact) void actions.lookUp(contact)
      }}
      onKeyDown={(event) => onKey(event, chosenOf(rows, marked), actions)}
      menuLabel="Node"
      menu={<ContactMenu rows={chosenOf(rows, marked)} actions={actions} />}
    />
  )
}

function onKey(event: KeyboardEvent, chosen: readonly ContactRow[], actions: PeerActions): void {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'c' || chosen.length === 0) return
  void copyAddresses(chosen, actions)
  event.preventDefault()
}

function ContactMenu({ rows, actions }: { rows: readonly ContactRow[]; actions: PeerActions }): ReactNode {
  const [first] = rows
  const one = rows.length === 1 ? first : undefined
  const copyIds = (): Promise<void> =>
    actions.copy(
      rows.map((row) => row.nodeId),
      one ? 'the node id' : formatPlural(rows.length, 'node id'),
    )
  return (
    <>
      <MenuItem icon={Copy} shortcut="Ctrl+C" disabled={!first} onSelect={() => void copyAddresses(rows, actions)}>
        {rows.length > 1 ? 'Copy addresses' : 'Copy address'}
      </MenuItem>
      <MenuItem icon={Fingerprint} disabled={!first} onSelect={() => void copyIds()}>
        {rows.length > 1 ? 'Copy node ids' : 'Copy node id'}
      </MenuItem>
      <MenuLine />
      <MenuItem icon={Waypoints} shortcut="Enter" disabled={!one} onSelect={() => one && void actions.lookUp(one)}>
        Look it up in the Explorer
      </MenuItem>
    </>
  )
}

/** Whether the ring may still bring contacts where the DHT is silent. */
function useOnRing(): boolean {
  const chord = firstOf(useStatus())?.chord.state
  return chord !== undefined && chord !== 'off' && chord !== 'waiting'
}

function NoContacts(): ReactNode {
  const dht = useDhtState()
  const go = useApp((app) => app.go)
  return (
    <EmptyState
      icon={Network}
      title={dht === 'isolated' ? DHT_SENTENCES.isolated : 'The nodes that Shoal knows stand here'}
      actions={<Button onClick={() => go('settings')}>Open settings</Button>}
    >
      {dht === 'isolated'
        ? 'Where this lasts, look at the nodes to begin with in Settings, or at a firewall that stops UDP.'
        : 'Shoal asks the nodes to begin with, and those of its last run.'}
    </EmptyState>
  )
}

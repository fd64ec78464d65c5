/** People and machines that are paid more than once, by name. */
import { ArrowUpRight, Copy, Pencil, Plus, Trash2, UserRound } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from 'react'
import { useApp, useAppStore, useToasts, useWalletState } from '../../app/context.tsx'
import { useFindKey } from '../../app/use-find-key.ts'
import { useTable } from '../../app/use-table.ts'
import type { WalletContact } from '../../client/types.ts'
import { filterBy } from '../../peers/filter.ts'
import { NothingFound } from '../../peers/nothing-found.tsx'
import { useMarked } from '../../peers/selections.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { copyText } from '../../ui/copy.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FeedFailed } from '../../ui/feed-failed.tsx'
import { formatPlural, NONE, shortenMiddle } from '../../ui/format.ts'
import { MenuItem, MenuLine } from '../../ui/menu.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { TableSkeleton } from '../../ui/skeleton.tsx'
import type { Column, Sort } from '../../ui/table/column.ts'
import { MenuTable } from '../../ui/table/menu-table.tsx'
import { paymentTo } from '../send/payment-form.ts'
import { useContacts } from '../send/use-contacts.ts'
import { useChanges } from '../use-changes.ts'

const USUAL_SORT: Sort = { by: 'name', direction: 'asc' }
const contactId = (contact: WalletContact): string => contact.id
const textsOf = ({ name, address, note }: WalletContact): readonly string[] => [name, address, note]

const COLUMNS: readonly Column<WalletContact>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 200,
    minWidth: 120,
    sortKey: (row) => row.name,
    cell: (row) => <bdi className="font-medium">{row.name}</bdi>,
    hint: (row) => row.name,
  },
  {
    id: 'address',
    title: 'Address',
    width: 240,
    minWidth: 128,
    sortKey: (row) => row.address,
    cell: (row) => <span className="font-mono text-[12px]">{shortenMiddle(row.address, 14, 8)}</span>,
    hint: (row) => row.address,
  },
  {
    id: 'note',
    title: 'Note',
    width: 240,
    minWidth: 96,
    grow: true,
    sortKey: (row) => row.note || undefined,
    cell: (row) => (row.note ? <bdi>{row.note}</bdi> : <span className="text-faint">{NONE}</span>),
    hint: (row) => row.note,
  },
]

export function ContactsView(): ReactNode {
  // A dialog that has closed may have changed them.
  const dialogs = useApp((state) => state.dialogs.length)
  const { state, retry, contacts } = useContacts(useChanges(dialogs))
  const [search, setSearch] = useState('')
  const searchField = useRef<HTMLInputElement>(null)
  useFindKey(searchField)
  const table = useTable('wallet-contacts', USUAL_SORT)
  const marked = useMarked()
  const actions = useContactActions()
  const rows = useMemo(() => filterBy(contacts, search, textsOf), [contacts, search])
  if (state.status === 'loading') return <TableSkeleton label="Reading the contacts" />
  if (state.status === 'failed')
    return <FeedFailed title="The contacts cannot be read" message={state.message} onRetry={retry} />
  if (contacts.length === 0) return <NoContacts onAdd={actions.add} />
  const chosen = rows.find((row) => marked.selection.selected.has(row.id))
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Delete' || !chosen) return
    event.preventDefault()
    actions.remove(chosen)
  }
  return (
    <section aria-label="Contacts" className="flex h-full flex-col">
      <div className="flex min-h-10 shrink-0 items-center gap-2 border-b border-line px-4">
        <span className="text-muted tabular-nums">{formatPlural(contacts.length, 'contact')}</span>
        <SearchField ref={searchField} label="Search contacts" value={search} onChange={setSearch} />
        <Tools contact={chosen} actions={actions} />
        <Button look="primary" icon={Plus} onClick={actions.add}>
          Add a contact
        </Button>
      </div>
      <div className="min-h-0 grow">
        {rows.length === 0 ? (
          <NothingFound what="contact" search={search} onClear={() => setSearch('')} />
        ) : (
          <MenuTable
            label="Contacts"
            rows={rows}
            rowId={contactId}
            columns={COLUMNS}
            {...table}
            {...marked}
            onOpen={(id) => {
              const contact = rows.find((row) => row.id === id)
              if (contact) actions.edit(contact)
            }}
            onKeyDown={onKeyDown}
            menuLabel="Contact"
            menu={<ContactMenu contact={chosen} actions={actions} />}
          />
        )}
      </div>
    </section>
  )
}

interface ContactActions {
  add(): void
  edit(contact: WalletContact): void
  remove(contact: WalletContact): void
  pay(contact: WalletContact): void
  copy(contact: WalletContact): Promise<void>
}

function useContactActions(): ContactActions {
  const app = useAppStore()
  const setPayment = useWalletState((state) => state.setPayment)
  const done = useToasts((toasts) => toasts.done)
  return {
    add: () => void app.getState().ask({ kind: 'wallet-contact' }),
    edit: (contact) => void app.getState().ask({ kind: 'wallet-contact', contact }),
    remove: (contact) => void app.getState().ask({ kind: 'wallet-remove-contact', contact }),
    pay: (contact) => {
      setPayment(() => paymentTo(contact.name))
      app.getState().showWallet('send')
    },
    copy: async (contact) => {
      if (await copyText(contact.address)) done('Copied the address.')
    },
  }
}

interface ContactProps {
  readonly contact: WalletContact | undefined
  readonly actions: ContactActions
}

function Tools({ contact, actions }: ContactProps): ReactNode {
  return (
    <div role="toolbar" aria-label="Selected contact" className="flex items-center gap-0.5">
      <IconButton label="Pay" icon={ArrowUpRight} disabled={!contact} onClick={() => contact && actions.pay(contact)} />
      <IconButton
        label="Edit"
        shortcut="Enter"
        icon={Pencil}
        disabled={!contact}
        onClick={() => contact && actions.edit(contact)}
      />
      <IconButton
        label="Remove…"
        shortcut="Del"
        icon={Trash2}
        disabled={!contact}
        onClick={() => contact && actions.remove(contact)}
      />
    </div>
  )
}

function ContactMenu({ contact, actions }: ContactProps): ReactNode {
  return (
    <>
      <MenuItem icon={ArrowUpRight} disabled={!contact} onSelect={() => contact && actions.pay(contact)}>
        Pay
      </MenuItem>
      <MenuItem icon={Copy} disabled={!contact} onSelect={() => contact && void actions.copy(contact)}>
        Copy address
      </MenuItem>
      <MenuLine />
      <MenuItem icon={Pencil} shortcut="Enter" disabled={!contact} onSelect={() => contact && actions.edit(contact)}>
        Edit…
      </MenuItem>
      <MenuItem
        icon={Trash2}
        shortcut="Del"
        danger
        disabled={!contact}
        onSelect={() => contact && actions.remove(contact)}
      >
        Remove…
      </MenuItem>
    </>
  )
}

function NoContacts({ onAdd }: { onAdd: () => void }): ReactNode {
  return (
    <EmptyState
      icon={UserRound}
      title="Whom you pay stands here by name"
      actions={
        <Button look="primary" icon={Plus} onClick={onAdd}>
          Add a contact
        </Button>
      }
    >
      A name for an address, so that a payment begins with the name. Kept on this machine only.
    </EmptyState>
  )
}

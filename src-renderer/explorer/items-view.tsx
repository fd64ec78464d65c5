/** What our nodes keep for others, and what we keep alive of our own (BEP 44). */
import { Archive, Bookmark, Copy, Waypoints } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import { useApp, useToasts } from '../app/context.tsx'
import type { OverlayName } from '../app/state.ts'
import { useTable } from '../app/use-table.ts'
import { useStoredItems } from '../client/context.tsx'
import type { StoredItemRow } from '../client/types.ts'
import { useMarked } from '../peers/selections.ts'
import { Button } from '../ui/button.tsx'
import { copyText } from '../ui/copy.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { FeedFailed } from '../ui/feed-failed.tsx'
import { bytesQuantity, NONE, shortenMiddle } from '../ui/format.ts'
import { MenuItem } from '../ui/menu.tsx'
import { QuantityText } from '../ui/quantity.tsx'
import { TableSkeleton } from '../ui/skeleton.tsx'
import type { Column, Sort } from '../ui/table/column.ts'
import { MenuTable } from '../ui/table/menu-table.tsx'
import { keyOrder } from './distance.ts'
import { HOLDINGS, holdingOf } from './ring/holdings.ts'
import { VALUE_FORMS } from './search-words.ts'
import { type Sought, useStartSearch } from './use-start-search.ts'

const USUAL_SORT: Sort = { by: 'target', direction: 'asc' }
const itemId = (item: StoredItemRow): string => item.id

function soughtBy({ id, publicKey, salt = '' }: StoredItemRow): Sought {
  return publicKey === undefined ? id : { publicKey, salt }
}

/** What it is written as comes first, since text may look like anything. */
function ValueCell({ item: { form, preview } }: { item: StoredItemRow }): ReactNode {
  return (
    <>
      <span className="mr-2 text-caption text-faint">{VALUE_FORMS[form].word}</span>
      <bdi className={form === 'text' ? '' : 'font-mono text-[12px]'}>{preview}</bdi>
    </>
  )
}

const SHARED_COLUMNS: readonly Column<StoredItemRow>[] = [
  {
    id: 'target',
    title: 'Key',
    width: 168,
    minWidth: 140,
    sortKey: (item) => keyOrder(item.id),
    cell: (item) => <span className="font-mono text-[12px]">{shortenMiddle(item.id, 10, 6)}</span>,
    hint: (item) => item.id,
  },
  {
    id: 'kind',
    title: 'Kind',
    width: 96,
    minWidth: 80,
    sortKey: (item) => item.kind,
    cell: (item) => (item.kind === 'mutable' ? 'Mutable' : 'Immutable'),
    hint: (item) =>
      item.kind === 'mutable'
        ? 'Signed: its owner can change it'
        : 'The key is the hash of the value: it never changes',
  },
  {
    id: 'preview',
    title: 'Value',
    width: 240,
    minWidth: 120,
    grow: true,
    sortKey: (item) => item.preview,
    cell: (item) => <ValueCell item={item} />,
    hint: (item) => `${VALUE_FORMS[item.form].meaning}\n${item.preview}`,
  },
  {
    id: 'size',
    title: 'Size',
    width: 76,
    minWidth: 56,
    align: 'end',
    firstDirection: 'desc',
    sortKey: (item) => item.size,
    cell: (item) => <QuantityText quantity={bytesQuantity(item.size)} />,
  },
  {
    id: 'seq',
    title: 'Version',
    width: 76,
    minWidth: 56,
    align: 'end',
    firstDirection: 'desc',
    sortKey: (item) => (item.seq === undefined ? undefined : Number(item.seq)),
    cell: (item) => (item.seq === undefined ? <span className="text-faint">{NONE}</span> : String(item.seq)),
  },
  {
    id: 'owner',
    title: 'Public key',
    width: 150,
    minWidth: 96,
    hideBelow: 900,
    sortKey: (item) => item.publicKey,
    cell: (item) =>
      item.publicKey ? (
        <span className="font-mono text-[12px]">{shortenMiddle(item.publicKey, 8, 6)}</span>
      ) : (
        <span className="text-faint">{NONE}</span>
      ),
    hint: (item) => [item.publicKey ?? '', ...(item.salt ? [`salt ${item.salt}`] : [])].join('\n'),
  },
]

/** Who put it. */
const KEPT_FOR: Column<StoredItemRow> = {
  id: 'own',
  title: 'Kept for',
  width: 92,
  minWidth: 72,
  sortKey: (item) => (item.own ? 0 : 1),
  cell: (item) =>
    item.own ? (
      <span className="flex items-center gap-1.5">
        <Bookmark size={14} aria-hidden className="shrink-0 text-accent-text" />
        Us
      </span>
    ) : (
      'Others'
    ),
  hint: (item) => (item.own ? 'Put again each hour' : 'Stored here by another node'),
}

/** Of the ring: whether the key is ours to answer for. */
const HOLDING: Column<StoredItemRow> = {
  id: 'holding',
  title: 'Held as',
  width: 92,
  minWidth: 72,
  sortKey: (item) => HOLDINGS[holdingOf(item)].word,
  cell: (item) => HOLDINGS[holdingOf(item)].word,
  hint: (item) => HOLDINGS[holdingOf(item)].meaning,
}

const COLUMNS: Readonly<Record<OverlayName, readonly Column<StoredItemRow>[]>> = {
  kademlia: [...SHARED_COLUMNS, KEPT_FOR],
  chord: [...SHARED_COLUMNS, HOLDING, KEPT_FOR],
}

export function ItemsView(props: { overlay: OverlayName; serving: boolean }): ReactNode {
  const feed = useStoredItems(props.overlay)
  const { state } = feed
  const table = useTable('items', USUAL_SORT)
  const marked = useMarked()
  const start = useStartSearch(props.overlay)
  const done = useToasts((toasts) => toasts.done)
  const chosen = useMemo(
    () => (state.status === 'ready' ? state.items.filter((item) => marked.selection.selected.has(item.id)) : []),
    [state, marked.selection],
  )
  if (state.status === 'loading') return <TableSkeleton label="Reading the stored items" />
  if (state.status === 'failed')
    return <FeedFailed title="The stored items cannot be read" message={state.error.message} onRetry={feed.retry} />
  if (state.items.length === 0) return <NoItems {...props} />
  const [first] = chosen
  return (
    <MenuTable
      label="Stored items"
      rows={state.items}
      rowId={itemId}
      columns={COLUMNS[props.overlay]}
      {...table}
      {...marked}
      onOpen={(id) => {
        const opened = state.items.find((item) => item.id === id)
        if (opened) void start(soughtBy(opened), 'get')
      }}
      menuLabel="Stored item"
      menu={
        <>
          <MenuItem
            icon={Copy}
            disabled={chosen.length !== 1}
            onSelect={async () => {
              if (first && (await copyText(first.id))) done('Copied the key.')
            }}
          >
            Copy key
          </MenuItem>
          <MenuItem
            icon={Waypoints}
            shortcut="Enter"
            disabled={chosen.length !== 1}
            onSelect={() => first && void start(soughtBy(first), 'get')}
          >
            Look it up
          </MenuItem>
        </>
      }
    />
  )
}

function NoItems({ overlay, serving }: { overlay: OverlayName; serving: boolean }): ReactNode {
  const showExplorer = useApp((state) => state.showExplorer)
  return (
    <EmptyState
      icon={Archive}
      title="Nothing is stored here"
      actions={
        <Button onClick={() => showExplorer('node')}>{overlay === 'chord' ? 'Show the ring' : 'Show our node'}</Button>
      }
    >
      {serving
        ? 'Other nodes put small values here, up to 1,000 bytes each, and ask for them when they need them.'
        : overlay === 'chord'
          ? 'Other hosts put small values here once this one is a member of the ring.'
          : 'Other nodes put small values here once this node answers them.'}
    </EmptyState>
  )
}

/** Every transaction of the wallet: searched, labelled, sped up, given up, saved as a table. */
import { CircleSlash, Copy, Download, History as HistoryIcon, RadioTower, SearchX, Telescope, Zap } from 'lucide-react'
import { type ReactNode, useRef, useState } from 'react'
import { useApp } from '../../app/context.tsx'
import { useFindKey } from '../../app/use-find-key.ts'
import { useTable } from '../../app/use-table.ts'
import type { HistoryRow, WalletInfo } from '../../client/types.ts'
import { useMarked } from '../../peers/selections.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FeedFailed } from '../../ui/feed-failed.tsx'
import { formatCount } from '../../ui/format.ts'
import { MenuItem, MenuLine } from '../../ui/menu.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { TableSkeleton } from '../../ui/skeleton.tsx'
import type { Sort } from '../../ui/table/column.ts'
import { MenuTable } from '../../ui/table/menu-table.tsx'
import { HISTORY_COLUMNS } from './history-columns.tsx'
import { HistoryDetails } from './history-details.tsx'
import { useHistory } from './use-history.ts'
import { canSpeedUp, type HistoryActions, useHistoryActions } from './use-history-actions.ts'

const TIME_ORDER: Sort = { by: 'time', direction: 'desc' }
const rowId = (row: HistoryRow): string => row.id
const MAX_SEARCH = 200

export function HistoryView({ info }: { info: WalletInfo }): ReactNode {
  const [search, setSearch] = useState('')
  const searchField = useRef<HTMLInputElement>(null)
  useFindKey(searchField)
  const history = useHistory(info, search.trim().slice(0, MAX_SEARCH))
  const { sort: _, onSort: __, ...table } = useTable('wallet-history', TIME_ORDER)
  const marked = useMarked()
  const actions = useHistoryActions()
  const { state } = history
  if (state.status === 'failed')
    return <FeedFailed title="The history cannot be read" message={state.message} onRetry={history.retry} />
  const { rows, total } = state.status === 'ready' ? state.value : { rows: [], total: 0 }
  const chosen = rows.find((row) => marked.selection.selected.has(row.id))
  if (state.status === 'ready' && total === 0 && search.trim() === '') return <NoHistory />
  return (
    <section aria-label="History" className="flex h-full flex-col">
      <div className="flex min-h-10 shrink-0 items-center gap-2 border-b border-line px-4">
        <span className="text-muted tabular-nums">
          {state.status === 'ready' && (total === 1 ? '1 transaction' : `${formatCount(total)} transactions`)}
        </span>
        <SearchField
          ref={searchField}
          label="Search the history"
          placeholder="Label, name, address, amount"
          value={search}
          onChange={setSearch}
        />
        <Tools row={chosen} actions={actions} />
        <Button icon={Download} onClick={() => void actions.saveCsv()}>
          Save CSV
        </Button>
      </div>
      <div className="min-h-28 grow basis-0">
        {state.status === 'loading' ? (
          <TableSkeleton label="Reading the history" />
        ) : rows.length === 0 ? (
          <EmptyState
            icon={SearchX}
            title={`No transaction matches “${search.trim()}”`}
            actions={<Button onClick={() => setSearch('')}>Show all</Button>}
          />
        ) : (
          <MenuTable
            label="Transactions"
            rows={rows}
            rowId={rowId}
            rowCount={total}
            columns={HISTORY_COLUMNS}
            {...table}
            {...marked}
            onNearEnd={history.more}
            onOpen={(id) => actions.showInExplorer({ id } as HistoryRow)}
            menuLabel="Transaction"
            menu={<RowMenu row={chosen} actions={actions} />}
          />
        )}
      </div>
      {chosen && (
        <HistoryDetails
          key={chosen.id}
          row={chosen}
          actions={actions}
          onLabelled={history.refresh}
          onClose={() => marked.onSelection({ ...marked.selection, selected: new Set() })}
        />
      )}
    </section>
  )
}

interface ToolsProps {
  readonly row: HistoryRow | undefined
  readonly actions: HistoryActions
}

function Tools({ row, actions }: ToolsProps): ReactNode {
  return (
    <div role="toolbar" aria-label="Selected transaction" className="flex items-center gap-0.5">
      <IconButton
        label="Speed up"
        icon={Zap}
        disabled={!row || !canSpeedUp(row)}
        onClick={() => row && void actions.speedUp(row)}
      />
      <IconButton
        label="Offer it again"
        icon={RadioTower}
        disabled={!row?.canRebroadcast}
        onClick={() => row && void actions.rebroadcast(row)}
      />
      <IconButton
        label="Abandon…"
        icon={CircleSlash}
        disabled={!row?.canAbandon}
        onClick={() => row && actions.askAbandon(row)}
      />
    </div>
  )
}

function RowMenu({ row, actions }: ToolsProps): ReactNode {
  return (
    <>
      <MenuItem icon={Telescope} shortcut="Enter" disabled={!row} onSelect={() => row && actions.showInExplorer(row)}>
        Show in the Explorer
      </MenuItem>
      <MenuItem icon={Copy} disabled={!row} onSelect={() => row && void actions.copyId(row)}>
        Copy transaction id
      </MenuItem>
      <MenuLine />
      <MenuItem icon={Zap} disabled={!row || !canSpeedUp(row)} onSelect={() => row && void actions.speedUp(row)}>
        Speed up
      </MenuItem>
      <MenuItem icon={RadioTower} disabled={!row?.canRebroadcast} onSelect={() => row && void actions.rebroadcast(row)}>
        Offer it again
      </MenuItem>
      <MenuItem icon={CircleSlash} danger disabled={!row?.canAbandon} onSelect={() => row && actions.askAbandon(row)}>
        Abandon…
      </MenuItem>
    </>
  )
}

function NoHistory(): ReactNode {
  const show = useApp((state) => state.showWallet)
  return (
    <EmptyState
      icon={HistoryIcon}
      title="Nothing has come or gone yet"
      actions={<Button onClick={() => show('receive')}>Get an address</Button>}
    >
      Every payment and reward of this wallet stands here, the newest first.
    </EmptyState>
  )
}

/** The blocks from the newest down: more are asked for as one comes near the end. */
import { Blocks, Copy, Hash } from 'lucide-react'
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useApp, useToasts } from '../../app/context.tsx'
import { useTable } from '../../app/use-table.ts'
import { sentenceOf } from '../../client/client-error.ts'
import { useClients, useRecentBlocks } from '../../client/context.tsx'
import type { BlockRow } from '../../client/types.ts'
import { useMarked } from '../../peers/selections.ts'
import { copyText } from '../../ui/copy.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FeedFailed } from '../../ui/feed-failed.tsx'
import { MenuItem } from '../../ui/menu.tsx'
import { TableSkeleton } from '../../ui/skeleton.tsx'
import type { Sort } from '../../ui/table/column.ts'
import { MenuTable } from '../../ui/table/menu-table.tsx'
import { BLOCK_COLUMNS } from './block-columns.tsx'
import { BLOCKS_ASKED, joined, listed, nextBelow, withOlder } from './block-list.ts'

/** In the order of the chain: only that can go on below. */
const CHAIN_ORDER: Sort = { by: 'height', direction: 'desc' }
const blockId = (row: BlockRow): string => row.id

export function BlocksTable(props: { tip: number }): ReactNode {
  const feed = useRecentBlocks()
  const { state } = feed
  const { rows, more } = useBlockRows(state.status === 'ready' ? state.items : NO_ROWS)
  const { sort: _, onSort: __, ...table } = useTable('blocks', CHAIN_ORDER)
  const marked = useMarked()
  const show = useApp((app) => app.showChain)
  const done = useToasts((toasts) => toasts.done)
  const chosen = rows.find((row) => row.id === marked.selection.active)
  if (state.status === 'failed')
    return <FeedFailed title="The newest blocks cannot be read" message={state.error.message} onRetry={feed.retry} />
  if (state.status === 'loading') return <TableSkeleton label="Reading the newest blocks" />
  if (rows.length === 0)
    return (
      <EmptyState icon={Blocks} title="No block yet">
        Blocks stand here as they come, the newest first.
      </EmptyState>
    )
  const copy = async (text: string, what: string): Promise<void> => {
    if (await copyText(text)) done(`Copied ${what}.`)
  }
  return (
    <MenuTable
      label="Newest blocks"
      rows={rows}
      rowId={blockId}
      rowCount={props.tip + 1}
      columns={BLOCK_COLUMNS}
      {...table}
      {...marked}
      openOnClick
      onOpen={(id) => show({ kind: 'block', id })}
      onNearEnd={more}
      menuLabel="Block"
      menu={
        <>
          <MenuItem
            icon={Blocks}
            shortcut="Enter"
            disabled={!chosen}
            onSelect={() => chosen && show({ kind: 'block', id: chosen.id })}
          >
            Show the block
          </MenuItem>
          <MenuItem icon={Copy} disabled={!chosen} onSelect={() => chosen && void copy(chosen.id, 'the hash')}>
            Copy hash
          </MenuItem>
          <MenuItem
            icon={Hash}
            disabled={!chosen}
            onSelect={() => chosen && void copy(String(chosen.height), 'the height')}
          >
            Copy height
          </MenuItem>
        </>
      }
    />
  )
}

const NO_ROWS: readonly BlockRow[] = []

/** The rows so far, and how to get more of them. */
function useBlockRows(recent: readonly BlockRow[]) {
  const { chain } = useClients()
  const problem = useToasts((toasts) => toasts.problem)
  const [older, setOlder] = useState<readonly BlockRow[]>(NO_ROWS)
  const rows = useMemo(() => listed(recent, joined(recent, older)), [recent, older])
  const latest = useRef(rows)
  const asking = useRef(false)
  useEffect(() => {
    latest.current = rows
  }, [rows])
  useEffect(() => setOlder((before) => joined(recent, before)), [recent])
  const more = useCallback(async (): Promise<void> => {
    const from = nextBelow(latest.current)
    if (from === undefined || asking.current) return
    asking.current = true
    try {
      const found = await chain.blocks({ from, limit: BLOCKS_ASKED })
      setOlder((before) => withOlder(latest.current, before, found))
    } catch (error) {
      problem(sentenceOf(error))
    } finally {
      asking.current = false
    }
  }, [chain, problem])
  return { rows, more }
}

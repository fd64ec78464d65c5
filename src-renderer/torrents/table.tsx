import { Columns3, FileDown, FolderOpen, Link, Magnet, Pause, Play, Plus, ScanSearch, Trash2 } from 'lucide-react'
import { type KeyboardEvent, type MouseEvent, type ReactNode, useRef, useState } from 'react'
import { useApp, useAppStore, usePreferences } from '../app/context.tsx'
import { useRowHeight } from '../app/use-theme.ts'
import type { TorrentRow } from '../client/types.ts'
import { ContextMenu, MenuCheck, MenuItem, MenuLine } from '../ui/menu.tsx'
import { DataTable } from '../ui/table/data-table.tsx'
import { isShown } from '../ui/table/layout.ts'
import { useWidth } from '../ui/table/use-width.ts'
import { canPause, canResume, type TorrentActions } from './actions.ts'
import { TORRENT_COLUMNS } from './columns.tsx'

const rowId = (row: TorrentRow): string => row.id

/** The list itself, with its two menus: on rows, and on the headings. */
export function TorrentTable(props: { rows: readonly TorrentRow[]; actions: TorrentActions }): ReactNode {
  const { rows, actions } = props
  const selection = useApp((state) => state.selection)
  const select = useApp((state) => state.select)
  const preferences = usePreferences((state) => state)
  const rowHeight = useRowHeight()
  const [onHeadings, setOnHeadings] = useState(false)
  const place = useRef<HTMLDivElement>(null)
  const room = useWidth(place)
  const chosen = (): readonly TorrentRow[] => rows.filter((row) => selection.selected.has(row.id))
  const table = (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only notes which of the two menus is about to open
    <div
      ref={place}
      className="h-full border-t border-line"
      onContextMenuCapture={toActiveRow}
      onContextMenu={(event: MouseEvent) => setOnHeadings((event.target as Element).closest('[data-header]') !== null)}
    >
      <DataTable
        label="Torrents"
        rows={rows}
        rowId={rowId}
        columns={TORRENT_COLUMNS}
        rowHeight={rowHeight}
        sort={preferences.sort}
        onSort={(sort) => preferences.set({ sort })}
        layout={preferences.layout}
        onLayout={(layout) => preferences.set({ layout })}
        selection={selection}
        onSelection={select}
        onOpen={() => preferences.set({ detailOpen: !preferences.detailOpen })}
        onKeyDown={(event) => onKey(event, chosen(), actions)}
      />
    </div>
  )
  return (
    <ContextMenu trigger={table} label={onHeadings ? 'Columns' : 'Torrent'}>
      {onHeadings ? <ColumnMenu room={room} /> : <RowMenu rows={rows} actions={actions} />}
    </ContextMenu>
  )
}

/** No button was pressed: the menu was asked for by its key. */
const BY_KEY = -1
const MENU_INDENT_PX = 48

/** Asked for by its key, the menu opens at the row the keyboard stands on, not in the middle of the list. */
function toActiveRow(event: MouseEvent<HTMLElement>): void {
  const grid = event.target as Element
  const active = grid.getAttribute('aria-activedescendant')
  const row = active === null ? null : document.getElementById(active)
  if (event.button !== BY_KEY || !row) return
  event.preventDefault()
  event.stopPropagation()
  const { left, bottom } = row.getBoundingClientRect()
  const at = { clientX: left + MENU_INDENT_PX, clientY: bottom }
  row.dispatchEvent(new window.MouseEvent('contextmenu', { ...at, bubbles: true, cancelable: true }))
}

/** Delete removes, P pauses what runs or resumes what is paused. */
function onKey(event: KeyboardEvent, chosen: readonly TorrentRow[], actions: TorrentActions): void {
  if (event.ctrlKey || event.metaKey || event.altKey || chosen.length === 0) return
  if (event.key === 'Delete') actions.askRemove(chosen)
  else if (event.key.toLowerCase() === 'p') {
    void (chosen.some((row) => row.state !== 'paused') ? actions.pause(chosen) : actions.resume(chosen))
  } else return
  event.preventDefault()
}

function RowMenu({ rows, actions }: { rows: readonly TorrentRow[]; actions: TorrentActions }): ReactNode {
  const { selected } = useAppStore().getState().selection
  const chosen = rows.filter((row) => selected.has(row.id))
  const [first] = chosen
  if (!first) {
    return (
      <>
        <MenuItem icon={Plus} shortcut="Ctrl+O" onSelect={() => void actions.chooseAndAdd()}>
          Add torrent…
        </MenuItem>
        <MenuItem icon={Magnet} shortcut="Ctrl+Shift+O" onSelect={actions.askMagnet}>
          Add magnet link…
        </MenuItem>
      </>
    )
  }
  const several = chosen.length > 1
  return (
    <>
      <MenuItem
        icon={Play}
        shortcut="P"
        disabled={!chosen.some(canResume)}
        onSelect={() => void actions.resume(chosen)}
      >
        Resume
      </MenuItem>
      <MenuItem icon={Pause} shortcut="P" disabled={!chosen.some(canPause)} onSelect={() => void actions.pause(chosen)}>
        Pause
      </MenuItem>
      <MenuLine />
      <MenuItem icon={FolderOpen} disabled={several} onSelect={() => void actions.openFolder(first)}>
        Open folder
      </MenuItem>
      <MenuItem
        icon={ScanSearch}
        disabled={chosen.every((row) => row.state === 'fetching-metadata')}
        onSelect={() => void actions.recheck(chosen)}
      >
        Recheck files
      </MenuItem>
      <MenuLine />
      <MenuItem icon={Magnet} shortcut="Ctrl+Shift+C" onSelect={() => void actions.copyMagnets(chosen)}>
        {several ? 'Copy magnet links' : 'Copy magnet link'}
      </MenuItem>
      <MenuItem icon={Link} disabled={several} onSelect={() => actions.askPublish(first)}>
        Publish under a link…
      </MenuItem>
      <MenuItem
        icon={FileDown}
        disabled={several || first.state === 'fetching-metadata'}
        onSelect={() => void actions.saveTorrentFile(first)}
      >
        Save .torrent as…
      </MenuItem>
      <MenuLine />
      <MenuItem icon={Trash2} shortcut="Del" danger onSelect={() => actions.askRemove(chosen)}>
        Remove…
      </MenuItem>
    </>
  )
}

/** Which columns are shown in a table as wide as `room`, in pixels. */
function ColumnMenu({ room }: { room: number }): ReactNode {
  const layout = usePreferences((state) => state.layout)
  const set = usePreferences((state) => state.set)
  const show = (id: string, on: boolean): void => set({ layout: { ...layout, shown: { ...layout.shown, [id]: on } } })
  return (
    <>
      {TORRENT_COLUMNS.filter((column) => column.id !== 'name').map((column) => (
        <MenuCheck key={column.id} checked={isShown(column, layout, room)} onChange={(on) => show(column.id, on)}>
          {column.title}
        </MenuCheck>
      ))}
      <MenuLine />
      <MenuItem icon={Columns3} onSelect={() => set({ layout: { widths: {}, shown: {} } })}>
        Usual columns and widths
      </MenuItem>
    </>
  )
}

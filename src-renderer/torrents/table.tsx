import { FileDown, FolderOpen, Link, Magnet, Pause, Play, Plus, ScanSearch, Trash2 } from 'lucide-react'
import type { KeyboardEvent, ReactNode } from 'react'
import { useApp, useAppStore, usePreferences } from '../app/context.tsx'
import { useRowHeight } from '../app/use-theme.ts'
import type { TorrentRow } from '../client/types.ts'
import { MenuItem, MenuLine } from '../ui/menu.tsx'
import { MenuTable } from '../ui/table/menu-table.tsx'
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
  const chosen = (): readonly TorrentRow[] => rows.filter((row) => selection.selected.has(row.id))
  return (
    <div className="h-full border-t border-line">
      <MenuTable
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
        menuLabel="Torrent"
        menu={<RowMenu rows={rows} actions={actions} />}
      />
    </div>
  )
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

import { FolderOpen, PanelBottom, Pause, Play, Trash2 } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import { useApp, usePreferences } from '../app/context.tsx'
import type { TorrentRow } from '../client/types.ts'
import { IconButton } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { formatCount } from '../ui/format.ts'
import { canPause, canResume, type TorrentActions } from './actions.ts'
import { countByFilter, FILTER_TITLES, FILTERS, type Filter } from './filter.ts'

/** Chips that narrow the list, and what can be done with the selection. */
export function FilterBar(props: {
  rows: readonly TorrentRow[]
  filter: Filter
  onFilter: (filter: Filter) => void
  actions: TorrentActions
}): ReactNode {
  const { rows, actions } = props
  const counts = useMemo(() => countByFilter(rows), [rows])
  return (
    <div className="flex min-h-10 shrink-0 flex-wrap items-center gap-1 px-3 py-1">
      <fieldset className="flex gap-1">
        <legend className="sr-only">Show</legend>
        {FILTERS.map((filter) => (
          <button
            key={filter}
            type="button"
            aria-pressed={props.filter === filter}
            onClick={() => props.onFilter(filter)}
            className={cx(
              'flex h-6 items-center gap-1.5 rounded-full px-2.5 whitespace-nowrap transition-colors duration-100',
              props.filter === filter
                ? 'bg-selected font-medium text-accent-text'
                : 'text-muted hover:bg-hover hover:text-text',
            )}
          >
            {FILTER_TITLES[filter]} <span className="text-caption tabular-nums">{formatCount(counts[filter])}</span>
          </button>
        ))}
      </fieldset>
      <SelectionActions rows={rows} actions={actions} />
    </div>
  )
}

function SelectionActions({ rows, actions }: { rows: readonly TorrentRow[]; actions: TorrentActions }): ReactNode {
  const { selected } = useApp((state) => state.selection)
  const open = usePreferences((state) => state.detailOpen)
  const set = usePreferences((state) => state.set)
  const chosen = useMemo(() => rows.filter((row) => selected.has(row.id)), [rows, selected])
  const [first] = chosen
  return (
    <div role="toolbar" aria-label="Selected torrents" className="ml-auto flex items-center gap-0.5">
      {chosen.length > 1 && (
        <span className="mr-2 whitespace-nowrap text-muted tabular-nums">{formatCount(chosen.length)} selected</span>
      )}
      <IconButton
        label="Resume"
        shortcut="P"
        icon={Play}
        disabled={!chosen.some(canResume)}
        onClick={() => actions.resume(chosen)}
      />
      <IconButton
        label="Pause"
        shortcut="P"
        icon={Pause}
        disabled={!chosen.some(canPause)}
        onClick={() => actions.pause(chosen)}
      />
      <IconButton
        label="Open folder"
        icon={FolderOpen}
        disabled={chosen.length !== 1}
        onClick={() => first && actions.openFolder(first)}
      />
      <IconButton
        label="Remove"
        shortcut="Del"
        icon={Trash2}
        disabled={chosen.length === 0}
        onClick={() => actions.askRemove(chosen)}
      />
      <span className="mx-1 h-4 w-px bg-line" />
      <IconButton
        label={open ? 'Hide details' : 'Show details'}
        shortcut="Enter"
        icon={PanelBottom}
        aria-pressed={open}
        onClick={() => set({ detailOpen: !open })}
        className={open ? 'text-accent-text' : ''}
      />
    </div>
  )
}

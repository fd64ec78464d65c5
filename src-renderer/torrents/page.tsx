/** The Torrents tab: the list, what narrows it, and the details of what is selected. */
import { CloudOff, FilePlus2, Plus, Search, SearchX } from 'lucide-react'
import { type ReactNode, type Ref, useMemo, useRef, useState } from 'react'
import { usePreferences } from '../app/context.tsx'
import { Mark } from '../app/mark.tsx'
import { TabBar } from '../app/tab-bar.tsx'
import { useTorrentRows } from '../client/context.tsx'
import type { TorrentRow } from '../client/types.ts'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { TextInput } from '../ui/field.tsx'
import { type TorrentActions, useTorrentActions } from './actions.ts'
import { DetailPanel } from './details/panel.tsx'
import { type Filter, filterRows } from './filter.ts'
import { FilterBar } from './filter-bar.tsx'
import { NetworkNotice } from './network-notice.tsx'
import { ProfileWarning } from './profile-warning.tsx'
import { SkeletonRows } from './skeleton.tsx'
import { TorrentTable } from './table.tsx'
import { usePageKeys } from './use-page-keys.ts'

const NO_ROWS: readonly TorrentRow[] = []

export function TorrentsPage(): ReactNode {
  const feed = useTorrentRows()
  const actions = useTorrentActions()
  const [filter, setFilter] = useState<Filter>('all')
  const [search, setSearch] = useState('')
  const searchField = useRef<HTMLInputElement>(null)
  usePageKeys(actions, searchField)
  const { state } = feed
  const rows = state.status === 'ready' ? state.items : NO_ROWS
  const shown = useMemo(() => filterRows(rows, filter, search), [rows, filter, search])
  const clearAll = (): void => {
    setFilter('all')
    setSearch('')
  }
  return (
    <>
      <TabBar title="Torrents">
        <SearchField ref={searchField} value={search} onChange={setSearch} />
        <Button icon={FilePlus2} onClick={actions.askCreate} title="Create a torrent (Ctrl+N)">
          Create torrent
        </Button>
        <Button look="primary" icon={Plus} onClick={actions.chooseAndAdd} title="Add a torrent (Ctrl+O)">
          Add torrent
        </Button>
      </TabBar>
      <ProfileWarning />
      <NetworkNotice />
      {state.status === 'loading' && <SkeletonRows />}
      {state.status === 'failed' && <Failed message={state.error.message} onRetry={feed.retry} />}
      {state.status === 'ready' && rows.length === 0 && <NoTorrents actions={actions} />}
      {state.status === 'ready' && rows.length > 0 && (
        <>
          <FilterBar rows={rows} filter={filter} onFilter={setFilter} actions={actions} />
          <div className="min-h-28 grow basis-0">
            {shown.length > 0 ? (
              <TorrentTable rows={shown} actions={actions} />
            ) : (
              <NothingFound search={search} onClear={clearAll} />
            )}
          </div>
          <Details rows={rows} />
        </>
      )}
    </>
  )
}

function SearchField(props: {
  ref: Ref<HTMLInputElement>
  value: string
  onChange: (text: string) => void
}): ReactNode {
  return (
    <search className="relative ml-auto w-64 min-w-28">
      <Search size={14} aria-hidden className="absolute top-[7px] left-2 text-faint" />
      <TextInput
        ref={props.ref}
        type="search"
        aria-label="Search torrents"
        placeholder="Search"
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.preventDefault()
          if (props.value === '') event.currentTarget.blur()
          else props.onChange('')
        }}
        className="pl-7"
      />
    </search>
  )
}

function Details({ rows }: { rows: readonly TorrentRow[] }): ReactNode {
  const open = usePreferences((state) => state.detailOpen)
  return open ? <DetailPanel rows={rows} /> : null
}

function NoTorrents({ actions }: { actions: TorrentActions }): ReactNode {
  return (
    <EmptyState
      picture={<Mark size={56} />}
      title="What you download and share stands here"
      actions={
        <>
          <Button look="primary" icon={Plus} onClick={actions.chooseAndAdd}>
            Add torrent
          </Button>
          <Button icon={FilePlus2} onClick={actions.askCreate}>
            Create torrent
          </Button>
        </>
      }
    >
      Drop a .torrent anywhere on this window to download it, or a folder to share it.
    </EmptyState>
  )
}

function NothingFound(props: { search: string; onClear: () => void }): ReactNode {
  const search = props.search.trim()
  return (
    <EmptyState
      icon={SearchX}
      title={search ? `No torrent here is named like “${search}”` : 'No torrent is in this state'}
      actions={<Button onClick={props.onClear}>Show all torrents</Button>}
    />
  )
}

function Failed(props: { message: string; onRetry: () => void }): ReactNode {
  return (
    <div role="alert" className="min-h-0 grow">
      <EmptyState
        icon={CloudOff}
        title="The list of torrents cannot be read"
        actions={
          <Button look="primary" onClick={props.onRetry}>
            Try again
          </Button>
        }
      >
        {props.message}
      </EmptyState>
    </div>
  )
}

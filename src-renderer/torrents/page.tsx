/** The Torrents tab: the list, what narrows it, the details of what is selected; and behind a button, the links. */
import { FilePlus2, Link, Magnet, Plus, SearchX } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useMemo, useRef, useState } from 'react'
import { useApp, usePreferences } from '../app/context.tsx'
import { Mark } from '../app/mark.tsx'
import { TabBar } from '../app/tab-bar.tsx'
import { useTorrentRows } from '../client/context.tsx'
import type { TorrentRow } from '../client/types.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { FeedFailed } from '../ui/feed-failed.tsx'
import { MenuButton, MenuButtonItem } from '../ui/menu-button.tsx'
import { SearchField } from '../ui/search-field.tsx'
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

const LinksView = lazy(() => import('./links/view.tsx'))

export function TorrentsPage(): ReactNode {
  const view = useApp((state) => state.torrentsView)
  return view === 'list' ? (
    <TorrentList />
  ) : (
    <Suspense>
      <LinksView />
    </Suspense>
  )
}

function TorrentList(): ReactNode {
  const feed = useTorrentRows()
  const actions = useTorrentActions()
  const [filter, setFilter] = useState<Filter>('all')
  const [search, setSearch] = useState('')
  const searchField = useRef<HTMLInputElement>(null)
  const { state } = feed
  const rows = state.status === 'ready' ? state.items : NO_ROWS
  usePageKeys(actions, rows, searchField)
  const shown = useMemo(() => filterRows(rows, filter, search), [rows, filter, search])
  const clearAll = (): void => {
    setFilter('all')
    setSearch('')
  }
  return (
    <>
      <TabBar title="Torrents">
        <SearchField ref={searchField} label="Search torrents" value={search} onChange={setSearch} />
        <LinksButton />
        <Button icon={FilePlus2} onClick={actions.askCreate} title="Create a torrent (Ctrl+N)">
          Create torrent
        </Button>
        <AddButton actions={actions} />
      </TabBar>
      <ProfileWarning />
      <NetworkNotice />
      {state.status === 'loading' && <SkeletonRows />}
      {state.status === 'failed' && (
        <FeedFailed title="The list of torrents cannot be read" message={state.error.message} onRetry={feed.retry} />
      )}
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

/** Adding a .torrent, and behind its arrow every way to add. */
function AddButton({ actions }: { actions: TorrentActions }): ReactNode {
  return (
    <div className="flex shrink-0 gap-px">
      <Button
        look="primary"
        icon={Plus}
        onClick={actions.chooseAndAdd}
        title="Add a torrent (Ctrl+O)"
        className="rounded-r-none"
      >
        Add torrent
      </Button>
      <MenuButton
        label="More ways to add"
        className="flex h-7 w-6 items-center justify-center rounded-r-sm bg-accent text-on-accent hover:bg-accent-hover"
      >
        <MenuButtonItem icon={Plus} shortcut="Ctrl+O" onSelect={() => void actions.chooseAndAdd()}>
          Torrent file…
        </MenuButtonItem>
        <MenuButtonItem icon={Magnet} shortcut="Ctrl+Shift+O" onSelect={actions.askMagnet}>
          Magnet link…
        </MenuButtonItem>
      </MenuButton>
    </div>
  )
}

function LinksButton(): ReactNode {
  const showLinks = useApp((state) => state.showLinks)
  return <IconButton label="Published and followed links" icon={Link} onClick={showLinks} />
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
          <Button icon={Magnet} onClick={actions.askMagnet}>
            Add magnet link
          </Button>
          <Button icon={FilePlus2} onClick={actions.askCreate}>
            Create torrent
          </Button>
        </>
      }
    >
      Drop a .torrent or a magnet link anywhere on this window to download it, or a folder to share it. Ctrl+V takes a
      magnet link from the clipboard.
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

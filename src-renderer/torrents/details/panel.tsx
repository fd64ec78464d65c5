import { X } from 'lucide-react'
import { type KeyboardEvent, type PointerEvent, type ReactNode, useMemo } from 'react'
import { useApp, usePreferences } from '../../app/context.tsx'
import { DETAIL_HEIGHT, type Preferences } from '../../app/preferences.ts'
import { useTorrentDetail } from '../../client/context.tsx'
import type { TorrentDetail, TorrentRow } from '../../client/types.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { formatBytes, formatPlural, formatRate } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { FilesTab } from './files.tsx'
import { OverviewTab } from './overview.tsx'
import { PeersTab } from './peers.tsx'
import { TrackersTab } from './trackers.tsx'

/** What is selected, in detail: one torrent's four tabs, or the sum of several. Pulled larger at its upper edge. */
export function DetailPanel({ rows }: { rows: readonly TorrentRow[] }): ReactNode {
  const { selected } = useApp((state) => state.selection)
  const height = usePreferences((state) => state.detailHeight)
  const chosen = useMemo(() => rows.filter((row) => selected.has(row.id)), [rows, selected])
  const [first] = chosen
  if (!first) return null
  return (
    <section aria-label="Details" style={{ height }} className="relative min-h-0 border-t border-line bg-surface">
      <TopEdge height={height} />
      {chosen.length === 1 ? <OneTorrent key={first.id} row={first} /> : <Several rows={chosen} />}
    </section>
  )
}

const clampHeight = (height: number): number =>
  Math.round(Math.min(DETAIL_HEIGHT.max, Math.max(DETAIL_HEIGHT.min, height)))
const KEY_STEP = 24

function TopEdge({ height }: { height: number }): ReactNode {
  const set = usePreferences((state) => state.set)
  const onPointerDown = (event: PointerEvent<HTMLElement>): void => {
    const edge = event.currentTarget
    const start = event.clientY
    edge.setPointerCapture(event.pointerId)
    edge.onpointermove = (move) => set({ detailHeight: clampHeight(height + start - move.clientY) })
    edge.onlostpointercapture = () => {
      edge.onpointermove = null
    }
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowUp' ? KEY_STEP : event.key === 'ArrowDown' ? -KEY_STEP : 0
    if (step === 0) return
    event.preventDefault()
    set({ detailHeight: clampHeight(height + step) })
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator with a value is a widget; <hr> is not
    <div
      role="separator"
      tabIndex={0}
      aria-label="Height of the details"
      aria-orientation="horizontal"
      aria-valuenow={height}
      aria-valuemin={DETAIL_HEIGHT.min}
      aria-valuemax={DETAIL_HEIGHT.max}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
      onDoubleClick={() => set({ detailHeight: DETAIL_HEIGHT.usual })}
      className="absolute inset-x-0 -top-1 z-20 h-2 cursor-row-resize touch-none"
    />
  )
}

type TabId = Preferences['detailTab']

function OneTorrent({ row }: { row: TorrentRow }): ReactNode {
  const feed = useTorrentDetail(row.id)
  const tab = usePreferences((state) => state.detailTab)
  const set = usePreferences((state) => state.set)
  const detail = feed.state.status === 'ready' ? feed.state.items[0] : undefined
  const tabs = [
    { id: 'overview', title: 'Overview' },
    { id: 'files', title: 'Files', ...(detail ? { count: detail.fileCount } : {}) },
    { id: 'peers', title: 'Peers', ...(detail ? { count: detail.peers.length } : {}) },
    { id: 'trackers', title: 'Sources', ...(detail ? { count: detail.trackers.length } : {}) },
  ]
  return (
    <Tabs
      label="Details of the torrent"
      tabs={tabs}
      active={tab}
      onChange={(id) => set({ detailTab: id as TabId })}
      end={
        <>
          <bdi className="truncate text-muted">{row.name}</bdi>
          <IconButton label="Hide details" icon={X} onClick={() => set({ detailOpen: false })} />
        </>
      }
    >
      {feed.state.status === 'failed' ? (
        <Notice tone="warning" className="m-3" action={<Button onClick={feed.retry}>Try again</Button>}>
          {feed.state.error.message}
        </Notice>
      ) : detail ? (
        <TabBody tab={tab} row={row} detail={detail} />
      ) : (
        <div role="status" aria-label="Reading the details" className="animate-breathe p-4">
          <div className="h-3 rounded-sm bg-track/60" />
        </div>
      )}
    </Tabs>
  )
}

function TabBody({ tab, row, detail }: { tab: TabId; row: TorrentRow; detail: TorrentDetail }): ReactNode {
  switch (tab) {
    case 'overview':
      return <OverviewTab row={row} detail={detail} />
    case 'files':
      return <FilesTab row={row} detail={detail} />
    case 'peers':
      return <PeersTab detail={detail} />
    case 'trackers':
      return <TrackersTab detail={detail} />
  }
}

function Several({ rows }: { rows: readonly TorrentRow[] }): ReactNode {
  const sum = (of: (row: TorrentRow) => number): number => rows.reduce((total, row) => total + of(row), 0)
  const size = sum((row) => row.size)
  const done = sum((row) => row.done)
  return (
    <div className="flex h-full flex-col items-center justify-center gap-1 p-4 text-center">
      <p className="text-title font-semibold">{formatPlural(rows.length, 'torrent')} selected</p>
      <p className="text-muted">
        {formatBytes(done)} of {formatBytes(size)} here, {formatRate(sum((row) => row.downRate))} down,{' '}
        {formatRate(sum((row) => row.upRate))} up
      </p>
    </div>
  )
}

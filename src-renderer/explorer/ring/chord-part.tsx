/** Chord laid open: the ring with our places on it, lookups that walk it, and stored items. */
import { PowerOff } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useApp } from '../../app/context.tsx'
import { type Feed, firstOf, useRing, useStoredItems } from '../../client/context.tsx'
import type { RingState } from '../../client/types.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FeedFailed } from '../../ui/feed-failed.tsx'
import { TableSkeleton } from '../../ui/skeleton.tsx'
import { ItemsView } from '../items-view.tsx'
import { NodeChoice, OverlayTabs } from '../overlay-tabs.tsx'
import { SearchView } from '../search-view.tsx'
import { RingView } from './ring-view.tsx'

const NODE = 'The ring'

export function ChordPart(): ReactNode {
  const feed = useRing()
  const ring = firstOf(feed)
  if (ring?.state === 'running') return <Ring ring={ring} />
  return <OverlayTabs node={NODE}>{ring ? <ChordOff /> : <NotYetRead feed={feed} />}</OverlayTabs>
}

function NotYetRead({ feed }: { feed: Feed<RingState> }): ReactNode {
  if (feed.state.status !== 'failed') return <TableSkeleton label="Reading the ring" />
  return <FeedFailed title="The ring cannot be read" message={feed.state.error.message} onRetry={feed.retry} />
}

function ChordOff(): ReactNode {
  const go = useApp((state) => state.go)
  return (
    <EmptyState
      icon={PowerOff}
      title="Chord is switched off"
      actions={<Button onClick={() => go('settings')}>Open settings</Button>}
    >
      Chord is a ring of Shoals alone: each finds peers and values for the others, besides the DHT or without it.
    </EmptyState>
  )
}

function Ring({ ring }: { ring: RingState }): ReactNode {
  const view = useApp((state) => state.explorerView)
  const items = useStoredItems('chord')
  const [chosen, setChosen] = useState<number>()
  const host = ring.hosts.find(({ family }) => family === chosen) ?? ring.hosts[0]
  const choices = ring.hosts.map(({ family, listening }) => ({
    id: String(family),
    title: `IPv${family}`,
    hint: listening,
  }))
  return (
    <OverlayTabs
      node={NODE}
      end={
        view === 'node' &&
        host &&
        choices.length > 1 && (
          <NodeChoice
            label="Which of our hosts"
            choices={choices}
            chosen={String(host.family)}
            onChoose={(id) => setChosen(Number(id))}
          />
        )
      }
    >
      {view === 'node' &&
        (host ? (
          <RingView key={host.family} host={host} items={items.state.status === 'ready' ? items.state.items : []} />
        ) : (
          <TableSkeleton label="Starting the host" />
        ))}
      {view === 'search' && <SearchView overlay="chord" ownId={host?.virtualNodes[0]?.nodeId} />}
      {view === 'items' && (
        <ItemsView overlay="chord" serving={ring.hosts.some(({ virtualNodes }) => virtualNodes.length > 0)} />
      )}
    </OverlayTabs>
  )
}

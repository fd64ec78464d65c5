/** Kademlia laid open: our nodes and their tables, searches, and stored items. */
import { type ReactNode, useState } from 'react'
import { useApp } from '../app/context.tsx'
import { type Feed, firstOf, useOverlay } from '../client/context.tsx'
import type { OverlayState } from '../client/types.ts'
import { FeedFailed } from '../ui/feed-failed.tsx'
import { TableSkeleton } from '../ui/skeleton.tsx'
import { DhtSilent, useDhtState } from './dht-state.tsx'
import { ItemsView } from './items-view.tsx'
import { nodeName } from './node-facts.tsx'
import { NodeView } from './node-view.tsx'
import { NodeChoice, OverlayTabs } from './overlay-tabs.tsx'
import { SearchView } from './search-view.tsx'
import { historyKey } from './traffic.ts'
import { useTraffic } from './use-traffic.ts'

const NODE = 'Our node'

export function KademliaPart(): ReactNode {
  const feed = useOverlay()
  const dht = useDhtState()
  const overlay = firstOf(feed)
  if (dht !== 'waiting' && overlay && overlay.state !== 'off') return <Overlay overlay={overlay} />
  const silent = dht === 'waiting' ? 'waiting' : overlay ? 'off' : undefined
  return <OverlayTabs node={NODE}>{silent ? <DhtSilent state={silent} /> : <NotYetRead feed={feed} />}</OverlayTabs>
}

function NotYetRead({ feed }: { feed: Feed<OverlayState> }): ReactNode {
  if (feed.state.status !== 'failed') return <TableSkeleton label="Reading the overlay" />
  return <FeedFailed title="The overlay cannot be read" message={feed.state.error.message} onRetry={feed.retry} />
}

function Overlay({ overlay }: { overlay: OverlayState }): ReactNode {
  const view = useApp((state) => state.explorerView)
  const traffic = useTraffic(overlay.nodes)
  const [chosen, setChosen] = useState<string>()
  const node = overlay.nodes.find((one) => historyKey(one) === chosen) ?? overlay.nodes[0]
  const choices = overlay.nodes.map((one) => ({
    id: historyKey(one),
    title: nodeName(one, overlay.nodes),
    hint: one.listening,
  }))
  return (
    <OverlayTabs
      node={NODE}
      end={
        view === 'node' &&
        node &&
        choices.length > 1 && (
          <NodeChoice label="Which of our nodes" choices={choices} chosen={historyKey(node)} onChoose={setChosen} />
        )
      }
    >
      {view === 'node' &&
        (node ? (
          <NodeView node={node} mode={overlay.mode} samples={traffic.get(historyKey(node)) ?? []} />
        ) : (
          <TableSkeleton label="Starting the node" />
        ))}
      {view === 'search' && <SearchView overlay="kademlia" ownId={node?.nodeId} />}
      {view === 'items' && <ItemsView overlay="kademlia" serving={overlay.nodes.some((one) => one.serving)} />}
    </OverlayTabs>
  )
}

/** The overlay laid open. Our nodes and their tables, searches as they go on, and what is stored here. */
import { type ReactNode, useState } from 'react'
import { useApp } from '../app/context.tsx'
import type { ExplorerView } from '../app/state.ts'
import { TabBar } from '../app/tab-bar.tsx'
import { type Feed, firstOf, useOverlay, useStoredItems } from '../client/context.tsx'
import type { OverlayNode, OverlayState } from '../client/types.ts'
import { cx } from '../ui/cx.ts'
import { FeedFailed } from '../ui/feed-failed.tsx'
import { TableSkeleton } from '../ui/skeleton.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { DhtSilent, useDhtState } from './dht-state.tsx'
import { ItemsView } from './items-view.tsx'
import { nodeName } from './node-facts.tsx'
import { NodeView } from './node-view.tsx'
import { PartSwitch } from './part-switch.tsx'
import { SearchForm } from './search-form.tsx'
import { SearchView } from './search-view.tsx'
import { historyKey } from './traffic.ts'
import { useTraffic } from './use-traffic.ts'

export function OverlayPage(): ReactNode {
  const feed = useOverlay()
  const dht = useDhtState()
  const overlay = firstOf(feed)
  const silent = dht === 'waiting' ? 'waiting' : overlay?.state === 'off' ? 'off' : undefined
  return (
    <>
      <TabBar title="Explorer">
        <PartSwitch />
        <SearchForm disabled={silent !== undefined || overlay === undefined} />
      </TabBar>
      <div className="min-h-0 grow">
        {silent ? <DhtSilent state={silent} /> : overlay ? <Overlay overlay={overlay} /> : <NotYetRead feed={feed} />}
      </div>
    </>
  )
}

function NotYetRead({ feed }: { feed: Feed<OverlayState> }): ReactNode {
  if (feed.state.status !== 'failed') return <TableSkeleton label="Reading the overlay" />
  return <FeedFailed title="The overlay cannot be read" message={feed.state.error.message} onRetry={feed.retry} />
}

function Overlay({ overlay }: { overlay: OverlayState }): ReactNode {
  const view = useApp((state) => state.explorerView)
  const show = useApp((state) => state.showExplorer)
  const items = useStoredItems()
  const traffic = useTraffic(overlay.nodes)
  const [chosen, setChosen] = useState<string>()
  const node = overlay.nodes.find((one) => historyKey(one) === chosen) ?? overlay.nodes[0]
  const count = items.state.status === 'ready' ? items.state.items.length : 0
  return (
    <Tabs
      label="Parts of the overlay"
      active={view}
      onChange={(id) => show(id as ExplorerView)}
      tabs={[
        { id: 'node', title: 'Our node' },
        { id: 'search', title: 'Search' },
        { id: 'items', title: 'Stored items', count },
      ]}
      end={
        view === 'node' &&
        overlay.nodes.length > 1 && <NodeChoice nodes={overlay.nodes} chosen={node} onChoose={setChosen} />
      }
    >
      {view === 'node' &&
        (node ? (
          <NodeView node={node} mode={overlay.mode} samples={traffic.get(historyKey(node)) ?? []} />
        ) : (
          <TableSkeleton label="Starting the node" />
        ))}
      {view === 'search' && <SearchView ownId={node?.nodeId} />}
      {view === 'items' && <ItemsView serving={overlay.nodes.some((one) => one.serving)} />}
    </Tabs>
  )
}

function NodeChoice(props: {
  nodes: readonly OverlayNode[]
  chosen: OverlayNode | undefined
  onChoose: (key: string) => void
}): ReactNode {
  return (
    <fieldset className="flex min-w-0 gap-1 overflow-x-auto">
      <legend className="sr-only">Which of our nodes</legend>
      {props.nodes.map((node) => (
        <button
          key={historyKey(node)}
          type="button"
          title={node.listening}
          aria-pressed={node === props.chosen}
          onClick={() => props.onChoose(historyKey(node))}
          className={cx(
            'h-6 rounded-full px-2.5 whitespace-nowrap transition-colors duration-100',
            node === props.chosen
              ? 'bg-selected font-medium text-accent-text'
              : 'text-muted hover:bg-hover hover:text-text',
          )}
        >
          {nodeName(node, props.nodes)}
        </button>
      ))}
    </fieldset>
  )
}

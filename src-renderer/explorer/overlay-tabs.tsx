/** The parts of an overlay under the switch that says which overlay it is. */
import type { ReactNode } from 'react'
import { useApp } from '../app/context.tsx'
import type { ExplorerView } from '../app/state.ts'
import { useStoredItems } from '../client/context.tsx'
import { cx } from '../ui/cx.ts'
import { Segments } from '../ui/segments.tsx'
import { Tabs } from '../ui/tabs.tsx'

export function OverlayTabs(props: { node: string; end?: ReactNode; children: ReactNode }): ReactNode {
  const view = useApp((state) => state.explorerView)
  const overlay = useApp((state) => state.overlay)
  const show = useApp((state) => state.showExplorer)
  const items = useStoredItems(overlay)
  return (
    <Tabs
      label="Parts of the overlay"
      active={view}
      onChange={(id) => show(id as ExplorerView)}
      start={<OverlaySwitch />}
      tabs={[
        { id: 'node', title: props.node },
        { id: 'search', title: 'Search' },
        { id: 'items', title: 'Stored items', count: items.state.status === 'ready' ? items.state.items.length : 0 },
      ]}
      end={props.end}
    >
      {props.children}
    </Tabs>
  )
}

function OverlaySwitch(): ReactNode {
  const overlay = useApp((state) => state.overlay)
  const show = useApp((state) => state.showOverlay)
  return (
    <Segments
      label="Which overlay"
      active={overlay}
      onChange={(id) => show(id)}
      segments={[
        { id: 'kademlia', title: 'Kademlia' },
        { id: 'chord', title: 'Chord' },
      ]}
    />
  )
}

/** Which of our nodes or hosts is shown, where there are several. */
export function NodeChoice(props: {
  label: string
  choices: readonly { readonly id: string; readonly title: string; readonly hint: string }[]
  chosen: string | undefined
  onChoose: (id: string) => void
}): ReactNode {
  return (
    <fieldset className="flex min-w-0 gap-1 overflow-x-auto">
      <legend className="sr-only">{props.label}</legend>
      {props.choices.map(({ id, title, hint }) => (
        <button
          key={id}
          type="button"
          title={hint}
          aria-pressed={id === props.chosen}
          onClick={() => props.onChoose(id)}
          className={cx(
            'h-6 rounded-full px-2.5 whitespace-nowrap transition-colors duration-100',
            id === props.chosen
              ? 'bg-selected font-medium text-accent-text'
              : 'text-muted hover:bg-hover hover:text-text',
          )}
        >
          {title}
        </button>
      ))}
    </fieldset>
  )
}

/** Small overlays to watch and to meddle with: Chord's ring as the literature draws it, and Kademlia with ids of four bits. */
import type { ReactNode } from 'react'
import { useApp } from '../../app/context.tsx'
import { TabBar } from '../../app/tab-bar.tsx'
import { useDemonstration } from '../../client/context.tsx'
import { FeedFailed } from '../../ui/feed-failed.tsx'
import { TableSkeleton } from '../../ui/skeleton.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { PartSwitch } from '../part-switch.tsx'
import { RingExample } from './ring-example.tsx'
import { TreeExample } from './tree-example.tsx'
import { type ExampleName, useAct, useOpenExample } from './use-example.ts'

export function ExamplePage(): ReactNode {
  const example = useApp((state) => state.example)
  const show = useApp((state) => state.showExample)
  return (
    <>
      <TabBar title="Explorer">
        <PartSwitch />
      </TabBar>
      <div className="min-h-0 grow">
        <Tabs
          label="Examples"
          active={example}
          onChange={(id) => show(id as ExampleName)}
          tabs={[
            { id: 'chord', title: 'Chord: a ring' },
            { id: 'kademlia', title: 'Kademlia: a tree' },
          ]}
          end={<span className="text-caption text-faint">Simulated: no packet leaves this machine</span>}
        >
          <Example key={example} example={example} />
        </Tabs>
      </div>
    </>
  )
}

const TITLE = 'The example cannot be shown'

function Example({ example }: { example: ExampleName }): ReactNode {
  const { id, problem, reopen } = useOpenExample(example)
  if (problem !== undefined) return <FeedFailed title={TITLE} message={problem} onRetry={reopen} />
  return id === undefined ? <Opening /> : <Opened id={id} onReopen={reopen} />
}

const Opening = (): ReactNode => <TableSkeleton label="Reading the example" />

function Opened({ id, onReopen }: { id: string; onReopen: () => void }): ReactNode {
  const { state } = useDemonstration(id)
  const act = useAct(id)
  if (state.status === 'failed') return <FeedFailed title={TITLE} message={state.error.message} onRetry={onReopen} />
  const picture = state.status === 'ready' ? state.items[0] : undefined
  if (!picture) return <Opening />
  return picture.example === 'chord' ? (
    <RingExample picture={picture} act={act} />
  ) : (
    <TreeExample picture={picture} act={act} />
  )
}

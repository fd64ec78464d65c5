/** The overlays laid open. Our nodes and what they point to, searches as they go on, and what is stored here. */
import type { ReactNode } from 'react'
import { useApp } from '../app/context.tsx'
import { TabBar } from '../app/tab-bar.tsx'
import { firstOf, useOverlay, useRing } from '../client/context.tsx'
import { useDhtState } from './dht-state.tsx'
import { KademliaPart } from './kademlia-part.tsx'
import { PartSwitch } from './part-switch.tsx'
import { ChordPart } from './ring/chord-part.tsx'
import { SearchForm } from './search-form.tsx'

const PARTS = {
  kademlia: { Form: KademliaForm, Part: KademliaPart },
  chord: { Form: ChordForm, Part: ChordPart },
} as const

export function OverlayPage(): ReactNode {
  const { Form, Part } = PARTS[useApp((state) => state.overlay)]
  return (
    <>
      <TabBar title="Explorer">
        <PartSwitch />
        <Form />
      </TabBar>
      <div className="min-h-0 grow">
        <Part />
      </div>
    </>
  )
}

function KademliaForm(): ReactNode {
  const runs = firstOf(useOverlay())?.state === 'running'
  const waits = useDhtState() === 'waiting'
  return <SearchForm key="kademlia" overlay="kademlia" disabled={waits || !runs} />
}

function ChordForm(): ReactNode {
  const runs = firstOf(useRing())?.state === 'running'
  return <SearchForm key="chord" overlay="chord" disabled={!runs} />
}

import type { ReactNode } from 'react'
import { useApp } from '../app/context.tsx'
import { ChainPage } from './chain/chain-page.tsx'
import { ExamplePage } from './demonstration/example-page.tsx'
import { LabPage } from './lab/lab-page.tsx'
import { OverlayPage } from './overlay-page.tsx'

const PARTS = { chain: ChainPage, overlay: OverlayPage, example: ExamplePage, lab: LabPage } as const

/** The Explorer: the chain, the overlay that peers are found by, small examples of overlays, and the Lab. */
export default function ExplorerPage(): ReactNode {
  const Part = PARTS[useApp((state) => state.explorerPart)]
  return <Part />
}

import type { ReactNode } from 'react'
import { useApp } from '../app/context.tsx'
import { ChainPage } from './chain/chain-page.tsx'
import { OverlayPage } from './overlay-page.tsx'

/** The Explorer: the chain, and the overlay that peers are found by. */
export default function ExplorerPage(): ReactNode {
  const part = useApp((state) => state.explorerPart)
  return part === 'chain' ? <ChainPage /> : <OverlayPage />
}

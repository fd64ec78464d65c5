/** The frame of the window: rail, page, status bar. */
import { lazy, type ReactNode, Suspense } from 'react'
import { TorrentsPage } from '../torrents/page.tsx'
import { useApp } from './context.tsx'
import { Dialogs } from './dialogs.tsx'
import { DropZone } from './drop-zone.tsx'
import { Rail } from './rail.tsx'
import type { Page } from './state.ts'
import { StatusBar } from './status-bar.tsx'
import { useMagnetPaste } from './use-magnet-paste.ts'

const PAGE_VIEWS: Readonly<Record<Page, React.ComponentType>> = {
  torrents: TorrentsPage,
  peers: lazy(() => import('../peers/page.tsx')),
  wallet: lazy(() => import('../wallet/page.tsx')),
  explorer: lazy(() => import('../explorer/page.tsx')),
  settings: lazy(() => import('../settings/page.tsx')),
}

export function Shell(): ReactNode {
  useMagnetPaste()
  const page = useApp((state) => state.page)
  const View = PAGE_VIEWS[page]
  return (
    <div className="flex h-full flex-col">
      <div className="flex min-h-0 grow">
        <Rail />
        <main className="flex min-w-0 grow flex-col bg-surface">
          <Suspense>
            <View />
          </Suspense>
        </main>
      </div>
      <StatusBar />
      <DropZone />
      <Dialogs />
    </div>
  )
}

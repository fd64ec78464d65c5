import { lazy, type ReactNode, Suspense, useEffect } from 'react'
import { type Connection, ConnectionProvider, firstOf, useClients, useOpened, useSettings } from '../client/context.tsx'
import type { Visibility } from '../client/visibility.ts'
import { Toasts } from '../ui/toasts.tsx'
import { TooltipProvider } from '../ui/tooltip.tsx'
import { type Stores, StoresProvider, useApp, usePreferences, useToasts } from './context.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { Shell } from './shell.tsx'
import { addMagnets } from './state.ts'
import { useTheme } from './use-theme.ts'

const Welcome = lazy(() => import('../welcome/page.tsx'))

/** The whole window, over any connection. */
export function App(props: { connection: Connection; stores?: Stores; visibility?: Visibility }): ReactNode {
  return (
    <ErrorBoundary>
      <ConnectionProvider connection={props.connection} {...(props.visibility ? { visibility: props.visibility } : {})}>
        <StoresProvider {...(props.stores ? { stores: props.stores } : {})}>
          <TooltipProvider>
            <Window />
          </TooltipProvider>
        </StoresProvider>
      </ConnectionProvider>
    </ErrorBoundary>
  )
}

function Window(): ReactNode {
  useTheme()
  useOpenedItems()
  const feed = useSettings()
  const settings = firstOf(feed)
  const welcomed = useWelcomed(settings?.welcomeDone)
  const toasts = useToasts((state) => state.toasts)
  const close = useToasts((state) => state.close)
  const asking = useApp((state) => state.dialogs.length > 0)
  return (
    <>
      {welcomed || feed.state.status === 'failed' ? (
        <Shell />
      ) : (
        settings && (
          <Suspense>
            <Welcome settings={settings} />
          </Suspense>
        )
      )}
      <Toasts toasts={toasts} aside={asking} onClose={close} />
    </>
  )
}

/** Whether the first run is over. Remembered here, so that a usual start draws its frame at once and a first one never. */
function useWelcomed(done: boolean | undefined): boolean {
  const before = usePreferences((state) => state.welcomed)
  const set = usePreferences((state) => state.set)
  useEffect(() => {
    if (done !== undefined && done !== before) set({ welcomed: done })
  }, [done, before, set])
  return done ?? before
}

/** Asks about .torrent files and magnet links that the command line or the file manager has handed over. */
function useOpenedItems(): void {
  const { app } = useClients()
  const count = firstOf(useOpened())?.count ?? 0
  const ask = useApp((state) => state.ask)
  const problem = useToasts((state) => state.problem)
  useEffect(() => {
    if (count === 0) return
    app.takeOpened().then(
      ({ paths, magnets }) => {
        ask(...paths.map((path) => ({ kind: 'add' as const, source: { path }, origin: path })), ...addMagnets(magnets))
      },
      (error: Error) => problem(error.message),
    )
  }, [app, count, ask, problem])
}

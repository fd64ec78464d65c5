/** What the pages of the chain show while there is no chain to show. */
import { CloudOff, PowerOff } from 'lucide-react'
import type { ReactNode } from 'react'
import { useApp, useToasts } from '../../app/context.tsx'
import { sentenceOf } from '../../client/client-error.ts'
import { useClients } from '../../client/context.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'

export function ChainOff(): ReactNode {
  const { settings } = useClients()
  const problem = useToasts((state) => state.problem)
  const go = useApp((state) => state.go)
  return (
    <EmptyState
      icon={PowerOff}
      title="The chain is switched off"
      actions={
        <>
          <Button
            look="primary"
            onClick={() => settings.set({ chain: true }).catch((error: unknown) => problem(sentenceOf(error)))}
          >
            Switch it on
          </Button>
          <Button onClick={() => go('settings')}>Open settings</Button>
        </>
      }
    >
      With it this machine checks every block itself and keeps what its mode says. Torrents work without it.
    </EmptyState>
  )
}

export function ChainFailed({ reason }: { reason: string }): ReactNode {
  const go = useApp((state) => state.go)
  return (
    <div role="alert" className="h-full">
      <EmptyState
        icon={CloudOff}
        title="The chain cannot be opened"
        actions={<Button onClick={() => go('settings')}>Open settings</Button>}
      >
        {reason || 'Start Shoal again. If that does not help, rebuild the chain in Settings.'}
      </EmptyState>
    </div>
  )
}

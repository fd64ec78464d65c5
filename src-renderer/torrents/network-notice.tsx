import type { ReactNode } from 'react'
import { useApp, useToasts } from '../app/context.tsx'
import { sentenceOf } from '../client/client-error.ts'
import { firstOf, useClients, useSettings, useStatus } from '../client/context.tsx'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'

/** Says calmly that transfers stay on this machine, and what to do about it; else what the engine has to say. */
export function NetworkNotice(): ReactNode {
  const { settings: service } = useClients()
  const settings = firstOf(useSettings())
  const status = firstOf(useStatus())
  const go = useApp((state) => state.go)
  const problem = useToasts((state) => state.problem)
  if (!settings || !status) return null
  const offline = status.network === 'local-only'
  if (!offline && status.notice === '') return null
  const text = status.notice || 'Shoal only talks to this machine. Nothing leaves it.'
  const consent = (): void => {
    service.set({ networkConsent: 'granted' }).catch((error: unknown) => problem(sentenceOf(error)))
  }
  return (
    <Notice
      tone={offline ? 'info' : 'warning'}
      className="shrink-0 rounded-none border-b border-line"
      action={
        offline && settings.networkConsent !== 'granted' ? (
          <span className="-my-1 flex shrink-0 gap-2">
            <Button look="quiet" onClick={() => go('settings')}>
              What that means
            </Button>
            <Button onClick={consent}>Go online</Button>
          </span>
        ) : (
          <Button look="quiet" onClick={() => go('settings')} className="-my-1">
            Settings
          </Button>
        )
      }
    >
      {text}
    </Notice>
  )
}

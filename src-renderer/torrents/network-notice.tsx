import type { ReactNode } from 'react'
import { useApp, useToasts } from '../app/context.tsx'
import { sentenceOf } from '../client/client-error.ts'
import { firstOf, useClients, useSettings, useStatus } from '../client/context.tsx'
import type { Settings } from '../client/types.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'

/** Why nothing leaves the machine, by what a person has said about the network. */
const WHY_OFFLINE: Readonly<Record<Settings['networkConsent'], string>> = {
  unasked: 'Shoal waits for your word before it uses the network.',
  refused: '',
  granted: '',
}

/** No setting changes that, so none is offered. */
export const STARTED_OFFLINE =
  'Shoal was started with --offline: it talks to this machine only until it is started without.'

/**
 * Says calmly that transfers stay on this machine, and what to do about it; else what the engine has to say. Nothing
 * where a person has chosen to stay: the status bar says so, and each torrent why it waits.
 */
export function NetworkNotice(): ReactNode {
  const { settings: service } = useClients()
  const settings = firstOf(useSettings())
  const status = firstOf(useStatus())
  const go = useApp((state) => state.go)
  const problem = useToasts((state) => state.problem)
  if (!settings || !status) return null
  const offline = status.network === 'local-only'
  const text = status.notice || (status.offline ? STARTED_OFFLINE : offline ? WHY_OFFLINE[settings.networkConsent] : '')
  if (text === '') return null
  const consent = (): void => {
    service.set({ networkConsent: 'granted' }).catch((error: unknown) => problem(sentenceOf(error)))
  }
  return (
    <Notice
      tone={offline ? 'info' : 'warning'}
      edge
      action={
        offline && !status.offline && settings.networkConsent === 'unasked' ? (
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

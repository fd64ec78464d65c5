/** Whether the keys are in memory, for how long still, and the way to change it. */
import { Lock, LockOpen } from 'lucide-react'
import type { ReactNode } from 'react'
import { useApp, useToasts } from '../app/context.tsx'
import { sentenceOf } from '../client/client-error.ts'
import { useClients } from '../client/context.tsx'
import type { WalletInfo } from '../client/types.ts'
import { useNow } from '../ui/ago.tsx'
import { Button } from '../ui/button.tsx'

export function LockState({ info }: { info: WalletInfo }): ReactNode {
  const { wallet } = useClients()
  const ask = useApp((state) => state.ask)
  const problem = useToasts((toasts) => toasts.problem)
  if (info.locked) {
    return (
      <Button
        look="quiet"
        icon={Lock}
        className="ml-auto"
        title="The keys are sealed. Receiving, mining and looking go on."
        onClick={() => ask({ kind: 'wallet-unlock', why: 'The keys stay in memory until it is locked again.' })}
      >
        Locked
      </Button>
    )
  }
  return (
    <Button
      icon={LockOpen}
      className="ml-auto"
      title="Lock the wallet now"
      onClick={() => wallet.lock().catch((error: unknown) => problem(sentenceOf(error)))}
    >
      Lock
      <TimeLeft locksAt={info.locksAt} />
    </Button>
  )
}

function TimeLeft({ locksAt }: { locksAt: number | undefined }): ReactNode {
  const now = useNow()
  if (locksAt === undefined) return null
  return <span className="font-normal text-muted tabular-nums">{lockWords(locksAt - now)}</span>
}

/** `in 9 min`, in seconds at the end. */
export function lockWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000))
  if (seconds <= 60) return `in ${seconds} s`
  return `in ${Math.ceil(seconds / 60)} min`
}

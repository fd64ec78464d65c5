/** wallet.db cannot be read: the copy from before is offered, and the words always help. Nothing is deleted. */
import { FileWarning, History, PackageOpen } from 'lucide-react'
import type { ReactNode } from 'react'
import { useApp, useToasts } from '../../app/context.tsx'
import { useClients } from '../../client/context.tsx'
import type { WalletInfo } from '../../client/types.ts'
import { useAttempt } from '../../client/use-attempt.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { formatDateTime } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'

export function DamagedWallet({ info }: { info: WalletInfo }): ReactNode {
  const { wallet } = useClients()
  const ask = useApp((state) => state.ask)
  const done = useToasts((toasts) => toasts.done)
  const { busy, refusal, attempt } = useAttempt()
  const { previous } = info
  const takePrevious = async (): Promise<void> => {
    // biome-ignore lint/correctness/useHookAtTopLevel: a call of the contract that only sounds like a hook
    if (await attempt(() => wallet.usePrevious()))
      done('The copy from before is in use. The damaged file is kept aside.')
  }
  return (
    <EmptyState
      icon={FileWarning}
      title={info.state === 'damaged' ? 'The file of the wallet is damaged' : 'The wallet cannot be opened'}
      actions={
        <>
          {previous && (
            <Button look="primary" icon={History} disabled={busy} onClick={() => void takePrevious()}>
              Use the copy from before
            </Button>
          )}
          <Button icon={PackageOpen} disabled={busy} onClick={() => ask({ kind: 'wallet-put-aside' })}>
            Put it aside…
          </Button>
        </>
      }
    >
      <p className="break-words">{info.notice || 'wallet.db cannot be read.'}</p>
      {previous && (
        <p className="mt-2">
          A copy of {formatDateTime(previous.time * 1_000)} is whole. Coins that came since are found in the chain
          again; labels and contacts written since are not in it.
        </p>
      )}
      <p className="mt-2">Put aside, it makes room: then restore the wallet from its words. Nothing is deleted.</p>
      {refusal && (
        <Notice tone="danger" className="mt-3 text-left">
          {refusal.sentence}
        </Notice>
      )}
    </EmptyState>
  )
}

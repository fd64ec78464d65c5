import { CircleCheck, Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { useApp, useWalletState } from '../../app/context.tsx'
import { IdLink } from '../../explorer/chain/links.tsx'
import { Amount } from '../../ui/amount.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import type { Sent } from '../state.ts'

/** It was signed and passed on: what it was, and where to follow it. */
export function SentView({ sent }: { sent: Sent }): ReactNode {
  const { txid, plan } = sent
  const leave = useWalletState((state) => state.leave)
  const show = useApp((state) => state.showWallet)
  return (
    <EmptyState
      icon={CircleCheck}
      title={plan.kind === 'payment' ? 'On its way' : 'Sped up'}
      actions={
        <>
          <Button look="primary" icon={Plus} onClick={leave}>
            Another payment
          </Button>
          <Button
            onClick={() => {
              leave()
              show('history')
            }}
          >
            Follow it in the history
          </Button>
        </>
      }
    >
      <p>
        {plan.kind === 'payment' && (
          <>
            <Amount grains={plan.total} /> paid,{' '}
          </>
        )}
        <Amount grains={plan.fee} /> for the fee. It waits for a block now.
      </p>
      <p className="mt-2 flex items-center justify-center gap-2">
        Transaction <IdLink to={{ kind: 'transaction', id: txid }} id={txid} what="transaction" />
      </p>
    </EmptyState>
  )
}

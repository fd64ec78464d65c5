/** Being paid: an address as text and code, a request with an amount, and what earlier addresses got. */
import { ArrowDownLeft, Plus } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useClients } from '../../client/context.tsx'
import type { AddressRow, WalletInfo } from '../../client/types.ts'
import { useAsked } from '../../client/use-asked.ts'
import { type Attempt, useAttempt } from '../../client/use-attempt.ts'
import { PAGE_SIZE } from '../../explorer/chain/pager.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FeedFailed } from '../../ui/feed-failed.tsx'
import { Notice } from '../../ui/notice.tsx'
import { TableSkeleton } from '../../ui/skeleton.tsx'
import { AddressList } from './address-list.tsx'
import { PaymentRequest } from './payment-request.tsx'

export function ReceiveView({ info }: { info: WalletInfo }): ReactNode {
  const [offset, setOffset] = useState(0)
  const [made, setMade] = useState(0)
  const version = `${made} ${info.transactions} ${info.scan.height}`
  const asked = useAsked(
    `addresses from ${offset}`,
    ({ wallet }) => wallet.addresses({ chain: 'receive', offset, limit: PAGE_SIZE }),
    version,
  )
  const [shown, setShown] = useState<AddressRow>()
  const fresh = useNewAddress((row) => {
    setShown(row)
    setOffset(0)
    setMade((before) => before + 1)
  })
  if (asked.state.status === 'loading') return <TableSkeleton label="Reading the addresses" />
  if (asked.state.status === 'failed')
    return <FeedFailed title="The addresses cannot be read" message={asked.state.message} onRetry={asked.retry} />
  const { rows, total } = asked.state.value
  const known = rows.find(({ id }) => id === shown?.id) ?? shown
  const current = known ?? rows.find((row) => row.handedOut !== undefined && row.payments === 0)
  if (!current && rows.length === 0) return <NoAddress fresh={fresh} />
  return (
    <section aria-label="Receive" className="@container h-full overflow-y-auto">
      <div className="flex flex-col gap-5 px-4 py-4">
        {current ? (
          <PaymentRequest key={current.id} row={current} fresh={fresh} />
        ) : (
          <div>
            <p className="mb-2 text-muted">Every address so far has been paid to. A new one keeps payments apart.</p>
            <NewAddressButton fresh={fresh} look="primary" />
          </div>
        )}
        <AddressList
          rows={rows}
          total={total}
          offset={offset}
          shown={current?.id}
          onOffset={setOffset}
          onShow={setShown}
          onLabelled={() => setMade((before) => before + 1)}
        />
      </div>
    </section>
  )
}

export interface Fresh extends Attempt {
  ask(): void
}

function useNewAddress(onMade: (row: AddressRow) => void): Fresh {
  const { wallet } = useClients()
  const attempt = useAttempt()
  return { ...attempt, ask: () => void attempt.attempt(async () => onMade(await wallet.newAddress({}))) }
}

export function NewAddressButton(props: { fresh: Fresh; look: 'primary' | 'secondary' }): ReactNode {
  const { fresh } = props
  return (
    <>
      <Button look={props.look} icon={Plus} disabled={fresh.busy} onClick={fresh.ask}>
        New address
      </Button>
      {fresh.refusal && (
        <Notice tone="danger" className="mt-2">
          {fresh.refusal.sentence}
        </Notice>
      )}
    </>
  )
}

function NoAddress({ fresh }: { fresh: Fresh }): ReactNode {
  return (
    <EmptyState
      icon={ArrowDownLeft}
      title="Addresses to be paid on stand here"
      actions={<NewAddressButton fresh={fresh} look="primary" />}
    >
      Each one is given out once and stays yours for ever. A new one for each payer tells you who paid, and others less.
    </EmptyState>
  )
}

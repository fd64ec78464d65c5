/** An address: what it has, what it got, and every transaction it has to do with. */
import { type ReactNode, useState } from 'react'
import type { AddressPage, ChainInfo } from '../../client/types.ts'
import { useAsked } from '../../client/use-asked.ts'
import { Amount } from '../../ui/amount.tsx'
import { CopyText } from '../../ui/copy.tsx'
import { formatCount, NONE } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { Figure } from './figure.tsx'
import { ChainDocument, Heading, NoAnswer, SubHeading } from './page-parts.tsx'
import { PAGE_SIZE, Pager } from './pager.tsx'
import { TransactionTable } from './transaction-table.tsx'

export function AddressView(props: { address: string; info: ChainInfo }): ReactNode {
  const { address, info } = props
  const [offset, setOffset] = useState(0)
  const asked = useAsked(
    `address ${address} from ${offset}`,
    ({ chain }) => chain.address({ address, offset, limit: PAGE_SIZE }),
    info.tip,
  )
  if (asked.state.status !== 'ready') return <NoAnswer state={asked.state} what="address" onRetry={asked.retry} />
  const page = asked.state.value
  return (
    <ChainDocument label={`Address ${page.address}`}>
      <Heading title="Address">
        <CopyText text={page.address} label="address" head={24} tail={12} />
        <span className="text-muted">{page.kind}</span>
      </Heading>
      <Coverage page={page} info={info} />
      <Sums page={page} />
      <SubHeading
        title={page.transactions === 1 ? 'One transaction' : `${formatCount(page.transactions)} transactions`}
      >
        <Pager what="transactions" offset={offset} total={page.transactions} onOffset={setOffset} />
      </SubHeading>
      {page.history.length === 0 ? (
        <p className="py-3 text-muted">{nothingSentence(page)}</p>
      ) : (
        <TransactionTable label="Transactions of this address" rows={page.history} within="address" />
      )}
    </ChainDocument>
  )
}

function nothingSentence({ coverage }: AddressPage): string {
  return coverage === 'complete'
    ? 'No transaction of the chain has to do with this address.'
    : 'No transaction that is known here has to do with this address.'
}

function Sums({ page }: { page: AddressPage }): ReactNode {
  const { balance, received, unconfirmed } = page
  const spent = balance === undefined || received === undefined ? undefined : received - balance
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-2 @min-[700px]:grid-cols-4">
      <Figure name="Balance">
        <span className="text-title font-semibold">{amountOrNone(balance)}</span>
      </Figure>
      <Figure name="Received in all">{amountOrNone(received)}</Figure>
      <Figure name="Spent in all">{amountOrNone(spent)}</Figure>
      <Figure name="Unconfirmed" hint="What transactions of the mempool would add or take away">
        {unconfirmed === 0n ? NONE : <Amount grains={unconfirmed} signed />}
      </Figure>
    </dl>
  )
}

const amountOrNone = (grains: bigint | undefined): ReactNode =>
  grains === undefined ? <span className="text-muted">{NONE}</span> : <Amount grains={grains} />

/** How far what is said of the address can be relied on. */
function Coverage({ page, info }: { page: AddressPage; info: ChainInfo }): ReactNode {
  if (page.coverage === 'complete') {
    return info.state === 'synced' ? null : (
      <div className="pb-2">
        <Notice tone="info">
          The chain is still catching up: this is what the blocks up to {formatCount(info.height)} say.
        </Notice>
      </div>
    )
  }
  return (
    <div className="pb-2">
      <Notice tone="info">
        {page.coverage === 'partial'
          ? `Only blocks from ${formatCount(page.knownFrom ?? info.keptFrom ?? 0)} on are kept here: what happened before is not in this list.`
          : 'A light node keeps no index of addresses: only what waits in the mempool can be told. An archive node knows them all; Settings change the mode.'}
      </Notice>
    </div>
  )
}

/** A transaction: where it stands, what it costs, and from where to where its coins go. */
import type { ReactNode } from 'react'
import type { ChainInfo, TransactionPage } from '../../client/types.ts'
import { useAsked } from '../../client/use-asked.ts'
import { Fact, Facts } from '../../torrents/details/facts.tsx'
import { Amount } from '../../ui/amount.tsx'
import { CopyText } from '../../ui/copy.tsx'
import { formatBytes, formatCount, formatDateTime, formatPlural, NONE } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { Moment } from './block-facts.tsx'
import { MATURITY, trustOf } from './chain-words.ts'
import { PlaceLink } from './links.tsx'
import { ChainDocument, Depth, Heading, NoAnswer } from './page-parts.tsx'
import { MEMPOOL } from './places.ts'
import { formatVirtualBytes, formatWeight } from './sizes.ts'
import { FeeRate } from './transaction-table.tsx'
import { Transfers } from './transfers.tsx'

/** Lock times from here on are Unix seconds, below heights. */
const FIRST_TIME = 500_000_000

export function TransactionView(props: { txid: string; info: ChainInfo }): ReactNode {
  const { txid, info } = props
  const asked = useAsked(`transaction ${txid}`, ({ chain }) => chain.transaction({ txid }), info.tip)
  if (asked.state.status !== 'ready') return <NoAnswer state={asked.state} what="transaction" onRetry={asked.retry} />
  const transaction = asked.state.value
  return (
    <ChainDocument label="Transaction">
      <Heading title={transaction.isCoinbase ? 'Coinbase transaction' : 'Transaction'}>
        <CopyText text={transaction.id} label="id" head={12} tail={10} />
        <Depth confirmations={transaction.confirmations} />
      </Heading>
      <Remarks transaction={transaction} />
      <div className="grid gap-x-8 gap-y-3 @min-[760px]:grid-cols-2">
        <Standing transaction={transaction} />
        <Form transaction={transaction} />
      </div>
      <Transfers transaction={transaction} />
    </ChainDocument>
  )
}

function Remarks({ transaction }: { transaction: TransactionPage }): ReactNode {
  const { confirmations, isCoinbase, replaceable } = transaction
  const left = MATURITY - confirmations
  return (
    <div className="flex flex-col gap-2 pb-2 empty:hidden">
      {confirmations === 0 && replaceable && (
        <Notice tone="warning">
          Its sender may still put another transaction in its place that pays more (BIP 125). Wait for a block before
          you count on it.
        </Notice>
      )}
      {isCoinbase && confirmations > 0 && left > 0 && (
        <Notice tone="info">
          This reward cannot be spent yet: {formatPlural(left, 'more block')} must lie on it, {MATURITY} in all.
        </Notice>
      )}
    </div>
  )
}

function Standing({ transaction }: { transaction: TransactionPage }): ReactNode {
  const { height, blockHash, fee, isCoinbase } = transaction
  return (
    <Facts title="Where it stands">
      <Fact name="Block">
        {height === undefined ? (
          <>
            None yet, in the <PlaceLink to={MEMPOOL}>mempool</PlaceLink>
          </>
        ) : (
          <PlaceLink to={{ kind: 'block', id: blockHash ?? height }}>{formatCount(height)}</PlaceLink>
        )}
      </Fact>
      <Fact name="Trust">
        <span className="whitespace-normal">{trustOf(transaction.confirmations).sentence}</span>
      </Fact>
      <Fact name={height === undefined ? 'Came' : 'Time'}>
        <Moment seconds={transaction.time} />
      </Fact>
      <Fact name="Fee">
        {fee === undefined ? (
          <span className="text-muted">
            {isCoinbase ? 'None: it collects them' : 'Not known: what it spends is not kept here'}
          </span>
        ) : (
          <>
            <Amount grains={fee} />
            <span className="text-muted">, </span>
            <FeeRate fee={fee} virtualSize={transaction.virtualSize} />
          </>
        )}
      </Fact>
    </Facts>
  )
}

function Form({ transaction }: { transaction: TransactionPage }): ReactNode {
  const { lockTime, hex } = transaction
  return (
    <Facts title="Its form">
      <Fact name="Size">
        {formatVirtualBytes(transaction.virtualSize)}
        <span className="text-muted">
          , {formatBytes(transaction.size)}, {formatWeight(transaction.weight)}
        </span>
      </Fact>
      <Fact name="Version, lock">
        <span data-selectable="">
          {transaction.version}, {lockWords(lockTime)}
        </span>
      </Fact>
      <Fact name="With witnesses">
        <CopyText text={transaction.wtxid} label="id with witnesses" head={12} tail={10} />
      </Fact>
      <Fact name="Raw">
        {hex === undefined ? (
          <span className="text-muted">{NONE} too long to be shown here: `shoal chain transaction` writes it</span>
        ) : (
          <CopyText text={hex} label="transaction in hexadecimal digits" head={12} tail={10} />
        )}
      </Fact>
    </Facts>
  )
}

function lockWords(lockTime: number): string {
  if (lockTime === 0) return 'no lock'
  return lockTime < FIRST_TIME
    ? `not before block ${formatCount(lockTime)}`
    : `not before ${formatDateTime(lockTime * 1_000)}`
}

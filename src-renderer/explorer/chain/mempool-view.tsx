/** What waits for a block: how much, at which fee rates, and what came last. */
import { type ReactNode, useState } from 'react'
import { firstOf, useMempool } from '../../client/context.tsx'
import type { ChainInfo, MempoolInfo } from '../../client/types.ts'
import { useAsked } from '../../client/use-asked.ts'
import { Amount } from '../../ui/amount.tsx'
import { formatBytes, formatCount, formatPlural } from '../../ui/format.ts'
import { Figure } from './figure.tsx'
import { ChainDocument, Heading, NoAnswer, SubHeading } from './page-parts.tsx'
import { PAGE_SIZE, Pager } from './pager.tsx'
import { formatVirtualBytes } from './sizes.ts'
import { TransactionTable } from './transaction-table.tsx'

/** Virtual bytes that fit a block. */
const BLOCK_ROOM = 1_000_000

export function MempoolView({ info }: { info: ChainInfo }): ReactNode {
  const [offset, setOffset] = useState(0)
  const live = firstOf(useMempool())
  const asked = useAsked(
    `mempool from ${offset}`,
    ({ chain }) => chain.mempool({ offset, limit: PAGE_SIZE }),
    `${info.tip} ${live?.transactions} ${live?.virtualBytes}`,
  )
  if (asked.state.status !== 'ready') return <NoAnswer state={asked.state} what="mempool" onRetry={asked.retry} />
  const { newest } = asked.state.value
  const mempool = live ?? asked.state.value
  return (
    <ChainDocument label="Mempool">
      <Heading title="Mempool">
        <span className="text-muted">Transactions that wait for a block, as this node knows them</span>
      </Heading>
      <Totals mempool={mempool} />
      <Bands mempool={mempool} />
      <SubHeading title="Newest">
        <Pager what="transactions" offset={offset} total={mempool.transactions} onOffset={setOffset} />
      </SubHeading>
      {newest.length === 0 ? (
        <p className="py-3 text-muted">Nothing waits: whatever is sent next stands here until a block takes it.</p>
      ) : (
        <TransactionTable label="Newest transactions" rows={newest} within="mempool" />
      )}
    </ChainDocument>
  )
}

function Totals({ mempool }: { mempool: MempoolInfo }): ReactNode {
  const blocks = Math.ceil(mempool.virtualBytes / BLOCK_ROOM)
  return (
    <dl className="grid grid-cols-3 gap-x-6 gap-y-2 @min-[700px]:grid-cols-5">
      <Figure name="Waiting">
        <span className="text-title font-semibold">{formatCount(mempool.transactions)}</span>
      </Figure>
      <Figure name="Size">
        {formatVirtualBytes(mempool.virtualBytes)}
        {blocks > 0 && <span className="text-muted">, fits {formatPlural(blocks, 'block')}</span>}
      </Figure>
      <Figure name="Fees">
        <Amount grains={mempool.fees} />
      </Figure>
      <Figure name="Taken from" hint="Transactions that pay less are refused now">
        {mempool.minimumFeeRate.toLocaleString('en-GB', { maximumFractionDigits: 2 })}
        <span className="text-faint"> gr/vB</span>
      </Figure>
      <Figure name="Memory">
        {formatBytes(mempool.memory)} <span className="text-muted">of {formatBytes(mempool.memoryLimit)}</span>
      </Figure>
    </dl>
  )
}

/** A bar for each band of fee rates, the best paying first; its figures stand beside it. */
function Bands({ mempool }: { mempool: MempoolInfo }): ReactNode {
  const bands = mempool.bands.toReversed()
  const most = Math.max(1, ...bands.map((band) => band.virtualBytes))
  if (!bands.some((band) => band.transactions > 0)) return null
  return (
    <section aria-label="By fee rate">
      <SubHeading title="By fee rate" />
      <table className="mt-1 w-full tabular-nums">
        <thead className="sr-only">
          <tr>
            <th>Grains per virtual byte</th>
            <th>Share</th>
            <th>Size</th>
            <th>Transactions</th>
          </tr>
        </thead>
        <tbody>
          {bands.map((band, index) => (
            <tr key={band.from} className="h-6">
              <th scope="row" className="w-32 pr-3 text-right font-normal whitespace-nowrap text-muted">
                {rangeWords(band.from, bands[index - 1]?.from)}
              </th>
              <td aria-hidden>
                <div className="h-3 rounded-sm bg-fill" style={{ width: `${(band.virtualBytes / most) * 100}%` }} />
              </td>
              <td className="w-24 pl-3 text-right whitespace-nowrap">{formatVirtualBytes(band.virtualBytes)}</td>
              <td className="w-16 pl-3 text-right whitespace-nowrap text-muted">{formatCount(band.transactions)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function rangeWords(from: number, next: number | undefined): string {
  return next === undefined ? `${from} gr/vB and more` : `${from} to ${next} gr/vB`
}

/** Transactions in a list: of a block, of an address with what it gained or lost, or waiting in the mempool. */
import type { ReactNode } from 'react'
import type { TransactionRow } from '../../client/types.ts'
import { Ago } from '../../ui/ago.tsx'
import { Amount } from '../../ui/amount.tsx'
import { formatFeeRate } from '../../ui/amounts.ts'
import { formatCount, NONE } from '../../ui/format.ts'
import { IdLink, PlaceLink } from './links.tsx'
import { formatVirtualBytes } from './sizes.ts'

type ListedTransaction = TransactionRow & { readonly delta?: bigint }
const HEAD = 'px-2 font-medium whitespace-nowrap first:pl-0 last:pr-0'
const CELL = 'px-2 py-1 whitespace-nowrap first:pl-0 last:pr-0'

/** @param props.within what they have in common: the rest has columns of its own */
export function TransactionTable(props: {
  label: string
  rows: readonly ListedTransaction[]
  within: 'block' | 'address' | 'mempool'
}): ReactNode {
  const { rows, within } = props
  return (
    <table aria-label={props.label} className="w-full tabular-nums">
      <thead className="text-left text-caption text-muted">
        <tr className="h-7 border-b border-line">
          <th className={HEAD}>Transaction</th>
          {within === 'address' && <th className={HEAD}>Block</th>}
          {within !== 'block' && <th className={HEAD}>{within === 'mempool' ? 'Came' : 'Age'}</th>}
          {within !== 'address' && <th className={`${HEAD} text-right`}>In, out</th>}
          <th className={`${HEAD} text-right`}>{within === 'address' ? 'Change' : 'Value'}</th>
          <th className={`${HEAD} text-right @max-[720px]:hidden`}>Fee</th>
          <th className={`${HEAD} text-right`}>Fee rate</th>
          <th className={`${HEAD} text-right @max-[620px]:hidden`}>Size</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} className="h-8 border-b border-line/60 hover:bg-hover">
            <td className={CELL}>
              <IdLink to={{ kind: 'transaction', id: row.id }} id={row.id} what="transaction" head={8} tail={6} />
            </td>
            {within === 'address' && <td className={CELL}>{blockOf(row)}</td>}
            {within !== 'block' && (
              <td className={CELL}>
                <Ago at={row.time * 1_000} />
              </td>
            )}
            {within !== 'address' && (
              <td className={`${CELL} text-right`}>
                {row.isCoinbase ? 'coinbase' : formatCount(row.inputs)} → {formatCount(row.outputs)}
              </td>
            )}
            <td className={`${CELL} text-right`}>
              {row.delta === undefined ? <Amount grains={row.value} even /> : <Amount grains={row.delta} even signed />}
            </td>
            <td className={`${CELL} text-right @max-[720px]:hidden`}>
              {row.fee === undefined ? <None /> : <Amount grains={row.fee} even />}
            </td>
            <td className={`${CELL} text-right`}>
              <FeeRate fee={row.fee} virtualSize={row.virtualSize} />
            </td>
            <td className={`${CELL} text-right @max-[620px]:hidden`}>{formatVirtualBytes(row.virtualSize)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const None = (): ReactNode => <span className="text-faint">{NONE}</span>

function blockOf({ height, blockHash }: ListedTransaction): ReactNode {
  if (height === undefined) return <span className="text-muted">Unconfirmed</span>
  return <PlaceLink to={{ kind: 'block', id: blockHash ?? height }}>{formatCount(height)}</PlaceLink>
}

/** Grains per virtual byte. */
export function FeeRate(props: { fee: bigint | undefined; virtualSize: number }): ReactNode {
  const rate = props.fee === undefined ? undefined : formatFeeRate(props.fee, props.virtualSize)
  if (rate === undefined) return <None />
  return (
    <span title="Grains per virtual byte">
      {rate}
      <span className="text-faint"> gr/vB</span>
    </span>
  )
}

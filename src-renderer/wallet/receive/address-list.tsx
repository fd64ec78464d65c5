/** The addresses that were given out, with what came on each. */
import { QrCode as QrIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { AddressRow } from '../../client/types.ts'
import { IdLink } from '../../explorer/chain/links.tsx'
import { Pager } from '../../explorer/chain/pager.tsx'
import { Ago } from '../../ui/ago.tsx'
import { Amount } from '../../ui/amount.tsx'
import { IconButton } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { formatCount, NONE, shortenMiddle } from '../../ui/format.ts'
import { LabelField } from '../label-field.tsx'

const GRID =
  'grid grid-cols-[minmax(0,220px)_minmax(0,1fr)_88px_80px_168px_28px] items-center gap-x-3 px-2 @max-[760px]:grid-cols-[minmax(0,200px)_minmax(0,1fr)_76px_64px_150px_28px]'

export function AddressList(props: {
  rows: readonly AddressRow[]
  total: number
  offset: number
  shown: string | undefined
  onOffset: (offset: number) => void
  onShow: (row: AddressRow) => void
  onLabelled: () => void
}): ReactNode {
  const { rows, total } = props
  if (rows.length === 0) return null
  return (
    <section aria-label="Addresses so far">
      <div className="flex min-h-8 items-center justify-between border-b border-line pb-1">
        <h2 className="font-semibold">
          Addresses so far <span className="font-normal text-faint">{formatCount(total)}</span>
        </h2>
        <Pager what="addresses" offset={props.offset} total={total} onOffset={props.onOffset} />
      </div>
      <table className="block">
        <thead className="block">
          <tr className={cx(GRID, 'h-7 border-b border-line bg-sunken text-caption font-medium text-muted')}>
            <th className="text-left font-medium">Address</th>
            <th className="pl-2 text-left font-medium">Label</th>
            <th className="text-left font-medium">Given out</th>
            <th className="text-right font-medium">Payments</th>
            <th className="text-right font-medium">Received</th>
            <th>
              <span className="sr-only">Show</span>
            </th>
          </tr>
        </thead>
        <tbody className="block">
          {rows.map((row) => (
            <AddressLine
              key={row.id}
              row={row}
              shown={row.id === props.shown}
              onShow={() => props.onShow(row)}
              onLabelled={props.onLabelled}
            />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function AddressLine(props: {
  row: AddressRow
  shown: boolean
  onShow: () => void
  onLabelled: () => void
}): ReactNode {
  const { row } = props
  const short = shortenMiddle(row.id, 10, 6)
  return (
    <tr className={cx(GRID, 'h-8 border-b border-line/60 tabular-nums', props.shown && 'bg-selected')}>
      <td className="min-w-0 truncate">
        <IdLink to={{ kind: 'address', id: row.id }} id={row.id} what="address" head={12} tail={6} />
      </td>
      <td className="min-w-0">
        <LabelField
          type="addr"
          subject={row.id}
          name={`Label of address ${short}`}
          label={row.label}
          placeholder={NONE}
          className="h-6!"
          onSaved={props.onLabelled}
        />
      </td>
      <td className="truncate text-muted">{row.handedOut === undefined ? NONE : <Ago at={row.handedOut * 1_000} />}</td>
      <td className="text-right">
        {row.payments === 0 ? <span className="text-faint">{NONE}</span> : formatCount(row.payments)}
      </td>
      <td className="truncate text-right">
        {row.received === 0n ? <span className="text-faint">{NONE}</span> : <Amount grains={row.received} even />}
      </td>
      <td>
        <IconButton label={`Show the code of ${short}`} icon={QrIcon} onClick={props.onShow} className="size-6" />
      </td>
    </tr>
  )
}

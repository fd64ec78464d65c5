import type { ReactNode } from 'react'
import type { BlockRow } from '../../client/types.ts'
import { Ago } from '../../ui/ago.tsx'
import { Amount } from '../../ui/amount.tsx'
import { bytesQuantity, formatCount, formatDateTime, NONE, shortenMiddle } from '../../ui/format.ts'
import { QuantityText } from '../../ui/quantity.tsx'
import type { Column } from '../../ui/table/column.ts'
import { formatWeight } from './sizes.ts'

const Unknown = (): ReactNode => <span className="text-faint">{NONE}</span>
const NOT_KEPT = 'The contents of this block are not kept here'

/** At 900 pixels of window all but fees and miner are there. */
export const BLOCK_COLUMNS: readonly Column<BlockRow>[] = [
  {
    id: 'height',
    title: 'Height',
    width: 92,
    minWidth: 72,
    sortKey: (row) => row.height,
    cell: (row) => <span className="font-medium text-accent-text">{formatCount(row.height)}</span>,
  },
  {
    id: 'age',
    title: 'Age',
    width: 96,
    minWidth: 72,
    cell: (row) => <Ago at={row.time * 1_000} />,
    hint: (row) => formatDateTime(row.time * 1_000),
  },
  {
    id: 'transactions',
    title: 'Transactions',
    width: 104,
    minWidth: 72,
    align: 'end',
    cell: (row) => (row.transactions === undefined ? <Unknown /> : formatCount(row.transactions)),
    hint: (row) => (row.transactions === undefined ? NOT_KEPT : ''),
  },
  {
    id: 'size',
    title: 'Size',
    width: 84,
    minWidth: 64,
    align: 'end',
    cell: (row) => (row.size === undefined ? <Unknown /> : <QuantityText quantity={bytesQuantity(row.size)} />),
    hint: (row) => (row.weight === undefined ? NOT_KEPT : formatWeight(row.weight)),
  },
  {
    id: 'fees',
    title: 'Fees',
    width: 140,
    minWidth: 104,
    align: 'end',
    hideBelow: 960,
    cell: (row) => (row.fees === undefined ? <Unknown /> : <Amount grains={row.fees} even />),
  },
  {
    id: 'reward',
    title: 'Reward',
    width: 144,
    minWidth: 104,
    align: 'end',
    cell: (row) => (row.reward === undefined ? <Unknown /> : <Amount grains={row.reward} even />),
  },
  {
    id: 'miner',
    title: 'Paid to',
    width: 150,
    minWidth: 96,
    hideBelow: 1_080,
    cell: (row) =>
      row.miner === undefined ? (
        <Unknown />
      ) : (
        <span className="font-mono text-[12px]">{shortenMiddle(row.miner, 8, 6)}</span>
      ),
    hint: (row) => row.miner ?? '',
  },
  {
    id: 'hash',
    title: 'Hash',
    width: 168,
    minWidth: 120,
    grow: true,
    cell: (row) => <span className="font-mono text-[12px] text-muted">{shortenMiddle(row.id, 10, 8)}</span>,
    hint: (row) => row.id,
  },
]

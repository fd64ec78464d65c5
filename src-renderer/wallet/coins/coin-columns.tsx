import type { CoinRow } from '../../client/types.ts'
import { Amount } from '../../ui/amount.tsx'
import { cx } from '../../ui/cx.ts'
import { formatCount, NONE, shortenMiddle } from '../../ui/format.ts'
import type { Column } from '../../ui/table/column.ts'
import { COIN_LOOKS } from './coin-words.ts'

const Status = ({ row }: { row: CoinRow }) => {
  const { word, icon: Icon, ink } = COIN_LOOKS[row.status]
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <Icon size={14} aria-hidden className={cx('shrink-0', ink)} />
      <span className="truncate">{word}</span>
    </span>
  )
}

export const COIN_COLUMNS: readonly Column<CoinRow>[] = [
  {
    id: 'status',
    title: 'Status',
    width: 152,
    minWidth: 96,
    sortKey: (row) => COIN_LOOKS[row.status].word,
    cell: (row) => <Status row={row} />,
    hint: (row) => COIN_LOOKS[row.status].sentence,
  },
  {
    id: 'label',
    title: 'Label',
    width: 160,
    minWidth: 96,
    grow: true,
    sortKey: (row) => row.label || undefined,
    cell: (row) =>
      row.label ? (
        <bdi>{row.label}</bdi>
      ) : (
        <span className="text-faint">{row.isReward ? 'A block of ours' : NONE}</span>
      ),
    hint: (row) => row.label,
  },
  {
    id: 'address',
    title: 'Address',
    width: 176,
    minWidth: 112,
    sortKey: (row) => row.address,
    cell: (row) => <span className="font-mono text-[12px]">{shortenMiddle(row.address, 12, 6)}</span>,
    hint: (row) => row.address,
  },
  {
    id: 'confirmations',
    title: 'Depth',
    width: 96,
    minWidth: 64,
    align: 'end',
    firstDirection: 'desc',
    sortKey: (row) => row.confirmations,
    cell: (row) =>
      row.confirmations === 0 ? <span className="text-faint">{NONE}</span> : formatCount(row.confirmations),
    hint: (row) => (row.confirmations === 0 ? 'In no block yet' : 'Blocks on it, its own among them'),
  },
  {
    id: 'value',
    title: 'Amount',
    width: 176,
    minWidth: 128,
    align: 'end',
    firstDirection: 'desc',
    // In whole grains: below 21 million SHL a number holds them exactly.
    sortKey: (row) => Number(row.value),
    cell: (row) => <Amount grains={row.value} even />,
  },
]

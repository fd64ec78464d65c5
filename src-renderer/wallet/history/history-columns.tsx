import type { HistoryRow } from '../../client/types.ts'
import { Ago } from '../../ui/ago.tsx'
import { Amount } from '../../ui/amount.tsx'
import { formatDateTime, NONE } from '../../ui/format.ts'
import type { Column } from '../../ui/table/column.ts'
import { DeltaCell, KindCell, PartyCell, StatusCell } from './history-parts.tsx'
import { partyOf, statusLook } from './history-words.ts'

/** In the order of time, as the wallet gives them: only that can go on below. */
export const HISTORY_COLUMNS: readonly Column<HistoryRow>[] = [
  {
    id: 'kind',
    title: 'What',
    width: 112,
    minWidth: 80,
    cell: (row) => <KindCell row={row} />,
  },
  {
    id: 'time',
    title: 'When',
    width: 96,
    minWidth: 72,
    cell: (row) => <Ago at={row.time * 1_000} />,
    hint: (row) => formatDateTime(row.time * 1_000),
  },
  {
    id: 'party',
    title: 'Label or address',
    width: 200,
    minWidth: 120,
    grow: true,
    cell: (row) => <PartyCell row={row} />,
    hint: (row) => [partyOf(row).words, ...row.contacts, ...row.addresses].filter(Boolean).join('\n'),
  },
  {
    id: 'status',
    title: 'Status',
    width: 184,
    minWidth: 104,
    cell: (row) => <StatusCell row={row} />,
    hint: (row) => statusLook(row).sentence,
  },
  {
    id: 'fee',
    title: 'Fee',
    width: 144,
    minWidth: 104,
    align: 'end',
    hideBelow: 960,
    cell: (row) =>
      row.fee === undefined ? <span className="text-faint">{NONE}</span> : <Amount grains={row.fee} even />,
  },
  {
    id: 'delta',
    title: 'Amount',
    width: 184,
    minWidth: 128,
    align: 'end',
    cell: (row) => <DeltaCell row={row} />,
  },
]

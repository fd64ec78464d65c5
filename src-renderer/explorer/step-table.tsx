/** The steps of a search as a table: the drawing in words and figures. */
import { type ReactNode, useMemo, useState } from 'react'
import { useTable } from '../app/use-table.ts'
import type { SearchState, SearchStep } from '../client/types.ts'
import { cx } from '../ui/cx.ts'
import { formatMilliseconds, NONE, shortenMiddle } from '../ui/format.ts'
import type { Column, Sort } from '../ui/table/column.ts'
import { DataTable } from '../ui/table/data-table.tsx'
import { NOTHING_SELECTED, type Selection, selectOnly } from '../ui/table/selection.ts'
import { keyOrder, sharedBits } from './distance.ts'
import { partBetween, partOfRing } from './ring/ring-words.ts'
import { isSecond, stepId } from './search-layout.ts'
import { STEP_LOOKS } from './search-words.ts'

interface Row extends SearchStep {
  readonly id: string
  readonly order: number
  readonly shared: number
  /** Clockwise from it to the key, as a part of the ring. */
  readonly left: number
}

const rowId = (row: Row): string => row.id
const USUAL_SORT: Sort = { by: 'order', direction: 'asc' }

function StepState({ state }: { state: SearchStep['state'] }): ReactNode {
  const { word, icon: Icon, ink } = STEP_LOOKS[state]
  return (
    <span className="flex items-center gap-1.5">
      <Icon size={14} aria-hidden className={cx('shrink-0', ink)} />
      {word}
    </span>
  )
}

const roundTrip = (row: Row): number | undefined =>
  row.repliedAt === undefined ? undefined : row.repliedAt - row.askedAt

const BEFORE: readonly Column<Row>[] = [
  {
    id: 'order',
    title: 'Step',
    width: 66,
    minWidth: 48,
    align: 'end',
    sortKey: (row) => row.order,
    cell: (row) => String(row.order),
  },
  {
    id: 'hop',
    title: 'Hop',
    width: 60,
    minWidth: 44,
    align: 'end',
    hideBelow: 520,
    sortKey: (row) => row.hop,
    cell: (row) => String(row.hop),
    hint: (row) =>
      isSecond(row)
        ? 'Asked again, with the token of its first answer'
        : row.hop === 1
          ? 'One that we knew'
          : 'Named by a node of the hop before',
  },
  {
    id: 'address',
    title: 'Node',
    width: 150,
    minWidth: 132,
    grow: true,
    sortKey: (row) => row.address,
    cell: (row) => <span className="font-mono text-[12px]">{row.address}</span>,
    hint: (row) => `${row.address}\n${row.nodeId}`,
  },
  {
    id: 'node',
    title: 'Node id',
    width: 124,
    minWidth: 96,
    hideBelow: 760,
    sortKey: (row) => keyOrder(row.nodeId),
    cell: (row) => <span className="font-mono text-[12px]">{shortenMiddle(row.nodeId, 8, 4)}</span>,
    hint: (row) => row.nodeId,
  },
]

const BEHIND: readonly Column<Row>[] = [
  {
    id: 'state',
    title: 'State',
    width: 104,
    minWidth: 84,
    sortKey: (row) => STEP_LOOKS[row.state].word,
    cell: (row) => <StepState state={row.state} />,
  },
  {
    id: 'asked',
    title: 'Asked at',
    width: 78,
    minWidth: 60,
    align: 'end',
    hideBelow: 660,
    sortKey: (row) => row.askedAt,
    cell: (row) => formatMilliseconds(row.askedAt),
  },
  {
    id: 'rtt',
    title: 'Took',
    width: 74,
    minWidth: 56,
    align: 'end',
    sortKey: roundTrip,
    cell: (row) => {
      const took = roundTrip(row)
      return took === undefined ? <span className="text-faint">{NONE}</span> : formatMilliseconds(took)
    },
  },
]

/** @param nearness how near a node is to the key: each overlay has its own measure */
const columnsOf = (nearness: Column<Row>): readonly Column<Row>[] => [...BEFORE, nearness, ...BEHIND]

const COLUMNS: Readonly<Record<SearchState['overlay'], readonly Column<Row>[]>> = {
  kademlia: columnsOf({
    id: 'shared',
    title: 'Bits',
    width: 60,
    minWidth: 44,
    align: 'end',
    firstDirection: 'desc',
    sortKey: (row) => row.shared,
    cell: (row) => String(row.shared),
    hint: () => 'Leading bits shared with the target: the more, the nearer',
  }),
  chord: columnsOf({
    id: 'left',
    title: 'To go',
    width: 64,
    minWidth: 56,
    align: 'end',
    sortKey: (row) => row.left,
    cell: (row) => partOfRing(row.left),
    hint: () => 'Clockwise from it to the key, of the whole ring',
  }),
}

export function StepTable(props: {
  search: SearchState
  chosen: string | undefined
  onChoose: (id: string | undefined) => void
}): ReactNode {
  const { search, chosen } = props
  const table = useTable('steps', USUAL_SORT)
  const rows = useMemo(
    () =>
      search.steps.map(
        (step, index): Row => ({
          ...step,
          id: stepId(step),
          order: index + 1,
          shared: sharedBits(search.target, step.nodeId),
          left: partBetween(step.nodeId, search.target),
        }),
      ),
    [search.steps, search.target],
  )
  const [active, setActive] = useState<Selection>(NOTHING_SELECTED)
  const selection =
    chosen === undefined
      ? { ...NOTHING_SELECTED, active: active.active }
      : active.active === chosen
        ? active
        : selectOnly(chosen)
  const onSelection = (next: Selection): void => {
    setActive(next.active === undefined ? next : selectOnly(next.active))
    props.onChoose(next.selected.size === 0 ? undefined : next.active)
  }
  return (
    <DataTable
      label="Steps of the search"
      rows={rows}
      rowId={rowId}
      columns={COLUMNS[search.overlay]}
      {...table}
      selection={selection}
      onSelection={onSelection}
    />
  )
}

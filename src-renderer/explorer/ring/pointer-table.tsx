/** What a place of ours points to, as a table: the lines of the drawing in words. */
import { type ReactNode, useMemo, useState } from 'react'
import { useTable } from '../../app/use-table.ts'
import type { VirtualNode } from '../../client/types.ts'
import { shortenMiddle } from '../../ui/format.ts'
import type { Column, Sort } from '../../ui/table/column.ts'
import { DataTable } from '../../ui/table/data-table.tsx'
import { NOTHING_SELECTED, type Selection, selectOnly } from '../../ui/table/selection.ts'
import { type Pointer, pointersOf, pointerWords } from './ring-nodes.ts'
import { partBetween, partOfRing } from './ring-words.ts'

interface Row {
  readonly id: string
  readonly order: number
  readonly pointer: Pointer
  readonly ahead: number
}

const rowId = (row: Row): string => row.id
const USUAL_SORT: Sort = { by: 'pointer', direction: 'asc' }

const COLUMNS: readonly Column<Row>[] = [
  {
    id: 'pointer',
    title: 'Pointer',
    width: 112,
    minWidth: 104,
    sortKey: (row) => row.order,
    cell: ({ pointer }) =>
      pointer.kind === 'finger' ? (
        <>
          Finger 2<sup className="text-[9px]">{pointer.power}</sup>
        </>
      ) : (
        pointerWords(pointer)
      ),
    hint: ({ pointer }) =>
      pointer.kind === 'finger'
        ? `The first place at least 2^${pointer.power} after ours, as far as we know`
        : pointerWords(pointer),
  },
  {
    id: 'place',
    title: 'Place',
    width: 106,
    minWidth: 96,
    sortKey: (row) => row.ahead,
    cell: ({ pointer }) => <span className="font-mono text-[12px]">{shortenMiddle(pointer.contact.nodeId, 6, 4)}</span>,
    hint: ({ pointer }) => pointer.contact.nodeId,
  },
  {
    id: 'ahead',
    title: 'Ahead',
    width: 72,
    minWidth: 60,
    align: 'end',
    hideBelow: 440,
    sortKey: (row) => row.ahead,
    cell: (row) => partOfRing(row.ahead),
    hint: () => 'Clockwise from our place, of the whole ring',
  },
  {
    id: 'address',
    title: 'Address',
    width: 150,
    minWidth: 120,
    grow: true,
    sortKey: ({ pointer }) => pointer.contact.address,
    cell: ({ pointer }) => <span className="font-mono text-[12px]">{pointer.contact.address}</span>,
    hint: ({ pointer }) => `${pointer.contact.address}, slot ${pointer.contact.slot}`,
  },
]

export function PointerTable(props: {
  own: VirtualNode
  /** The place that is chosen, where one is. */
  onMark: (id: string | undefined) => void
  onOpen: (id: string) => void
}): ReactNode {
  const { own } = props
  const table = useTable('pointers', USUAL_SORT)
  const [selection, setSelection] = useState<Selection>(NOTHING_SELECTED)
  const rows = useMemo(
    () =>
      pointersOf(own).map(
        (pointer, order): Row => ({
          ...{ order, pointer },
          id: `${pointerWords(pointer)} ${pointer.contact.nodeId}`,
          ahead: partBetween(own.nodeId, pointer.contact.nodeId),
        }),
      ),
    [own],
  )
  const placeOf = (id: string | undefined) => rows.find((row) => row.id === id)?.pointer.contact.nodeId
  return (
    <DataTable
      label={`What slot ${own.slot} points to`}
      rows={rows}
      rowId={rowId}
      columns={COLUMNS}
      {...table}
      selection={selection}
      onSelection={(next) => {
        setSelection(next.active === undefined ? next : selectOnly(next.active))
        props.onMark(next.selected.size === 0 ? undefined : placeOf(next.active))
      }}
      onOpen={(id) => {
        const place = placeOf(id)
        if (place !== undefined) props.onOpen(place)
      }}
    />
  )
}

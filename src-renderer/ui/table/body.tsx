import type { VirtualItem } from '@tanstack/react-virtual'
import type { ReactNode } from 'react'
import type { Column } from './column.ts'
import { MemoRow } from './row.tsx'
import type { Selection } from './selection.ts'

/** The rows in view, each at its place in the height of all. */
export function TableBody<Row>(props: {
  items: readonly VirtualItem[]
  rows: readonly Row[]
  order: readonly string[]
  columns: readonly Column<Row>[]
  domId: (id: string) => string
  rowHeight: number
  height: number
  minWidth: number
  selection: Selection | undefined
}): ReactNode {
  const { selection } = props
  return (
    <div className="relative" style={{ height: props.height, minWidth: props.minWidth }}>
      {props.items.map((item) => {
        const row = props.rows[item.index]
        const id = props.order[item.index]
        if (row === undefined || id === undefined) return null
        return (
          <MemoRow
            key={id}
            row={row}
            id={id}
            domId={props.domId(id)}
            index={item.index}
            top={item.start}
            height={props.rowHeight}
            columns={props.columns}
            selected={selection?.selected.has(id) ?? false}
            active={selection?.active === id}
            selectable={selection !== undefined}
          />
        )
      })}
    </div>
  )
}

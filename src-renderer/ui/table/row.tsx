import { memo, type ReactNode } from 'react'
import { cx } from '../cx.ts'
import type { Column } from './column.ts'

export interface RowProps<Row> {
  readonly row: Row
  readonly id: string
  readonly domId: string
  /** Its place in the list, from 0. */
  readonly index: number
  readonly top: number
  readonly height: number
  readonly columns: readonly Column<Row>[]
  readonly selected: boolean
  readonly active: boolean
  readonly selectable: boolean
}

/** One row. Drawn again only when its own data, place or marks change: the list hands over the same objects else. */
function TableRow<Row>(props: RowProps<Row>): ReactNode {
  const { row, selected, active } = props
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid keeps the focus and names its row by aria-activedescendant
    // biome-ignore lint/a11y/useSemanticElements: rows of a virtual list are placed one by one, a table's cannot be
    <div
      role="row"
      id={props.domId}
      data-row={props.id}
      aria-rowindex={props.index + 2}
      {...(props.selectable ? { 'aria-selected': selected } : {})}
      style={{ height: props.height, transform: `translateY(${props.top}px)` }}
      className={cx(
        'absolute inset-x-0 top-0 grid grid-cols-(--columns) items-center border-b border-line/60',
        selected ? 'bg-selected' : props.selectable && 'hover:bg-hover',
        active && 'group-focus-visible/grid:shadow-[inset_0_0_0_2px_var(--focus)]',
      )}
    >
      {props.columns.map((column, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive: as above
        // biome-ignore lint/a11y/useSemanticElements: as above
        <div
          key={column.id}
          role="gridcell"
          aria-colindex={index + 1}
          title={column.hint?.(row)}
          className={cx('min-w-0 truncate px-2 first:pl-4 last:pr-4', column.align === 'end' && 'text-right')}
        >
          {column.cell(row)}
        </div>
      ))}
    </div>
  )
}

export const MemoRow = memo(TableRow) as typeof TableRow

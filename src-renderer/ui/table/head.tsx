import type { ReactNode } from 'react'
import type { Column, Sort } from './column.ts'
import { HeaderCell } from './header.tsx'
import { clamp, type Layout } from './layout.ts'
import { nextSort } from './sort.ts'
import type { useColumns } from './use-columns.ts'

/** The headings: they stay at the top, sort when pressed and are pulled at their edges. */
export function TableHead<Row extends object>(props: {
  columns: readonly Column<Row>[]
  model: ReturnType<typeof useColumns<Row>>
  minWidth: number
  layout: Layout
  onLayout: ((layout: Layout) => void) | undefined
  sort: Sort | undefined
  onSort: ((sort: Sort) => void) | undefined
}): ReactNode {
  const { model, layout, onLayout, sort, onSort } = props
  const headers = new Map(model.table.getFlatHeaders().map((header) => [header.id, header]))
  /** Undefined gives the column its own width back. */
  const setWidth = (column: Column<Row>, width: number | undefined): void => {
    const { [column.id]: _, ...others } = { ...Object.fromEntries(model.widths), ...layout.widths }
    const widths = width === undefined ? others : { ...others, [column.id]: clamp(column, width) }
    onLayout?.({ ...layout, widths })
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows of a virtual list are placed one by one, a table's cannot be
    // biome-ignore lint/a11y/useFocusableInteractive: the headings' buttons take the focus
    <div
      role="row"
      aria-rowindex={1}
      data-header=""
      className="sticky top-0 z-10 grid h-7 grid-cols-(--columns) border-b border-line bg-sunken text-caption text-muted"
      style={{ minWidth: props.minWidth }}
    >
      {props.columns.map((column, index) => {
        const header = headers.get(column.id)
        return (
          <HeaderCell
            key={column.id}
            column={column}
            index={index}
            width={model.widths.get(column.id) ?? column.width}
            sort={sort}
            resizing={header?.column.getIsResizing() ?? false}
            onSort={sort && onSort ? () => onSort(nextSort(sort, column)) : undefined}
            startResize={onLayout ? header?.getResizeHandler() : undefined}
            onWidth={(width) => setWidth(column, width)}
            onResetWidth={() => setWidth(column, undefined)}
          />
        )
      })}
    </div>
  )
}

/**
 * A virtual table from a list of columns: sortable, resizable, with selection by mouse and keyboard where wanted.
 * The grid itself holds the focus and names its row by `aria-activedescendant`; only the rows in view exist. A row is
 * drawn again only when its data changed; a column being pulled moves one CSS variable.
 */
import { useVirtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef } from 'react'
import { cx } from '../cx.ts'
import { TableBody } from './body.tsx'
import type { Column, Sort } from './column.ts'
import { TableHead } from './head.tsx'
import { DEFAULT_LAYOUT, gridTemplate, type Layout } from './layout.ts'
import { forgetGone, type Selection } from './selection.ts'
import { sortRows } from './sort.ts'
import { useColumns } from './use-columns.ts'
import { useGridInput } from './use-grid-input.ts'
import { useWidth } from './use-width.ts'

const HEADER_PX = 28
const OVERSCAN_ROWS = 8

export interface DataTableProps<Row extends object> {
  readonly label: string
  readonly rows: readonly Row[]
  readonly rowId: (row: Row) => string
  readonly columns: readonly Column<Row>[]
  readonly rowHeight: number
  readonly sort?: Sort | undefined
  readonly onSort?: (sort: Sort) => void
  readonly layout?: Layout
  readonly onLayout?: (layout: Layout) => void
  /** Without it rows cannot be selected. */
  readonly selection?: Selection
  readonly onSelection?: (selection: Selection) => void
  /** Enter or a double click on a row. */
  readonly onOpen?: (id: string) => void
  /** One click opens as well, as in lists that are read and not worked on. */
  readonly openOnClick?: boolean
  /** How many rows there are in all, where only the first ones are here. */
  readonly rowCount?: number
  /** The last of the rows that are here came into view. */
  readonly onNearEnd?: () => void
  readonly onKeyDown?: (event: KeyboardEvent<HTMLElement>) => void
}

export function DataTable<Row extends object>(props: DataTableProps<Row>): ReactNode {
  const { columns, rowHeight, sort, selection, layout = DEFAULT_LAYOUT } = props
  const base = useId()
  const scroll = useRef<HTMLDivElement>(null)
  const model = useColumns(columns, layout, useWidth(scroll), sort, props.onLayout)
  const shown = useMemo(() => columns.filter((column) => model.widths.has(column.id)), [columns, model.widths])
  const { sorted, order } = useOrder(props)
  useForgetGone(order, selection, props.onSelection)
  const virtualizer = useRows(scroll, order, rowHeight)
  const input = useGridInput({
    order,
    selection,
    onSelection: props.onSelection,
    onOpen: props.onOpen,
    openOnClick: props.openOnClick ?? false,
    onKeyDown: props.onKeyDown,
    page: () => Math.floor(((scroll.current?.clientHeight ?? 0) - HEADER_PX) / rowHeight),
    show: (id) => virtualizer.scrollToIndex(order.indexOf(id)),
  })
  const items = virtualizer.getVirtualItems()
  useNearEnd(items.at(-1)?.index, order.length, props.onNearEnd)
  const domId = (id: string): string => `${base}${id}`
  const active = selection?.active
  const activeInView = active !== undefined && items.some((item) => order[item.index] === active)
  const minWidth = [...model.widths.values()].reduce((sum, width) => sum + width, 0)
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows of a virtual list are placed one by one, a table's cannot be
    <div
      ref={scroll}
      role="grid"
      aria-label={props.label}
      aria-rowcount={(props.rowCount ?? sorted.length) + 1}
      aria-colcount={shown.length}
      {...(selection ? { 'aria-multiselectable': true } : {})}
      {...(activeInView ? { 'aria-activedescendant': domId(active) } : {})}
      tabIndex={0}
      {...input}
      style={{ '--columns': gridTemplate(model.widths) } as CSSProperties}
      // The row that the keys stand on shows the focus; while there is none, the table does.
      className={cx('group/grid relative h-full overflow-auto', activeInView ? 'outline-none' : '-outline-offset-2')}
    >
      <TableHead
        columns={shown}
        model={model}
        minWidth={minWidth}
        layout={layout}
        onLayout={props.onLayout}
        sort={sort}
        onSort={props.onSort}
      />
      <TableBody
        items={items}
        rows={sorted}
        order={order}
        columns={shown}
        domId={domId}
        rowHeight={rowHeight}
        height={virtualizer.getTotalSize()}
        minWidth={minWidth}
        selection={selection}
      />
    </div>
  )
}

function useOrder<Row extends object>({ rows, columns, sort, rowId }: DataTableProps<Row>) {
  const sorted = useMemo(() => (sort ? sortRows(rows, columns, sort, rowId) : rows), [rows, columns, sort, rowId])
  const order = useMemo(() => sorted.map(rowId), [sorted, rowId])
  return { sorted, order }
}

function useRows(scroll: { readonly current: HTMLDivElement | null }, order: readonly string[], rowHeight: number) {
  const virtualizer = useVirtualizer({
    count: order.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => order[index] ?? index,
    overscan: OVERSCAN_ROWS,
    scrollPaddingEnd: HEADER_PX,
  })
  // The virtualiser keeps the sizes it knows: another density needs to be told.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height is the reason
  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight])
  return virtualizer
}

function useNearEnd(lastDrawn: number | undefined, count: number, onNearEnd: (() => void) | undefined): void {
  const near = lastDrawn !== undefined && lastDrawn >= count - 1
  // Asked for again with each longer list, for as long as its end is in view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the length is a reason
  useEffect(() => {
    if (near) onNearEnd?.()
  }, [near, count, onNearEnd])
}

/** Drops from the selection what has left the list. */
function useForgetGone(
  order: readonly string[],
  selection: Selection | undefined,
  onSelection: ((selection: Selection) => void) | undefined,
): void {
  const before = useRef(order)
  useEffect(() => {
    const last = before.current
    before.current = order
    if (last === order || !selection || !onSelection) return
    const kept = forgetGone(selection, last, order)
    if (kept !== selection) onSelection(kept)
  }, [order, selection, onSelection])
}

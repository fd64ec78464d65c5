/** Column widths, visibility and sorting as state of TanStack Table, given and kept by whoever owns the table. */
import {
  type ColumnSizingState,
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  createColumnHelper,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useMemo } from 'react'
import type { Column, Sort } from './column.ts'
import { columnWidths, isShown, type Layout, MAX_COLUMN_WIDTH } from './layout.ts'

const features = tableFeatures({
  columnSizingFeature,
  columnResizingFeature,
  columnVisibilityFeature,
  rowSortingFeature,
})
/** Rows never pass through the table model: they are sorted by `sortRows` and drawn by the virtual list. */
const NO_ROWS: never[] = []

export function useColumns<Row extends object>(
  columns: readonly Column<Row>[],
  layout: Layout,
  room: number,
  sort: Sort | undefined,
  onLayout: ((layout: Layout) => void) | undefined,
) {
  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof features, Row>()
    return columns.map((column) =>
      helper.display({ id: column.id, size: column.width, minSize: column.minWidth, maxSize: MAX_COLUMN_WIDTH }),
    )
  }, [columns])
  const widths = useMemo(() => columnWidths(columns, layout, room), [columns, layout, room])
  const sizing: ColumnSizingState = useMemo(() => Object.fromEntries(widths), [widths])
  const visibility = useMemo(
    () => Object.fromEntries(columns.map((column) => [column.id, isShown(column, layout, room)])),
    [columns, layout, room],
  )
  const table = useTable({
    features,
    columns: definitions,
    data: NO_ROWS as Row[],
    columnResizeMode: 'onChange',
    manualSorting: true,
    state: {
      columnSizing: sizing,
      columnVisibility: visibility,
      sorting: sort ? [{ id: sort.by, desc: sort.direction === 'desc' }] : [],
    },
    onColumnSizingChange: (updater) => {
      const next = typeof updater === 'function' ? updater(sizing) : updater
      onLayout?.({ ...layout, widths: { ...layout.widths, ...next } })
    },
  })
  return { table, widths }
}

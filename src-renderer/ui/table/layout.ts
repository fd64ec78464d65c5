/** Which columns are shown and how wide, as values. */
import type { Column } from './column.ts'

/** What a person has set; a column they never touched is not in it. */
export interface Layout {
  readonly widths: Readonly<Record<string, number>>
  readonly shown: Readonly<Record<string, boolean>>
}

export const DEFAULT_LAYOUT: Layout = { widths: {}, shown: {} }
export const MAX_COLUMN_WIDTH = 1_200

export function isShown<Row>(column: Column<Row>, layout: Layout, room: number): boolean {
  return layout.shown[column.id] ?? room >= (column.hideBelow ?? 0)
}

/**
 * The width of each column that is shown, for `room` pixels. The one that grows takes what the others leave, as long as
 * nobody has set its width; then nothing moves but the column whose edge is pulled.
 */
export function columnWidths<Row>(
  columns: readonly Column<Row>[],
  layout: Layout,
  room: number,
): ReadonlyMap<string, number> {
  const shown = columns.filter((column) => isShown(column, layout, room))
  const widths = new Map(shown.map((column) => [column.id, clamp(column, layout.widths[column.id] ?? column.width)]))
  const growing = shown.find((column) => column.grow && layout.widths[column.id] === undefined)
  if (growing) {
    const others = [...widths].reduce((sum, [id, width]) => (id === growing.id ? sum : sum + width), 0)
    widths.set(growing.id, Math.max(growing.minWidth, room - others))
  }
  return widths
}

export function clamp<Row>(column: Column<Row>, width: number): number {
  return Math.min(MAX_COLUMN_WIDTH, Math.max(column.minWidth, Math.round(width)))
}

/** `grid-template-columns` for header and rows alike; a last empty track takes what is left over. */
export function gridTemplate(widths: ReadonlyMap<string, number>): string {
  return `${[...widths.values()].map((width) => `${width}px`).join(' ')} minmax(0, 1fr)`
}

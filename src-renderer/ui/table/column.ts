import type { ReactNode } from 'react'

/** Compared as numbers or as text for people; undefined goes last whichever way the column is sorted. */
export type SortKey = string | number | undefined

/** One column, as data: every table of the window is a list of these. Widths in pixels. */
export interface Column<Row> {
  readonly id: string
  readonly title: string
  readonly width: number
  readonly minWidth: number
  readonly align?: 'end'
  /** Takes the room the others leave, until a person has set a width. */
  readonly grow?: true
  /** Left out while the table is narrower than this, unless a person has chosen. */
  readonly hideBelow?: number
  readonly sortKey?: (row: Row) => SortKey
  /** The direction of the first click on the heading; ascending unless given. */
  readonly firstDirection?: Direction
  readonly cell: (row: Row) => ReactNode
  /** Shown on hover where the cell may be cut off. */
  readonly hint?: (row: Row) => string
}

export type Direction = 'asc' | 'desc'
export interface Sort {
  readonly by: string
  readonly direction: Direction
}

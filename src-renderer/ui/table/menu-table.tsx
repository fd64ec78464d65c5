/**
 * A table whose rows and headings have menus. Asked for by mouse the row's menu opens where it was asked for, asked for by
 * its key at the row the keyboard stands on. The headings' menu tells which columns are shown.
 */
import { Columns3 } from 'lucide-react'
import { type MouseEvent, type ReactNode, useRef, useState } from 'react'
import { ContextMenu, MenuCheck, MenuItem, MenuLine } from '../menu.tsx'
import type { Column } from './column.ts'
import { DataTable, type DataTableProps } from './data-table.tsx'
import { DEFAULT_LAYOUT, isShown, type Layout } from './layout.ts'
import { useWidth } from './use-width.ts'

interface MenuTableProps<Row extends object> extends DataTableProps<Row> {
  readonly layout: Layout
  readonly onLayout: (layout: Layout) => void
  /** What the menu of rows is called, and its items. */
  readonly menuLabel: string
  readonly menu: ReactNode
}

export function MenuTable<Row extends object>(props: MenuTableProps<Row>): ReactNode {
  const [onHeadings, setOnHeadings] = useState(false)
  const place = useRef<HTMLDivElement>(null)
  const room = useWidth(place)
  const { menu, menuLabel, ...table } = props
  const trigger = (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only notes which of the two menus is about to open
    <div
      ref={place}
      className="h-full"
      onContextMenuCapture={toActiveRow}
      onContextMenu={(event: MouseEvent) => setOnHeadings((event.target as Element).closest('[data-header]') !== null)}
    >
      <DataTable {...table} />
    </div>
  )
  return (
    <ContextMenu trigger={trigger} label={onHeadings ? 'Columns' : menuLabel}>
      {onHeadings ? (
        <ColumnMenu columns={props.columns} layout={props.layout} onLayout={props.onLayout} room={room} />
      ) : (
        menu
      )}
    </ContextMenu>
  )
}

/** No button was pressed: the menu was asked for by its key. */
const BY_KEY = -1
const MENU_INDENT_PX = 48

function toActiveRow(event: MouseEvent<HTMLElement>): void {
  const grid = event.target as Element
  const active = grid.getAttribute('aria-activedescendant')
  const row = active === null ? null : document.getElementById(active)
  if (event.button !== BY_KEY || !row) return
  event.preventDefault()
  event.stopPropagation()
  const { left, bottom } = row.getBoundingClientRect()
  const at = { clientX: left + MENU_INDENT_PX, clientY: bottom }
  row.dispatchEvent(new window.MouseEvent('contextmenu', { ...at, bubbles: true, cancelable: true }))
}

/** Which columns are shown in a table as wide as `room`, in pixels; the first one always is. */
function ColumnMenu<Row>(props: {
  columns: readonly Column<Row>[]
  layout: Layout
  onLayout: (layout: Layout) => void
  room: number
}): ReactNode {
  const { columns, layout, onLayout, room } = props
  return (
    <>
      {columns.slice(1).map((column) => (
        <MenuCheck
          key={column.id}
          checked={isShown(column, layout, room)}
          onChange={(on) => onLayout({ ...layout, shown: { ...layout.shown, [column.id]: on } })}
        >
          {column.title}
        </MenuCheck>
      ))}
      <MenuLine />
      <MenuItem icon={Columns3} onSelect={() => onLayout(DEFAULT_LAYOUT)}>
        Usual columns and widths
      </MenuItem>
    </>
  )
}

import { ArrowDown, ArrowUp } from 'lucide-react'
import type { KeyboardEvent, ReactNode } from 'react'
import { cx } from '../cx.ts'
import type { Column, Sort } from './column.ts'
import { MAX_COLUMN_WIDTH } from './layout.ts'

/** How far one press of an arrow key moves a column's edge. */
const KEY_STEP = 16

interface HeaderCellProps<Row> {
  readonly column: Column<Row>
  readonly index: number
  readonly width: number
  readonly sort: Sort | undefined
  readonly resizing: boolean
  readonly onSort: (() => void) | undefined
  /** What TanStack Table listens to on the edge; undefined where widths are fixed. */
  readonly startResize: ((event: unknown) => void) | undefined
  readonly onWidth: (width: number) => void
  readonly onResetWidth: () => void
}

export function HeaderCell<Row>(props: HeaderCellProps<Row>): ReactNode {
  const { column, sort } = props
  const sorted = sort?.by === column.id ? sort.direction : undefined
  const Arrow = sorted === 'desc' ? ArrowDown : ArrowUp
  const label = (
    <>
      <span className="truncate">{column.title}</span>
      {column.sortKey && <Arrow size={12} aria-hidden className={cx('shrink-0', !sorted && 'opacity-0')} />}
    </>
  )
  const look = cx(
    'flex h-full w-full min-w-0 items-center gap-0.5 px-2 group-first/head:pl-4 group-last/head:pr-4',
    column.align === 'end' && 'flex-row-reverse',
    sorted && 'text-text',
  )
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows of a virtual list are placed one by one, a table's cannot be
    // biome-ignore lint/a11y/useFocusableInteractive: its button takes the focus
    <div
      role="columnheader"
      aria-label={column.title}
      aria-colindex={props.index + 1}
      {...(column.sortKey ? { 'aria-sort': sorted ? (`${sorted}ending` as const) : ('none' as const) } : {})}
      className="group/head relative min-w-0"
    >
      {column.sortKey && props.onSort ? (
        <button
          type="button"
          onClick={props.onSort}
          className={cx(look, 'font-medium -outline-offset-2 hover:text-text')}
        >
          {label}
        </button>
      ) : (
        <div className={cx(look, 'font-medium')}>{label}</div>
      )}
      {props.startResize && <Edge {...props} startResize={props.startResize} />}
    </div>
  )
}

function Edge<Row>(props: HeaderCellProps<Row> & { startResize: (event: unknown) => void }): ReactNode {
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? KEY_STEP : event.key === 'ArrowLeft' ? -KEY_STEP : 0
    if (step === 0) return
    event.preventDefault()
    event.stopPropagation()
    props.onWidth(props.width + step)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator with a value is a widget; <hr> is not
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={`Width of ${props.column.title}`}
      aria-valuenow={props.width}
      aria-valuemin={props.column.minWidth}
      aria-valuemax={MAX_COLUMN_WIDTH}
      tabIndex={-1}
      onMouseDown={props.startResize}
      onTouchStart={props.startResize}
      onDoubleClick={props.onResetWidth}
      onKeyDown={onKeyDown}
      className={cx(
        'absolute inset-y-0 -right-1 z-10 w-2 cursor-col-resize touch-none group-last/head:right-0 after:absolute after:inset-y-1.5 after:left-1/2 after:w-px after:bg-line group-last/head:after:left-full group-last/head:after:-ml-px hover:after:bg-focus',
        props.resizing && 'after:bg-focus',
      )}
    />
  )
}

/** One table of a report. Wider than the page, it is scrolled by itself. */
import type { ReactNode } from 'react'
import type { LabTable } from '../../client/types.ts'
import { cx } from '../../ui/cx.ts'
import { formatCell, titled } from './lab-words.ts'

export function TableSection({ table }: { table: LabTable }): ReactNode {
  const { columns, rows, title } = table
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled must be reached by the keyboard
    <section aria-label={title} tabIndex={0} className="overflow-x-auto -outline-offset-2">
      <table className="w-full border-collapse tabular-nums">
        <caption className="sr-only">{title}</caption>
        <thead>
          <tr className="border-b border-line">
            {columns.map((column) => (
              <th
                key={column.label}
                scope="col"
                className={cx('px-2 py-1 align-bottom text-caption font-medium text-muted', side(column))}
              >
                {titled(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody data-selectable="">
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows are only ever added at the end
            <tr key={index} className="border-b border-line/60">
              {columns.map((column, at) => {
                const text = formatCell(row[at] ?? null, column.digits)
                return (
                  <td key={column.label} className={cx('px-2 py-0.5 align-top', width(text), side(column))}>
                    {text}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** Longer texts go over several lines. */
const LONGEST_LINE = 24

function width(text: string): string {
  return text.length > LONGEST_LINE ? 'min-w-28' : 'whitespace-nowrap'
}

/** Figures to the right, words to the left. */
function side({ digits }: LabTable['columns'][number]): string {
  return digits === undefined ? 'text-left' : 'text-right'
}
